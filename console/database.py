# SPDX-License-Identifier: Apache-2.0
"""Transactions of this room, on whatever engine an application gives.

    with write(engine) as connection: …     # durable when the block ends without an exception

SQLite decides at the first statement whether a transaction may write, and one that began by reading
can be refused later. So a write transaction begins there with a statement that changes nothing: it
takes the lock, and waits for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, Table, create_engine, delete, event, false
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry

from console import tables
from credential.errors import MalformedError, UnavailableError

BUSY_SECONDS: Final = 20  # how long a writer waits for another


def open_file(path: Path) -> Engine:
    """Open the SQLite file of an application for one institution, and make what it lacks.

    Args:
        path: Its folder exists.

    Raises:
        UnavailableError: `console.unavailable`.
    """
    engine = create_engine(
        f"sqlite:///{path}",
        connect_args={"timeout": BUSY_SECONDS},
        hide_parameters=True,  # errors are logged
    )

    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA trusted_schema=OFF")
        cursor.close()

    event.listen(engine, "connect", prepare)
    with _translated():
        tables.metadata.create_all(engine)
    return engine


@contextmanager
def write(engine: Engine) -> Iterator[Connection]:
    """Run one write transaction; it is committed when the block ends without an exception.

    Raises:
        UnavailableError: `console.unavailable`, nothing was stored.
    """
    with _translated(), engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(delete(tables.limits).where(false()))
        yield connection


@contextmanager
def read(engine: Engine) -> Iterator[Connection]:
    """Run one read transaction.

    Raises:
        UnavailableError: `console.unavailable`.
    """
    with _translated(), engine.begin() as connection:
        yield connection


def insert_new(connection: Connection, table: Table, **values: object) -> None:
    """Insert a row unless there is one of its key; of two at once, one waits for the other."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).values(values).on_conflict_do_nothing())


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except IntegrityError:  # a rule of the data, which the caller knows
        raise
    except DataError:
        message = "a character or number that stands in nothing here: correct it"
        raise MalformedError("form.malformed", message) from None
    except DBAPIError as error:
        # Locked, full, read-only, gone: nothing was stored, and it may work later.
        message = "nothing can be stored or read now: try again later"
        raise UnavailableError("console.unavailable", message) from error
