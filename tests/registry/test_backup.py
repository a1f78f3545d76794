# SPDX-License-Identifier: Apache-2.0
"""Copies are whole or not there; they go into an empty database only, and are checked."""

import json
import os
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from credential.errors import SealError
from registry import backup, fsck, postgresql_programs, restore
from registry.settings import Settings
from tests import forked, postgresql
from tests.registry.backends import Backend, url_of
from tests.registry.test_admission import submit
from tests.registry.test_publish import publish_now
from tests.registry.world import PEOPLE, World


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(SealError) as caught:
        act()
    return caught.value.code


def elsewhere(world: World, backend: Backend) -> Settings:
    """Settings of the same registry over another, empty database."""
    folder = world.folder / "elsewhere"
    folder.mkdir()
    backend.prepare(folder)
    return replace(world.settings, database=url_of(folder))


def test_a_copy_restored_is_the_same_registry(world: World, backend: Backend) -> None:
    claims = world.first.claims(PEOPLE[0])
    text = world.first.sign(claims)
    first = world.first.submit_all([text])
    world.first.change("suspend", claims)
    publish_now(world)
    made = backup.backup(world.registry, world.folder / "copy")
    assert backup.check(world.folder / "copy") == made
    assert (made.size, made.kind, made.made) == (
        fsck.fsck(world.registry).leaves,
        backend.name,
        world.clock.now,
    )
    assert made.checkpoint is not None
    assert {one.stat().st_mode & 0o777 for one in (world.folder / "copy").iterdir()} == {0o600}
    settings = elsewhere(world, backend)
    registry, report = restore.restore(settings, world.folder / "copy", clock=world.clock)
    assert report == fsck.fsck(world.registry)
    registry.engine.dispose()
    world.registry.engine.dispose()
    world.settings = settings
    world.registry = world.open()  # nothing came after the copy: it goes on
    assert world.first.submit_all([text]) == first
    assert submit(world, world.first.issue(PEOPLE[1])) == ["admitted"]
    assert refusal(lambda: restore.restore(settings, world.folder / "copy")) == "backup.occupied"
    assert refusal(lambda: backup.backup(world.registry, world.folder / "copy")) == "backup.exists"


def test_a_damaged_copy_is_told(world: World) -> None:
    folder = world.folder / "copy"
    file = folder / backup.backup(world.registry, folder).file
    manifest = folder / "manifest.json"
    content, said = file.read_bytes(), manifest.read_text("utf-8")
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    for bad in (flipped, content[:-1], b""):
        file.write_bytes(bad)
        assert refusal(lambda: backup.check(folder)) == "backup.damaged"
        assert refusal(lambda: restore.restore(world.settings, folder)) == "backup.damaged"
    file.write_bytes(content)
    for name in ("file", "size", "sha256", "kind"):
        manifest.write_text(json.dumps(json.loads(said) | {name: "../registry.db"}))
        assert refusal(lambda: backup.check(folder)) == "backup.damaged"
    manifest.write_text("{")
    assert refusal(lambda: restore.restore(world.settings, folder)) == "backup.damaged"
    manifest.write_text(said)
    file.unlink()
    assert refusal(lambda: backup.check(folder)) == "backup.disk"


def test_a_manifest_of_another_log_is_told(world: World, backend: Backend) -> None:
    folder = world.folder / "copy"
    backup.backup(world.registry, folder)
    members = json.loads((folder / "manifest.json").read_text())
    members["size"] += 1
    (folder / "manifest.json").write_text(json.dumps(members))
    settings = elsewhere(world, backend)
    assert refusal(lambda: restore.restore(settings, folder)) == "backup.damaged"
    members["anchor"] = "310000:" + "0" * 64
    (folder / "manifest.json").write_text(json.dumps(members))
    assert refusal(lambda: restore.restore(settings, folder)) == "backup.other"


def test_a_copy_is_one_state_while_others_write(world: World, backend: Backend) -> None:
    texts = [world.first.issue(person) for person in PEOPLE]
    admitted = threading.Thread(target=lambda: [submit(world, one) for one in texts])
    admitted.start()
    made = backup.backup(world.registry, world.folder / "copy")
    admitted.join()
    settings = elsewhere(world, backend)
    _, report = restore.restore(settings, world.folder / "copy")
    assert report.leaves == made.size


KILLED = """
import os, signal, sys
from pathlib import Path
from registry import backup
from tests.registry.world import World
world = World(Path(sys.argv[1]))
left = int(sys.argv[2])

def audit(event, args):
    global left
    if event in ("open", "os.rename", "os.mkdir") and "copy" in str(args[0]):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(audit)
backup.backup(world.registry, world.folder / "copy")
"""


def _killed(world: World, step: int) -> None:
    assert forked.run(["-c", KILLED, world.folder, step]) < 0
    assert not (world.folder / "copy").exists()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_copy_is_whole_or_not_there(world: World) -> None:
    """Killed on the way; the next one takes no notice of what is left."""
    _killed(world, 4)
    backup.backup(world.registry, world.folder / "copy")
    backup.check(world.folder / "copy")


@pytest.mark.long
def test_a_copy_killed_at_each_step_is_whole_or_not_there(world: World) -> None:
    for step in range(1, 6):
        _killed(world, step)
    backup.backup(world.registry, world.folder / "copy")
    backup.check(world.folder / "copy")


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_the_password_is_on_no_command_line(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "password").write_text("a very secret word\n")
    monkeypatch.setenv("SKILLSEAL_DATABASE_PASSWORD_FILE", str(tmp_path / "password"))
    seen: list[tuple[list[str], str]] = []
    run = subprocess.run

    def watched(command: list[str], **given: object) -> object:
        environment = given.get("env")
        if isinstance(environment, dict):
            seen.append((command, environment["PGPASSWORD"]))
        return run(command, **given)  # type: ignore[call-overload]  # passed on as it came

    monkeypatch.setattr(subprocess, "run", watched)
    backup.backup(world.registry, world.folder / "copy")
    ((command, password),) = seen
    assert password == "a very secret word"
    assert "secret" not in " ".join(command)


def test_programs_that_are_not_there_are_named(tmp_path: Path) -> None:
    assert refusal(lambda: postgresql_programs.find("pg_dump", tmp_path)) == "backup.programs"
    found = postgresql_programs.find("pg_dump", postgresql.started().found.programs)
    assert os.access(found, os.X_OK)
    url = postgresql.started().url("nothing_of_this_name")
    assert refusal(lambda: postgresql_programs.run(found, url)) == "backup.programs"
