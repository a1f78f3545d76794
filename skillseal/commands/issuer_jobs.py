# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer jobs` and `issuer submit`: how far each batch is, and what waits for a network.

    skillseal issuer jobs --filing FILE
    skillseal issuer submit [BATCH…] --filing FILE --submit-key KEY --registry URL

`submit` files prepared batches and hands in signed certificates, without the rosters: what was done
offline goes out with one command. It draws nothing and signs nothing but the request.
"""

import argparse
import json
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from credential.errors import ConflictError, UnavailableError
from issuer import batch, given, hand_in, jobs, progress
from issuer.hand_in import Window
from issuer.jobs import NEXT, Job
from issuer.ledger import Ledger
from issuer.submit import Registry
from keys import key_reference
from skillseal import keyring
from skillseal.keyring import Keyring

OK, REFUSED, WAITING = 0, 1, 3


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments of both."""
    listing = actions.add_parser("jobs", help="how far each batch is, and what to do next")
    _ledger(listing)
    listing.add_argument("--json", action="store_true", help="one object a line for each batch")
    submit = actions.add_parser("submit", help="hand in what waits, for instance for a network")
    submit.add_argument("batches", nargs="*", metavar="BATCH", help="default: all that wait")
    _ledger(submit)
    add = submit.add_argument
    add("--submit-key", required=True, type=key_reference.parse, metavar="KEY", help="role submit")
    add("--registry", required=True, metavar="URL")
    add("--json", action="store_true", help="one object a line for each batch")
    keyring.add_arguments(submit)


def _ledger(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--filing", required=True, type=Path, metavar="FILE", help="what the registry gave")
    add("--ledger", type=Path, metavar="FILE", help="default: ledger.sqlite beside the filing file")
    add("--at", type=int, metavar="SECONDS", help=argparse.SUPPRESS)


def run_jobs(options: argparse.Namespace) -> int:
    """List the jobs.

    Raises:
        SealError: `ledger.…`, or a filing file that cannot be read.
    """
    filing = given.read_filing(options.filing)
    with Ledger.open(_path(options), filing.body.id, secrets.token_bytes) as ledger:
        found = jobs.of(ledger, filing, options.at or int(time.time()))
    _print(found, as_json=options.json)
    if not found and not options.json:
        print("no batch yet: `skillseal issuer batch` files the first")
    return OK


def run_submit(options: argparse.Namespace) -> int:
    """Hand in what waits.

    Raises:
        SealError: `job.unknown`, `ledger.…`, `key.…`, `receipt.…`, or a code of the registry for
            a request as a whole.
    """
    key = Keyring(options).load(options.submit_key, "submit")
    filing = given.read_filing(options.filing)
    registry = Registry.at(options.registry, time.sleep)
    clock = (lambda: options.at) if options.at else (lambda: int(time.time()))
    given.demand_key(filing, key, clock())
    with (
        Ledger.open(_path(options), filing.body.id, secrets.token_bytes) as ledger,
        progress.shown() as step,
    ):
        window = Window(ledger, filing, registry, key, clock, secrets.token_bytes)
        names = _names(jobs.of(ledger, filing, clock()), options.batches)
        unreachable = None
        try:
            for name in names:
                _hand_in(window, name, step)
        except UnavailableError as error:
            if not error.code.startswith("registry."):
                raise
            unreachable = error
        found = [job for job in jobs.of(ledger, filing, clock()) if job.batch in names]
    _print(found, as_json=options.json)
    if unreachable is not None:
        print(f"skillseal: {unreachable} [{unreachable.code}]", file=sys.stderr)
        return WAITING
    if not names and not options.json:
        print("nothing waits for the registry.")
    return REFUSED if any(job.refused for job in found) else OK


def _names(found: Sequence[Job], asked: Sequence[str]) -> list[str]:
    known = {job.batch for job in found}
    unknown = [name for name in asked if name not in known]
    if unknown:
        message = f"the ledger has no batch {unknown[0]}: `skillseal issuer jobs` lists them"
        raise ConflictError("job.unknown", message)
    return [
        job.batch
        for job in found
        if (job.batch in asked or not asked) and (job.waiting or job.next == "file")
    ]


def _hand_in(window: Window, name: str, step: progress.Step) -> None:
    prepared = window.ledger.batch_named(name)
    if prepared is None:
        raise AssertionError("it was just listed")
    filed = batch.file(window.ledger, window.registry, window.filing, prepared)
    hand_in.all_of(window, filed, step)


def _path(options: argparse.Namespace) -> Path:
    beside: Path = options.filing.with_name("ledger.sqlite")
    return options.ledger or beside


def _print(found: Sequence[Job], *, as_json: bool) -> None:
    for job in found:
        if as_json:
            print(json.dumps(job.to_members(), ensure_ascii=False))
            continue
        counts = {
            "rows": job.rows,
            "signed": job.signed,
            "registered": job.registered,
            "printed": job.printed,
            "waiting": job.waiting,
            "refused": job.refused,
        }
        shown = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        print(f"{job.batch}: {job.state}; {shown}. Next: {NEXT[job.next]}")
