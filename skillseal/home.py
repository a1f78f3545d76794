# SPDX-License-Identifier: Apache-2.0
"""What this machine keeps between runs: the anchors it was given and the last good snapshot.

    $XDG_DATA_HOME/skillseal/anchors          one REGION:HEX a line
    $XDG_DATA_HOME/skillseal/snapshot.json    what `skillseal fetch` left

A file is replaced whole or not at all: a crash at any moment leaves the old one or the new one.
"""

import io
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from credential.errors import UnavailableError
from credential.snapshot import Snapshot

if TYPE_CHECKING:
    from pathlib import Path

MAX_SNAPSHOT: Final = 64 << 20  # bytes, docs/format.md §5.6


def folder() -> "Path":
    """Name the folder; it need not exist yet."""
    from pathlib import Path  # costs a tenth of a verification: only where a path is made

    base = os.environ.get("XDG_DATA_HOME")
    data = Path(base) if base and Path(base).is_absolute() else Path.home() / ".local" / "share"
    return data / "skillseal"


def snapshot_file() -> "Path":
    """Name the file that `fetch` writes and `verify` reads where no other is given."""
    return folder() / "snapshot.json"


def anchors() -> list[str]:
    """Return the anchors of this machine, `REGION:HEX` each; none before `skillseal trust`."""
    try:
        return (folder() / "anchors").read_text("ascii").split()
    except FileNotFoundError:
        return []
    except (OSError, ValueError):
        raise UnavailableError("trust.unreadable", f"cannot read {folder() / 'anchors'}") from None


def set_anchors(chosen: list[str]) -> "Path":
    """Replace the anchors of this machine."""
    path = folder() / "anchors"
    write_whole(path, "".join(f"{anchor}\n" for anchor in chosen).encode())
    return path


def anchor_for(data: bytes) -> str | None:
    """Choose the anchor of this machine that a snapshot must chain to; None where none is set.

    Raises:
        SealError: `trust.region` where anchors are set, but none for this region; or what reading
            the snapshot refuses.
    """
    chosen = anchors()
    if len(chosen) > 1:
        region = Snapshot.from_bytes(data, anchor=None).region
        chosen = [anchor for anchor in chosen if anchor.startswith(f"{region}:")]
        if not chosen:
            message = f"no anchor is set for region {region}: `skillseal trust REGION:HEX`"
            raise UnavailableError("trust.region", message)
    return chosen[0] if chosen else None


def read_bounded(path: "str | Path", most: int) -> bytes:
    """Read a file of at most so many bytes.

    Raises:
        UnavailableError: `file.unreadable`.
    """
    try:
        with io.BufferedReader(io.FileIO(path)) as file:
            data = file.read(most + 1)
    except OSError as error:
        message = f"cannot read {path}: {error.strerror}"
        raise UnavailableError("file.unreadable", message) from None
    if len(data) > most:
        raise UnavailableError("file.unreadable", f"{path} is larger than {most:,} bytes")
    return data


def write_whole(path: "Path", data: bytes) -> None:
    """Replace a file so that no reader and no crash ever sees half of it.

    Raises:
        UnavailableError: `file.unwritable`; the old file is untouched.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            # A crash before this line leaves the old file and a remnant; after it, the new file.
            partial.replace(path)
        except BaseException:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            raise
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)  # the name, too, must survive a loss of power
        finally:
            os.close(handle)
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise UnavailableError("file.unwritable", message) from None
