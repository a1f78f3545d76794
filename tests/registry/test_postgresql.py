# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL itself: keys and partitions, failures, connections that die, and how it is named."""

import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from credential.errors import MalformedError, SealError, UnavailableError
from registry import app, columns, database, fsck, guards, postgresql, schema, tables
from tests.postgresql import Server, started
from tests.registry.test_admission import submit
from tests.registry.world import PEOPLE, World

UNIQUE_WITHOUT_ITS_PARTITION = """
    select c.relname, i.indexrelid::regclass::text
    from pg_index i
    join pg_class c on c.oid = i.indrelid
    join pg_partitioned_table p on p.partrelid = i.indrelid
    where i.indisunique and not (p.partattrs::int2[] <@ i.indkey::int2[])
"""
PARTITIONED = """
    select c.relname, a.attname, p.partstrat::text,
        (select count(*) from pg_inherits h where h.inhparent = c.oid)
    from pg_partitioned_table p
    join pg_class c on c.oid = p.partrelid
    join pg_attribute a on a.attrelid = c.oid and a.attnum = p.partattrs[0]
"""
# What has a row for each certificate, or for each person on a roster.
GROWS = {"leaves", "salts", "receipts", "certificates", "seats", "persons", "statuses"}

only_postgresql = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)


@only_postgresql
def test_every_unique_key_contains_what_its_table_is_partitioned_by(world: World) -> None:
    with database.read(world.registry.engine) as connection:
        assert connection.execute(text(UNIQUE_WITHOUT_ITS_PARTITION)).all() == []
        found = {row[0]: row[1:] for row in connection.execute(text(PARTITIONED))}
    assert found.keys() >= GROWS | {table.name for table in guards.GUARDS}
    assert {row[1:] for row in found.values()} == {("h", columns.PARTITIONS)}
    for name, (column, *_) in found.items():
        assert tables.metadata.tables[name].dialect_options["postgresql"]["partition_by"] == (
            f"HASH ({column})"
        )


@only_postgresql
def test_the_chapter_on_distribution_says_what_the_schema_is(world: World) -> None:
    """By which column each table is distributed, and which foreign keys cannot come along."""
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    chapter = page[page.index("### Partitions, and a distributed PostgreSQL") :]
    (query,) = re.findall(r"select format.*?;", chapter, re.DOTALL)
    with database.read(world.registry.engine) as connection:
        dropped = set(connection.execute(text(query.replace(":", r"\:"))).scalars())
        found = {row[0]: row[1] for row in connection.execute(text(PARTITIONED))}
    expected = set()
    for table in tables.metadata.tables.values():
        for key in table.foreign_key_constraints:
            of, (column,) = key.referred_table.name, key.column_keys
            if of in found and (found.get(table.name) != column or found[of] != "log_index"):
                expected.add(f"alter table {table.name} drop constraint {key.name}")
            elif of not in found and table.name in found:
                assert of in {"statements", "batches"}  # reference tables
    assert dropped == expected
    steps = chapter[chapter.index("3. Distribute") :]
    for name, column in found.items():
        assert f"`{name}`" in steps or f"'{name}'" in steps
        assert f"`{column}`" in steps


@only_postgresql
def test_a_key_that_is_guarded_is_unique(world: World) -> None:
    """A digest, a number, an index and a nonce are given away once, in whichever partition."""
    submit(world, *(world.first.issue(person) for person in PEOPLE))
    for table in guards.GUARDS:
        names = ", ".join(column.name for column in table.columns)
        keys = ", ".join(
            "log_index + 1000" if column.name == "log_index" else column.name
            for column in table.columns
        )
        again = f"insert into {table.name} ({names}) select {keys} from {table.name} limit 1"
        with (
            pytest.raises(SealError) as caught,
            database.write(world.registry.engine) as connection,
        ):
            connection.execute(text(again))
        assert caught.value.code == "registry.conflict"


@only_postgresql
@pytest.mark.parametrize("table", tables.APPEND_ONLY)
def test_history_cannot_be_truncated_not_even_a_part_of_it(world: World, table: str) -> None:
    parts = [f"{table}_p3"] if table in GROWS else []
    for name in (table, *parts):
        with (
            pytest.raises(SealError) as caught,
            database.write(world.registry.engine) as connection,
        ):
            connection.execute(text(f"truncate {name} cascade"))
        assert caught.value.code == "registry.conflict"


@only_postgresql
@pytest.mark.parametrize("act", ["delete from", "update"])
def test_a_partition_is_as_closed_as_its_table(world: World, act: str) -> None:
    words = {"delete from": "delete from {}", "update": "update {} set log_index = 999"}[act]
    for part in range(columns.PARTITIONS):
        with (
            pytest.raises(SealError) as caught,
            database.write(world.registry.engine) as connection,
        ):
            connection.execute(text(words.format(f"leaves_p{part}")))
        assert caught.value.code == "registry.conflict"


@only_postgresql
def test_a_reader_sees_one_state_and_writes_nothing(world: World) -> None:
    with database.read(world.registry.engine) as connection:
        query = text("select count(*) from leaves")
        before = connection.execute(query).scalar_one()
        submit(world, world.first.issue(PEOPLE[0]))
        assert connection.execute(query).scalar_one() == before
    with pytest.raises(SealError) as caught, database.read(world.registry.engine) as connection:
        connection.execute(text("delete from heads"))
    assert caught.value.code == "registry.unavailable"


# Failures -----------------------------------------------------------------------------------------


@only_postgresql
def test_two_who_wait_for_each_other_both_succeed(world: World) -> None:
    """A deadlock: the database gives one up, who tries again."""
    engine, meeting, tries = world.registry.engine, threading.Barrier(2), list[str]()

    def move(first: str, second: str) -> None:
        tries.append(first)
        with database.write(engine) as connection:
            words = text("update kids set role = role where role = :role")
            connection.execute(words, {"role": first})
            with suppress(threading.BrokenBarrierError):
                meeting.wait(5)
            meeting.abort()  # the second attempt meets nobody
            connection.execute(words, {"role": second})

    order = ("certificate", "submit")
    threads = [
        threading.Thread(target=lambda o=o: database.repeated(lambda: move(*o)))
        for o in (order, order[::-1])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tries) > 2  # one at least was given up


def test_a_transaction_is_not_tried_for_ever() -> None:
    tries = list[int]()

    def lose() -> None:
        tries.append(1)
        raise database.ContendedError("registry.unavailable", "given up")

    with pytest.raises(UnavailableError) as caught:
        database.repeated(lose)
    assert caught.value.code == "registry.unavailable"
    assert len(tries) == database.ATTEMPTS


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Server]:
    """A durable server that may be crashed, with the region's folder beside it."""
    server = started(durable=True)
    (tmp_path / "database").write_text(server.url(server.create()), "utf-8")
    yield server
    server.remove()


def test_a_server_that_crashes_is_503_and_needs_no_restart_of_ours(
    mortal: Server, tmp_path: Path
) -> None:
    """What was answered is there afterwards; what was refused can be sent again."""
    world = World(tmp_path).found()
    world.first.file_batch("B1", PEOPLE)
    texts = [world.first.issue(person) for person in PEOPLE[:4]]
    assert submit(world, *texts[:2]) == ["admitted"] * 2
    with TestClient(app.build(world.registry)) as client:
        assert client.get("/readyz").status_code == 200
        mortal.stop("immediate")
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "registry.unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        with pytest.raises(SealError) as caught:
            submit(world, *texts)
        assert caught.value.code == "registry.unavailable"
        mortal.start()
        assert client.get("/readyz").json()["status"] == "ready"
    assert submit(world, *texts) == ["admitted"] * 4
    assert fsck.fsck(world.registry).certificates == 4


class Severing:
    """Stands between a client and the server, and cuts the line right after a COMMIT has passed."""

    def __init__(self, port: int) -> None:
        self.to = port
        self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.ends = [self.listener]
        self.threads: list[threading.Thread] = []
        self._start(self._accept)

    def _start(self, act: Callable[..., None], *args: object) -> None:
        self.threads.append(threading.Thread(target=act, args=args, daemon=True))
        self.threads[-1].start()

    def close(self) -> None:
        """Cut every line, and leave nothing open."""
        for end in self.ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()
        for end in self.ends:
            end.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.to))
                self.ends += (near, far)
                for pair in ((near, far), (far, near)):
                    self._start(self._carry, *pair, near)

    def _carry(self, source: socket.socket, to: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                cut = source is near and self.cuts > 0 and b"COMMIT" in data
                if cut:
                    self.cuts -= 1
                    near.shutdown(socket.SHUT_RDWR)  # the answer will find nobody
                to.sendall(data)
                if cut:
                    break
        for end in (source, to):
            with suppress(OSError):
                end.shutdown(socket.SHUT_WR)


@only_postgresql
def test_a_commit_that_nobody_heard_of_is_answered_alike_when_asked_again(
    world: World, tmp_path: Path
) -> None:
    """The server committed, the client saw the line die; nothing is twice."""
    name = str(world.registry.engine.url.database)
    line = Severing(started().port)
    with closing(line):
        folder = tmp_path / "far"
        folder.mkdir()
        (folder / "database").write_text(started().over_tcp(name, line.port), "utf-8")
        shutil.copy(world.settings.marks, folder)
        far = World(folder, jtis=world.jtis)
        text_ = far.first.issue(PEOPLE[0])
        for _ in range(3):  # of the content, then of the receipt
            line.cuts = 1
            with pytest.raises(SealError) as caught:
                far.first.submit_all([text_])
            assert caught.value.code == "registry.unavailable"
            assert line.cuts == 0
            if fsck.fsck(world.registry).unsigned == 0:
                break
        assert submit(far, text_) == ["admitted"]
        assert far.first.submit_all([text_]) == world.first.submit_all([text_])
        far.registry.engine.dispose()
    assert fsck.fsck(world.registry).certificates == 1


# Names and passwords ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://registry:secret@db.example/skillseal",
        "postgresql:///skillseal?password=secret",
        "mysql://db.example/skillseal",
        "no url",
    ],
)
def test_a_url_with_a_password_or_of_something_else_is_refused(url: str) -> None:
    with pytest.raises(MalformedError) as caught:
        database.connect(url)
    assert caught.value.code == "registry.settings"
    assert "secret" not in str(caught.value)


def test_a_password_comes_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(postgresql.PASSWORD_VARIABLE, str(tmp_path / "password"))
    with pytest.raises(UnavailableError) as caught:
        database.connect("postgresql:///skillseal")
    assert caught.value.code == "registry.settings"
    (tmp_path / "password").write_text("秘密 pass\n", "utf-8")
    assert postgresql.arguments(1)["password"] == "秘密 pass"


@only_postgresql
def test_a_server_that_is_too_old_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "OLDEST", 1_000)
    with pytest.raises(UnavailableError) as caught:
        schema.upgrade(world.registry.engine)
    assert caught.value.code == "registry.postgresql"


@only_postgresql
def test_a_worker_that_hangs_does_not_hold_the_others_for_ever(world: World) -> None:
    with database.write(world.registry.engine) as connection:
        shown: list[Any] = [
            connection.execute(text(f"show {name}")).scalar_one()
            for name in ("lock_timeout", "idle_in_transaction_session_timeout")
        ]
    assert shown == ["20s", "1min"]
