# SPDX-License-Identifier: Apache-2.0
"""`skillseal sign`: look at statements that were exported, and sign them with one person's key.

    skillseal registry suspend-body BODY --document … --settings registry.toml --export order.json
    skillseal sign order.json --key mine.pem              (and somebody else, where two must sign)
    skillseal registry suspend-body BODY --document … --settings registry.toml --signed order.json

It needs no network and no registry. Each statement is shown whole, and signed after a `y`; after
any other answer nothing is written. Exit codes: 0 signed, 1 not signed, 2 usage or a file that
cannot be used.
"""

import argparse
import sys
from pathlib import Path

from credential.errors import ConflictError
from keys import key_reference
from skillseal import keyring
from skillseal.keyring import Keyring


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    parser = subparsers.add_parser(
        "sign",
        help="sign a file of statements",
        description="Show each statement of a file and sign it; no network is needed.",
    )
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="from `skillseal registry … --export`")
    add("--key", required=True, type=key_reference.parse, metavar="KEY", help="role statement")
    keyring.add_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Show, ask, sign.

    Raises:
        SealError: `sign.…`, `file.…`, `key.…`, `malformed.…`.
    """
    from skillseal import agent, signing_file
    from skillseal.commands import sign_agent

    waiting = signing_file.read(options.file)
    if all(one.is_whole for one in waiting):
        message = "everybody who must sign has signed: hand it in with --signed"
        raise ConflictError("sign.whole", message)
    key = Keyring(options).load(options.key, "statement")
    done = []
    for number, one in enumerate(waiting, 1):
        if one.is_whole:  # it needs fewer signatures than others in the file
            done.append(one)
            continue
        signed = one.signed(key)
        text = f"{number} of {len(waiting)}, to be signed with the key {key.kid}:"
        if not sign_agent.ask(f"{text}\n{agent.shown(one.payload)}"):
            print("nothing was signed. 未签名。", file=sys.stderr)
            return 1
        done.append(signed)
    signing_file.write(options.file, done, new=False)
    missing = max(one.needed - len(one.signatures) for one in done)
    told = "hand it in with --signed" if missing <= 0 else "another person signs next"
    count = sum(not one.is_whole for one in waiting)
    print(f"{options.file}: {count} signed; {told}")
    return 0
