# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer release`: a second person lets a large batch be signed.

    skillseal issuer release B1 --filing FILE --key KEY
    skillseal issuer release B1 --filing FILE --agent http://127.0.0.1:PORT

With --key it asks before it signs; with --agent the agent of that person does.
"""

import argparse
import json
import secrets
import sys
import time
from pathlib import Path

from credential.errors import ConflictError
from issuer import given
from issuer.ledger import Ledger
from keys import key_reference, passphrase
from skillseal import keyring
from skillseal.keyring import Keyring


def add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    parser = actions.add_parser("release", help="let a batch be signed, as a second person")
    add = parser.add_argument
    add("batch", metavar="BATCH", help="its name")
    add("--filing", type=Path, metavar="FILE", required=True, help="what the registry gave")
    add("--ledger", type=Path, metavar="FILE", help="default: ledger.sqlite beside the filing file")
    by = parser.add_mutually_exclusive_group(required=True)
    by.add_argument(
        "--key",
        type=key_reference.parse,
        metavar="KEY",
        help="role statement, of the second person",
    )
    by.add_argument("--agent", metavar="URL", help="of `skillseal sign-agent`")
    add("--agent-secret-file", type=Path, metavar="FILE", help="default: a prompt")
    add("--yes", action="store_true", help="do not ask, with --key")
    add("--json", action="store_true", help="one object for the result")
    add("--at", type=int, metavar="SECONDS", help=argparse.SUPPRESS)
    keyring.add_arguments(parser)


def add_threshold(parser: argparse.ArgumentParser) -> None:
    """Describe how the size is set above which a second person is asked for."""
    parser.add_argument(
        "--release-above",
        type=int,
        metavar="N",
        help="a roster of more than N needs a second person, from now on; never raised",
    )


def run(options: argparse.Namespace) -> int:
    """Release a batch.

    Raises:
        SealError: `release.…`, `agent.…`, `key.…`, `ledger.…`.
    """
    from issuer import release

    filing = given.read_filing(options.filing)
    path = options.ledger or options.filing.with_name("ledger.sqlite")
    at = options.at or int(time.time())
    with Ledger.open(path, filing.body.id, secrets.token_bytes) as ledger:
        proposed = release.propose(ledger, filing, options.batch, at)
        token = ask_agent(options, release.TYP, proposed.payload) if options.agent else ""
        if not token:
            key = Keyring(options).load(options.key, "statement")
            confirm(options, proposed.payload)
            token = release.sign(key, proposed.payload)
        release.accept(ledger, filing, proposed, token, at)
    if options.json:
        print(json.dumps({"batch": options.batch, "released": proposed.release.count}))
    else:
        print(f"batch {options.batch}: {proposed.release.count} certificates may be signed.")
    return 0


def ask_agent(options: argparse.Namespace, typ: str, payload: bytes) -> str:
    """Have the second person's agent sign.

    Raises:
        SealError: `agent.…`.
    """
    from skillseal import agent

    if options.agent_secret_file:
        secret = passphrase.read(options.agent_secret_file).decode("ascii", "replace")
    else:
        print("the agent's secret: ", end="", file=sys.stderr, flush=True)
        secret = sys.stdin.readline().strip()
    return agent.request(options.agent, secret, typ, payload)


def confirm(options: argparse.Namespace, payload: bytes) -> None:
    """Show what is to be signed and return after a yes.

    Raises:
        ConflictError: `release.unconfirmed`.
    """
    from skillseal import agent
    from skillseal.commands import sign_agent

    if options.yes:
        return
    if not sys.stdin.isatty():
        message = "nobody is there to be asked: say --yes if you have looked at the batch"
        raise ConflictError("release.unconfirmed", message)
    if not sign_agent.ask(agent.shown(payload)):
        raise ConflictError("release.unconfirmed", "not released")
