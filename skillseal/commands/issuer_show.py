# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer show`: the code of one certificate, to be scanned from the terminal."""

import argparse
import secrets
from pathlib import Path

from credential.errors import ConflictError
from issuer import given
from issuer.ledger import Ledger


def add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    show = actions.add_parser("show", help="the code of one certificate, in the terminal")
    show.add_argument("number", metavar="NUMBER", help="certificate number")
    show.add_argument("--filing", required=True, type=Path, metavar="FILE")
    show.add_argument("--ledger", type=Path, metavar="FILE")


def run(options: argparse.Namespace) -> int:
    """Show it.

    Raises:
        ConflictError: `certificate.unknown`.
    """
    from credential import carrier
    from issuer import terminal_code

    filing = given.read_filing(options.filing)
    path = options.ledger or options.filing.with_name("ledger.sqlite")
    with Ledger.open(path, filing.body.id, secrets.token_bytes) as ledger:
        item = ledger.numbered(options.number)
    if item is None or item.token is None or item.receipt is None:
        message = "the ledger has no registered certificate of that number"
        raise ConflictError("certificate.unknown", message)
    text = carrier.encode(item.token, item.receipt)
    print(terminal_code.show(text))
    print(text)
    return 0
