# SPDX-License-Identifier: Apache-2.0
"""Bring a database to this version's schema.

Every command that opens the database calls `upgrade` first. All steps run in one transaction under
the database's write lock, so of two processes that start together one does the work and the other
finds it done, and one that is killed halfway leaves nothing behind.
"""

import io
from contextlib import suppress
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from credential.errors import UnavailableError
from registry import database

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Run the steps that the database has not seen.

    Raises:
        UnavailableError: `registry.schema`, the database is of a newer version than this program;
            `registry.unavailable`.
    """
    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    with database.read(engine) as connection:
        if (
            MigrationContext.configure(connection).get_current_revision()
            == scripts.get_current_head()
        ):
            return
    with database.write(engine) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None and not _knows(scripts, current):
            raise UnavailableError(
                "registry.schema", "this database is of a newer version: upgrade the program"
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _knows(scripts: ScriptDirectory, revision: str) -> bool:
    with suppress(Exception):
        return scripts.get_revision(revision) is not None
    return False
