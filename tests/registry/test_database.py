# SPDX-License-Identifier: Apache-2.0
"""The database's door: modes, guard, transactions, and history that stays."""

import os
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, text

from credential.errors import ConflictError, UnavailableError
from registry import database, schema, tables
from tests.registry.backends import url_of


@pytest.fixture
def engine(empty: Path) -> Engine:
    engine = database.connect(url_of(empty))
    schema.upgrade(engine)
    return engine


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_commit_that_returned_is_on_the_disk(engine: Engine) -> None:
    with database.read(engine) as connection:
        pragmas = {
            name: connection.execute(text(f"pragma {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "delete", "synchronous": 2, "foreign_keys": 1}


@pytest.mark.parametrize("version", [(3, 7, 0), (3, 40, 1), (3, 51, 2)])
def test_wal_is_refused_where_it_can_corrupt(version: tuple[int, ...]) -> None:
    with pytest.raises(UnavailableError, match="corrupt") as caught:
        database.guard("WAL", version)
    assert caught.value.code == "registry.sqlite"
    database.guard("WAL", (3, 51, 3))
    database.guard("DELETE", version)


def test_an_unknown_journal_mode_is_refused() -> None:
    with pytest.raises(UnavailableError) as caught:
        database.guard("OFF", (3, 51, 3))
    assert caught.value.code == "registry.sqlite"


def leaf(index: int, digest: bytes = b"d" * 32) -> dict[str, object]:
    return {
        "log_index": index,
        "type": 2,
        "t": 5,
        "epoch": 1,
        "host": "a.example",
        "digest": digest,
        "commitment": b"c" * 32,
    }


def write_and_fail(engine: Engine) -> None:
    with database.write(engine) as connection:
        connection.execute(insert(tables.leaves), leaf(0))
        raise RuntimeError("halfway")


def test_a_block_that_ends_with_an_exception_never_was(engine: Engine) -> None:
    with pytest.raises(RuntimeError, match="halfway"):
        write_and_fail(engine)
    with database.read(engine) as connection:
        assert connection.execute(select(tables.leaves)).all() == []


def test_a_broken_constraint_is_a_conflict_and_says_nothing_of_sql(engine: Engine) -> None:
    with pytest.raises(ConflictError) as caught, database.write(engine) as connection:
        connection.execute(insert(tables.leaves), [leaf(0), leaf(0)])
    assert caught.value.code == "registry.conflict"
    assert "leaves" not in str(caught.value)


def some_row(name: str) -> dict[str, object]:
    """Make a row of log index 0, whatever columns the table has."""
    values: dict[type, object] = {int: 0, str: "x", bytes: b"x"}
    columns = tables.metadata.tables[name].columns
    return {column.name: values[column.type.python_type] for column in columns}


@pytest.mark.parametrize("table", tables.APPEND_ONLY)
@pytest.mark.parametrize("act", ["update {0} set log_index = 7", "delete from {0}"])
def test_history_can_be_neither_edited_nor_deleted(engine: Engine, table: str, act: str) -> None:
    with database.write(engine) as connection:
        connection.execute(insert(tables.leaves), leaf(0))
        for name in ("statements", "certificates", "receipts"):
            connection.execute(insert(tables.metadata.tables[name]), some_row(name))
    with pytest.raises(ConflictError) as caught, database.write(engine) as connection:
        connection.execute(text(act.format(table)))
    assert caught.value.code == "registry.conflict"


def write_to_a_read_only_database(engine: Engine) -> None:
    with database.write(engine) as connection:
        words = {
            "sqlite": "pragma query_only = on",
            "postgresql": "set transaction read only",
        }[engine.dialect.name]
        connection.execute(text(words))
        connection.execute(insert(tables.leaves), leaf(0))


def test_a_database_that_refuses_to_write_is_unavailable(engine: Engine) -> None:
    with pytest.raises(UnavailableError) as caught:
        write_to_a_read_only_database(engine)
    assert caught.value.code == "registry.unavailable"


def test_a_folder_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as caught:
        schema.upgrade(database.connect(f"sqlite:///{tmp_path}/absent/registry.db"))
    assert caught.value.code == "registry.unavailable"


def test_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        engine = database.connect(f"sqlite:///{tmp_path}/registry.db")
        schema.upgrade(engine)
        modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
        with database.write(engine) as connection:
            connection.execute(insert(tables.leaves), leaf(0))
            modes |= {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == {"registry.db": 0o600, "registry.db-journal": 0o600}
