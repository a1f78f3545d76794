# SPDX-License-Identifier: Apache-2.0
"""Apply revocation, suspension, reinstatement and supersession to the certificates they name.

Which move is allowed stands in `registry.status_rules`; here the certificates are found, the actor
is named, and the views follow: a certificate that is revoked or superseded frees its person for
another, one that is superseded also its seat in the batch.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from credential import certificate, roster_commitment, statement_bodies
from credential.errors import ConflictError, UntrustedError
from credential.statement import Statement
from credential.statement_bodies import Read, RevokeBulk, Supersede
from registry import status_rules, store_batches, store_certificates
from registry.directory import Directory, Target
from registry.status_rules import REVOKED, SUPERSEDED
from registry.store_certificates import Row

Lookup = Callable[[Collection[tuple[str, str, str]]], Mapping[tuple[str, str, str], Row]]
"""Finds certificates by host, kind and number; leaves out those that do not exist."""


@dataclass(frozen=True, slots=True)
class Affected:
    """The certificates that a statement names, as they stand."""

    rows: tuple[Row, ...]
    subjects: tuple[str, ...]
    """Of the statement itself first, then of each certificate."""
    targets: tuple[Target, ...]


def find(lookup: Lookup, directory: Directory, statement: Statement, read: Read) -> Affected:
    """Find what a statement is about.

    Raises:
        ConflictError: `certificate.unknown`.
    """
    host = read.subject["host"]
    if isinstance(read.said, RevokeBulk):
        wanted = [(host, kind, number) for kind, number in read.said.certificates]
    else:
        wanted = [(host, read.subject["kind"], read.subject["number"])]
    found = lookup(wanted)
    if len(found) != len(wanted):
        raise ConflictError("certificate.unknown", "there is no such certificate")
    rows = tuple(found[key] for key in wanted)
    named = (statement_bodies.certificate_subject(*key) for key in wanted)
    targets = {
        row.body: Target(directory.bodies[row.body].id, directory.bodies[row.body].region)
        for row in rows
    }
    if isinstance(read.said, RevokeBulk) and {each.id for each in targets.values()} != {
        statement.subject
    }:
        raise ConflictError("certificate.unknown", "some of these certificates are another body's")
    subjects = tuple(dict.fromkeys((statement.subject, *named)))
    return Affected(rows, subjects, tuple(targets.values()))


def check_visible(directory: Directory, statement: Statement, affected: Affected) -> None:
    """Return if the issuer may know that these certificates exist.

    Raises:
        ConflictError: `certificate.unknown`, as for a certificate that does not exist.
    """
    for target in affected.targets:
        if not directory.roles_towards(statement.iss, target):
            raise ConflictError("certificate.unknown", "there is no such certificate")


def decide(
    directory: Directory,
    statement: Statement,
    affected: Affected,
    current: Mapping[int, tuple[int, str]],
) -> list[tuple[Row, str]]:
    """Say which state each certificate takes.

    Args:
        directory: What is in force.
        statement: The change, from an issuer who may make it.
        affected: The certificates.
        current: Status and actor by log index, for those that are not valid.

    Raises:
        ConflictError: `status.final` or `status.move`.
        UntrustedError: `statement.actor`.
    """
    event = "revoke" if statement.type == "revoke_bulk" else statement.type
    moves = []
    for row in affected.rows:
        body = directory.bodies[row.body].id
        actor = "body" if statement.iss == body else "authority"
        outcome = status_rules.after(_state(current.get(row.log_index), body), event, actor)
        if status_rules.is_refusal(outcome):
            _refuse(outcome, row)
        moves.append((row, outcome))
    return moves


def apply(
    connection: Connection,
    directory: Directory,
    statement: Statement,
    read: Read,
    affected: Affected,
) -> None:
    """Change the views.

    Raises:
        ConflictError: `status.final`, `status.move`, `number.taken` or `number.reserved`.
        UntrustedError: `statement.actor`.
    """
    indexes = [row.log_index for row in affected.rows]
    current = store_certificates.statuses_of(connection, indexes)
    moves = decide(directory, statement, affected, current)
    store_certificates.set_statuses(
        connection,
        [
            (row.log_index, status_rules.STATUS_OF_STATE[state], statement.iss)
            for row, state in moves
        ],
    )
    gone = [row for row, state in moves if state in {REVOKED, SUPERSEDED}]
    store_batches.let_go(connection, [row.log_index for row in gone])
    if isinstance(read.said, Supersede):
        _succeed(connection, affected.rows[0], read.said)


def _succeed(connection: Connection, row: Row, said: Supersede) -> None:
    """Reserve the successor's number, and free the seat for it."""
    key = (row.host, row.kind, said.by)
    if said.by == row.number or store_certificates.find(connection, [key]):
        raise ConflictError("number.taken", "the successor's number belongs to a certificate")
    if key in store_certificates.reserved_among(connection, [key]):
        raise ConflictError("number.reserved", "the successor's number is reserved for another")
    if not row.token:
        # While `fsck` rebuilds: erased after this, and the seat was free again then.
        if store_certificates.erased_among(connection, [row.log_index]):
            raise ConflictError("certificate.erased", "this certificate has been erased")
        store_certificates.reserve_successor(connection, *key, row.log_index)
        return
    store_certificates.reserve_successor(connection, *key, row.log_index)
    seat = seat_of(connection, row)
    store_batches.take_seats(connection, [seat], step=-1)


def seat_of(connection: Connection, row: Row) -> tuple[int, bytes]:
    """Compute which entry of its batch's roster a certificate holds."""
    _, claims = certificate.read(row.token)
    salt = store_batches.salts_of_batches(connection, [row.batch])[row.batch]
    return row.batch, roster_commitment.entry(salt, claims.name, claims.holder_tag)


def _state(current: tuple[int, str] | None, body: str) -> str:
    """Name the state that a row of the view stands for."""
    if current is None:
        return status_rules.VALID
    status, actor = current
    if status == 2:
        return (
            status_rules.SUSPENDED_BY_BODY if actor == body else status_rules.SUSPENDED_BY_AUTHORITY
        )
    return REVOKED if status == 1 else SUPERSEDED


def _refuse(code: str, row: Row) -> None:
    if code == "statement.actor":
        raise UntrustedError(code, "this is for somebody else to decide")
    message = f"the status of {row.number} does not allow this"
    raise ConflictError(code, message)
