# SPDX-License-Identifier: Apache-2.0
"""The ledger's file: its tables, how it is opened, and what an error of the disk means.

Journal mode DELETE with synchronous FULL: what was committed outlives a power cut. The process
that has the ledger open has it alone. The file has mode 0600: it holds names and tokens.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from credential.errors import MalformedError, UnavailableError
from issuer import act_table, record_table

SALT_BYTES: Final = 16

_TABLES: Final = """
CREATE TABLE fact (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE tag (
    person BLOB NOT NULL, name TEXT NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (person, name)
) WITHOUT ROWID;
CREATE TABLE batch (
    batch TEXT PRIMARY KEY, roster BLOB NOT NULL, route TEXT NOT NULL, payload BLOB NOT NULL,
    signature TEXT NOT NULL, attachment TEXT NOT NULL, receipt TEXT, leaf_salt TEXT,
    UNIQUE (roster, route)
);
CREATE TABLE item (
    batch TEXT NOT NULL REFERENCES batch, line INTEGER NOT NULL, person BLOB NOT NULL,
    kind TEXT NOT NULL, occupation TEXT NOT NULL, level TEXT NOT NULL,
    number TEXT, list TEXT, idx INTEGER, payload BLOB, token TEXT, receipt TEXT, leaf_salt TEXT,
    problem TEXT,
    PRIMARY KEY (batch, line), UNIQUE (kind, number), UNIQUE (list, idx)
);
CREATE INDEX item_person ON item (person);
CREATE TABLE spent (
    list TEXT NOT NULL, idx INTEGER NOT NULL, PRIMARY KEY (list, idx)
) WITHOUT ROWID;
CREATE TABLE serial (
    prefix TEXT NOT NULL, year INTEGER NOT NULL, level TEXT NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (prefix, year, level)
) WITHOUT ROWID;
"""
_RELEASES: Final = """
CREATE TABLE release (
    batch TEXT NOT NULL REFERENCES batch, token TEXT NOT NULL, covered BLOB NOT NULL,
    PRIMARY KEY (batch, token)
) WITHOUT ROWID;
"""
_JOBS: Final = """
ALTER TABLE item ADD COLUMN sent INTEGER;
CREATE TABLE print (
    id INTEGER PRIMARY KEY, batch TEXT NOT NULL, line INTEGER NOT NULL, form TEXT NOT NULL,
    at INTEGER NOT NULL, file BLOB NOT NULL, again INTEGER NOT NULL,
    FOREIGN KEY (batch, line) REFERENCES item
);
CREATE INDEX print_item ON print (batch, line, form);
"""
# A ledger of version n has the first n of them; what was released is never changed, only followed.
_VERSIONS: Final = (_TABLES, _RELEASES, _JOBS, act_table.TABLES + record_table.TABLES)
VERSION: Final = len(_VERSIONS)


def connect(path: Path, body: str, salt: Callable[[int], bytes]) -> sqlite3.Connection:
    """Open a ledger's file, or begin one.

    Raises:
        UnavailableError: `ledger.unavailable`, `ledger.busy` or `ledger.full`.
        MalformedError: `ledger.unreadable`.
    """
    with translated(path):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, isolation_level=None, timeout=1.0)
        try:
            for pragma in (
                "locking_mode=EXCLUSIVE",
                "journal_mode=DELETE",
                "synchronous=FULL",
                "foreign_keys=ON",
            ):
                connection.execute(f"PRAGMA {pragma}")
            _begin(connection, body, salt)
        except BaseException:
            connection.close()
            raise
    return connection


def _begin(connection: sqlite3.Connection, body: str, salt: Callable[[int], bytes]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    for tables in _VERSIONS[version:]:
        for statement in tables.split(";"):
            connection.execute(statement)
    if version == 0:
        connection.executemany(
            "INSERT INTO fact VALUES (?, ?)",
            [("salt", salt(SALT_BYTES)), ("body", body.encode())],
        )
    if version < VERSION:
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")
    if version > VERSION:
        raise MalformedError("ledger.unreadable", "the ledger was written by a newer desk: update")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Say what an error of the disk or of SQLite means to whoever sits at the desk."""
    try:
        yield
    except sqlite3.Error as error:
        raise _meaning(path, error) from None
    except OSError as error:
        message = f"cannot open the ledger {path.name}: {error.strerror}"
        raise UnavailableError("ledger.unavailable", message) from None


def _meaning(path: Path, error: sqlite3.Error) -> Exception:
    code = getattr(error, "sqlite_errorcode", None) or 0
    primary = code & 0xFF
    if primary == sqlite3.SQLITE_BUSY:
        message = f"another process is using the ledger {path.name}: wait until it has finished"
        return UnavailableError("ledger.busy", message)
    if primary in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        message = (
            f"the disk of the ledger {path.name} is full or fails: make room and run the same "
            "command again; nothing is lost"
        )
        return UnavailableError("ledger.full", message)
    if primary in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        message = f"{path.name} is not a ledger, or is damaged: restore it from a copy"
        return MalformedError("ledger.unreadable", message)
    if primary in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        message = f"cannot write the ledger {path.name}: look at its folder and permissions"
        return UnavailableError("ledger.unavailable", message)
    return error
