# SPDX-License-Identifier: Apache-2.0
"""Find SoftHSM for the tests, or install it: `python -m tools.softhsm` prints where it is.

- Linux as root: Debian's package `softhsm2`.
- Linux otherwise: the same packages, fetched and unpacked into the user's cache.
- macOS: Homebrew's `softhsm`, where it is installed.
"""

import ctypes
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from tools import turn

MODULE: Final = "libsofthsm2.so"
_PLACES: Final = ("usr/lib/softhsm", "usr/lib/*/softhsm", "usr/local/lib/softhsm")
_MAC: Final = (Path("/opt/homebrew"), Path("/usr/local"))
_NEEDED: Final = re.compile(r"^Inst (\S+) ", re.MULTILINE)


class SoftHsm(NamedTuple):
    """Where it is, and where the libraries are that came with it."""

    module: Path
    tool: Path
    """`softhsm2-util`, which makes tokens."""
    libraries: Path | None = None

    def preload(self) -> None:
        """Load its libraries into this process, which a module in no usual place does not find."""
        left = [] if self.libraries is None else sorted(self.libraries.glob("*.so.*"))
        for _ in range(len(left)):  # one may need another that comes after it
            left = [path for path in left if not _loads(path)]

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs that is started to use it."""
        return {} if self.libraries is None else {"LD_LIBRARY_PATH": str(self.libraries)}


class NoSoftHsmError(Exception):
    """One line that says what to install."""


def find() -> SoftHsm:
    """Return a SoftHSM that is there, or install it.

    Raises:
        NoSoftHsmError: There is none and none can be had.
    """
    if sys.platform == "darwin":
        for prefix in _MAC:
            module = prefix / "lib" / "softhsm" / MODULE
            if module.exists():
                return SoftHsm(module, prefix / "bin" / "softhsm2-util")
        raise NoSoftHsmError("brew install softhsm: the tests of keys in tokens need it")
    with turn.taken():
        if found := _below(Path("/")):
            return found
        if not shutil.which("apt-get"):
            raise NoSoftHsmError("install SoftHSM 2: the tests of keys in tokens need it")
        return _from_apt() if os.geteuid() == 0 else _from_packages()


def _loads(path: Path) -> bool:
    try:
        ctypes.CDLL(str(path), ctypes.RTLD_GLOBAL)
    except OSError:
        return False
    return True


def _below(root: Path) -> SoftHsm | None:
    tool = root / "usr" / "bin" / "softhsm2-util"
    for place in _PLACES:
        for module in sorted(root.glob(f"{place}/{MODULE}")):
            if tool.exists():
                return SoftHsm(module, tool)
    return None


def _from_apt() -> SoftHsm:
    print("softhsm: installing the package softhsm2", file=sys.stderr)
    wait = ("-o", "DPkg::Lock::Timeout=120")
    _run("apt-get", "-qq", *wait, "update")
    _run("apt-get", "-qq", *wait, "install", "-y", "--no-install-recommends", "softhsm2")
    found = _below(Path("/"))
    if found is None:
        raise NoSoftHsmError("apt-get install softhsm2 left no module: see what it says")
    return found


def _from_packages() -> SoftHsm:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "skillseal"
    place = home / "softhsm2"
    if not place.exists():
        home.mkdir(parents=True, exist_ok=True)
        # The libraries that it needs are called otherwise in each release: ask.
        names = _NEEDED.findall(
            _run("apt-get", "-s", "--no-install-recommends", "install", "softhsm2")
        )
        with tempfile.TemporaryDirectory(dir=home) as name:
            folder = Path(name)
            _run("apt-get", "-qq", "download", *names, cwd=folder)
            made = folder / "made"
            for package in sorted(folder.glob("*.deb")):
                _run("dpkg", "-x", str(package), str(made))
            made.replace(place)  # whole or not at all
    found = _below(place)
    if found is None:
        raise NoSoftHsmError(f"{place} holds no SoftHSM: delete it and try again")
    libraries = next(iter(sorted(place.glob("usr/lib/*-linux-*"))), None)
    return found._replace(libraries=libraries)


def _run(*command: str, cwd: Path | None = None) -> str:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    done = subprocess.run(  # noqa: S603 # fixed words and names of packages
        command, env=environment, cwd=cwd, check=False, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise NoSoftHsmError(
            "apt-get install softhsm2: the tests of keys in tokens need it"
        ) from None
    return done.stdout


if __name__ == "__main__":
    print(find().module)
