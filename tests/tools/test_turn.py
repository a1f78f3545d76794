# SPDX-License-Identifier: Apache-2.0
"""Two processes that miss the same package do not install it at once."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import chromium, postgresql, softhsm, turn
from tools.chromium import Chromium
from tools.softhsm import SoftHsm

_OTHER = """
import fcntl, sys
with open(sys.argv[1], "rb") as lock:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("waits")
    else:
        print("goes on")
"""


def another() -> str:
    """Let another process ask for its turn, and tell what became of it."""
    command = [sys.executable, "-I", "-c", _OTHER, turn.__file__]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_a_turn_ends_however_it_ends() -> None:
    with turn.taken():
        assert another() == "waits"
    with pytest.raises(ValueError, match="apt"), turn.taken():
        raise ValueError("apt")
    assert another() == "goes on"


def test_whoever_looks_has_the_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(shutil, "which", {"apt-get": "/usr/bin/apt-get"}.get)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    seen: list[str] = []

    def looks(*_: object) -> None:
        seen.append(another())

    def installs() -> Path:
        seen.append(another())
        return Path("/")

    monkeypatch.setattr(postgresql, "_installed", looks)
    monkeypatch.setattr(postgresql, "_from_apt", installs)
    monkeypatch.setattr(postgresql, "USER", "root")
    postgresql.find()
    monkeypatch.setattr(softhsm, "_below", looks)
    monkeypatch.setattr(softhsm, "_from_apt", lambda: SoftHsm(installs(), Path("/")))
    softhsm.find()
    monkeypatch.setattr(chromium, "_from_apt", lambda: Chromium(installs()))
    chromium.find()
    assert seen == ["waits"] * 5
