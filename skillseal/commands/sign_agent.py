# SPDX-License-Identifier: Apache-2.0
"""`skillseal sign-agent`: hold one person's statement key, and ask for every signature.

It listens on 127.0.0.1 until it is interrupted; see `skillseal.agent`.
"""

import argparse
import secrets

from keys import key_reference
from skillseal import keyring
from skillseal.keyring import Keyring


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    parser = subparsers.add_parser(
        "sign-agent",
        help="sign with a person's statement key, asking for every act",
        description="Listen on 127.0.0.1, show what is to be signed, and ask for every act.",
    )
    add = parser.add_argument
    add(
        "--key",
        required=True,
        type=key_reference.parse,
        metavar="KEY",
        help="role statement: a file, or pkcs11:token=LABEL;object=LABEL",
    )
    add("--port", type=int, default=0, help="default: one that is free")
    add("--origin", action="append", default=[], metavar="URL", help="of a page that may ask")
    keyring.add_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    from skillseal.agent import HOST, Agent

    key = Keyring(options).load(options.key, "statement")
    agent = Agent(key, ask, tell, secrets.token_bytes, options.origin)
    with agent.serve(options.port) as server:
        tell(f"signing agent for the key {key.kid} at http://{HOST}:{server.server_port}")
        agent.renew()
        server.serve_forever()
    return 0


def tell(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)


def ask(text: str) -> bool:
    """Show a text and wait for an answer; everything but a `y` is a no."""
    tell(text)
    try:
        return input("sign this? [y/N] ").strip().lower() == "y"
    except EOFError:
        return False
