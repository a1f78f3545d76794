# SPDX-License-Identifier: Apache-2.0
"""Build `.venv` from the hash-locked requirements, or find that it is already right.

`python3 tools/setup.py run` or `… test`; the Makefile calls it before everything else. It uses the
standard library only, and nothing newer than Python 3.8, so that an old Python can read it far
enough to look for a newer one.

- The stamp `.venv/skillseal-stamp` is written last. Its first line hashes the lock, the level, the
  place and the Python; no stamp or another hash means that `.venv` is deleted and built again. Its
  second line hashes pyproject.toml; if only that differs, the project itself is linked in again.
- `.venv` is built in place: the scripts in it carry its path, so it cannot be moved afterwards.
- `test` contains everything of `run`: `run` accepts a `test` environment, `test` is laid on top of
  a `run` one.
- Debian ships Python without ensurepip: root installs the missing package, anybody else unpacks
  pip's wheel from one.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Iterator, Mapping, Optional, Sequence

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {"run": "requirements.txt", "test": "requirements-test.txt"}
ACCEPTED = {"run": ("run", "test"), "test": ("test",)}
OLDEST = (3, 11)
NAMES = ("python3.14", "python3.13", "python3.12", "python3.11", "python3")
VERSION = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
# -qq: warnings about this machine's own pip configuration are none of ours; errors still show.
PIP = ("-I", "-m", "pip", "-qq", "--no-input", "--disable-pip-version-check")
USAGE_ERROR = 2


class SetupError(Exception):
    """One line that says what to install; the exit code is 2."""


def main(arguments: Sequence[str]) -> int:
    """Make `.venv` fit the level asked for and return the exit code."""
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        say("usage: setup.py run|test")
        return USAGE_ERROR
    checkout, level = Checkout(ROOT), arguments[0]
    if checkout.is_ready(level):
        return 0
    try:
        with guarded(ROOT / ".venv.lock"):
            # Another make may have finished the work while this one waited.
            if not checkout.is_ready(level):
                checkout.prepare(level)
    except SetupError as error:
        say(str(error))
        return USAGE_ERROR
    return 0


class Checkout:
    """One checkout of the project and the environment inside it.

    Args:
        root: the folder that holds pyproject.toml and the two locks.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.venv = root / ".venv"
        self.python = self.venv / "bin" / "python"
        self.stamp = self.venv / "skillseal-stamp"

    def is_ready(self, level: str) -> bool:
        """Tell whether `.venv` was built to the end for this level, from these very files."""
        stamp = self.read_stamp()
        if len(stamp) != 2 or stamp[1] != self.project_hash():
            return False
        version = version_of(str(self.python))
        return any(stamp[0] == self.lock_hash(name, version) for name in ACCEPTED[level])

    def built_level(self) -> Optional[str]:
        """Return the level that the stamp proves, or None where `.venv` has to go."""
        stamp, version = self.read_stamp(), version_of(str(self.python))
        if not stamp or version is None:
            return None
        return {self.lock_hash(name, version): name for name in LOCKS}.get(stamp[0])

    def prepare(self, level: str) -> None:
        """Build, extend or re-link `.venv`.

        The stamp goes first and comes back last: whatever stops this in between leaves no stamp,
        and the next run starts again from nothing.
        """
        built = self.built_level()
        with contextlib.suppress(FileNotFoundError):
            self.stamp.unlink()
        if built is None:
            python = find_python()
            say(f"building .venv for `{level}`; this takes about half a minute")
            shutil.rmtree(self.venv, ignore_errors=True)
            create(python, self.venv)
        if built not in ACCEPTED[level]:
            lock = str(self.root / LOCKS[level])
            # Wheels only: building from source would fetch build tools that no hash covers.
            self.pip("install", "--require-hashes", "--only-binary=:all:", "-r", lock)
            built = level
        # For the same reason the build back end of this project is in the lock.
        link = ("--no-deps", "--no-build-isolation", "--no-index", "-e", str(self.root))
        self.pip("install", *link)
        version = version_of(str(self.python))
        unfinished = self.stamp.with_suffix(".new")
        unfinished.write_text(f"{self.lock_hash(str(built), version)}\n{self.project_hash()}\n")
        unfinished.replace(self.stamp)

    def read_stamp(self) -> list[str]:
        """Return the stamp's lines, or none where the build did not reach its end."""
        try:
            return self.stamp.read_text().split()
        except (OSError, UnicodeDecodeError):
            return []

    def lock_hash(self, level: str, version: Optional[str]) -> str:
        """Hash what the environment depends on: lock, level, place and Python version."""
        lock = hashlib.sha256((self.root / LOCKS[level]).read_bytes()).hexdigest()
        parts = (lock, level, str(self.venv), version or "")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def project_hash(self) -> str:
        """Hash the file that names the command and the packages."""
        return hashlib.sha256((self.root / "pyproject.toml").read_bytes()).hexdigest()

    def pip(self, *arguments: str) -> None:
        """Run the environment's own pip."""
        hint = "pip failed, its message is above: can this machine reach its package index?"
        environment = dict(os.environ, PIP_USER="0")
        check([str(self.python), *PIP, *arguments], hint, env=environment)


@contextlib.contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Let one set-up work at a time; the system drops the lock when its holder dies."""
    with path.open("w") as guard:
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("waiting for another set-up of this checkout")
            fcntl.flock(guard, fcntl.LOCK_EX)
        yield


def version_of(python: str) -> Optional[str]:
    """Return `3.x.y` as that Python says it, or None where it does not start."""
    try:
        answer = subprocess.run(
            [python, "-I", "-S", "-c", VERSION], capture_output=True, check=False, text=True
        )
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def find_python(names: Sequence[str] = (sys.executable, *NAMES)) -> str:
    """Return the path of a Python that is new enough: this one if it is, else the newest by name.

    Raises:
        SetupError: there is none.
    """
    for name in names:
        path = shutil.which(name)
        # A name on the path may be a version manager's shim that does not start.
        version = version_of(path) if path else None
        if path and version and tuple(int(part) for part in version.split(".")[:2]) >= OLDEST:
            return path
    hint = "brew install python" if sys.platform == "darwin" else "apt-get install python3"
    raise SetupError(f"Python 3.11 or newer is needed ({hint}, or PYTHON=path make …)")


def create(python: str, venv: Path) -> None:
    """Make an empty `.venv` with pip in it, whatever this system left out of its Python.

    Raises:
        SetupError: with the one line that says what to install.
    """
    package = "python3-venv"
    hint = f"install {package} or your system's like of it, then run make again"
    if not has_ensurepip(python):
        if shutil.which("apt-get") is None:
            raise SetupError(hint)
        if os.geteuid() != 0:
            create_from_wheel(python, venv)
            return
        say(f"installing {package}")
        quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        check(["apt-get", "-qq", "update"], hint, env=quiet)
        install = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", package]
        check(install, hint, env=quiet)
    check([python, "-m", "venv", str(venv)], hint)


def create_from_wheel(python: str, venv: Path) -> None:
    """Make `.venv` with the pip wheel of Debian's own package, which takes no rights to unpack."""
    hint = "ask for `apt-get install python3-venv` on this machine, then run make again"
    with tempfile.TemporaryDirectory() as folder:
        private = ["-o", f"Dir::State::Lists={folder}", "-o", f"Dir::Cache={folder}"]
        fetch = ["download", "python3-pip-whl"]
        known = subprocess.run(
            ["apt-get", "-qq", *fetch], cwd=folder, check=False, stderr=subprocess.DEVNULL
        )
        if known.returncode != 0:
            # No package lists on this machine yet: keep our own for a moment.
            check(["apt-get", "-qq", *private, "update"], hint)
            check(["apt-get", "-qq", *private, *fetch], hint, cwd=folder)
        for package in Path(folder).glob("*.deb"):
            check(["dpkg", "-x", str(package), folder], hint)
        wheels = Path(folder, "usr", "share", "python-wheels")
        wheel = next(wheels.glob("pip-*.whl"), None)
        if wheel is None:
            raise SetupError(hint)
        check([python, "-m", "venv", "--without-pip", str(venv)], hint)
        install = ["install", "-qq", "--no-index", "--find-links", str(wheels), "pip"]
        check([str(venv / "bin" / "python"), str(wheel / "pip"), *install], hint)


def has_ensurepip(python: str) -> bool:
    """Tell whether this Python can put pip into a virtual environment by itself."""
    probe = [python, "-I", "-c", "import venv, ensurepip; ensurepip.version()"]
    return subprocess.run(probe, check=False, stderr=subprocess.DEVNULL).returncode == 0


def check(
    command: Sequence[str],
    hint: str,
    *,
    cwd: Optional[str] = None,
    env: Optional[Mapping[str, str]] = None,
) -> None:
    """Run one command, or raise the one line that says what to do."""
    if subprocess.run(command, cwd=cwd, env=env, check=False, stdout=sys.stderr).returncode != 0:
        raise SetupError(hint)


def say(text: str) -> None:
    """Tell on standard error what takes time or what is missing."""
    print(f"setup: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
