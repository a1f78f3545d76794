# SPDX-License-Identifier: Apache-2.0
"""Copies and what is put back, as an operator runs them; docs/operations.md has the same steps."""

import os
from pathlib import Path

import pytest

from registry import settings
from registry.service import open_registry
from skillseal.commands import registry_copies
from skillseal.main import main
from tests.registry.test_command import (  # noqa: F401  # fixtures
    Operator,
    now,
    operator,
    publish,
    vault,
)
from tests.registry.world import CATALOGUE, URL

CATALOGUES = f"{URL}/catalogues"


def state(desk: Operator, scheme: str, at: int) -> None:
    """State a catalogue, and sign its receipt as the server does."""
    said = {**CATALOGUE, "exp": at + 86_400, "occupations": []}
    file = desk.json(f"{scheme}.json", said)
    assert desk.state("state", "catalogue", f"{CATALOGUES}/{scheme}", file) == 0
    open_registry(settings.load(desk.settings), [desk.keys["receipt"]])


def test_a_feed_is_its_owners_alone_and_goes_through_no_link(tmp_path: Path) -> None:
    victim, file = tmp_path / "victim", tmp_path / "a.feed"
    victim.write_bytes(b"mine")
    for laid in (file, tmp_path / ".a.feed.part"):
        laid.symlink_to(victim)
    before = os.umask(0)
    try:
        registry_copies.write(file, iter([b"1\n", b"2\n"]))
    finally:
        os.umask(before)
    assert (victim.read_bytes(), file.read_bytes()) == (b"mine", b"1\n2\n")
    assert file.lstat().st_mode & 0o177_777 == 0o100_600


def test_the_drill_by_its_commands(
    operator: Operator,  # noqa: F811  # a fixture
    now: int,  # noqa: F811  # a fixture
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = operator.folder
    state(operator, "one", now)
    publish(operator)
    copy = folder / "copy"
    assert operator.run("backup", "--out", copy) == 0
    assert main(["registry", "backup-check", str(copy)]) == 0
    assert operator.run("backup", "--out", copy) == 2
    state(operator, "two", now)
    state(operator, "three", now)
    publish(operator)
    lines = folder / "office.feed"
    assert operator.run("feed", "--from", 1, "--out", lines) == 0
    assert len(lines.read_bytes().splitlines()) == 2

    (folder / "registry.db").rename(folder / "lost.db")
    assert operator.run("restore", "--from", copy) == 1
    assert "[registry.restored]" in capsys.readouterr().err
    file = operator.json("four.json", {**CATALOGUE, "exp": now + 86_400})
    assert operator.state("state", "catalogue", f"{CATALOGUES}/four", file) == 2
    part = folder / "part.feed"
    part.write_bytes(lines.read_bytes().splitlines(keepends=True)[1])
    assert operator.run("refeed", part) == 1
    assert "missing: log index 1 to 1\n" in capsys.readouterr().err
    assert operator.run("refeed", lines) == 0
    assert "2 leaves and 0 receipts are back" in capsys.readouterr().out
    assert operator.run("fsck") == 0
    publish(operator)
    assert operator.run("restore", "--from", copy) == 2  # the database is in use


def test_marks_that_are_lost_are_begun_on_purpose_only(
    operator: Operator,  # noqa: F811  # a fixture
    now: int,  # noqa: F811  # a fixture
    capsys: pytest.CaptureFixture[str],
) -> None:
    state(operator, "one", now)
    publish(operator)
    (operator.folder / "published.marks").unlink()
    file = operator.json("two.json", {**CATALOGUE, "exp": now + 86_400, "occupations": []})
    words = ("state", "catalogue", f"{CATALOGUES}/two", file)
    assert operator.state(*words) == 2
    assert "[registry.marks]" in capsys.readouterr().err
    assert operator.run("begin-marks") == 0
    assert operator.run("begin-marks") == 0
    assert "there are marks already" in capsys.readouterr().out
    assert operator.state(*words) == 0
