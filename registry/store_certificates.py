# SPDX-License-Identifier: Apache-2.0
"""SQL of certificates, the batches that back them and the people who hold them; no rules.

Everything is asked and stored for a whole request at once: one query for each question, never one
for each item.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, delete, insert, select, update

from registry import bulk
from registry.tables import batches, certificates, persons, seats, statuses, successors

T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One filed batch as a view."""

    log_index: int
    body: str
    number: str
    headcount: int
    taken: int
    """How many of the head-count have a certificate that was not superseded."""
    salt: bytes


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


def _chunks(values: Collection[T]) -> Iterator[list[T]]:
    ordered = list(values)
    for start in range(0, len(ordered), bulk.MAX_VALUES):
        yield ordered[start : start + bulk.MAX_VALUES]


def insert_certificates(connection: Connection, rows: Sequence[Row]) -> None:
    """Store certificates exactly as signed."""
    bulk.insert(connection, certificates, rows)


def find(
    connection: Connection, numbers: Collection[tuple[str, str, str]]
) -> dict[tuple[str, str, str], Row]:
    """Find certificates by (host, kind, number)."""
    found = {}
    for some in _chunks([number for _, _, number in numbers]):
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
    for some in _chunks(indexes):
        query = select(certificates).where(certificates.c.log_index.in_(some))
        found.update((row["log_index"], Row(**row)) for row in connection.execute(query).mappings())
    return found


def walk(connection: Connection) -> Iterator[Row]:
    """Read every certificate in the order of the log."""
    query = select(certificates).order_by(certificates.c.log_index)
    for row in connection.execution_options(yield_per=1_000).execute(query).mappings():
        yield Row(**row)


def hosts_and_lists(connection: Connection) -> list[tuple[str, str]]:
    """List under which host and list certificates have been admitted."""
    query = select(certificates.c.host, certificates.c.list).distinct()
    return sorted((host, name) for host, name in connection.execute(query))


# Batches and their rosters -----------------------------------------------------------------------


def insert_batch(connection: Connection, row: BatchRow, roster: dict[bytes, int]) -> None:
    """Store a filed batch and the committed roster, hash → how often it stands there."""
    connection.execute(insert(batches), asdict(row))
    connection.execute(
        insert(seats),
        [
            {"batch": row.log_index, "hash": entry, "places": places, "taken": 0}
            for entry, places in roster.items()
        ],
    )


def find_batches(
    connection: Connection, body: str, numbers: Collection[str]
) -> dict[str, BatchRow]:
    """Find a body's batches by number; their rows stay locked until the transaction ends."""
    found: dict[str, BatchRow] = {}
    for some in _chunks(numbers):
        query = (
            select(batches)
            .where(batches.c.body == body, batches.c.number.in_(some))
            .with_for_update()
        )
        found.update(
            (row["number"], BatchRow(**row)) for row in connection.execute(query).mappings()
        )
    return found


def free_seats(
    connection: Connection, wishes: Collection[tuple[int, bytes]]
) -> dict[tuple[int, bytes], int]:
    """Tell how many places of each (batch, hash) are free; what is not in the roster is absent."""
    c = seats.c
    return {
        (batch, entry): places - taken
        for batch in {batch for batch, _ in wishes}
        for entry, places, taken in bulk.select(
            connection,
            (c.hash, c.places, c.taken),
            c.hash,
            [entry for of, entry in wishes if of == batch],
            batch=batch,
        )
    }


def take_seats(
    connection: Connection, taken_seats: Sequence[tuple[int, bytes]], step: int = 1
) -> None:
    """Take (or with -1 give back) one place for each entry, and count it in its batch."""
    wanted: dict[tuple[int, int], list[bytes]] = {}
    for (batch, entry), places in Counter(taken_seats).items():
        wanted.setdefault((batch, places), []).append(entry)
    for (batch, places), entries in wanted.items():
        for some in _chunks(entries):
            connection.execute(
                update(seats)
                .where(seats.c.batch == batch, seats.c.hash.in_(some))
                .values(taken=seats.c.taken + step * places)
            )
        connection.execute(
            update(batches)
            .where(batches.c.log_index == batch)
            .values(taken=batches.c.taken + step * places * len(entries))
        )


# Who holds what ----------------------------------------------------------------------------------


def held(connection: Connection, slots: Collection[bytes]) -> dict[bytes, int | None]:
    """Tell which slots are held, and from when each may be renewed (None: never)."""
    c = persons.c
    return dict(bulk.select(connection, (c.slot, c.until), c.slot, slots))


def hold(connection: Connection, rows: Sequence[tuple[bytes, int, int | None]]) -> None:
    """Give free slots to certificates: slot, log index, from when it may be renewed."""
    bulk.insert(connection, persons, rows)


def give_up(connection: Connection, slots: Collection[bytes]) -> None:
    """Free slots whose certificates are renewed."""
    for some in _chunks(slots):
        connection.execute(delete(persons).where(persons.c.slot.in_(some)))


def let_go(connection: Connection, indexes: Collection[int]) -> None:
    """Free the slots that these certificates hold."""
    for some in _chunks(indexes):
        connection.execute(delete(persons).where(persons.c.holder.in_(some)))


# Status ------------------------------------------------------------------------------------------


def statuses_of(connection: Connection, indexes: Collection[int]) -> dict[int, tuple[int, str]]:
    """Read status and actor of the certificates whose status is not 0."""
    found: dict[int, tuple[int, str]] = {}
    for some in _chunks(indexes):
        query = select(statuses).where(statuses.c.certificate.in_(some)).with_for_update()
        found.update(
            (row.certificate, (row.status, row.actor)) for row in connection.execute(query)
        )
    return found


def set_statuses(connection: Connection, rows: Sequence[tuple[int, int, str]]) -> None:
    """Set the status of certificates: log index, status, actor; 0 removes the row."""
    for some in _chunks([index for index, _, _ in rows]):
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


def salts_of_batches(connection: Connection, indexes: Collection[int]) -> dict[int, bytes]:
    """Read the roster salts of batches, by the log index of their statements."""
    query = select(batches.c.log_index, batches.c.salt).where(batches.c.log_index.in_(indexes))
    return dict(connection.execute(query).all())
