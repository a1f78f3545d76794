# SPDX-License-Identifier: Apache-2.0
"""Where a browser for the tests comes from, on each kind of machine."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tools import chromium, web
from tools.chromium import Chromium, NoBrowserError


def test_one_that_is_there_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(shutil, "which", lambda name: f"/opt/{name}")
    assert chromium.find() == Chromium(Path("/opt/chromium"))


def test_root_asks_apt_and_others_npm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(shutil, "which", {"apt-get": "/usr/bin/apt-get"}.get)
    monkeypatch.setattr(chromium, "_from_apt", lambda: Chromium(Path("/apt")))
    monkeypatch.setattr(chromium, "_from_npm", lambda: Chromium(Path("/npm")))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert chromium.find().path == Path("/apt")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert chromium.find().path == Path("/npm")


def test_a_mac_without_chrome_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(chromium, "_MAC", tmp_path / "Chrome")
    with pytest.raises(NoBrowserError, match="install Google Chrome"):
        chromium.find()
    (tmp_path / "Chrome").touch()
    assert chromium.find().path == tmp_path / "Chrome"


def test_what_was_unpacked_is_not_fetched_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = tmp_path / "skillseal" / "chromium@147.0.0"
    made.mkdir(parents=True)
    (made / "chromium").touch()
    monkeypatch.setattr(web, "npm", lambda *_, **__: pytest.fail("fetched again"))
    assert chromium._from_npm() == Chromium(made / "chromium", made / "al2023" / "lib")


def test_no_package_is_one_line_that_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*arguments: str, cwd: Path) -> str:
        raise web.BuildError("npm: network")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(web, "npm", refuse)
    with pytest.raises(NoBrowserError, match="apt-get install chromium"):
        chromium._from_npm()
    assert list((tmp_path / "skillseal").iterdir()) == []
