# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer papers` and `close`: what a batch stands on, and how it ended.

    skillseal issuer papers --filing FILE                  what may be named, with its state
    skillseal issuer batch ROSTER --station PD-01 --assessor A-001 --assessor A-002 …
    skillseal issuer close BATCH --failed 3 --absent 1 --statement-key KEY --registry URL

Exit codes of `close`: 0 closed, 2 usage or the registry refuses.
"""

import argparse
import json
import secrets
import time
from pathlib import Path

from credential.filing_file import FilingFile
from credential.said_examination import Papers
from issuer import given
from skillseal.commands.issuer_status import add_common, ledger_path
from skillseal.keyring import Keyring

OK = 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what a batch may stand on."""
    add = parser.add_argument_group(
        "what the batch stands on", "asked where the registry's gate is full: see `papers`"
    ).add_argument
    add("--plan", metavar="ID", help="yearly plan; default: the only one of the year")
    add("--standard", action="append", default=[], metavar="ID", help="default: those in force")
    add("--station", metavar="ID", help="where it was examined")
    add("--assessor", action="append", default=[], metavar="ID", help="who examined")
    add("--supervisor", metavar="ID", help="who watched")
    add("--operator", metavar="ID", help="who ran the examination for the body")
    add("--competition", metavar="ID", help="whose winners they are")
    add("--basis", type=Path, metavar="FILE", help="the evidence, where nobody was examined")


def named(options: argparse.Namespace, filing: FilingFile) -> Papers | None:
    """Read what the batch stands on.

    Raises:
        UnavailableError: `papers.basis`.
    """
    from issuer import papers

    return papers.identified(
        filing,
        papers.Named(
            plan=options.plan,
            standards=tuple(options.standard),
            station=options.station,
            assessors=tuple(options.assessor),
            supervisor=options.supervisor,
            operator=options.operator,
            competition=options.competition,
            basis=options.basis,
        ),
    )


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments of both."""
    listed = actions.add_parser("papers", help="plans, standards, stations … that may be named")
    listed.add_argument("--filing", type=Path, metavar="FILE", required=True)
    listed.add_argument("--json", action="store_true", help="one object a line")
    listed.add_argument("--at", type=int, metavar="SECONDS", help=argparse.SUPPRESS)
    close = actions.add_parser("close", help="close a batch with its results")
    add = close.add_argument
    add("batch", metavar="BATCH", help="its name")
    add("--failed", type=int, default=0, metavar="N", help="who did not pass")
    add("--absent", type=int, default=0, metavar="N", help="who did not come")
    add_common(close)


def show(options: argparse.Namespace) -> int:
    """List what may be named.

    Raises:
        SealError: `filing.…`.
    """
    from issuer import papers

    filing = given.read_filing(options.filing)
    for each in papers.choices(filing, options.at or int(time.time())):
        if options.json:
            said = {"what": each.what, "id": each.id, "name": each.name, "state": each.state}
            print(json.dumps(said, ensure_ascii=False))
        else:
            print(f"{each.what:<12} {each.id:<20} {each.state:<12} {each.name}")
    return OK


def close(options: argparse.Namespace) -> int:
    """Close a batch.

    Raises:
        SealError: `batch.…`, `close.…`, `key.…`, `ledger.…`, `receipt.…`, `registry.…`.
    """
    from credential.errors import ConflictError
    from issuer import close as closing
    from issuer.ledger import Ledger
    from issuer.submit import Registry

    if options.statement_key is None or options.registry is None:
        raise ConflictError("close.usage", "closing takes --statement-key and --registry")
    filing = given.read_filing(options.filing)
    at = options.at or int(time.time())
    key = Keyring(options).load(options.statement_key, "statement")
    given.demand_key(filing, key, at)
    registry = Registry.at(options.registry, time.sleep)
    with Ledger.open(ledger_path(options), filing.body.id, secrets.token_bytes) as ledger:
        said = closing.results(ledger, options.batch, options.failed, options.absent)
        receipt = closing.close(
            ledger, registry, filing, key, options.batch, said, at=at, random=secrets.token_bytes
        )
    counts = {"passed": said.passed, "failed": said.failed, "absent": said.absent}
    if options.json:
        print(json.dumps({"batch": options.batch, **counts, "receipt": receipt}))
    else:
        print(f"batch {options.batch} is closed: {said.passed} passed.")
    return OK
