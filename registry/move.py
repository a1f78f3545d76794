# SPDX-License-Identifier: Apache-2.0
"""Move a whole registry from one database to another, of whichever kind.

There is one registry at any moment, or for a moment none; never two:

1. Hold the source against every writer, and see one state of it. What reads, goes on.
2. One transaction of the target: schema, every row of every table, and the mark ARRIVING. A kill up
   to here leaves the target empty.
3. Commit it. A database so marked serves nobody (`registry.moving`). A kill from here on leaves it
   as something to be thrown away, and the source as it was.
4. Compare: rows and digest of each table, and `fsck` of the target against root and size of the
   source.
5. Mark the source GONE, with the same move's identifier, and commit: from now on it serves nobody
   (`registry.moved`). A kill here leaves none that serves; the same command goes on with 6.
6. Take the mark from the target: the registry is there.

The marks file and what was published are not in a database and stay where they are, so a copy that
was made of the source before is an old copy as soon as the target has admitted anything.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Table, inspect, select, text, update

from console.tables import metadata as shared
from credential.errors import ConflictError, UnavailableError, UntrustedError
from registry import bulk, database, fsck, marks, schema, store_log
from registry.console.tables import metadata as own
from registry.move_sums import Sum
from registry.service import Clock, Registry, now, open_registry
from registry.settings import Settings
from registry.store_log import ARRIVING, GONE, HERE
from registry.tables import log_tail, metadata

ID_BYTES: Final = 16
GROUP: Final = 1_000  # rows, stored by one statement
FEW: Final = 8  # of the tables whose rows may have megabytes
_LARGE: Final = frozenset({"attachments", "peers", "publications", "signed_lists", "statements"})

TABLES: Final = tuple(
    table for each in (metadata, shared, own) for table in each.sorted_tables if table != log_tail
)
"""Every table but the log's tail, those that others point to first."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move came to."""

    rows: int
    """In all tables; 0 where an earlier run had copied them."""
    leaves: int
    """Size of the log."""


class _Place(NamedTuple):
    """What a database says about moves."""

    moving: int
    move: bytes | None


def move(
    settings: Settings, to: str, *, random: Callable[[int], bytes], clock: Clock = now
) -> Moved:
    """Move the registry of the settings.

    Args:
        settings: Its `database` is where from.
        to: URL of an empty database; or that to which a move was interrupted at its end.
        random: Gives that many random bytes.
        clock: For the registry that is opened.

    Raises:
        ConflictError: `backup.occupied`, the target is not empty.
        UntrustedError: `move.differs`, `registry.corrupt`: the target is not what the source is;
            nothing has changed but the target, which is to be thrown away.
        UnavailableError: `move.source`, no registry is there; `registry.…`, as when it is opened.
    """
    source, target = database.connect(settings.database), database.connect(to)
    try:
        old, new = _place(source), _place(target)
        if old is None:
            message = "there is no registry in the database of the settings: look at its URL"
            raise UnavailableError("move.source", message)
        if new is not None:
            # Only the end was missing: the same move is written in both.
            if (old.moving, new.moving) != (GONE, ARRIVING) or old.move != new.move:
                raise _occupied(new)
            return _arrive(target, 0)
        registry = open_registry(settings, (), clock=clock)
        registry.marks.demand_of(registry.engine)
        registry.engine.dispose()
        arrived = Registry(replace(settings, database=to), target, (), clock)
        return _move(source, arrived, random(ID_BYTES))
    finally:
        source.dispose()
        target.dispose()


def _move(source: Engine, arrived: Registry, name: bytes) -> Moved:
    target = arrived.engine
    with _held(source) as old:
        tail = store_log.tail(old)
        with database.write(target) as new:
            sums = _copy(old, new, name)
        _compare(sums, target)
        root = marks.grown(old, tail.size).root()
        report = fsck.fsck(arrived)
        if (report.leaves, report.root) != (tail.size, root):
            raise _differs("log")
        old.execute(update(log_tail).values(moving=GONE, move=name))
    # A crash here: both are marked with this move, and the same command ends it.
    return _arrive(target, sum(each.rows for each in sums.values()))


def _copy(old: Connection, new: Connection, name: bytes) -> dict[str, Sum]:
    """Make the schema and fill it; what has been stored until it is committed is nothing."""
    _wait(new)
    schema.lock(new)
    if inspect(new).get_table_names():
        raise _occupied(None)
    schema.run(new)
    sums = {}
    for table in TABLES:
        made = sums[table.name] = Sum()
        for rows in _read(old, table):
            bulk.insert(new, table, rows)
            made.add(rows)
    tail = old.execute(select(*log_tail.c["size", "t", "directory"])).mappings().one()
    new.execute(update(log_tail).values(**tail, moving=ARRIVING, move=name))
    return sums


def _compare(sums: dict[str, Sum], target: Engine) -> None:
    """Read everything again where it has arrived."""
    with database.read(target) as connection:
        _wait(connection)
        for table in TABLES:
            found = Sum()
            for rows in _read(connection, table):
                found.add(rows)
            if found != sums[table.name]:
                raise _differs(table.name)


def _arrive(target: Engine, rows: int) -> Moved:
    with database.write(target) as connection:
        connection.execute(update(log_tail).values(moving=HERE, move=None))
        return Moved(rows, store_log.tail(connection).size)


def _read(connection: Connection, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    """Read a table in pieces; the driver keeps no more of it than one."""
    size = FEW if table.name in _LARGE else GROUP
    query = select(table).execution_options(yield_per=size)
    rows = map(tuple, connection.execute(query))
    while some := list(islice(rows, size)):
        yield some


@contextmanager
def _held(engine: Engine) -> Iterator[Connection]:
    """Keep every writer out, and see one state.

    SQLite's write lock does both. PostgreSQL takes the picture with the first query, hence after
    the locks; the tail's is the stronger one, so that whoever begins with it waits at once.
    """
    with database.write(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("set transaction isolation level repeatable read"))
            _wait(connection)
            connection.execute(text("lock table log_tail in exclusive mode"))
            names = ", ".join(table.name for table in TABLES)
            connection.execute(text(f"lock table {names} in share mode"))
        yield connection


def _wait(connection: Connection) -> None:
    """Let the server keep a transaction that waits for the other database."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("set local idle_in_transaction_session_timeout = 0"))


def _place(engine: Engine) -> _Place | None:
    """Look what a database says; None where there is nothing in it."""
    with database.read(engine) as connection:
        found = inspect(connection)
        names = found.get_table_names()
        if not names:
            return None
        if log_tail.name not in names:
            return _Place(HERE, None)
        if log_tail.c.move.name not in {one["name"] for one in found.get_columns(log_tail.name)}:
            return _Place(HERE, None)  # of an older version
        return _Place(*connection.execute(select(*log_tail.c["moving", "move"])).one())


def _occupied(found: _Place | None) -> ConflictError:
    if found is not None and found.moving == ARRIVING:
        message = (
            "this database is what a move that was interrupted has left: throw it away and name a"
            " new one; the registry still is where it was"
        )
    else:
        message = "a registry is moved into an empty database only: name a new one with --to"
    return ConflictError("backup.occupied", message)


def _differs(what: str) -> UntrustedError:
    message = (
        f"{what}: what has arrived is not what was there; the registry stays where it was, throw"
        " the new database away"
    )
    return UntrustedError("move.differs", message)
