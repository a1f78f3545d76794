# SPDX-License-Identifier: Apache-2.0
"""SQL of the batches that back certificates, their rosters, and who holds what; no rules."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, insert, select, update

from registry import bulk
from registry.bulk import chunks
from registry.tables import batches, persons, seats


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
    """Find a body's batches by number."""
    found: dict[str, BatchRow] = {}
    for some in chunks(numbers):
        query = select(batches).where(batches.c.body == body, batches.c.number.in_(some))
        found.update(
            (row["number"], BatchRow(**row)) for row in connection.execute(query).mappings()
        )
    return found


def of_body(connection: Connection, body: str) -> list[BatchRow]:
    """List a body's batches, in the order in which they were filed."""
    query = select(batches).where(batches.c.body == body).order_by(batches.c.log_index)
    return [BatchRow(**row) for row in connection.execute(query).mappings()]


def page(
    connection: Connection, bodies: Collection[str], *, before: int | None, limit: int
) -> list[BatchRow]:
    """Read the newest batches of some bodies, newest first.

    Args:
        connection: A transaction.
        bodies: Codes.
        before: Where the page before this one ended; None for the first page.
        limit: How many.
    """
    found: list[BatchRow] = []
    for some in chunks(bodies):
        query = select(batches).where(batches.c.body.in_(some))
        if before is not None:
            query = query.where(batches.c.log_index < before)
        query = query.order_by(batches.c.log_index.desc()).limit(limit)
        found += [BatchRow(**row) for row in connection.execute(query).mappings()]
    return sorted(found, key=lambda row: -row.log_index)[:limit]


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
        for some in chunks(entries):
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


def held(connection: Connection, slots: Collection[bytes]) -> dict[bytes, int | None]:
    """Tell which slots are held, and from when each may be renewed (None: never)."""
    c = persons.c
    return dict(bulk.select(connection, (c.slot, c.until), c.slot, slots))


def hold(connection: Connection, rows: Sequence[tuple[bytes, int, int | None]]) -> None:
    """Give free slots to certificates: slot, log index, from when it may be renewed."""
    bulk.insert(connection, persons, rows)


def give_up(connection: Connection, slots: Collection[bytes]) -> None:
    """Free slots whose certificates are renewed."""
    for some in chunks(slots):
        connection.execute(delete(persons).where(persons.c.slot.in_(some)))


def let_go(connection: Connection, indexes: Collection[int]) -> None:
    """Free the slots that these certificates hold."""
    for some in chunks(indexes):
        connection.execute(delete(persons).where(persons.c.holder.in_(some)))


def salts_of_batches(connection: Connection, indexes: Collection[int]) -> dict[int, bytes]:
    """Read the roster salts of batches, by the log index of their statements."""
    query = select(batches.c.log_index, batches.c.salt).where(batches.c.log_index.in_(indexes))
    return dict(connection.execute(query).all())
