# SPDX-License-Identifier: Apache-2.0
"""SQL of certificates and their status; no rules.

Everything is asked and stored for a whole request at once: one query for each question, never one
for each item.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from credential.certificate import Claims
from credential.envelope import Unverified
from registry import bulk
from registry.bulk import chunks
from registry.tables import certificates, statuses, successors


class Row(NamedTuple):
    """One admitted certificate, its fields in the order of the table's columns."""

    log_index: int
    host: str
    kind: str
    number: str
    body: str
    """The body's code."""
    kid: str
    nonce: bytes
    """r of the signature: two equal ones under one key betray the key."""
    list: str
    idx: int
    batch: int
    """Log index of the statement that filed its batch."""
    token: str
    """The compact JWS as received first."""

    @classmethod
    def of(cls, index: int, token: str, signed: Unverified, claims: Claims, batch: int) -> "Row":
        """Put the row of a certificate together: every column follows from what was signed."""
        return cls(
            index,
            claims.host,
            claims.kind,
            claims.certificate_number,
            claims.body_code,
            signed.kid,
            signed.signature[:32],
            claims.status_uri.rpartition("/")[2],
            claims.status_index,
            batch,
            token,
        )


@dataclass(frozen=True, slots=True)
class Taken:
    """What of a request's wishes the registry has already given away."""

    numbers: frozenset[tuple[str, str, str]]
    """(host, kind, number)"""
    places: frozenset[tuple[str, int]]
    """(list, idx)"""
    nonces: frozenset[tuple[str, bytes]]
    """(kid, r)"""


def taken(
    connection: Connection,
    numbers: Collection[tuple[str, str, str]],
    places: Collection[tuple[str, int]],
    nonces: Collection[tuple[str, bytes]],
) -> Taken:
    """Find which numbers, status indexes and nonces are taken."""
    c = certificates.c
    found_numbers = bulk.select(
        connection, (c.host, c.kind, c.number), c.number, [number for _, _, number in numbers]
    )
    found_places = [
        (name, idx)
        for name in {name for name, _ in places}
        for (idx,) in bulk.select(
            connection, (c.idx,), c.idx, [idx for of, idx in places if of == name], list=name
        )
    ]
    found_nonces = [
        (kid, nonce)
        for kid in {kid for kid, _ in nonces}
        for (nonce,) in bulk.select(
            connection, (c.nonce,), c.nonce, [nonce for of, nonce in nonces if of == kid], kid=kid
        )
    ]
    return Taken(
        frozenset((host, kind, number) for host, kind, number in found_numbers),
        frozenset(found_places),
        frozenset(found_nonces),
    )


def insert_certificates(connection: Connection, rows: Sequence[Row]) -> None:
    """Store certificates exactly as signed."""
    bulk.insert(connection, certificates, rows)


def find(
    connection: Connection, numbers: Collection[tuple[str, str, str]]
) -> dict[tuple[str, str, str], Row]:
    """Find certificates by (host, kind, number)."""
    found = {}
    for some in chunks([number for _, _, number in numbers]):
        query = select(certificates).where(certificates.c.number.in_(some))
        for row in connection.execute(query).mappings():
            certificate = Row(**row)
            found[certificate.host, certificate.kind, certificate.number] = certificate
    return {key: row for key, row in found.items() if key in numbers}


def named(connection: Connection, number: str) -> list[Row]:
    """Find every certificate with this number, whatever its kind and host."""
    query = (
        select(certificates)
        .where(certificates.c.number == number)
        .order_by(certificates.c.log_index)
    )
    return [Row(**row) for row in connection.execute(query).mappings()]


def at(connection: Connection, indexes: Collection[int]) -> dict[int, Row]:
    """Find certificates by log index."""
    found: dict[int, Row] = {}
    for some in chunks(indexes):
        query = select(certificates).where(certificates.c.log_index.in_(some))
        found.update((row["log_index"], Row(**row)) for row in connection.execute(query).mappings())
    return found


def walk(connection: Connection) -> Iterator[Row]:
    """Read every certificate in the order of the log."""
    query = select(certificates).order_by(certificates.c.log_index)
    for row in connection.execution_options(yield_per=1_000).execute(query).mappings():
        yield Row(**row)


# Status ------------------------------------------------------------------------------------------


def statuses_of(connection: Connection, indexes: Collection[int]) -> dict[int, tuple[int, str]]:
    """Read status and actor of the certificates whose status is not 0."""
    found: dict[int, tuple[int, str]] = {}
    for some in chunks(indexes):
        query = select(statuses).where(statuses.c.certificate.in_(some)).with_for_update()
        found.update(
            (row.certificate, (row.status, row.actor)) for row in connection.execute(query)
        )
    return found


def set_statuses(connection: Connection, rows: Sequence[tuple[int, int, str]]) -> None:
    """Set the status of certificates: log index, status, actor; 0 removes the row."""
    for some in chunks([index for index, _, _ in rows]):
        connection.execute(delete(statuses).where(statuses.c.certificate.in_(some)))
    bad = [(index, status, actor) for index, status, actor in rows if status]
    if bad:
        connection.execute(
            insert(statuses),
            [
                {"certificate": index, "status": status, "actor": actor}
                for index, status, actor in bad
            ],
        )


def reserve_successor(
    connection: Connection, host: str, kind: str, number: str, certificate: int
) -> None:
    """Reserve the number of a re-issue."""
    connection.execute(
        insert(successors).values(host=host, kind=kind, number=number, certificate=certificate)
    )


def reserved_among(
    connection: Connection, numbers: Collection[tuple[str, str, str]]
) -> dict[tuple[str, str, str], int]:
    """Find which numbers are reserved for a re-issue, and of which superseded certificate."""
    c = successors.c
    return {
        (host, kind, number): certificate
        for host, kind, number, certificate in bulk.select(
            connection,
            (c.host, c.kind, c.number, c.certificate),
            c.number,
            [number for _, _, number in numbers],
        )
    }
