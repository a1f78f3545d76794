# SPDX-License-Identifier: Apache-2.0
"""The one door to the database: connections, transactions, and what its loss means to a caller.

PostgreSQL (`registry.postgresql`): a reader sees one state (REPEATABLE READ), a writer what is
committed when it looks (READ COMMITTED). Writers of history lock the log's tail first, so that what
they read afterwards cannot change before they commit.

SQLite is the embedded default. Journal mode DELETE with `synchronous=FULL`: a commit that returned
is on the disk, and the journal mode does not have the race between a writer and a checkpointer that
corrupted databases in WAL mode before SQLite 3.51.3 (https://sqlite.org/wal.html). Writers say
BEGIN IMMEDIATE, to the same effect.

A write transaction that ends without an exception is durable; one that ends with any is as if it
had never been. One exception: where the connection dies between COMMIT and its answer, nobody here
can know. Whoever sends the same content again gets the one answer that there is.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
)
from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from credential.errors import ConflictError, MalformedError, SealError, UnavailableError
from registry import postgresql

BUSY_SECONDS: Final = 20  # how long a writer waits for another
CONNECTIONS: Final = 16  # kept by one process, and as many more when all are busy
ATTEMPTS: Final = 4  # of a transaction that the database gave up in favour of another
SAFE_WAL: Final = (3, 51, 3)  # the first SQLite whose WAL mode may be trusted with two connections

_WRITING: Final = "registry_writes"

T = TypeVar("T")


class ContendedError(UnavailableError):
    """The database gave this transaction up in favour of another: at once again it may succeed."""


def connect(url: str, *, journal_mode: str = "DELETE") -> Engine:
    """Open the database; nothing is read or written yet.

    Args:
        url: `sqlite:////var/lib/registry/registry.db` or `postgresql:///registry?host=…`, never
            with a password.
        journal_mode: SQLite's; `DELETE`, or `WAL` where the linked SQLite is new enough.

    Raises:
        MalformedError: `registry.settings`, the URL is of neither database, or has a password.
        UnavailableError: `registry.sqlite`, a journal mode that this SQLite would corrupt;
            `registry.settings`, PostgreSQL's driver is not installed, or the file with the password
            cannot be read.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError):
        backend = ""
    if backend == "postgresql":
        return create_engine(
            postgresql.with_driver(parsed),
            connect_args=postgresql.arguments(BUSY_SECONDS),
            isolation_level="READ COMMITTED",
            pool_size=CONNECTIONS,
            max_overflow=CONNECTIONS,
            pool_timeout=BUSY_SECONDS,
            pool_pre_ping=True,
            hide_parameters=True,  # names stand in them, and errors are logged
        )
    if backend != "sqlite" or parsed.database in {None, "", ":memory:"}:
        message = "the database is sqlite:///FILE or postgresql://…"
        raise MalformedError("registry.settings", message)
    guard(journal_mode, sqlite3.sqlite_version_info)
    engine = create_engine(
        parsed,
        connect_args={"timeout": BUSY_SECONDS},
        pool_size=CONNECTIONS,
        max_overflow=CONNECTIONS,
        hide_parameters=True,
    )

    def prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        # The driver's own BEGIN comes before the first write, too late: it is switched off.
        connection.isolation_level = None
        mode = connection.execute(f"PRAGMA journal_mode={journal_mode}").fetchone()[0]
        if mode.upper() not in {journal_mode, "MEMORY"}:
            raise UnavailableError(
                "registry.sqlite",
                f"the database is in journal mode {mode}: close all its users first",
            )
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # what is erased is overwritten
        connection.execute("PRAGMA trusted_schema=OFF")

    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITING, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    def make(*_: object) -> None:
        # Names stand in it: a new file is its owner's alone, and so is its journal.
        if parsed.database:
            with suppress(OSError):
                os.close(os.open(parsed.database, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))

    event.listen(engine, "do_connect", make)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def guard(journal_mode: str, version: tuple[int, ...]) -> None:
    """Refuse a journal mode that the linked SQLite cannot be trusted with.

    Raises:
        UnavailableError: `registry.sqlite`.
    """
    if journal_mode not in {"DELETE", "WAL"}:
        raise UnavailableError("registry.sqlite", "the journal mode is DELETE or WAL")
    if journal_mode == "WAL" and version < SAFE_WAL:
        raise UnavailableError(
            "registry.sqlite",
            f"SQLite {'.'.join(map(str, version))} can corrupt a database in WAL mode:"
            " use DELETE, or SQLite 3.51.3 or newer",
        )


@contextmanager
def write(engine: Engine) -> Iterator[Connection]:
    """Run one write transaction; it is committed when the block ends without an exception.

    Raises:
        UnavailableError: `registry.unavailable`, nothing was stored (or, when the connection died
            during COMMIT, it is unknown: the caller sends the same content again and gets the same
            answer).
        ConflictError: `registry.conflict`, a constraint refused what the rules had let through.
    """
    with (
        _translated(),
        engine.connect().execution_options(**{_WRITING: True}) as connection,
        connection.begin(),
    ):
        yield connection


@contextmanager
def read(engine: Engine) -> Iterator[Connection]:
    """Run one read transaction: every statement in it sees the same state."""
    options = postgresql.READING if engine.dialect.name == "postgresql" else {}
    with (
        _translated(),
        engine.connect().execution_options(**options) as connection,
        connection.begin(),
    ):
        yield connection


def writes(connection: Connection) -> bool:
    """Tell whether this connection is in a write transaction."""
    return bool(connection.get_execution_options().get(_WRITING, False))


def repeated(act: Callable[[], T]) -> T:
    """Run what ends in one write transaction, again where the database gave it up for another.

    Raises:
        SealError: What `act` raises; after some attempts also `registry.unavailable`.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return act()
        except ContendedError:
            continue
    return act()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except SealError:
        raise
    except IntegrityError as error:
        # The rules looked first: a race that the database decided, or a fault of the rules.
        raise ConflictError(
            "registry.conflict", "another request came first: send this one again"
        ) from error
    except DataError:
        # A NUL in a text, say, which PostgreSQL has no place for: what was asked is nowhere.
        message = "a character or number that stands in nothing here: correct it"
        raise MalformedError("request.malformed", message) from None
    except (DBAPIError, NoConnectionError) as error:
        # Locked, full, read-only, gone: nothing was stored, and it may work later.
        kind = ContendedError if postgresql.is_contention(error) else UnavailableError
        raise kind(
            "registry.unavailable", "the registry cannot store anything now: try again later"
        ) from error
    except sqlite3.OperationalError as error:
        raise UnavailableError(
            "registry.unavailable", "the registry cannot reach its database: try again later"
        ) from error
