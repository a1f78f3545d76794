# SPDX-License-Identifier: Apache-2.0
"""Statements signed by their officials' own agents, so that no key is where the command runs.

    skillseal registry revoke NUMBER --reason … --settings registry.toml --agent http://127.0.0.1:PORT

Each agent shows the statement and asks its person (`skillseal sign-agent`). Where two keys must
sign, name `--agent` twice, or a key file and an agent. A secret is good for one signature and is
asked for as often.
"""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from typing import Final

from credential import envelope
from credential.errors import MalformedError

MAX_AGENTS: Final = 2

Sign = Callable[[bytes], str]
"""Takes the payload of a statement and gives the compact JWS."""


def add_arguments(add: Callable[..., argparse.Action]) -> None:
    """Describe the arguments."""
    add(
        "--agent",
        metavar="URL",
        action="append",
        default=[],
        help="of an official's `skillseal sign-agent`, instead of a key; twice where two must sign",
    )


def signers(options: argparse.Namespace) -> tuple[Sign, ...]:
    """Give what asks the agents that were named.

    Raises:
        MalformedError: `statement.signatures`, neither key nor agent was named, or too many.
    """
    if not (options.agent or options.statement_key) or len(options.agent) > MAX_AGENTS:
        message = "name who signs: --statement-key KEY or --agent URL, two at most"
        raise MalformedError("statement.signatures", message)
    return tuple(partial(_ask, url) for url in options.agent)


def _ask(url: str, payload: bytes) -> str:
    from skillseal import agent

    print(f"secret of the agent at {url}: ", end="", file=sys.stderr, flush=True)
    return agent.request(url, sys.stdin.readline().strip(), envelope.STATEMENT, payload)
