# SPDX-License-Identifier: Apache-2.0
"""`skillseal fetch`: refresh the snapshot that verifying uses.

The only part of verifying that needs a network, and it may run on another machine: the file can be
carried by hand.

What arrives replaces the old file only if it continues it (docs/format.md §5.7). Whatever goes
wrong, the old file stays in force.
"""

import argparse
from pathlib import Path

from credential.errors import SealError, UnavailableError
from credential.snapshot import Snapshot
from skillseal import home
from skillseal.commands.trust import check as check_anchor
from verifier import trusted
from verifier.details import iso
from verifier.fetch import over_http
from verifier.refresh import refresh


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    parser = subparsers.add_parser(
        "fetch",
        help="refresh the snapshot that verifying uses",
        description="Load what changed from a registry and replace the snapshot, if it continues "
        "the old one and chains to the anchor.",
    )
    add = parser.add_argument
    add("--registry", required=True, metavar="URL", help="https://HOST; http only for this machine")
    add("--out", type=Path, metavar="FILE", help="default: where `skillseal verify` looks")
    add("--anchor", metavar="REGION:HEX", help="default: what `skillseal trust` set")


def run(options: argparse.Namespace) -> int:
    """Load, compare with the old snapshot, replace it.

    Another file than the usual one is kept as well as it: `verify` goes by what `fetch` left.
    """
    path = options.out or home.snapshot_file()
    before = home.read_bounded(path, home.MAX_SNAPSHOT) if path.exists() else None
    loaded = refresh(options.registry, over_http, before)
    anchor = check_anchor(options.anchor) if options.anchor else home.anchor_for(loaded)
    if anchor is None:
        message = "no anchor is set for this region: `skillseal trust REGION:HEX` first"
        raise UnavailableError("trust.region", message)
    _keep(path, before, loaded, anchor)
    usual = home.snapshot_file()
    if options.out and not options.anchor and options.out.resolve() != usual.resolve():
        known = home.read_bounded(usual, home.MAX_SNAPSHOT) if usual.exists() else None
        _keep(usual, known, loaded, anchor)
    return 0


def _keep(path: Path, before: bytes | None, loaded: bytes, anchor: str) -> None:
    """Put what was loaded in the place of one file, if it continues it."""
    snapshot = trusted.replace(_in_force(before, anchor), loaded, anchor)
    after = snapshot.to_bytes()
    if after == before:
        print(f"{path}: nothing new")
    else:
        home.write_whole(path, after)
        print(f"{path}: as of {iso(snapshot.home.manifest.iat)}")
    for region, code in snapshot.rejected_peers.items():
        print(f"{path}: the part of region {region} was refused [{code}]")


def _in_force(before: bytes | None, anchor: str) -> Snapshot | None:
    """Read the old file; one under another anchor is no state to go on from.

    Raises:
        SealError: It is damaged: without it a rollback could not be seen, so a person must decide
            to remove it.
    """
    if before is None:
        return None
    try:
        return Snapshot.from_bytes(before, anchor=anchor)
    except SealError as error:
        if error.code == "snapshot.anchor":
            return None
        raise
