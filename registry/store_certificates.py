# SPDX-License-Identifier: Apache-2.0
"""SQL of certificates, their texts and their status; no rules.

Everything is asked and stored for a whole request at once: one query for each question, never one
for each item.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, delete, func, insert, select

from credential.certificate import Claims
from credential.envelope import Unverified
from registry import bulk
from registry.bulk import chunks
from registry.guards import nonces, numbers, places
from registry.tables import (
    certificates,
    erasures,
    holder_numbers,
    salts,
    statuses,
    successors,
    tokens,
)


class Row(NamedTuple):
    """One admitted certificate, its fields but the text in the order of the table's columns."""

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
    """The compact JWS as received first; empty once it has been erased."""

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
    wanted: Collection[tuple[str, str, str]],
    drawn: Collection[tuple[str, int]],
    used: Collection[tuple[str, bytes]],
) -> Taken:
    """Find which numbers, status indexes and nonces are taken."""
    found_places = [
        (name, idx)
        for name in {name for name, _ in drawn}
        for (idx,) in bulk.select(
            connection,
            (places.c.idx,),
            places.c.idx,
            [idx for of, idx in drawn if of == name],
            list=name,
        )
    ]
    found_nonces = [
        (kid, nonce)
        for kid in {kid for kid, _ in used}
        for (nonce,) in bulk.select(
            connection,
            (nonces.c.nonce,),
            nonces.c.nonce,
            [nonce for of, nonce in used if of == kid],
            kid=kid,
        )
    ]
    return Taken(
        frozenset(_numbered(connection, wanted)),
        frozenset(found_places),
        frozenset(found_nonces),
    )


def insert_certificates(connection: Connection, rows: Sequence[Row]) -> None:
    """Store certificates exactly as signed, each with a number, an index and a nonce of its own."""
    bulk.insert(connection, certificates, [row[:-1] for row in rows])
    texts = [(row.log_index, row.token) for row in rows if row.token]
    if texts:
        bulk.insert(connection, tokens, texts)
    bulk.insert(connection, numbers, [(r.number, r.kind, r.host, r.log_index) for r in rows])
    bulk.insert(connection, places, [(r.list, r.idx, r.log_index) for r in rows])
    bulk.insert(connection, nonces, [(r.kid, r.nonce, r.log_index) for r in rows])


def _numbered(
    connection: Connection, wanted: Collection[tuple[str, str, str]]
) -> dict[tuple[str, str, str], int]:
    """Find the log index of each certificate with one of these (host, kind, number)."""
    c = numbers.c
    columns = (c.host, c.kind, c.number, c.log_index)
    asked = [number for _, _, number in wanted]
    return {
        (host, kind, number): index
        for host, kind, number, index in bulk.select(connection, columns, c.number, asked)
        if (host, kind, number) in wanted
    }


def _rows() -> Select[Any]:
    of = tokens.c.log_index == certificates.c.log_index
    return select(certificates, tokens.c.token).select_from(certificates.outerjoin(tokens, of))


def _row(values: Any) -> Row:  # noqa: ANN401  # a row of any query over these columns
    *known, token = values
    return Row._make((*known, token or ""))


def find(
    connection: Connection, wanted: Collection[tuple[str, str, str]]
) -> dict[tuple[str, str, str], Row]:
    """Find certificates by (host, kind, number)."""
    indexes = _numbered(connection, wanted)
    rows = at(connection, indexes.values())
    return {key: rows[index] for key, index in indexes.items()}


def named(connection: Connection, number: str) -> list[Row]:
    """Find every certificate with this number, whatever its kind and host, in order."""
    query = select(numbers.c.log_index).where(numbers.c.number == number)
    rows = at(connection, connection.execute(query).scalars().all())
    return [rows[index] for index in sorted(rows)]


def named_among(connection: Connection, number: str, most: int) -> list[tuple[Row, bool]]:
    """Find certificates with this number among others that have not.

    Returns:
        As many of them as there are, up to `most`, each with whether the number is its own: so
        whoever reads them all does the same work whether there is such a number or not.
    """
    query = select(numbers.c.log_index).where(numbers.c.number == number)
    own = sorted(connection.execute(query).scalars().all())[:most]
    query = select(certificates.c.log_index).order_by(certificates.c.log_index).limit(most)
    first = [index for index in connection.execute(query).scalars().all() if index not in own]
    wanted = (*own, *first)[:most]
    rows = at(connection, wanted)
    return [(rows[index], index in own) for index in wanted]


def at(connection: Connection, indexes: Collection[int]) -> dict[int, Row]:
    """Find certificates by log index."""
    found: dict[int, Row] = {}
    for some in chunks(indexes):
        query = _rows().where(certificates.c.log_index.in_(some))
        found.update((row.log_index, _row(row)) for row in connection.execute(query))
    return found


def page(
    connection: Connection, body: str, *, before: int | None, limit: int, batch: int | None = None
) -> list[int]:
    """Read the log indexes of a body's newest certificates, newest first.

    Args:
        connection: A transaction.
        body: The body's code.
        before: Where the page before this one ended; None for the first page.
        limit: How many.
        batch: Only of the batch with this log index.
    """
    query = select(certificates.c.log_index).where(certificates.c.body == body)
    if batch is not None:
        query = query.where(certificates.c.batch == batch)
    if before is not None:
        query = query.where(certificates.c.log_index < before)
    query = query.order_by(certificates.c.log_index.desc()).limit(limit)
    return list(connection.execute(query).scalars())


def count_of(connection: Connection, body: str) -> int:
    """Count a body's certificates."""
    query = select(func.count()).select_from(certificates).where(certificates.c.body == body)
    return connection.execute(query).scalar_one()


def has_holder(connection: Connection, log_index: int) -> bool:
    """Tell whether a document number is kept beside a certificate."""
    query = select(holder_numbers.c.log_index).where(holder_numbers.c.log_index == log_index)
    return connection.execute(query).first() is not None


def walk(connection: Connection) -> Iterator[Row]:
    """Read every certificate in the order of the log."""
    query = _rows().order_by(certificates.c.log_index)
    for row in connection.execute(query.execution_options(yield_per=1_000)):
        yield _row(row)


# Erasure -----------------------------------------------------------------------------------------


def erased_among(connection: Connection, indexes: Collection[int]) -> dict[int, int]:
    """Find which certificates are erased, and the log index of the statement that ordered it."""
    c = erasures.c
    columns = (c.log_index, c.statement)
    return dict(bulk.select(connection, columns, c.log_index, indexes))


def erase(connection: Connection, log_index: int, statement: int) -> None:
    """Mark a certificate as erased; delete its text, its holder's number and its leaf's salt."""
    connection.execute(insert(erasures).values(log_index=log_index, statement=statement))
    for table in (tokens, holder_numbers, salts):
        connection.execute(delete(table).where(table.c.log_index == log_index))


# Status ------------------------------------------------------------------------------------------


def statuses_of(connection: Connection, indexes: Collection[int]) -> dict[int, tuple[int, str]]:
    """Read status and actor of the certificates whose status is not 0."""
    found: dict[int, tuple[int, str]] = {}
    for some in chunks(indexes):
        query = select(statuses).where(statuses.c.certificate.in_(some))
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
    connection: Connection, wanted: Collection[tuple[str, str, str]]
) -> dict[tuple[str, str, str], int]:
    """Find which numbers are reserved for a re-issue, and of which superseded certificate."""
    c = successors.c
    return {
        (host, kind, number): certificate
        for host, kind, number, certificate in bulk.select(
            connection,
            (c.host, c.kind, c.number, c.certificate),
            c.number,
            [number for _, _, number in wanted],
        )
    }
