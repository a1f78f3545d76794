# SPDX-License-Identifier: Apache-2.0
"""Migrations: from nothing, from an older schema with rows, killed at any moment, together."""

import io
import random
import re
import shutil
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, select, text

from console import tables as shared
from credential.errors import UnavailableError
from registry import database, fsck, schema, tables
from registry.console import tables as own
from registry.service import open_registry
from tests import forked
from tests.registry.backends import Backend, url_of
from tests.registry.test_admission import submit
from tests.registry.world import PEOPLE, World

ROOT = Path(__file__).parents[2]
PART = re.compile(r"_p\d+(\.|$)")
UPGRADE = (
    "import sys; from registry import database, schema;\n"
    "print(flush=True); schema.upgrade(database.connect(sys.argv[1]))"
)


@pytest.fixture
def engine(empty: Path) -> Engine:
    """An empty database."""
    return database.connect(url_of(empty))


def _is_no_key_to_a_part(thing: Any, _name: object, kind: str, *_: object) -> bool:
    """PostgreSQL keeps a foreign key to a partitioned table for each of its parts once more."""
    return kind != "foreign_key_constraint" or not PART.search(thing.elements[0].target_fullname)


def whole(engine: Engine) -> None:
    """Demand that the schema is complete and works as the code expects."""
    with engine.connect() as connection:
        options = {
            "compare_type": True,
            "include_name": lambda name, kind, _: kind != "table" or not PART.search(name or ""),
            "include_object": _is_no_key_to_a_part,
        }
        context = MigrationContext.configure(connection, opts=options)
        everything: Any = [tables.metadata, shared.metadata, own.metadata]
        assert compare_metadata(context, everything) == []
        tail = connection.execute(select(tables.log_tail)).all()
        assert list(map(tuple, tail)) == [(1, 0, 0, 0, 0, None)]


def test_the_migrations_make_the_schema_that_the_code_uses(engine: Engine) -> None:
    schema.upgrade(engine)
    whole(engine)


def test_upgrading_again_or_from_several_threads_changes_nothing(empty: Path) -> None:
    engines = [database.connect(url_of(empty)) for _ in range(4)]
    threads = [threading.Thread(target=schema.upgrade, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    schema.upgrade(engines[0])
    whole(engines[0])


def test_a_database_of_a_newer_version_is_refused(engine: Engine) -> None:
    schema.upgrade(engine)
    with database.write(engine) as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(UnavailableError, match="newer") as caught:
        schema.upgrade(engine)
    assert caught.value.code == "registry.schema"


def test_somebody_elses_database_is_refused_and_stays_as_it_is(engine: Engine) -> None:
    with database.write(engine) as connection:
        connection.execute(text("create table accounts (id integer)"))
    with pytest.raises(UnavailableError, match="somebody else") as caught:
        schema.upgrade(engine)
    assert caught.value.code == "registry.schema"
    with engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == ["accounts"]


def _killed(url: str, after: float) -> bool:
    """Start an upgrade in a process of its own and kill it; tell whether it was still at work."""
    with forked.Process(["-c", UPGRADE, url]) as process:
        process.stdout.readline()  # everything is imported
        time.sleep(after)
        process.kill()
        return process.wait() != 0


def _kills(empty: Path, seed: int, rounds: int) -> None:
    rng = random.Random(seed)
    engine = database.connect(url_of(empty))
    longest = 0.05 if engine.dialect.name == "sqlite" else 0.3
    moments = [0.0, *(rng.uniform(0.0, longest) for _ in range(rounds))]
    assert sum(_killed(url_of(empty), moment) for moment in moments) > 0
    schema.upgrade(engine)
    whole(engine)


def test_an_upgrade_killed_at_random_moments_leaves_nothing_behind(empty: Path) -> None:
    _kills(empty, seed=5, rounds=2)


@pytest.mark.long
def test_an_upgrade_killed_at_many_moments(backend: Backend, tmp_path: Path) -> None:
    for seed in range(15):
        folder = tmp_path / str(seed)
        folder.mkdir()
        backend.prepare(folder)
        _kills(folder, seed, rounds=4)


# What was made before the guards ------------------------------------------------------------------

OLD_KEYS = {
    "leaves": ["digest"],
    "certificates": ["host, kind, number", "list, idx", "kid, nonce"],
    "persons": ["holder"],
}


def test_a_database_that_was_made_before_the_guards_is_taken_over(tmp_path: Path) -> None:
    """As released to nobody: SQLite, revision 0001, unique keys in the tables themselves."""
    world = World(tmp_path).found()
    world.first.file_batch("B1", PEOPLE)
    texts = [world.first.issue(person) for person in PEOPLE[:3]]
    assert submit(world, *texts) == ["admitted"] * 3
    answers = world.first.submit_all(texts)
    world.registry.engine.dispose()
    _make_old(tmp_path)
    world.registry = open_registry(world.settings, [world.receipt], clock=world.clock)
    assert world.first.submit_all(texts) == answers
    assert submit(world, world.first.issue(PEOPLE[3])) == ["admitted"]
    assert fsck.fsck(world.registry).certificates == 4


def _make_old(folder: Path) -> None:
    """Put a database of the first revision, with the same rows, in the place of this one."""
    new, old = folder / "registry.db", folder / "old.db"
    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with database.write(database.connect(f"sqlite:///{old}")) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with closing(sqlite3.connect(old)) as file, file:
        file.execute("attach ? as new", (str(new),))
        names = "select name from sqlite_master where type = 'table' and name != 'alembic_version'"
        for (table,) in file.execute(names).fetchall():
            _copy(file, table)
            for number, key in enumerate(OLD_KEYS.get(table, [])):
                file.execute(f"create unique index old_{table}_{number} on {table} ({key})")
    shutil.move(old, new)


def _copy(file: sqlite3.Connection, table: str) -> None:
    def columns(schema_: str) -> list[Any]:
        return [row[1] for row in file.execute(f"pragma {schema_}.table_info({table})")]

    wanted, there = columns("main"), columns("new")
    source = f"new.{table}"
    if not set(wanted) <= set(there):  # the text of certificates has moved since
        source += " join new.tokens using (log_index)"
    file.execute(f"delete from {table}")
    names = ", ".join(wanted)
    file.execute(f"insert into {table} ({names}) select {names} from {source}")
