# SPDX-License-Identifier: Apache-2.0
"""Build `.venv` from the hash-locked requirements, or find that it is already right.

`python3 tools/setup.py run` or `… test`; the Makefile calls it before everything else. Standard library only, and
written so that an old Python can read it far enough to look for a newer one.

- The stamp `.venv/skillseal-stamp` is written last. Its first line hashes the lock, the level, the place and the
  Python; no stamp or another hash means that `.venv` is deleted and built again. Its second line hashes
  pyproject.toml; if only that differs, the project itself is linked in again.
- The virtual environment is built in place: the scripts in it carry its path, so it cannot be moved afterwards.
- `test` contains everything of `run`: `run` accepts a `test` environment, `test` is laid on top of a `run` one.
- Debian ships Python without ensurepip: root installs the package, anybody else unpacks pip's wheel from it.
"""

import contextlib
import fcntl
import glob
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "skillseal-stamp")
GUARD = os.path.join(ROOT, ".venv.lock")
LOCKS = {"run": "requirements.txt", "test": "requirements-test.txt"}
ACCEPTED = {"run": ("run", "test"), "test": ("test",)}
OLDEST = (3, 11)
NAMES = ("python3.14", "python3.13", "python3.12", "python3.11", "python3")
VERSION = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
QUIET_PIP = ("-qq", "--no-input", "--disable-pip-version-check")
USAGE_ERROR = 2


class SetupError(Exception):
    """One line that says what to install; the exit code is 2."""


def main(arguments):
    """Make `.venv` fit the level asked for and return the exit code."""
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        print("usage: setup.py run|test", file=sys.stderr)
        return USAGE_ERROR
    level = arguments[0]
    if is_ready(level):
        return 0
    try:
        with guarded():
            # Another make may have finished the work while this one waited.
            if not is_ready(level):
                prepare(level)
    except SetupError as error:
        print("setup: {}".format(error), file=sys.stderr)
        return USAGE_ERROR
    return 0


@contextlib.contextmanager
def guarded():
    """Let one set-up work at a time; the system drops the lock when its holder dies."""
    with open(GUARD, "w") as guard:
        try:
            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("waiting for another set-up of this checkout")
            fcntl.flock(guard, fcntl.LOCK_EX)
        yield


def is_ready(level):
    """Tell whether `.venv` was built to the end for this level, from these very files."""
    stamp = read_stamp()
    if len(stamp) != 2 or stamp[1] != project_hash():
        return False
    version = version_of([VENV_PYTHON])
    return any(stamp[0] == lock_hash(name, version) for name in ACCEPTED[level])


def prepare(level):
    """Build, extend or re-link `.venv`; the stamp goes first and comes back last."""
    stamp = read_stamp()
    version = version_of([VENV_PYTHON])
    known = {lock_hash(name, version): name for name in LOCKS} if version else {}
    built = known.get(stamp[0]) if stamp else None
    with contextlib.suppress(FileNotFoundError):
        os.remove(STAMP)
    if built is None:
        say("building .venv ({} level, about half a minute)".format(level))
        shutil.rmtree(VENV, ignore_errors=True)
        create(find_python())
        version = version_of([VENV_PYTHON])
    if built is None or built not in ACCEPTED[level]:
        built = level
        pip("install", "--require-hashes", "--only-binary=:all:", "-r", os.path.join(ROOT, LOCKS[level]))
    # The build back end is in the lock, so no second, unhashed environment is fetched for it.
    pip("install", "--no-deps", "--no-build-isolation", "--no-index", "-e", ROOT)
    unfinished = STAMP + ".new"
    with open(unfinished, "w") as file:
        file.write("{}\n{}\n".format(lock_hash(built, version), project_hash()))
    os.replace(unfinished, STAMP)


def read_stamp():
    """Return the stamp's lines, or none where the build did not reach its end."""
    try:
        with open(STAMP) as file:
            return file.read().split()
    except (OSError, UnicodeDecodeError):
        return []


def lock_hash(level, version):
    """Hash what the environment depends on: lock, level, place and Python version."""
    with open(os.path.join(ROOT, LOCKS[level]), "rb") as file:
        lock = hashlib.sha256(file.read()).hexdigest()
    return hashlib.sha256("\n".join((lock, level, VENV, version or "")).encode()).hexdigest()


def project_hash():
    """Hash the file that names the command and the packages."""
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def version_of(command):
    """Return `3.x.y` as that Python says it, or None where it does not start."""
    try:
        answer = subprocess.run(command + ["-I", "-S", "-c", VERSION], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return None
    return answer.stdout.decode("ascii", "replace").strip() or None if answer.returncode == 0 else None


def find_python():
    """Return the path of a Python that is new enough: this one if it is, else the newest by name."""
    for candidate in (sys.executable,) + NAMES:
        path = shutil.which(candidate)
        # A name on the path may be a version manager's shim that does not start.
        version = version_of([path]) if path else None
        if version and tuple(int(part) for part in version.split(".")[:2]) >= OLDEST:
            return path
    raise SetupError(
        "Python 3.11 or newer is needed: install it ({}) and run make again".format(
            "brew install python@3.13" if sys.platform == "darwin" else "Debian 12 or newer: apt-get install python3"
        )
    )


def create(python):
    """Make an empty `.venv` with pip in it, whatever this system left out of its Python."""
    if has_ensurepip(python):
        return check([python, "-m", "venv", VENV], "python3 -m venv failed")
    package = "python3-venv"
    if shutil.which("apt-get") is None:
        raise SetupError("this Python has no ensurepip: install the venv package of your system and run make again")
    if os.geteuid() == 0:
        say("installing {}".format(package))
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        hint = "apt-get install {} failed: install it and run make again".format(package)
        check(["apt-get", "-qq", "update"], hint, env=environment)
        check(["apt-get", "-qq", "install", "-y", "--no-install-recommends", package], hint, env=environment)
        return check([python, "-m", "venv", VENV], hint)
    return create_from_wheel(python)


def create_from_wheel(python):
    """Make `.venv` with the pip wheel of Debian's own package, which needs no rights to unpack."""
    hint = "ask an administrator for `apt-get install python3-venv` and run make again"
    with tempfile.TemporaryDirectory() as folder:
        private = ["-o", "Dir::State::Lists=" + folder, "-o", "Dir::Cache=" + folder]
        fetch = ["apt-get", "-qq", "download", "python3-pip-whl"]
        if subprocess.run(fetch, cwd=folder, stderr=subprocess.DEVNULL).returncode != 0:
            # No package lists on this machine yet: fetch them into the temporary folder.
            check(["apt-get", "-qq"] + private + ["update"], hint)
            check(fetch[:1] + private + fetch[1:], hint, cwd=folder)
        for package in glob.glob(os.path.join(folder, "*.deb")):
            check(["dpkg", "-x", package, folder], hint)
        wheels = os.path.join(folder, "usr", "share", "python-wheels")
        found = glob.glob(os.path.join(wheels, "pip-*.whl"))
        if not found:
            raise SetupError(hint)
        check([python, "-m", "venv", "--without-pip", VENV], hint)
        install = ["install", "--quiet", "--no-index", "--find-links", wheels, "pip"]
        check([VENV_PYTHON, os.path.join(found[0], "pip")] + install, hint)


def has_ensurepip(python):
    """Tell whether this Python can put pip into a virtual environment by itself."""
    tried = subprocess.run([python, "-I", "-c", "import ensurepip, venv"], stderr=subprocess.DEVNULL)
    return tried.returncode == 0


def pip(*arguments):
    """Run the environment's own pip."""
    command, rest = arguments[0], list(arguments[1:])
    hint = "pip failed (its message is above): is the package index reachable?"
    check([VENV_PYTHON, "-m", "pip", command] + list(QUIET_PIP) + rest, hint, env=dict(os.environ, PIP_USER="0"))


def check(command, hint, cwd=None, env=None):
    """Run one command or give the one line that says what to do."""
    if subprocess.run(command, cwd=cwd, env=env).returncode != 0:
        raise SetupError(hint)


def say(text):
    """Tell on standard error what takes time."""
    print("setup: {}".format(text), file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
