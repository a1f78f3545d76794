# SPDX-License-Identifier: Apache-2.0
"""The high-water marks: before a receipt leaves, its place of the log is written down elsewhere."""

import os
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from credential.errors import SealError
from registry import app, database, fsck, lists, log, store_log
from registry.marks import Mark, Marks, grown
from tests.registry.backends import Backend
from tests.registry.test_admission import submit
from tests.registry.test_publish import publish_now, sign
from tests.registry.world import CATALOGUE, PEOPLE, World


def refusal(act: Any) -> str:
    with pytest.raises(SealError) as caught:
        act()
    return caught.value.code


def size(world: World) -> int:
    with database.read(world.registry.engine) as connection:
        return store_log.tail(connection).size


def set_back(world: World, backend: Backend, folder: Path) -> Any:
    """Keep a copy; what is returned puts it in the place of the database, and opens it."""
    world.registry.engine.dispose()
    copy = folder / "copy"
    copy.mkdir()
    backend.copy(world.folder, copy)

    def restore() -> None:
        world.registry.engine.dispose()
        backend.restore(copy, world.folder)
        world.registry = world.open()

    return restore


def test_a_receipt_is_signed_only_below_a_durable_mark(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    sync, sign_ = os.fsync, type(world.receipt).sign

    def synced(file: int) -> None:
        sync(file)
        if os.fstat(file).st_ino == world.settings.marks.stat().st_ino:
            mark = Marks(world.settings.marks).last()
            assert mark is not None
            events.append(f"mark {mark.size}")

    def signed(self: Any, content: bytes) -> bytes:
        events.append("signature")
        return sign_(self, content)

    before = size(world)
    monkeypatch.setattr(os, "fsync", synced)
    texts = [world.first.issue(person) for person in PEOPLE[:3]]
    monkeypatch.setattr(type(world.receipt), "sign", signed)
    assert submit(world, *texts) == ["admitted"] * 3
    assert events == [f"mark {before + 3}", *["signature"] * 3]
    assert submit(world, *texts) == ["admitted"] * 3  # again: the same receipts, no other mark
    assert len(events) == 4


def test_the_marks_are_of_the_log(world: World) -> None:
    submit(world, world.first.issue(PEOPLE[0]))
    publish_now(world)
    submit(world, world.first.issue(PEOPLE[1]))
    found = list(world.registry.marks.walk(0))
    assert [one.size for one in found] == sorted({one.size for one in found})
    assert found[-1].size == size(world)
    with database.read(world.registry.engine) as connection:
        for one in found:
            assert grown(connection, one.size).root() == one.root
            (stored,) = store_log.leaves_at(connection, [one.size - 1])
            assert one.epoch == stored.leaf.epoch
            assert one.t >= stored.leaf.t


def test_an_old_copy_is_read_and_nothing_else(
    world: World, backend: Backend, tmp_path: Path
) -> None:
    """With nothing published: the mark alone knows."""
    text = world.first.issue(PEOPLE[0])
    submit(world, text)
    sign(world)
    restore = set_back(world, backend, tmp_path)
    claims = world.first.claims(PEOPLE[1])
    submit(world, world.first.sign(claims))
    restore()
    for one in (text, world.first.issue(PEOPLE[2])):
        assert refusal(lambda one=one: submit(world, one)) == "registry.restored"
    assert refusal(lambda: world.first.file_batch("B2", PEOPLE)) == "registry.restored"
    assert refusal(lambda: sign(world)) == "registry.restored"
    assert refusal(lambda: lists.sign_lists(world.registry, world.list, world.status)) == (
        "registry.restored"
    )
    with TestClient(app.build(world.registry)) as client:
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["code"]) == (503, "registry.restored")
        assert client.get("/v").status_code != 503
    with database.read(world.registry.engine) as connection:
        leaf = store_log.leaves_from(connection, 0, 1)[0].leaf
    registry = world.registry
    assert (
        refusal(lambda: log.countersign(registry.engine, registry.signers, [leaf], registry.marks))
        == "registry.restored"
    )


@pytest.mark.parametrize("host", ["trial.example", None])
def test_a_trials_settings_over_the_real_database_write_nothing(
    world: World, backend: Backend, tmp_path: Path, host: str | None
) -> None:
    """The host of a trial, or the same host under a root of its own."""
    submit(world, world.first.issue(PEOPLE[0]))
    folder = tmp_path / "trial"
    folder.mkdir()
    backend.prepare(folder)
    trial = World(folder, salt="trial", host=host or world.host)
    # Its own marks are those of an empty log, beyond which the real one is.
    trial.settings = replace(trial.settings, database=world.settings.database)
    trial.registry.engine.dispose()
    trial.registry = trial.open()
    before = size(world)
    body = {**CATALOGUE, "version": 9}
    signers = [trial.lead, trial.lead_two]
    for act in (
        lambda: submit(trial, trial.first.issue(PEOPLE[1])),
        lambda: trial.state("catalogue", f"{trial.url}/catalogues/x2026", body, signers),
        lambda: lists.sign_lists(trial.registry, trial.list, trial.status),
    ):
        assert refusal(act) == "registry.diverged"
    assert size(world) == before
    trial.registry.engine.dispose()
    backend.discard(folder)


def test_a_copy_put_under_a_running_server_is_noticed(
    world: World, backend: Backend, tmp_path: Path
) -> None:
    restore = set_back(world, backend, tmp_path)
    running = world.registry
    submit(world, world.first.issue(PEOPLE[0]))
    restore()
    world.registry = running
    assert refusal(lambda: submit(world, world.first.issue(PEOPLE[1]))) == "registry.restored"


def test_leaves_that_no_mark_covers_are_whole(
    world: World, backend: Backend, tmp_path: Path
) -> None:
    """Killed between commit and mark: no receipt had left."""
    marks = world.settings.marks.read_bytes()
    text = world.first.issue(PEOPLE[0])
    submit(world, text)
    world.settings.marks.write_bytes(marks + b'{"size":1')  # and in the middle of a line
    world.registry = world.open()
    assert submit(world, text, world.first.issue(PEOPLE[1])) == ["admitted"] * 2
    last = world.settings.marks.read_bytes()[len(marks) :]
    assert Mark.from_line(last[:-1]).size == size(world)


def test_fsck_compares_every_mark(world: World) -> None:
    submit(world, world.first.issue(PEOPLE[0]))
    lines = world.settings.marks.read_bytes().splitlines(keepends=True)
    middle = Mark.from_line(lines[len(lines) // 2][:-1])
    lines[len(lines) // 2] = middle._replace(root=bytes(32)).to_line()
    world.settings.marks.write_bytes(b"".join(lines))
    with pytest.raises(SealError, match=f"{middle.size}: marks") as caught:
        fsck.fsck(world.registry)
    assert caught.value.code == "registry.corrupt"


@pytest.mark.parametrize("damage", ["missing", "empty", "no mark", "a folder"])
def test_without_marks_nothing_is_signed(world: World, damage: str) -> None:
    file = world.settings.marks
    file.unlink()
    if damage == "a folder":
        file.mkdir()
    elif damage != "missing":
        file.write_bytes(b'{"size":-1}\n' if damage == "no mark" else b"")
    world.registry = world.open()
    assert refusal(lambda: submit(world, world.first.issue(PEOPLE[0]))) == "registry.marks"
    assert size(world) == size(world)


def test_workers_write_one_rising_file(world: World) -> None:
    """Four registries over one database, each with an open of its own."""
    shutil.copy(world.settings.marks, world.folder / "before")
    others = [world.open() for _ in range(4)]
    texts = [world.first.issue(person) for person in PEOPLE[:8]]
    from registry.admission import admit

    def work(number: int) -> None:
        for text in texts[number::4]:
            admit(others[number], [text], world.first.id)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = world.settings.marks.read_bytes().split(b"\n")
    found = [Mark.from_line(line).size for line in lines[:-1]]
    assert found == sorted(set(found))
    assert found[-1] == size(world)
    with database.read(world.registry.engine) as connection:
        world.registry.marks.compare(connection)
    assert not world.registry.marks.diverged
