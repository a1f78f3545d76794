# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer feed`: what the registry acknowledged to this desk, for the day of its loss.

    skillseal issuer feed --filing FILE --out FILE

The registry's `refeed` takes it. It has names in it: it goes to the registry and to nobody else.
"""

import argparse
import secrets
from pathlib import Path

from skillseal.commands import registry_copies


def add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    parser = actions.add_parser("feed", help="write what the registry acknowledged, for its loss")
    add = parser.add_argument
    add("--filing", type=Path, metavar="FILE", required=True, help="what the registry gave")
    add("--ledger", type=Path, metavar="FILE", help="default: ledger.sqlite beside the filing file")
    add("--out", type=Path, metavar="FILE", required=True)


def run(options: argparse.Namespace) -> int:
    """Write the feed.

    Raises:
        SealError: `ledger.…`, `filing.…`, `file.unwritable`.
    """
    from issuer import feed, given
    from issuer.ledger import Ledger

    filing = given.read_filing(options.filing)
    path = options.ledger or options.filing.with_name("ledger.sqlite")
    with Ledger.open(path, filing.body.id, secrets.token_bytes) as ledger:
        lines = list(feed.walk(ledger))
    registry_copies.write(options.out, iter(lines))
    print(f"{len(lines):,} lines")
    return 0
