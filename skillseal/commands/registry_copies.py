# SPDX-License-Identifier: Apache-2.0
"""`skillseal registry`: copies of the database, and what is put back after one was restored.

    backup --out DIR           copy the database while it runs
    backup-check DIR           compare a copy with its manifest
    restore --from DIR         put a copy into an empty database, and check all of it
    feed --out FILE            write what was acknowledged, from a place of the log on
    refeed FILE…               put back what a restored copy lacks
    begin-marks                write the first mark over a database that has none
    move --to URL              move the registry to another database, of either kind

Exit codes of `restore` and `refeed`: 0 the registry goes on, 1 it is read only, since something
that was acknowledged is still missing.
"""

import argparse
import json
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from credential.errors import UnavailableError

if TYPE_CHECKING:
    from registry.service import Registry

DONE, LACKS = 0, 1
_SHOWN: Final = 20  # gaps, one a line

_Local = Callable[..., Callable[..., argparse.Action]]


def add_parsers(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", local: _Local
) -> None:
    """Describe the arguments.

    Args:
        actions: Where to.
        local: Adds an action that takes the settings.
    """
    programs = "folder of PostgreSQL's programs, where they are not found"
    backup = local(actions, "backup", "copy the database while it runs")
    backup("--out", required=True, type=Path, metavar="DIR", help="a new folder")
    backup("--programs", type=Path, metavar="DIR", help=programs)
    check = actions.add_parser("backup-check", help="compare a copy with its manifest")
    check.add_argument("folder", type=Path, metavar="DIR")
    restore = local(actions, "restore", "put a copy into an empty database, and check it")
    restore("--from", dest="folder", required=True, type=Path, metavar="DIR")
    restore("--programs", type=Path, metavar="DIR", help=programs)
    feed = local(actions, "feed", "write what was acknowledged, to be put back after a loss")
    feed("--out", required=True, type=Path, metavar="FILE")
    feed("--from", dest="start", type=int, default=0, metavar="N", help="log index; default: 0")
    refeed = local(actions, "refeed", "put back what a restored copy lacks")
    refeed("files", nargs="+", type=Path, metavar="FILE", help="feeds of bodies and the registry")
    move = local(actions, "move", "move the registry to another database, of either kind")
    move("--to", required=True, metavar="URL", help="an empty database")
    local(actions, "begin-marks", "write the first mark over a database that never had one")


def backup(options: argparse.Namespace) -> int:
    """Copy the database."""
    from registry import backup

    made = backup.backup(_open(options), options.out, options.programs)
    print(f"{made.size:,} leaves, {made.bytes:,} bytes, SHA-256 {made.sha256}")
    return DONE


def check(options: argparse.Namespace) -> int:
    """Compare a copy with its manifest."""
    from registry import backup

    made = backup.check(options.folder)
    print(f"whole: {made.kind}, {made.size:,} leaves, made at {made.made}")
    return DONE


def restore(options: argparse.Namespace) -> int:
    """Put a copy into an empty database."""
    from registry import restore, settings

    read = settings.load(options.settings, database=options.database)
    registry, report = restore.restore(read, options.folder, programs=options.programs)
    print(f"{report.leaves:,} leaves: {report.certificates:,} certificates agree")
    return _standing(registry)


def feed(options: argparse.Namespace) -> int:
    """Write a feed."""
    from registry import feed

    counted = feed.Feed()
    write(options.out, feed.walk(_open(options), options.start, counted))
    print(f"{counted.lines:,} lines; {counted.left_out:,} left out: unsigned yet, or erased")
    return DONE


def refeed(options: argparse.Namespace) -> int:
    """Put back what a restored copy lacks."""
    from registry import refeed

    registry = _open(options)
    outcome = refeed.refeed(registry, options.files)
    back = outcome.size - outcome.before
    print(f"{back:,} leaves and {outcome.receipts:,} receipts are back")
    for first, last in outcome.gaps[:_SHOWN]:
        print(f"missing: log index {first} to {last}", file=sys.stderr)
    if len(outcome.gaps) > _SHOWN:
        print(f"and {len(outcome.gaps) - _SHOWN:,} gaps more", file=sys.stderr)
    return _standing(registry)


def begin(options: argparse.Namespace) -> int:
    """Write the first mark."""
    registry = _open(options)
    begun = registry.marks.begin(registry.engine)
    print(f"{registry.marks.path}: {'begun' if begun else 'there are marks already'}")
    return _standing(registry)


def move(options: argparse.Namespace) -> int:
    """Move the registry to another database."""
    from registry import move, settings

    old, new = (
        settings.load(options.settings, database=url) for url in (options.database, options.to)
    )
    moved = move.move(old, new.database, random=secrets.token_bytes)
    print(f"{moved.leaves:,} leaves, {moved.rows:,} rows: all of it is there, and agrees")
    print("the old database serves nobody any more; name the new one in the settings:")
    print(f"    database = {json.dumps(options.to)}")
    return DONE


def write(file: Path, lines: Iterator[bytes]) -> None:
    """Write a feed, readable by its owner alone; the whole or nothing.

    Raises:
        UnavailableError: `file.unwritable`.
    """
    part = file.with_name(f".{file.name}.part")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.writelines(lines)
        part.replace(file)
    except OSError as error:
        message = f"cannot write {file}: {error.strerror}"
        raise UnavailableError("file.unwritable", message) from None


def _open(options: argparse.Namespace) -> "Registry":
    from registry import settings
    from registry.service import open_registry

    return open_registry(settings.load(options.settings, database=options.database), ())


def _standing(registry: "Registry") -> int:
    """Say whether the registry goes on."""
    from registry.service import HALTED

    try:
        registry.marks.demand_of(registry.engine)
    except UnavailableError as error:
        if error.code not in HALTED:
            raise
        print(f"{error} [{error.code}]", file=sys.stderr)
        return LACKS
    print("nothing that was acknowledged is missing: the registry goes on")
    return DONE


ACTIONS: Final = {
    "backup": backup,
    "backup-check": check,
    "restore": restore,
    "feed": feed,
    "refeed": refeed,
    "begin-marks": begin,
    "move": move,
}
