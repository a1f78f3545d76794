# SPDX-License-Identifier: Apache-2.0
"""Where SoftHSM for the tests comes from, on each kind of machine."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tools import softhsm
from tools.softhsm import NoSoftHsmError, SoftHsm


def lay_out(root: Path) -> SoftHsm:
    module = root / "usr" / "lib" / "some-arch" / "softhsm" / softhsm.MODULE
    tool = root / "usr" / "bin" / "softhsm2-util"
    for path in (module, tool):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return SoftHsm(module, tool)


def test_root_asks_apt_and_others_unpack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(softhsm, "_below", lambda root: None)
    monkeypatch.setattr(shutil, "which", {"apt-get": "/usr/bin/apt-get"}.get)
    apt, cache = (SoftHsm(Path(f"/{name}"), Path("/")) for name in ("apt", "cache"))
    monkeypatch.setattr(softhsm, "_from_apt", lambda: apt)
    monkeypatch.setattr(softhsm, "_from_packages", lambda: cache)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert softhsm.find() is apt
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert softhsm.find() is cache
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(NoSoftHsmError, match="install SoftHSM"):
        softhsm.find()


def test_a_mac_without_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(softhsm, "_MAC", (tmp_path,))
    with pytest.raises(NoSoftHsmError, match="brew install softhsm"):
        softhsm.find()
    module = tmp_path / "lib" / "softhsm" / softhsm.MODULE
    module.parent.mkdir(parents=True)
    module.touch()
    assert softhsm.find() == SoftHsm(module, tmp_path / "bin" / "softhsm2-util")


def test_packages_are_unpacked_once_and_bring_their_libraries(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []

    def run(*command: str, cwd: Path | None = None) -> str:
        asked.append(command[0] if command[0] == "dpkg" else " ".join(command[1:]))
        if "-s" in command:
            return "NOTE: x\nInst libx (1 y)\nInst softhsm2 (2 y)\nConf libx (1 y)\n"
        if cwd is not None:
            (cwd / "a.deb").touch()
        else:
            lay_out(Path(command[3]))
            (Path(command[3]) / "usr" / "lib" / "some-linux-gnu").mkdir()
        return ""

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(softhsm, "_run", run)
    found = softhsm._from_packages()
    assert softhsm._from_packages() == found
    assert asked == [
        "-s --no-install-recommends install softhsm2",
        "-qq download libx softhsm2",
        "dpkg",
    ]
    libraries = tmp_path / "skillseal" / "softhsm2" / "usr" / "lib" / "some-linux-gnu"
    assert found.environment == {"LD_LIBRARY_PATH": str(libraries)}
    (libraries / "libnone.so.1").write_bytes(b"no library")
    found.preload()  # what cannot be loaded is left alone


def test_no_package_is_one_line_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoSoftHsmError, match="apt-get install softhsm2"):
        softhsm._run("false")
