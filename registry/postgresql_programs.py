# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL's own `pg_dump` and `pg_restore`: where they are, and how they are run.

The newest that this machine has is taken, since an older one refuses a newer server. They are told
the database as a URL, in which no password can stand (`registry.postgresql`); a password goes to
them in the environment, never on a command line.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from credential.errors import UnavailableError
from registry import postgresql

_PLACES: Final = ("usr/lib/postgresql/*/bin", "opt/homebrew/opt/postgresql@*/bin")


def find(name: str, folder: Path | None = None) -> Path:
    """Find a program.

    Args:
        name: `pg_dump` or `pg_restore`.
        folder: Where it is; None: look for the newest.

    Raises:
        UnavailableError: `backup.programs`.
    """
    if folder is not None:
        found = [folder / name]
    else:
        found = [Path(one) for one in [shutil.which(name)] if one]
        found += [path / name for place in _PLACES for path in Path("/").glob(place)]
    versions = {path: _version(path) for path in found if path.is_file()}
    best = max(versions, key=lambda path: versions[path], default=None)
    if best is None or not versions[best]:
        message = f"there is no {name}: install PostgreSQL's client, or name its folder"
        raise UnavailableError("backup.programs", message)
    return best


def run(program: Path, url: str, *words: str) -> None:
    """Run a program on a database, and wait until it has finished.

    Raises:
        UnavailableError: `backup.programs`, with the first line of what it said.
    """
    place = make_url(url).set(drivername="postgresql").render_as_string()
    environment = {**os.environ, "LC_ALL": "C", "PGAPPNAME": "skillseal-backup"}
    password = postgresql.arguments(0).get("password")
    if password is not None:
        environment["PGPASSWORD"] = password
    command = [str(program), "--no-password", f"--dbname={place}", *words]
    done = subprocess.run(  # noqa: S603  # a program that was found, and fixed words
        command, env=environment, check=False, capture_output=True, text=True, errors="replace"
    )
    if done.returncode:
        said = next(iter(done.stderr.strip().splitlines()), f"exit code {done.returncode}")
        raise UnavailableError("backup.programs", f"{program.name}: {said[:200]}")


def _version(program: Path) -> int:
    said = subprocess.run(  # noqa: S603  # a program that was just found
        [program, "--version"], check=False, capture_output=True, text=True
    ).stdout
    number = re.search(r"\d+", said)
    return int(number.group()) if number else 0
