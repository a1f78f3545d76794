# SPDX-License-Identifier: Apache-2.0
"""The two databases under the tests: how a folder gets one, and how it is copied.

A folder says where its database is in the file `database`; without that file it is SQLite's, in the
folder. So a process that is told the folder finds it too.
"""

import os
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, text
from sqlalchemy.pool import Pool

from registry import database
from tests import postgresql
from tests.postgresql import Rows


def url_of(folder: Path) -> str:
    """Give the URL of a folder's database."""
    named = folder / "database"
    return named.read_text("utf-8") if named.exists() else f"sqlite:///{folder}/registry.db"


class Backend:
    """What both can do."""

    name: str

    def prepare(self, folder: Path) -> None:
        """Give a folder an empty database."""
        raise NotImplementedError

    def copy(self, source: Path, folder: Path) -> None:
        """Give a folder a copy of another's, which nobody uses now, with its marks."""
        raise NotImplementedError

    def restore(self, source: Path, folder: Path) -> None:
        """Put a copy of another folder's database in the place of this one's."""
        raise NotImplementedError

    def discard(self, folder: Path) -> None:
        """Throw a folder's database away."""


class Sqlite(Backend):
    """A file in the folder."""

    name = "sqlite"

    def prepare(self, folder: Path) -> None:
        """There is none before it is used."""

    def copy(self, source: Path, folder: Path) -> None:
        """Copy the file."""
        self.restore(source, folder)
        _copy_marks(source, folder)

    def restore(self, source: Path, folder: Path) -> None:
        """Copy the file over the other."""
        shutil.copy(source / "registry.db", folder / "registry.db")


class Postgresql(Backend):
    """A database of the session's server."""

    name = "postgresql"

    def __init__(self) -> None:
        self.server = postgresql.started()
        # Copies are made by the server's own programs, which a wheel has in a folder of its own.
        os.environ["PATH"] += f"{os.pathsep}{self.server.found.programs}"
        self._rows: dict[str, Rows] = {}
        """What stood in a template."""
        self._free: dict[str, list[str]] = {}
        """Clones of a template that no test uses now."""
        self._clones: dict[str, str] = {}
        """Template of each clone in use."""

    def prepare(self, folder: Path) -> None:
        """Create one."""
        self._note(folder, self.server.create())

    def copy(self, source: Path, folder: Path) -> None:
        """Take a clone that was used, and put the rows back; or make one."""
        template = self._name(source)
        free = self._free.setdefault(template, [])
        if template not in self._rows:
            self._rows[template] = self.server.rows(template)
        if free:
            name = free.pop()
            self.server.put_back(name, self._rows[template])
        else:
            name = self.server.create(template)
        self._clones[name] = template
        self._note(folder, name)
        _copy_marks(source, folder)

    def restore(self, source: Path, folder: Path) -> None:
        """Drop it, and clone the other under its name."""
        self._clones.pop(self._name(folder), None)
        self.server.copy(self._name(source), self._name(folder))

    def discard(self, folder: Path) -> None:
        """Keep it for the next test, if it is a clone."""
        name = self._name(folder)
        template = self._clones.pop(name, None)
        if template is None:
            self.server.drop(name)
        else:
            self._free[template].append(name)

    def _note(self, folder: Path, name: str) -> None:
        (folder / "database").write_text(self.server.url(name), "utf-8")

    def _name(self, folder: Path) -> str:
        return url_of(folder).rpartition("?")[0].rpartition("/")[2]


def _copy_marks(source: Path, folder: Path) -> None:
    shutil.copy(source / "published.marks", folder)


def intrude(engine: Engine, *edits: str) -> None:
    """Edit a database as an intruder with every right would: no trigger, no foreign key.

    Args:
        engine: Of the registry.
        edits: SQL as SQLite takes it.
    """
    engine.dispose()
    if engine.dialect.name == "sqlite":
        assert engine.url.database
        with closing(sqlite3.connect(engine.url.database)) as file, file:
            of = "select name from sqlite_master where type = 'trigger'"
            for (name,) in file.execute(of).fetchall():
                file.execute(f"drop trigger {name}")
            for edit in edits:
                file.execute(edit)
        return
    with engine.begin() as connection:
        connection.exec_driver_sql("set local session_replication_role = replica")
        for edit in edits:
            written = re.sub(r"x'([0-9a-f]*)'", r"'\\x\1'::bytea", edit)
            written = re.sub(r"randomblob\((\d+)\)", r"decode(repeat('5a', \1), 'hex')", written)
            connection.exec_driver_sql(written.replace("%", "%%"))


def hurry(engine: Engine) -> None:
    """Let SQLite's writers give up at once where another has the database."""
    if engine.dialect.name == "sqlite":
        engine.dispose()
        event.listen(engine, "connect", lambda file, _: file.execute("pragma busy_timeout = 100"))


def content(engine: Engine) -> bytes:
    """Give every byte that a database keeps: the file, or every row of every table."""
    if engine.dialect.name == "sqlite":
        assert engine.url.database
        return Path(engine.url.database).read_bytes()
    with database.read(engine) as connection:
        names = connection.execute(
            text("select tablename from pg_tables where schemaname = 'public'")
        ).scalars()
        rows = [row for name in names for row in connection.execute(text(f"select * from {name}"))]
    parts: list[Any] = [part for row in rows for part in row]
    return b"\0".join(p if isinstance(p, bytes) else str(p).encode() for p in parts)


class Connections:
    """The connections of one test: a registry that it opened need not be closed by it."""

    def __init__(self) -> None:
        self._opened: list[Any] = []
        event.listen(Pool, "connect", self._note)

    def _note(self, connection: Any, _: object) -> None:
        self._opened.append(connection)

    def close(self) -> None:
        """Close those that are still open."""
        event.remove(Pool, "connect", self._note)
        for connection in self._opened:
            connection.close()


BACKENDS = {one.name: one for one in (Sqlite, Postgresql)}
