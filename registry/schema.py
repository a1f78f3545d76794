# SPDX-License-Identifier: Apache-2.0
"""Bring a database to this version's schema.

Every command that opens the database calls `upgrade` first. All steps run in one transaction under
a lock of the whole database, so of two processes that start together one does the work and the
other finds it done, and one that is killed halfway leaves nothing behind.
"""

import io
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from credential.errors import UnavailableError
from registry import database, postgresql

MIGRATIONS: Final = Path(__file__).parent / "migrations"
UPGRADE_LOCK: Final = 0x736B696C6C  # of PostgreSQL's advisory locks: "skill"


def upgrade(engine: Engine) -> None:
    """Run the steps that the database has not seen.

    Raises:
        UnavailableError: `registry.schema`, the database is of a newer version than this program,
            or somebody else's; `registry.postgresql`, the server is too old;
            `registry.unavailable`.
    """
    with database.read(engine) as connection:
        _demand_version(connection)
        if _revision(connection) == head():
            return
    with database.write(engine) as connection:
        lock(connection)
        _demand_ours(connection, ScriptDirectory.from_config(_config()))
        run(connection)


def lock(connection: Connection) -> None:
    """Keep every other process from making or changing a schema until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})


def run(connection: Connection) -> None:
    """Run the steps that the database has not seen, in a write transaction that holds the lock."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


@cache
def head() -> str | None:
    """Name the version of the schema that this program works with."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _demand_version(connection: Connection) -> None:
    found = connection.dialect.server_version_info or ()
    if connection.dialect.name == "postgresql" and found < (postgresql.OLDEST,):
        message = f"this PostgreSQL is too old: use {postgresql.OLDEST} or newer"
        raise UnavailableError("registry.postgresql", message)


def _demand_ours(connection: Connection, scripts: ScriptDirectory) -> None:
    current = _revision(connection)
    if current is not None and not _knows(scripts, current):
        raise UnavailableError(
            "registry.schema", "this database is of a newer version: upgrade the program"
        )
    if current is None and inspect(connection).get_table_names():
        message = "this database holds somebody else's tables: give the registry an empty one"
        raise UnavailableError("registry.schema", message)


def _knows(scripts: ScriptDirectory, revision: str) -> bool:
    with suppress(Exception):
        return scripts.get_revision(revision) is not None
    return False
