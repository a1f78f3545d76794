# SPDX-License-Identifier: Apache-2.0
"""SQL of the log: leaves, salts, receipts and the tail. Rows in, values out; no rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, Select, func, select, update

from credential.errors import UnavailableError
from credential.receipt import Receipt
from registry import bulk, database
from registry.guards import digests
from registry.tables import leaves, log_tail, receipts, salts

HERE: Final = 0
"""The registry is in this database."""
ARRIVING: Final = 1
"""It is being moved here (`registry.move`), and is not here yet."""
GONE: Final = 2
"""It was moved from here to another database."""


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of the log."""

    size: int
    """Number of leaves, hence the next index."""
    t: int
    """Time of the last leaf."""
    directory: int
    """Number of leaves up to and including the last statement that changed the directory."""


class Leaf(NamedTuple):
    """One admitted content, its fields but the salt in the order of the table's columns."""

    log_index: int
    kind: int
    t: int
    epoch: int
    host: str
    digest: bytes
    commitment: bytes
    """SHA-256(salt ‖ receipt payload)."""
    salt: bytes
    """16 bytes; empty once destroyed."""

    @property
    def receipt(self) -> Receipt:
        """What the receipt of this leaf says."""
        return Receipt(self.host, self.t, self.digest, self.log_index, self.epoch)


@dataclass(frozen=True, slots=True)
class Stored:
    """A leaf and the signature of its receipt, if there is one yet."""

    leaf: Leaf
    signature: bytes | None


def tail(connection: Connection) -> Tail:
    """Read the tail; in a write transaction the row stays locked until its end.

    Every writer of history begins here, so that writers follow one another, and what each reads
    afterwards cannot change before it commits.

    Raises:
        UnavailableError: `registry.moved` or `registry.moving`: the registry is not here.
    """
    query = select(log_tail.c.moving, log_tail.c.size, log_tail.c.t, log_tail.c.directory)
    if database.writes(connection):
        query = query.with_for_update()
    moving, *found = connection.execute(query).one()
    _demand(moving)
    return Tail(*found)


def tail_anywhere(connection: Connection) -> Tail:
    """Read the tail, also where the registry is no more, or not yet."""
    return Tail(*connection.execute(select(*log_tail.c["size", "t", "directory"])).one())


def demand_here(connection: Connection) -> None:
    """Return if the registry is in this database.

    A writer that does not begin with the tail asks after its first row: a move holds every table,
    so either it has waited for this row, or this sees that it is over.

    Raises:
        UnavailableError: `registry.moved` or `registry.moving`.
    """
    _demand(connection.execute(select(log_tail.c.moving)).scalar_one())


def _demand(moving: int) -> None:
    if moving == GONE:
        message = "this registry has been moved: name its new database in the settings"
        raise UnavailableError("registry.moved", message)
    if moving != HERE:
        message = (
            "a move into this database did not end: run the same `registry move` again, which says"
            " what to do"
        )
        raise UnavailableError("registry.moving", message)


def move_tail(connection: Connection, old: Tail, size: int, t: int, directory: int) -> bool:
    """Move the tail if nobody else has; the compare-and-swap does not rely on the lock."""
    statement = (
        update(log_tail)
        .where(log_tail.c.id == 1, log_tail.c.size == old.size, log_tail.c.t <= t)
        .values(size=size, t=t, directory=directory)
    )
    return connection.execute(statement).rowcount == 1


def advance(connection: Connection, t: int) -> None:
    """Let no leaf be of an earlier time than this: a list of that time has been signed."""
    connection.execute(update(log_tail).where(log_tail.c.t < t).values(t=t))
    demand_here(connection)


def insert_leaves(connection: Connection, new: Sequence[Leaf]) -> None:
    """Store leaves with their salts, each content once."""
    bulk.insert(
        connection,
        leaves,
        [each[:-1] for each in new],
    )
    take_digests(connection, new)
    bulk.insert(connection, salts, [(each.log_index, each.salt) for each in new])


def take_digests(connection: Connection, new: Sequence[Leaf]) -> None:
    """Take the content digests of leaves, each once."""
    bulk.insert(connection, digests, [(each.digest, each.log_index) for each in new])


def insert_signatures(connection: Connection, rows: Sequence[tuple[int, bytes]]) -> bool:
    """Store receipt signatures by log index; a row that exists stays as it is.

    Returns:
        Whether all of them are now what is stored.
    """
    count = bulk.insert(connection, receipts, rows, keep=True)
    demand_here(connection)
    return count == len(rows)


def _stored() -> Select[Any]:
    return select(
        leaves.c.log_index,
        leaves.c.type,
        leaves.c.t,
        leaves.c.epoch,
        leaves.c.host,
        leaves.c.digest,
        leaves.c.commitment,
        salts.c.salt,
        receipts.c.signature,
    ).select_from(
        leaves.outerjoin(salts, salts.c.log_index == leaves.c.log_index).outerjoin(
            receipts, receipts.c.log_index == leaves.c.log_index
        )
    )


def _from_row(row: Row[Any]) -> Stored:
    values: list[Any] = list(row)
    signature = values.pop()
    values[-1] = values[-1] or b""
    return Stored(Leaf(*values), signature)


def leaves_at(connection: Connection, indexes: Sequence[int]) -> list[Stored]:
    """Read leaves by index, in rising order."""
    query = _stored().where(leaves.c.log_index.in_(indexes)).order_by(leaves.c.log_index)
    return [_from_row(row) for row in connection.execute(query)]


def indexes_of(connection: Connection, contents: Sequence[bytes]) -> dict[bytes, int]:
    """Find the leaves of contents that are already admitted, by content digest."""
    c = digests.c
    return dict(bulk.select(connection, (c.digest, c.log_index), c.digest, contents))


def unsigned_leaves(connection: Connection, limit: int, start: int = 0) -> list[Leaf]:
    """Read the first leaves from an index on that have no receipt."""
    query = (
        _stored()
        .where(receipts.c.signature.is_(None), leaves.c.log_index >= start)
        .order_by(leaves.c.log_index)
        .limit(limit)
    )
    return [_from_row(row).leaf for row in connection.execute(query)]


def unsigned_count(connection: Connection, start: int = 0) -> int:
    """Count the leaves from an index on that have no receipt."""
    query = (
        select(func.count())
        .select_from(leaves.outerjoin(receipts, receipts.c.log_index == leaves.c.log_index))
        .where(receipts.c.signature.is_(None), leaves.c.log_index >= start)
    )
    return connection.execute(query).scalar_one()


def leaves_from(connection: Connection, start: int, limit: int) -> list[Stored]:
    """Read the leaves from an index on, in order, at most so many."""
    query = _stored().where(leaves.c.log_index >= start).order_by(leaves.c.log_index).limit(limit)
    return [_from_row(row) for row in connection.execute(query)]


def entries(connection: Connection, start: int, end: int) -> list[tuple[int, int, bytes]]:
    """Read type, time and commitment of the leaves in [start, end), in order."""
    query = (
        select(leaves.c.type, leaves.c.t, leaves.c.commitment)
        .where(leaves.c.log_index >= start, leaves.c.log_index < end)
        .order_by(leaves.c.log_index)
    )
    return [(kind, t, committed) for kind, t, committed in connection.execute(query)]


def signatures_of_epoch(connection: Connection, epoch: int) -> list[bytes]:
    """Read the signatures of every receipt of an epoch."""
    query = (
        select(receipts.c.signature)
        .join(leaves, leaves.c.log_index == receipts.c.log_index)
        .where(leaves.c.epoch == epoch)
    )
    return list(connection.execute(query).scalars())
