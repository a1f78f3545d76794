# SPDX-License-Identifier: Apache-2.0
"""The database's door: modes, guard, transactions, migrations, and history that stays."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, insert, select, text

from credential.errors import ConflictError, UnavailableError
from registry import database, schema, tables


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = database.connect(f"sqlite:///{tmp_path}/registry.db")
    schema.upgrade(engine)
    return engine


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


def test_the_migrations_make_the_schema_that_the_code_uses(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_upgrading_again_or_from_two_threads_changes_nothing(tmp_path: Path) -> None:
    engines = [database.connect(f"sqlite:///{tmp_path}/registry.db") for _ in range(4)]
    threads = [threading.Thread(target=schema.upgrade, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    schema.upgrade(engines[0])
    with database.read(engines[0]) as connection:
        assert list(map(tuple, connection.execute(select(tables.log_tail)))) == [(1, 0, 0, 0)]


def test_a_database_of_a_newer_version_is_refused(engine: Engine) -> None:
    with database.write(engine) as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(UnavailableError) as caught:
        schema.upgrade(engine)
    assert caught.value.code == "registry.schema"


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
        connection.execute(insert(tables.leaves), [leaf(0), leaf(1)])
    assert caught.value.code == "registry.conflict"
    assert "leaves" not in str(caught.value)


@pytest.mark.parametrize("table", tables.APPEND_ONLY)
@pytest.mark.parametrize("act", ["update {0} set log_index = 7", "delete from {0}"])
def test_history_can_be_neither_edited_nor_deleted(engine: Engine, table: str, act: str) -> None:
    with database.write(engine) as connection:
        connection.execute(insert(tables.leaves), leaf(0))
        connection.execute(
            text(
                "insert into statements values (0, 'i', 'j', 't', 's', x'00', 'g')",
            )
        )
        connection.execute(
            text(
                "insert into certificates values"
                " (0, 'h', 'k', 'n', 'b', 'kid', x'00', 'l', 1, 0, 't')"
            )
        )
        connection.execute(text("insert into receipts values (0, x'00')"))
    with pytest.raises(ConflictError) as caught, database.write(engine) as connection:
        connection.execute(text(act.format(table)))
    assert caught.value.code == "registry.conflict"


def write_to_a_read_only_database(engine: Engine) -> None:
    with database.write(engine) as connection:
        connection.execute(text("pragma query_only = on"))
        connection.execute(insert(tables.leaves), leaf(0))


def test_a_database_that_refuses_to_write_is_unavailable(engine: Engine) -> None:
    with pytest.raises(UnavailableError) as caught:
        write_to_a_read_only_database(engine)
    assert caught.value.code == "registry.unavailable"


def test_a_folder_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError) as caught:
        schema.upgrade(database.connect(f"sqlite:///{tmp_path}/absent/registry.db"))
    assert caught.value.code == "registry.unavailable"
