# SPDX-License-Identifier: Apache-2.0
"""When the environment is built, kept, extended or thrown away."""

import sys
from pathlib import Path

import pytest

from tools import setup


class FakeCheckout(setup.Checkout):
    """A checkout whose pip only notes what it was asked for."""

    def __init__(self, root: Path) -> None:
        """Write the files that a checkout starts with."""
        super().__init__(root)
        self.calls: list[str] = []
        for name in ("pyproject.toml", *setup.LOCKS.values()):
            (root / name).write_text(name)

    def pip(self, *arguments: str) -> None:
        """Note the lock that is installed, or that the project is linked in."""
        assert not self.stamp.exists()  # a crash here must leave no stamp
        self.calls.append("link" if "-e" in arguments else Path(arguments[-1]).name)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCheckout:
    fake = FakeCheckout(tmp_path)

    def create(python: str, venv: Path) -> None:
        fake.calls.append("create")
        (venv / "bin").mkdir(parents=True)
        (venv / "bin" / "python").symlink_to(python)

    monkeypatch.setattr(setup, "create", create)
    monkeypatch.setattr(setup, "find_python", lambda: sys.executable)
    return fake


def prepared(checkout: FakeCheckout, level: str) -> list[str]:
    checkout.calls.clear()
    if not checkout.is_ready(level):
        checkout.prepare(level)
    return checkout.calls


def test_the_first_call_builds_and_the_second_does_nothing(checkout: FakeCheckout) -> None:
    assert prepared(checkout, "run") == ["create", "requirements.txt", "link"]
    assert prepared(checkout, "run") == []


def test_run_accepts_what_test_built(checkout: FakeCheckout) -> None:
    assert prepared(checkout, "test") == ["create", "requirements-test.txt", "link"]
    assert prepared(checkout, "run") == []


def test_test_is_laid_on_top_of_run(checkout: FakeCheckout) -> None:
    prepared(checkout, "run")
    assert prepared(checkout, "test") == ["requirements-test.txt", "link"]
    assert prepared(checkout, "run") == []
    assert prepared(checkout, "test") == []


def test_without_a_stamp_the_environment_is_thrown_away(checkout: FakeCheckout) -> None:
    prepared(checkout, "test")
    checkout.stamp.unlink()
    leftover = checkout.venv / "leftover"
    leftover.touch()
    assert prepared(checkout, "test") == ["create", "requirements-test.txt", "link"]
    assert not leftover.exists()


def test_another_lock_builds_again(checkout: FakeCheckout) -> None:
    prepared(checkout, "test")
    (checkout.root / "requirements-test.txt").write_text("changed")
    assert prepared(checkout, "test")[0] == "create"


def test_another_python_builds_again(
    checkout: FakeCheckout, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(checkout, "test")
    monkeypatch.setattr(setup, "version_of", lambda _: "3.99.0")
    assert prepared(checkout, "test")[0] == "create"


def test_a_python_that_is_gone_builds_again(checkout: FakeCheckout) -> None:
    prepared(checkout, "test")
    checkout.python.unlink()
    checkout.python.symlink_to("/nowhere/python3")
    assert prepared(checkout, "test")[0] == "create"


def test_another_project_file_only_links_again(checkout: FakeCheckout) -> None:
    prepared(checkout, "test")
    (checkout.root / "pyproject.toml").write_text("changed")
    assert prepared(checkout, "run") == ["link"]
    assert prepared(checkout, "test") == []  # what was laid on top is still there


def test_a_failed_build_leaves_no_stamp(
    checkout: FakeCheckout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: str) -> None:
        raise setup.SetupError("no index")

    prepared(checkout, "run")
    monkeypatch.setattr(checkout, "pip", fail)
    with pytest.raises(setup.SetupError, match="no index"):
        checkout.prepare("test")
    assert not checkout.is_ready("run")


def test_an_old_or_broken_python_is_passed_over(tmp_path: Path) -> None:
    old, broken = tmp_path / "python3.9", tmp_path / "python3.14"
    old.write_text("#!/bin/sh\necho 3.9.6\n")
    broken.write_text("#!/bin/sh\nexit 127\n")
    for script in (old, broken):
        script.chmod(0o755)
    names = (str(old), str(broken), str(tmp_path / "absent"))
    assert setup.find_python((*names, sys.executable)) == sys.executable
    with pytest.raises(setup.SetupError, match=r"Python 3\.11 or newer is needed"):
        setup.find_python(names)


def test_a_failed_command_says_what_to_do() -> None:
    with pytest.raises(setup.SetupError, match="install python3-venv"):
        setup.check(["false"], "install python3-venv")


def test_unknown_levels_are_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert setup.main(["everything"]) == setup.USAGE_ERROR
    assert "usage: setup.py run|test" in capsys.readouterr().err
