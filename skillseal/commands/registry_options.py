# SPDX-License-Identifier: Apache-2.0
"""The arguments of `skillseal registry`, action by action."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from credential import statement_bodies
from credential.certificate import KINDS
from keys import key_reference
from skillseal import keyring
from skillseal.commands import (
    registry_agents,
    registry_console,
    registry_copies,
    registry_directory,
    registry_holders,
    registry_statements,
)

PORT: Final = 8310

_Add = Callable[..., argparse.Action]


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    parser = subparsers.add_parser("registry", help="serve, publish and audit a registry")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    _serve(actions)
    registry_console.add_parser(actions)
    lists = _local(actions, "sign-lists", "derive and sign trust list and status lists")
    lists("--list-key", required=True, type=key_reference.parse, metavar="KEY")
    lists("--status-key", required=True, type=key_reference.parse, metavar="KEY")
    publish = _local(actions, "publish", "publish what sign-lists signed")
    publish("--publish-key", required=True, type=key_reference.parse, metavar="KEY")
    publish("--log-key", required=True, type=key_reference.parse, metavar="KEY")
    snapshot = _local(actions, "snapshot", "check what is published, and copy it")
    snapshot("--out", required=True, type=Path, metavar="FILE")

    _statement(actions, "file-body", "enter a body with keys, filings and blocks")(
        "file", type=Path, metavar="FILE", help="JSON: see docs/operations.md"
    )
    suspend = _statement(actions, "suspend-body", "change the standing of a body")
    suspend("body", metavar="BODY", help="https://HOST/bodies/<code>")
    suspend("--document", required=True, help="number of the document that orders it")
    suspend("--state", default="suspended", choices=("active", "suspended", "removed"))
    suspend("--from", dest="start", type=int, metavar="SECONDS", help="default: now")
    revoke = _statement(actions, "revoke", "change the status of a certificate")
    revoke("number", metavar="NUMBER", help="certificate number")
    revoke("--kind", default="skill_level", choices=KINDS, help="default: %(default)s")
    revoke("--reason", required=True)
    revoke("--event", default="revoke", choices=("revoke", "suspend", "reinstate", "supersede"))
    revoke("--by", metavar="NUMBER", help="the successor, for supersede")
    _erase(actions)
    registry_holders.add_parsers(actions)
    state = _statement(actions, "state", "make any statement")
    state("type", choices=sorted(statement_bodies.PROFILES))
    state("subject")
    state("file", type=Path, metavar="FILE", help="its body as JSON")

    prove = actions.add_parser("prove", help="prove that one holds a key that is to be registered")
    prove.add_argument("--key", required=True, type=key_reference.parse, metavar="KEY")
    prove.add_argument("--role", required=True, choices=("certificate", "statement", "submit"))
    prove.add_argument("--owner", required=True, metavar="ID", help="https://HOST/bodies/<code>")
    keyring.add_arguments(prove)
    filing = _local(actions, "filing-file", "write what a body's desk needs")
    filing("body", metavar="BODY", help="https://HOST/bodies/<code>")
    filing("--out", required=True, type=Path, metavar="FILE")
    filing("--tags", default="optional", choices=("required", "optional", "none"))
    filing(
        "--pass", dest="marks", type=Path, metavar="FILE", help="pass marks, where not 60 and 60"
    )

    _local(actions, "import-peer", "take in a peer's snapshot")("file", type=Path, metavar="FILE")
    registry_directory.add_parsers(actions)
    registry_copies.add_parsers(actions, _local)
    _local(actions, "fsck", "rebuild every table from what was signed, and compare")
    _evidence(actions)


def _serve(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = actions.add_parser("serve", help="run the HTTP server")
    where = serve.add_mutually_exclusive_group(required=True)
    where.add_argument("--settings", type=Path, metavar="FILE")
    where.add_argument("--demo", type=Path, metavar="DIR", help="what `skillseal demo` left")
    serve.add_argument(
        "--receipt-key", type=key_reference.parse, metavar="KEY", action="append", default=[]
    )
    serve.add_argument(
        "--workers", type=int, default=1, metavar="N", help="processes; default: %(default)s"
    )
    _add_database(serve)
    serve.add_argument(
        "--metrics", type=int, metavar="PORT", help="for Prometheus, on 127.0.0.1 alone"
    )
    serve.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    serve.add_argument("--port", type=int, default=PORT, help="default: %(default)s")
    keyring.add_arguments(serve)


def _erase(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    erase = _statement(actions, "erase", "erase what is kept of a certificate's holder; two keys")
    erase("number", metavar="NUMBER", help="certificate number")
    erase("--kind", default="skill_level", choices=KINDS, help="default: %(default)s")
    erase("--document", required=True, help="number of the document that orders it")
    erase("--list", help="the certificate's status list, with --registry")
    erase("--index", type=int, metavar="N", help="its index there, with --registry")


def _evidence(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    evidence = actions.add_parser("evidence", help="prove what happened to one certificate")
    add = evidence.add_argument
    add("number", nargs="?", metavar="NUMBER", help="certificate number")
    add("--settings", type=Path, metavar="FILE")
    add("--out", type=Path, metavar="FILE")
    add("--check", type=Path, metavar="FILE", help="judge a file of evidence instead")
    add("--anchor", metavar="REGION:HEX", help="to check against")


def _add_database(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--database",
        metavar="URL",
        help="instead of the settings': sqlite:///FILE or postgresql://…, never with a password",
    )


def _local(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str
) -> _Add:
    parser = actions.add_parser(name, help=text)
    parser.add_argument("--settings", required=True, type=Path, metavar="FILE")
    _add_database(parser)
    keyring.add_arguments(parser)
    return parser.add_argument


def _statement(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str
) -> _Add:
    parser = actions.add_parser(name, help=text)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--settings", type=Path, metavar="FILE", help="hand in on this machine")
    where.add_argument("--registry", metavar="URL", help="hand in over HTTP")
    add = parser.add_argument
    add("--statement-key", type=key_reference.parse, metavar="KEY", help="or an agent")
    add("--second-key", type=key_reference.parse, metavar="KEY", help="where two keys must sign")
    registry_agents.add_arguments(add)
    registry_statements.add_arguments(add)
    add("--iss", metavar="ID", help="whose statement it is; default: the lead authority's")
    add("--aud", metavar="URL", help="https://HOST of the registry, where --registry is another")
    add("--after", metavar="DIGEST", help="the subject's last statement, with --registry")
    keyring.add_arguments(parser)
    return parser.add_argument
