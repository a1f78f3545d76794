# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of the tests' own: started once, in a temporary folder, and gone with them.

One server serves a session, without fsync. A database is cloned from a template in 150 ms, since it
has some 600 files; putting the rows of one back that has been used takes 10 ms. Tests that kill a
server start one more, with fsync. A loud skip where none can be had, and a failure where CI has
none.
"""

import atexit
import itertools
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests import ports
from tools import postgresql

USER = "skill"
Rows = dict[str, bytes]  # by table, as COPY writes them

_TABLES = """select relname from pg_class where relnamespace = 'public'::regnamespace
    and relkind in ('r', 'p') and not relispartition"""
_ALONE = """select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()"""
_names = itertools.count(1)


class Server:
    """One server: a folder, a Unix socket in it, a port on loopback, no password."""

    def __init__(self, *, durable: bool) -> None:
        self.found = postgresql.find()
        # Not pytest's folder, nor a home: the user that the server runs as must be able to enter.
        self.folder = Path(tempfile.mkdtemp(prefix="skillseal-pg-"))
        atexit.register(self.remove)
        if self.found.user:
            shutil.chown(self.folder, self.found.user, self.found.user)
        self.port = ports.free()
        cluster = ["-D", f"{self.folder}/data", "-A", "trust", "-U", USER, "-E", "UTF8"]
        self._run("initdb", *cluster, "--no-sync", "--no-instructions", "--locale=C")
        settings = {
            "unix_socket_directories": str(self.folder),
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "max_connections": "200",
            "fsync": "on" if durable else "off",
            "synchronous_commit": "on" if durable else "off",
            "full_page_writes": "on" if durable else "off",
            "autovacuum": "on" if durable else "off",
            "shared_buffers": "64MB",
        }
        with (self.folder / "data" / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._run("pg_ctl", "-w", "-D", f"{self.folder}/data", "-l", f"{self.folder}/log", "start")

    def stop(self, how: str = "immediate") -> None:
        """Stop it: `immediate` is a crash."""
        self._run("pg_ctl", "-w", "-D", f"{self.folder}/data", "-m", how, "stop")

    def remove(self) -> None:
        """Stop it and delete what it had."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """Give the URL of a database, as the registry's settings take it."""
        return f"postgresql://{USER}@/{database}?host={self.folder}&port={self.port}"

    def over_tcp(self, database: str, port: int | None = None) -> str:
        """Give a URL over loopback, which something may stand in the middle of."""
        return f"postgresql://{USER}@127.0.0.1:{port or self.port}/{database}"

    def create(self, template: str = "template0") -> str:
        """Make a database, empty or as a copy, and give its name."""
        name = f"t{next(_names)}"
        words = sql.SQL("create database {} template {} strategy file_copy")
        self.administer(words.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def copy(self, template: str, name: str) -> None:
        """Put a copy of a database in the place of another, as a restored copy would be."""
        self.drop(name)
        words = sql.SQL("create database {} template {} strategy file_copy")
        self.administer(words.format(sql.Identifier(name), sql.Identifier(template)))

    def drop(self, name: str) -> None:
        """Delete a database, whoever is connected to it."""
        words = sql.SQL("drop database if exists {} with (force)")
        self.administer(words.format(sql.Identifier(name)))

    def rows(self, name: str) -> Rows:
        """Read everything that stands in a database."""
        with self._connect(name) as connection:
            tables = [row[0] for row in connection.execute(_TABLES)]
            return {table: self._rows(connection, table) for table in tables}

    def put_back(self, name: str, rows: Rows) -> None:
        """Make this all that stands in a database, whatever has been done to its rows."""
        with self._connect(name) as connection, connection.transaction():
            connection.execute(_ALONE)
            connection.execute("set local session_replication_role = replica")  # no trigger
            for table, content in rows.items():
                connection.execute(sql.SQL("delete from {}").format(sql.Identifier(table)))
                if content:
                    words = sql.SQL("copy {} from stdin (format binary)")
                    with connection.cursor().copy(words.format(sql.Identifier(table))) as copy:
                        copy.write(content)

    def _rows(self, connection: psycopg.Connection, table: str) -> bytes:
        name = sql.Identifier(table)
        if not connection.execute(sql.SQL("select 1 from {} limit 1").format(name)).fetchone():
            return b""
        words = sql.SQL("copy (select * from {}) to stdout (format binary)").format(name)
        with connection.cursor().copy(words) as copy:
            return b"".join(copy)

    def _connect(self, name: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.folder), port=self.port, dbname=name, user=USER, autocommit=True
        )

    def administer(self, statement: sql.Composed) -> None:
        """Do what is done from outside of all databases."""
        with self._connect("postgres") as connection:
            connection.execute(statement)

    def _run(self, program: str, *words: str) -> None:
        user = self.found.user
        subprocess.run(
            [str(self.found.programs / program), *words],
            cwd="/",
            env={**os.environ, "LC_ALL": "C"},
            user=user,
            group=user,
            extra_groups=[] if user else None,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C ends the tests, which stop it
        )


def started(*, durable: bool = False) -> Server:
    """Give the server of this run; the first call starts it.

    Args:
        durable: Give one more, with fsync, which the caller may crash and has to remove.
    """
    try:
        return Server(durable=True) if durable else _started()
    except postgresql.NoPostgreSQLError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(f"THE REGISTRY ON POSTGRESQL IS NOT TESTED: {error}")


@cache
def _started() -> Server:
    return Server(durable=False)
