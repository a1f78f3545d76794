# SPDX-License-Identifier: Apache-2.0
"""The one door to the database: connections, transactions, and what its loss means to a caller.

SQLite is the embedded default. Journal mode DELETE with `synchronous=FULL`: a commit that returned
is on the disk, and the journal mode does not have the race between a writer and a checkpointer that
corrupted databases in WAL mode before SQLite 3.51.3 (https://sqlite.org/wal.html). Writers say
BEGIN IMMEDIATE, so that what they read cannot change before they commit.

A write transaction that ends without an exception is durable; one that ends with any is as if it
had never been.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry

from credential.errors import ConflictError, SealError, UnavailableError

BUSY_SECONDS: Final = 20  # how long a writer waits for another
SAFE_WAL: Final = (3, 51, 3)  # the first SQLite whose WAL mode may be trusted with two connections

_WRITING: Final = "registry_writes"


def connect(url: str, *, journal_mode: str = "DELETE") -> Engine:
    """Open the database; nothing is read or written yet.

    Args:
        url: An SQLAlchemy URL, such as `sqlite:////var/lib/registry/registry.db`.
        journal_mode: SQLite's; `DELETE`, or `WAL` where the linked SQLite is new enough.

    Raises:
        UnavailableError: `registry.sqlite`, a journal mode that this SQLite would corrupt.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            parsed, isolation_level="READ COMMITTED", pool_pre_ping=True, hide_parameters=True
        )
    guard(journal_mode, sqlite3.sqlite_version_info)
    engine = create_engine(
        parsed,
        connect_args={"timeout": BUSY_SECONDS},
        pool_size=16,
        max_overflow=16,
        hide_parameters=True,  # names stand in them, and errors are logged
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
        connection.execute("PRAGMA trusted_schema=OFF")

    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITING, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

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
        during COMMIT, it is
            unknown: the caller sends the same content again and gets the same answer).
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
    with _translated(), engine.connect() as connection, connection.begin():
        yield connection


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
    except DBAPIError as error:
        # Locked, full, read-only, gone: nothing was stored, and it may work later.
        raise UnavailableError(
            "registry.unavailable", "the registry cannot store anything now: try again later"
        ) from error
    except sqlite3.OperationalError as error:
        raise UnavailableError(
            "registry.unavailable", "the registry cannot reach its database: try again later"
        ) from error
