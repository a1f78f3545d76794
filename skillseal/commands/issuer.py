# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer`: check a roster, file its batch, issue its certificates, show one code.

    check ROSTER     dry run: every wrong cell, with row, column, reason and what to do
    batch ROSTER     file the evaluation batch, before it issues
    issue ROSTER     sign, register, write the codes; run again after a crash or without a network
    jobs             how far each batch is, and what to do next
    submit           hand in what waits for the registry (`skillseal.commands.issuer_jobs`)
    serve            the desk as a local web application (`skillseal.commands.issuer_serve`)
    release BATCH    let a large batch be signed, as a second person
    print ROSTER     the certificates on A4, one PDF each (`skillseal.commands.issuer_print`)
    find, revoke, suspend, reinstate, consent, correct, evidence, evidence-check, import, reissue,
    papers, close
                     what comes after (`skillseal.commands.issuer_after`)
    show NUMBER      the code of one certificate, to be scanned from the terminal
    template         an empty workbook with drop-down lists, to be filled in

Exit codes: 0 all is well, 1 rows were refused, 2 usage or something that cannot be read or reached,
3 certificates wait for the registry or for a second person.
"""

import argparse
import json
import secrets
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from credential.certificate import KINDS
from credential.errors import MalformedError
from credential.members import is_region
from issuer import allotted, desk, given, history, progress
from issuer.desk import Means, Order
from issuer.ledger import Ledger
from issuer.refusal import Refusal
from issuer.submit import Registry
from keys import key_reference
from skillseal import keyring
from skillseal.commands import (
    issuer_after,
    issuer_jobs,
    issuer_papers,
    issuer_print,
    issuer_release,
    issuer_serve,
    issuer_sheets,
    issuer_show,
)
from skillseal.commands.issuer_status import ledger_path
from skillseal.keyring import Keyring

OK, REFUSED, WAITING = 0, 1, 3


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    parser = subparsers.add_parser(
        "issuer", help="check a roster, file its batch, issue certificates"
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    check = actions.add_parser("check", help="dry run: every wrong cell of a roster")
    _roster(check, filing=False)
    check.add_argument("--catalogue", type=Path, metavar="FILE", help="a catalogue to judge by")
    check.add_argument("--warnings", action="store_true", help="also say what is only odd")
    check.add_argument("--json", action="store_true", help="one object a line for each refusal")
    check.add_argument("--ledger", type=Path, metavar="FILE", help="also look for what was issued")
    issuer_papers.add_arguments(check)
    check.add_argument("--annotate", type=Path, metavar="FILE", help="a marked copy, .xlsx")

    batch = actions.add_parser("batch", help="file the evaluation batch of a roster")
    _roster(batch, filing=True)
    _online(batch)
    _key(batch, "statement")
    issuer_papers.add_arguments(batch)
    batch.add_argument("--batch", metavar="ID", help="its name; drawn where not given")

    issue = actions.add_parser("issue", help="issue the certificates of a filed roster")
    _roster(issue, filing=True)
    _online(issue)
    _key(issue, "certificate", "--key")
    _key(issue, "submit")
    issue.add_argument("--out", required=True, type=Path, metavar="DIR", help="for codes, results")
    issue.add_argument("--write-back", type=Path, metavar="FILE", help="a copy with the numbers")

    issuer_sheets.add_template(actions)
    issuer_print.add_parser(actions)
    issuer_release.add_parser(actions)
    issuer_serve.add_parser(actions)
    issuer_jobs.add_parsers(actions)
    issuer_after.add_parsers(actions)
    issuer_show.add_parser(actions)


def _key(parser: argparse.ArgumentParser, role: str, name: str = "") -> None:
    parser.add_argument(
        name or f"--{role}-key",
        required=True,
        type=key_reference.parse,
        metavar="KEY",
        help=f"role {role}: a file, or pkcs11:token=LABEL;object=LABEL",
    )


def _roster(parser: argparse.ArgumentParser, *, filing: bool) -> None:
    add = parser.add_argument
    add("roster", type=Path, metavar="ROSTER", help=".xlsx, .xls, .ods, or .csv")
    add("--sheet", metavar="NAME", help="of the workbook; default: the one whose headings fit")
    add("--numbers", type=Path, metavar="FILE", help="a block of certificate numbers, one a line")
    add("--filing", type=Path, metavar="FILE", required=filing, help="what the registry gave")
    add("--font", type=Path, action="append", default=[], metavar="FILE", help="as with print")
    add("--kind", choices=KINDS, default="skill_level", help="default: %(default)s")
    add("--region", metavar="CODE", help="where it was evaluated; default: the only one filed")
    add("--at", type=_time, metavar="ISO", help=argparse.SUPPRESS)


def _online(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--registry", required=True, metavar="URL")
    add("--ledger", type=Path, metavar="FILE", help="default: ledger.sqlite beside the filing file")
    issuer_release.add_threshold(parser)
    add("--without-tags", action="store_true", help="no holder tags, where the filing allows it")
    add("--cores", type=int, metavar="N", help="default: all")
    add("--json", action="store_true", help="one object for the result")
    keyring.add_arguments(parser)


def _time(text: str) -> int:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time needs a zone")
    return int(at.timestamp())


def run(options: argparse.Namespace) -> int:
    """Do one of the five."""
    region = getattr(options, "region", None)
    if region and not is_region(region):
        raise MalformedError("region.malformed", "a region is six digits (GB/T 2260)")
    actions = {"check": _check, "batch": _batch, "issue": _issue, "show": issuer_show.run}
    actions["print"] = issuer_print.run
    actions["release"] = issuer_release.run
    actions |= {"jobs": issuer_jobs.run_jobs, "submit": issuer_jobs.run_submit}
    actions["template"] = issuer_sheets.template
    actions["serve"] = issuer_serve.run
    actions.update(issuer_after.ACTIONS)
    return actions[options.action](options)


def _now() -> int:
    return int(time.time())


def _check(options: argparse.Namespace) -> int:
    filing = given.read_filing(options.filing) if options.filing else None
    catalogues = issuer_sheets.catalogues(options.catalogue, filing)
    roster, report, _ = desk.look(
        options.roster,
        options.kind,
        catalogues,
        filing=filing,
        region=options.region,
        at=options.at or _now(),
        page=options.sheet,
        numbers=_numbers(options),
        fonts=options.font,
        named=None if filing is None else issuer_papers.named(options, filing),
    )
    if options.ledger and filing is not None:
        with Ledger.open(options.ledger, filing.body.id, secrets.token_bytes) as ledger:
            report = history.without_issued(roster, report, ledger)
    if options.annotate:
        issuer_sheets.annotate(options, report)
    _print(report.refusals, as_json=options.json)
    if options.warnings:
        _print(report.warnings, as_json=options.json)
    if not options.json:
        rows, accepted = roster.rows, len(report.accepted)
        print(f"{rows} rows: {accepted} can be issued, {rows - accepted} cannot.")
    return REFUSED if report.refusals else OK


def _batch(options: argparse.Namespace) -> int:
    key = Keyring(options).load(options.statement_key, "statement")
    order = _order(options)
    with _ledger(options, order) as ledger, progress.shown() as step:
        _lower(options, ledger)
        try:
            batches, report = desk.file(
                order, ledger, _registry(options), key, _means(options, step), options.batch
            )
        except desk.BatchEmptyError as error:
            _print(error.report.refusals, as_json=options.json)
            raise
    _print(report.refusals, as_json=options.json)
    for each in batches:
        if options.json:
            print(json.dumps({"batch": each.batch, "route": each.route, "receipt": each.receipt}))
        else:
            print(f"batch {each.batch} is filed ({each.route}).")
    return REFUSED if report.refusals else OK


def _issue(options: argparse.Namespace) -> int:
    opened = Keyring(options)
    keys = (opened.load(options.key, "certificate"), opened.load(options.submit_key, "submit"))
    order = _order(options)
    with _ledger(options, order) as ledger, progress.shown() as step:
        _lower(options, ledger)
        outcome = desk.issue_roster(
            order, ledger, _registry(options), keys, options.out, _means(options, step)
        )
    if options.write_back:
        issuer_sheets.write_back(options, outcome)
    _print(outcome.refusals, as_json=options.json)
    counts = {
        "rows": outcome.rows,
        "registered": len(outcome.registered),
        "refused": outcome.refused,
        "waiting": len(outcome.waiting),
    }
    if outcome.unreleased:
        counts["unreleased"] = len(outcome.unreleased)
    if options.json:
        print(json.dumps(counts))
    else:
        print(", ".join(f"{count} {what}" for what, count in counts.items()) + ".")
    if outcome.unreachable is not None:
        error = outcome.unreachable
        print(f"skillseal: {error} [{error.code}]", file=sys.stderr)
        print(
            "The certificates are signed and kept in the ledger; nothing is lost: "
            "`skillseal issuer submit` hands them in.",
            file=sys.stderr,
        )
        return WAITING
    if outcome.unreleased:
        for batch in sorted({item.batch for item in outcome.unreleased}):
            message = "signed after a second person ran `skillseal issuer release"
            print(f"skillseal: {message} {batch}` [release.missing]", file=sys.stderr)
        return WAITING
    return REFUSED if outcome.refusals else OK


def _lower(options: argparse.Namespace, ledger: Ledger) -> None:
    if options.release_above is not None:
        if options.release_above < 0:
            raise MalformedError("release.threshold", "--release-above takes a number from 0")
        ledger.lower_release(options.release_above)


def _order(options: argparse.Namespace) -> Order:
    filing = given.read_filing(options.filing)
    papers = issuer_papers.named(options, filing) if options.action == "batch" else None
    return Order.of(
        options.roster,
        options.kind,
        options.region,
        filing,
        without_tags=options.without_tags,
        page=options.sheet,
        numbers=_numbers(options),
        fonts=tuple(options.font),
        papers=papers,
    )


def _numbers(options: argparse.Namespace) -> tuple[str, ...]:
    return allotted.read(options.numbers) if options.numbers else ()


def _ledger(options: argparse.Namespace, order: Order) -> Ledger:
    return Ledger.open(ledger_path(options), order.filing.body.id, secrets.token_bytes)


def _registry(options: argparse.Namespace) -> Registry:
    return Registry.at(options.registry, time.sleep)


def _means(options: argparse.Namespace, step: progress.Step) -> Means:
    fixed = options.at
    return Means(
        at=(lambda: fixed) if fixed else _now,
        random=secrets.token_bytes,
        below=secrets.randbelow,
        cores=options.cores,
        step=step,
    )


def _print(refusals: Sequence[Refusal], *, as_json: bool) -> None:
    for refusal in refusals:
        if as_json:
            print(json.dumps(refusal.to_members(), ensure_ascii=False))
        else:
            place = f"row {refusal.row}, {refusal.column}"
            print(f"{place}: {refusal.message}; {refusal.suggestion} [{refusal.code}]")
