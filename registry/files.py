# SPDX-License-Identifier: Apache-2.0
"""Files that readers see whole: the old or the new, whatever happens in between.

    write to a temporary name → fsync → rename → fsync the folder

A crash before the rename leaves the old file and some rubbish that the next publication removes; a
crash after it leaves the new file. A folder is published into under an exclusive lock on its file
`.lock`, which the operating system releases when its holder dies.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from credential.errors import UnavailableError

_TEMPORARY: Final = ".part-"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder for one publisher; the others wait.

    Raises:
        UnavailableError: `publish.disk`.
    """
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        with _explained(folder):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def replace(path: Path, content: bytes) -> None:
    """Write a file in the place of another, or of none.

    Raises:
        UnavailableError: `publish.disk`; then the old file is still there.
    """
    temporary = path.with_name(_TEMPORARY + path.name)
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()
            raise
        sync(path.parent)


def add(path: Path, content: bytes) -> None:
    """Write a file whose name is the digest of its content, unless it is there."""
    if not path.exists():
        replace(path, content)


def sync(folder: Path) -> None:
    """Make renames in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def prune(folder: Path, keep: set[str]) -> None:
    """Remove files of a folder that nobody needs any more, and what a crash left."""
    if folder.is_dir():
        for file in folder.iterdir():
            if file.name not in keep:
                with suppress(OSError):
                    file.unlink()


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}; what was published stays"
        raise UnavailableError("publish.disk", message) from None
