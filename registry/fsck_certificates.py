# SPDX-License-Identifier: Apache-2.0
"""Judge one stored certificate again: its signature, its columns, its ground at its time."""

from collections.abc import Mapping, Sequence
from functools import partial

from sqlalchemy import Connection

from credential import admission, certificate, roster_commitment, scope
from registry import store_certificates
from registry.directory import Directory
from registry.replay import corrupt, explained
from registry.store_certificates import Row
from registry.store_log import Stored
from registry.views import Held


def judge(directory: Directory, stored: Stored, row: Row, batch_salts: Mapping[int, bytes]) -> Held:
    """Say what a certificate takes, if everything about it agrees.

    Args:
        directory: As the statements before it say.
        stored: Its leaf.
        row: What is stored of it.
        batch_salts: Roster salts of the batches known by now, by log index.

    Raises:
        UntrustedError: `registry.corrupt`.
    """
    index, t = row.log_index, stored.leaf.t
    unverified, claims = explained(index, "certificates", partial(certificate.read, row.token))
    body = directory.body_of(claims.iss)
    record = None if body is None else body.key(unverified.kid, "certificate")
    if body is None or record is None or not record.holds(t):
        raise corrupt(index, "certificates: its key was not in force then")
    explained(index, "certificates", partial(unverified.verify, record.key))
    said = Row.of(index, row.token, unverified, claims, row.batch)
    leafed = (stored.leaf.digest, stored.leaf.host)
    if said != row or (unverified.digest, claims.host) != leafed:
        raise corrupt(index, "certificates: the columns are not what was signed")
    asked = (claims.kind, claims.occupation_code, claims.level, claims.region)
    for finding in (
        scope.standing_at(body, t),
        scope.scope_of(body, *asked, t, directory.root.region),
    ):
        # An annulment reaches back, and is no fault of what was admitted before it.
        if finding.reason not in {None, "standing.void"} and not finding.void:
            raise corrupt(index, f"certificates: {finding.reason} at its receipt's time")
    salt = batch_salts.get(row.batch)
    if salt is None:
        raise corrupt(index, "certificates: its batch is no batch")
    entry = roster_commitment.entry(salt, claims.name, claims.holder_tag)
    until = admission.renewable_from(claims)
    return Held(row, (row.batch, entry), admission.slot(claims), until)


def take_over(scratch: Connection, real: Connection, rows: Sequence[Row]) -> None:
    """Take over what erased certificates are known by; a statement will have to bear it out.

    The views are compared at the end, that of erasures among them.

    Raises:
        UntrustedError: `registry.corrupt`, a text is missing and nobody erased it.
    """
    stated = store_certificates.erased_among(real, [row.log_index for row in rows])
    for row in rows:
        if row.log_index not in stated:
            raise corrupt(row.log_index, "tokens: the row is missing")
    if rows:
        store_certificates.insert_certificates(scratch, rows)
