# SPDX-License-Identifier: Apache-2.0
"""`skillseal trust`: set the anchor of this machine.

An anchor comes from people: from a notice, a training, a colleague's screen read aloud. It is never
learnt from a snapshot.
"""

import argparse
import re
from typing import Final

from credential.errors import MalformedError
from skillseal import home

ANCHOR: Final = re.compile("[1-9][0-9]{5}:[0-9a-f]{64}")


def check(anchor: str) -> str:
    """Return the anchor if it has the form of one.

    Raises:
        MalformedError: `trust.anchor`.
    """
    if not ANCHOR.fullmatch(anchor):
        message = "an anchor is REGION:HEX: six digits, a colon, 64 lower-case hex digits"
        raise MalformedError("trust.anchor", message)
    return anchor


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    parser = subparsers.add_parser(
        "trust",
        help="set the anchor of this machine",
        description="Set the anchors of this machine in place of those set before; "
        "with none, print them.",
    )
    parser.add_argument("anchor", nargs="*", metavar="ANCHOR", help="REGION:HEX, one a region")


def run(options: argparse.Namespace) -> int:
    """Set the anchors, or print them."""
    chosen = [check(anchor) for anchor in options.anchor]
    if len({anchor[:6] for anchor in chosen}) < len(chosen):
        raise MalformedError("trust.anchor", "two anchors for one region: which one is right?")
    if chosen:
        print(f"{home.set_anchors(chosen)}:")
    for anchor in chosen or home.anchors():
        print(anchor)
    return 0
