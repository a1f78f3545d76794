# SPDX-License-Identifier: Apache-2.0
"""What a machine that is signed in may know: its own affairs, an authority's inside its region.

What is not its concern does not exist for it: the answer is the same as for what nobody ever
stated or admitted.
"""

import json
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from credential import base64url, certificate, statement, statement_bodies
from credential.entries import KINDS, entry_of
from registry import database, store_certificates, store_log, store_statements
from registry.directory import Directory, Target
from registry.service import Registry
from registry.store_certificates import Row
from registry.store_statements import Record

BULK: Final = "revoke_bulk"
STATUSES: Final = ("valid", "revoked", "suspended", "superseded")


def certificate_of(
    registry: Registry, party: str, kind: str, number: str
) -> dict[str, object] | None:
    """Give what is known of a certificate, or None where it is no concern of who asks."""
    if kind not in certificate.KINDS or not certificate.NUMBER.fullmatch(number):
        return None
    with database.read(registry.engine) as connection:
        directory = registry.directory(connection, store_log.tail(connection))
        found = [row for row in store_certificates.named(connection, number) if row.kind == kind]
        if not found or not _concerns_body(directory, party, found[-1].body):
            return None
        row = found[-1]
        (stored,) = store_log.leaves_at(connection, [row.log_index])
        status, _ = store_certificates.statuses_of(connection, [row.log_index]).get(
            row.log_index, (0, "")
        )
        about = _about(connection, directory, row)
    receipt = stored.signature and stored.leaf.receipt.unverified(stored.signature).token
    return {
        "certificate": f"{row.token}~" if row.token else None,
        "claims": json.loads(certificate.read(row.token)[0].payload) if row.token else None,
        "receipt": receipt,
        "status": STATUSES[status],
        "statements": [
            {
                "digest": base64url.encode(statement.digest(one.payload)),
                "type": one.type,
                "iss": one.iss,
                "t": one.t,
                "signatures": list(one.signatures),
            }
            for one in about
        ],
    }


def heads_of(registry: Registry, party: str, subjects: Sequence[str]) -> dict[str, str | None]:
    """Give the digest of the last statement of each subject that concerns who asks."""
    with database.read(registry.engine) as connection:
        directory = registry.directory(connection, store_log.tail(connection))
        own = {one for one in subjects if _concerns(connection, directory, party, one)}
        found = store_statements.heads_of(connection, own)
    return {
        subject: base64url.encode(found[subject]) if subject in found else None
        for subject in subjects
    }


def _about(connection: Connection, directory: Directory, row: Row) -> list[Record]:
    """Find the statements about a certificate, also those that name it among others."""
    subject = statement_bodies.certificate_subject(row.host, row.kind, row.number)
    body = directory.bodies[row.body].id
    return [
        record
        for record in store_statements.about(connection, [subject, body])
        if record.subject == subject
        or (record.type == BULK and _names(record.payload, row.kind, row.number))
    ]


def _names(payload: bytes, kind: str, number: str) -> bool:
    if number.encode() not in payload:
        return False
    listed = json.loads(payload)["body"]["certificates"]
    return {"kind": kind, "number": number} in listed


def _concerns(connection: Connection, directory: Directory, party: str, subject: str) -> bool:
    parts = subject.split("/")
    if (
        not statement.SUBJECT.fullmatch(subject)
        or parts[:2] != ["https:", ""]
        or len(parts) < 4
        or parts[2] not in directory.root.hosts
    ):
        return False
    if directory.is_lead(party) or subject == party:
        return True
    if any(event.by == party for event in directory.history.get(subject, ())):
        return True
    if parts[3] == "bodies":
        return _concerns_body(directory, party, parts[4] if len(parts) > 4 else "")
    if parts[3] == "certificates" and len(parts) == 6:
        key = (parts[2], parts[4], parts[5])
        row = store_certificates.find(connection, [key]).get(key)
        return row is not None and _concerns_body(directory, party, row.body)
    if parts[3] in KINDS:
        entry = entry_of(subject, directory.history.get(subject, ()))
        target = None if entry is None else Target(subject, entry.said.region)
        return target is not None and bool(directory.roles_towards(party, target))
    return False


def _concerns_body(directory: Directory, party: str, code: str) -> bool:
    body = directory.bodies.get(code)
    if body is None:
        return False
    return bool(directory.roles_towards(party, Target(body.id, body.region)))
