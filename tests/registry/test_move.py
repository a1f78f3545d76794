# SPDX-License-Identifier: Apache-2.0
"""A registry moves from one kind of database to the other: whole, once, and never to two places."""

import secrets
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event, func, inspect, select

from console.tables import accounts, failures, limits, proposals, sessions, signatures
from credential.errors import SealError
from credential.identity_number import IdentityNumber
from registry import (
    app,
    bulk,
    database,
    fsck,
    holder_keys,
    holders,
    lists,
    log,
    move,
    store_log,
    store_published,
)
from registry.console.tables import parties, searches, unmaskings
from registry.service import open_registry
from registry.store_published import Publication
from registry.tables import access_tokens, log_tail, metadata, peers, submissions
from skillseal.main import main
from tests import forked
from tests.registry.backends import BACKENDS, Backend, hurry, intrude, url_of
from tests.registry.test_admission import submit
from tests.registry.test_command import Operator, now, operator, publish, vault  # noqa: F401  # fixtures
from tests.registry.test_copies_command import state
from tests.registry.test_drill import Day
from tests.registry.test_erasure import erase
from tests.registry.test_publish import publish_now, published
from tests.registry.world import PEOPLE, START, World

ROOT = Path(__file__).parents[2]
CARD = IdentityNumber(1, "310199199003070014")
KEY = holder_keys.HolderKey.of(b"k" * 32)
BESIDE: tuple[tuple[Any, dict[str, Any]], ...] = (
    (
        accounts,
        {
            "name": "li",
            "display": "李工",
            "roles": "lead",
            "industry": None,
            "disabled": True,
            "password": "$argon2id$",
            "temporary": False,
            "totp": b"\0\xff" * 10,
            "totp_step": 2**40,
            "made_at": START,
        },
    ),
    (sessions, {"hash": b"s" * 32, "account": "li", "made_at": 1, "seen_at": 2, "flash": "好"}),
    (failures, {"hash": b"f" * 32, "count": 3, "until": START}),
    (limits, {"hash": b"l" * 32, "window": START, "count": 1}),
    (
        proposals,
        {
            "id": "p",
            "typ": "statement",
            "about": "x",
            "payload": b"{}",
            "needed": 2,
            "made_by": "li",
            "made_at": START,
            "until": START + 9,
            "state": "open",
        },
    ),
    (
        signatures,
        {"proposal": "p", "signer": "k", "token": b"a.b.c", "given_by": "li", "given_at": START},
    ),
    (parties, {"account": "li", "party": "https://jy.sh310.example"}),
    (
        unmaskings,
        {"id": "u", "at": START, "account": "li", "certificate": 5, "reason": "信访核查"},
    ),
    (
        searches,
        {
            "id": "q",
            "at": START,
            "account": "li",
            "region": "310115",
            "fields": "",
            "found": "5 7",
            "reason": "信访核查",
        },
    ),
    (submissions, {"iss": "b", "jti": "j", "exp": START}),
    (
        access_tokens,
        {"hash": b"t" * 32, "client": "c", "kid": "k", "scopes": "", "exp": 1, "uses": 0},
    ),
)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(SealError) as caught:
        act()
    return caught.value.code


@dataclass
class Removal:
    """A world, what its bodies have been answered, and an empty database of the other kind."""

    world: World
    day: Day
    other: Backend
    folder: Path

    @property
    def to(self) -> str:
        return url_of(self.folder)

    def move(self) -> move.Moved:
        return move.move(
            self.world.settings, self.to, random=secrets.token_bytes, clock=self.world.clock
        )

    def arrive(self) -> World:
        """Go on in the new database, as after a restart with new settings."""
        self.world.registry.engine.dispose()
        self.world.settings = replace(self.world.settings, database=self.to)
        self.world.registry = self.world.open()
        return self.world


@pytest.fixture
def removal(world: World, backend: Backend) -> Iterator[Removal]:
    """Something in every table, and a database of the other kind."""
    day = Day(world)
    day.work()
    old, gone = (world.first.claims(PEOPLE[n]) for n in (0, 4))
    for one in (old, gone):
        [answer] = world.first.submit_all([world.first.sign(one)])
        assert isinstance(answer, log.Acknowledged)
    world.first.change("supersede", old, {"by": old.certificate_number[:-1] + "9", "reason": "改"})
    erase(world, gone)
    with database.write(world.registry.engine) as connection:
        world.registry.holder_key = KEY
        holders.store(world.registry, connection, [(day.answers[0].log_index, CARD)])
        store_published.put_bag(connection, "320000", START, b"\0\xff{}")
        for table, row in BESIDE:
            connection.execute(table.insert().values(row))
    [other] = [make for name, make in BACKENDS.items() if name != backend.name]
    folder = world.folder / "new"
    folder.mkdir()
    made = other()
    made.prepare(folder)
    yield Removal(world, day, made, folder)
    made.discard(folder)


def counts(url: str) -> dict[str, int]:
    with database.read(database.connect(url)) as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in move.TABLES
        }


def test_every_table_is_moved(world: World) -> None:
    with database.read(world.registry.engine) as connection:
        names = set(inspect(connection).get_table_names())
    moved = {table.name for table in move.TABLES} | {"log_tail", "alembic_version"}
    assert {name for name in names if name.rpartition("_p")[0] not in moved} == moved


def test_a_registry_moves_and_goes_on(removal: Removal) -> None:
    world, day = removal.world, removal.day
    before, report = counts(world.settings.database), fsck.fsck(world.registry)
    assert min(before.values()) >= 1  # nothing is moved by chance
    texts = [world.first.issue(PEOPLE[n]) for n in (7, 8)]
    sequence = published(world).home.manifest.sequence
    moved = removal.move()
    assert (moved.leaves, moved.rows) == (report.leaves, sum(before.values()))
    removal.arrive()
    assert counts(removal.to) == before
    assert fsck.fsck(world.registry) == report
    # Receipts are the same, and indexes and publications go on.
    assert world.first.submit_all(day.texts) == day.answers
    [first] = world.first.submit_all(texts[:1])
    assert isinstance(first, log.Acknowledged)
    assert first.log_index == report.leaves
    claims = day.claims[0]
    taken = world.first.issue(PEOPLE[9], certificate_number=claims.certificate_number)
    assert submit(world, taken) == ["number.taken"]
    assert submit(world, world.first.issue(PEOPLE[9], status_index=claims.status_index)) == [
        "status.taken"
    ]
    world.registry.holder_key = KEY
    assert holders.find(world.registry, [KEY], CARD) == [claims.certificate_number]
    with database.read(world.registry.engine) as connection:
        for table, row in BESIDE:
            found = connection.execute(select(table)).mappings().one()
            assert {name: found[name] for name in row} == row
    with database.write(world.registry.engine) as connection:
        connection.execute(peers.delete())  # it was none
    publish_now(world)
    assert published(world).home.manifest.sequence > sequence
    assert fsck.fsck(world.registry).leaves == report.leaves + 1


def test_the_old_database_serves_nobody(removal: Removal) -> None:
    """Neither a server that was running, nor one that is started."""
    world, old = removal.world, removal.world.registry
    text = world.first.issue(PEOPLE[7])
    removal.move()
    assert refusal(lambda: submit(world, text)) == "registry.moved"
    assert refusal(lambda: world.first.file_batch("B9", PEOPLE)) == "registry.moved"
    assert refusal(lambda: lists.sign_lists(old, world.list, world.status)) == "registry.moved"
    assert refusal(lambda: publish_now(world)) == "registry.moved"
    with TestClient(app.build(old)) as client:
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["code"]) == (503, "registry.moved")
    # A transaction that was on its way when the move ended.
    index = removal.day.answers[0].log_index
    late: list[Callable[[Any], object]] = [
        lambda c: store_log.insert_signatures(c, [(index, b"s" * 64)]),
        lambda c: store_log.advance(c, world.clock.now + 1),
        lambda c: store_published.insert_publication(c, Publication(99, 1, 1, (), "", "")),
    ]
    for write in late:

        def act(write: Callable[[Any], object] = write) -> None:
            with database.write(old.engine) as connection:
                write(connection)

        assert refusal(act) == "registry.moved"
    assert refusal(lambda: open_registry(world.settings, ())) == "registry.moved"
    assert refusal(removal.move) == "backup.occupied"
    assert refusal(lambda: move.move(world.settings, world.settings.database, random=bytes)) == (
        "backup.occupied"
    )
    assert submit(removal.arrive(), text) == ["admitted"]


def _give_up_soon(world: World) -> None:
    engine = world.registry.engine
    hurry(engine)
    if engine.dialect.name == "postgresql":
        event.listen(
            engine, "begin", lambda c: c.exec_driver_sql("set local lock_timeout = '100ms'")
        )


def test_nobody_writes_while_it_moves(removal: Removal, monkeypatch: pytest.MonkeyPatch) -> None:
    world, check = removal.world, fsck.fsck
    text = world.first.issue(PEOPLE[7])
    _give_up_soon(world)
    seen = []

    def meanwhile(registry: Any) -> fsck.Report:
        row = {**BESIDE[2][1], "hash": b"g" * 32}

        def beside() -> None:
            with database.write(world.registry.engine) as connection:
                connection.execute(failures.insert().values(row))

        seen.append(refusal(lambda: submit(world, text)))
        seen.append(refusal(beside))
        seen.append(refusal(lambda: open_registry(registry.settings, ())))
        with database.read(world.registry.engine) as connection:  # reads go on
            assert store_log.tail(connection).size > 0
        return check(registry)

    monkeypatch.setattr(fsck, "fsck", meanwhile)
    removal.move()
    assert seen == ["registry.unavailable", "registry.unavailable", "registry.moving"]
    monkeypatch.undo()
    assert submit(removal.arrive(), text) == ["admitted"]


KILLED = """
import os, signal, sys
from pathlib import Path
from registry import bulk, fsck, move
from tests.registry.world import World
world, name = World(Path(sys.argv[1])), sys.argv[2]
place = {"bulk": bulk, "fsck": fsck, "move": move}
world.registry.engine.dispose()
module, _, function = name.partition(".")
real = getattr(place[module], function)

def dies(*given, **more):
    if name != "bulk.insert" or given[1].name == "console_accounts":
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*given, **more)

setattr(place[module], function, dies)
move.move(world.settings, sys.argv[3], random=os.urandom, clock=world.clock)
"""


def killed_at(removal: Removal, name: str) -> None:
    removal.world.registry.engine.dispose()
    words = ["-c", KILLED, removal.world.folder, name, removal.to]
    assert forked.run(words) == -signal.SIGKILL


@pytest.mark.parametrize("name", ["bulk.insert", "fsck.fsck"])
def test_killed_before_the_end_the_registry_is_where_it_was(removal: Removal, name: str) -> None:
    world = removal.world
    arrived = replace(world.settings, database=removal.to)
    killed_at(removal, name)
    assert submit(world, world.first.issue(PEOPLE[7])) == ["admitted"]
    if name == "bulk.insert":  # nothing was committed: it is empty
        with database.read(database.connect(removal.to)) as connection:
            assert inspect(connection).get_table_names() == []
    else:
        assert refusal(lambda: open_registry(arrived, [world.receipt])) == "registry.moving"
        assert refusal(removal.move) == "backup.occupied"
        removal.other.discard(removal.folder)
        (removal.folder / "registry.db").unlink(missing_ok=True)
        removal.other.prepare(removal.folder)
    leaves = fsck.fsck(world.registry).leaves
    assert removal.move().leaves == leaves
    assert fsck.fsck(removal.arrive().registry).leaves == leaves


def test_killed_between_the_two_marks_the_same_command_ends_it(removal: Removal) -> None:
    world = removal.world
    killed_at(removal, "move._arrive")
    assert refusal(lambda: submit(world, world.first.issue(PEOPLE[7]))) == "registry.moved"
    arrived = replace(world.settings, database=removal.to)
    assert refusal(lambda: open_registry(arrived, ())) == "registry.moving"
    with database.connect(removal.to).begin() as connection:
        name = connection.execute(select(log_tail.c.move)).scalar_one()
        connection.execute(log_tail.update().values(move=bytes(16)))
    assert refusal(removal.move) == "backup.occupied"  # what another move has left
    with database.connect(removal.to).begin() as connection:
        connection.execute(log_tail.update().values(move=name))
    moved = removal.move()
    assert (moved.rows, moved.leaves) == (0, fsck.fsck(removal.arrive().registry).leaves)
    assert world.first.submit_all(removal.day.texts) == removal.day.answers
    assert submit(world, world.first.issue(PEOPLE[7])) == ["admitted"]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_what_arrives_otherwise_is_found(removal: Removal, monkeypatch: pytest.MonkeyPatch) -> None:
    world, insert = removal.world, bulk.insert
    for name, column in (("console_parties", 1), ("peers", 2)):

        def wrong(
            connection: Any,
            table: Any,
            rows: list[Any],
            *,
            keep: bool = False,
            name: str = name,
            column: int = column,
        ) -> int:
            if table.name == name:
                one = list(rows[0])
                one[column] = one[column][:-1]
                rows = [tuple(one), *rows[1:]]
            return insert(connection, table, rows, keep=keep)

        monkeypatch.setattr(bulk, "insert", wrong)
        assert refusal(removal.move) == "move.differs"
        removal.other.discard(removal.folder)
        (removal.folder / "registry.db").unlink(missing_ok=True)
        removal.other.prepare(removal.folder)
    monkeypatch.undo()
    assert submit(world, world.first.issue(PEOPLE[7])) == ["admitted"]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_source_that_does_not_agree_with_itself_stays(removal: Removal) -> None:
    world = removal.world
    intrude(world.registry.engine, "update statuses set status = 1 where status = 2")
    assert refusal(removal.move) == "registry.corrupt"
    world.registry.engine.dispose()
    assert submit(world, world.first.issue(PEOPLE[7])) == ["admitted"]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_an_old_copy_is_not_moved(removal: Removal, backend: Backend) -> None:
    world = removal.world
    world.registry.engine.dispose()
    copy = world.folder / "copy"
    copy.mkdir()
    backend.copy(world.folder, copy)
    assert submit(world, world.first.issue(PEOPLE[7])) == ["admitted"]
    world.registry.engine.dispose()
    backend.restore(copy, world.folder)
    assert refusal(removal.move) == "registry.restored"


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_there_must_be_a_registry_and_an_empty_place(removal: Removal, tmp_path: Path) -> None:
    world = removal.world
    nowhere = replace(world.settings, database=f"sqlite:///{tmp_path}/nothing.db")
    assert refusal(lambda: move.move(nowhere, removal.to, random=bytes)) == "move.source"
    memory = partial(move.move, world.settings, "sqlite://", random=bytes)
    assert refusal(memory) == "registry.settings"
    with database.connect(removal.to).begin() as connection:
        metadata.tables["peers"].create(connection)
    assert refusal(removal.move) == "backup.occupied"


def test_the_command(
    operator: Operator,  # noqa: F811  # a fixture
    now: int,  # noqa: F811  # a fixture
    capsys: pytest.CaptureFixture[str],
) -> None:
    state(operator, "one", now)
    publish(operator)
    assert operator.run("move", "--to", "sqlite:///./new.db") == 0
    assert 'database = "sqlite:///./new.db"' in capsys.readouterr().out
    assert operator.run("fsck") == 2
    assert "[registry.moved]" in capsys.readouterr().err
    old = operator.settings.read_text("utf-8")
    operator.settings.write_text(old.replace("registry.db", "new.db"))
    assert operator.run("fsck") == 0
    state(operator, "two", now)
    publish(operator)
    assert main(["registry", "move", "--settings", str(operator.settings), "--to", "x://y"]) == 2
