# SPDX-License-Identifier: Apache-2.0
"""Find a Chromium for the tests, or install one: `python -m tools.chromium` prints its path.

- Linux as root: Debian's package `chromium`.
- Linux otherwise: npm's `@sparticuz/chromium`, unpacked into the user's cache; it brings the
  libraries that a bare system lacks.
- macOS: Google Chrome, where it is installed.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

from tools import turn, web

PACKAGE: Final = "@sparticuz/chromium@147.0.0"
_MAC: Final = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
_UNPACK: Final = (
    "const{brotliDecompressSync:d}=require('zlib'),{readFileSync:r,writeFileSync:w}=require('fs');"
    "w(process.argv[2],d(r(process.argv[1])))"
)


class Chromium(NamedTuple):
    """Where it is, and where the libraries are that it brought."""

    path: Path
    libraries: Path | None = None


class NoBrowserError(Exception):
    """One line that says what to install."""


def find() -> Chromium:
    """Return a Chromium that is there, or install it.

    Raises:
        NoBrowserError: There is none and none can be had.
    """
    if sys.platform == "darwin":
        if _MAC.exists():
            return Chromium(_MAC)
        raise NoBrowserError("install Google Chrome: the tests of the page need a browser")
    with turn.taken():
        for name in ("chromium", "chromium-browser", "google-chrome"):
            if found := shutil.which(name):
                return Chromium(Path(found))
        if os.geteuid() == 0 and shutil.which("apt-get"):
            return _from_apt()
        return _from_npm()


def _from_apt() -> Chromium:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    print("chromium: installing the package chromium", file=sys.stderr)
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        command = ["apt-get", "-qq", *arguments]
        done = subprocess.run(command, env=quiet, check=False, stdout=sys.stderr)  # noqa: S603 # fixed words
        if done.returncode != 0:
            raise NoBrowserError("apt-get install chromium: the tests of the page need a browser")
    return Chromium(Path("/usr/bin/chromium"))


def _from_npm() -> Chromium:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "skillseal"
    place = home / PACKAGE.rpartition("/")[2]
    found = Chromium(place / "chromium", place / "al2023" / "lib")
    if found.path.exists():
        return found
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home) as name:
        folder = Path(name)
        (folder / "package.json").write_text("{}", "ascii")
        try:
            web.npm("install", "--ignore-scripts", "--no-audit", "--no-fund", PACKAGE, cwd=folder)
        except web.BuildError as error:
            message = "no Chromium: ask for `apt-get install chromium` on this machine"
            raise NoBrowserError(message) from error
        packed = folder / "node_modules" / "@sparticuz" / "chromium" / "bin"
        made = folder / "made"
        made.mkdir()
        for source, target in (("chromium.br", "chromium"), ("al2023.tar.br", "al2023.tar")):
            web.run("-e", _UNPACK, str(packed / source), str(made / target), cwd=folder)
        with tarfile.open(made / "al2023.tar") as archive:
            archive.extractall(made / "al2023", filter="data")
        (made / "chromium").chmod(0o755)
        (made / "al2023.tar").unlink()
        shutil.rmtree(place, ignore_errors=True)
        made.replace(place)  # whole or not at all
    return found


if __name__ == "__main__":
    print(find().path)
