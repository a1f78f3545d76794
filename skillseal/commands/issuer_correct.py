# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer correct`: a new certificate in the place of one that says something wrong.

    skillseal issuer correct OLD_NUMBER… ROSTER --reason data_error --filing FILE \
        --statement-key KEY --key KEY --submit-key KEY --registry URL --out DIR

The roster has one row with what is right for each old number, in the same order. Run again after a
crash or without a network: the same command goes on.

Exit codes: 0 all are corrected, 1 some were refused, 2 usage or something that cannot be read or
reached, 3 something waits for the registry or for a second person.
"""

import argparse
import json
import secrets
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from credential import reason
from credential.certificate import KINDS
from issuer import given
from issuer.order import Means, Order
from keys import key_reference
from skillseal import keyring
from skillseal.commands import issuer_papers
from skillseal.commands.issuer_status import ledger_path
from skillseal.keyring import Keyring

if TYPE_CHECKING:
    from issuer.correct import Corrected

OK, REFUSED, WAITING = 0, 1, 3


def add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    words = "issue a certificate again that says something wrong; the old one points to the new"
    parser = actions.add_parser("correct", help=words)
    add = parser.add_argument
    add("old", nargs="+", metavar="OLD_NUMBER", help="of what is wrong, in the order of the rows")
    add("roster", type=Path, metavar="ROSTER", help="one row for each, with what is right")
    add("--reason", default="data_error", choices=reason.codes("supersede"), help="%(default)s")
    add("--remark", default="", metavar="TEXT", help="what else is to be said; public")
    add("--sheet", metavar="NAME", help="of the workbook; default: the one whose headings fit")
    add("--kind", choices=KINDS, default="skill_level", help="default: %(default)s")
    add("--region", metavar="CODE", help="where it was evaluated; default: the only one filed")
    add("--filing", type=Path, metavar="FILE", required=True, help="what the registry gave")
    add("--ledger", type=Path, metavar="FILE", help="default: ledger.sqlite beside the filing file")
    for name, role in (("--statement-key", "statement"), ("--key", "certificate")):
        add(name, required=True, type=key_reference.parse, metavar="KEY", help=f"role {role}")
    add("--submit-key", required=True, type=key_reference.parse, metavar="KEY", help="role submit")
    add("--registry", required=True, metavar="URL")
    add("--without-tags", action="store_true", help="no holder tags, where the filing allows it")
    issuer_papers.add_arguments(parser)
    add("--out", required=True, type=Path, metavar="DIR", help="for the codes")
    add("--json", action="store_true", help="one object for each")
    add("--at", type=int, metavar="SECONDS", help=argparse.SUPPRESS)
    keyring.add_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Correct.

    Raises:
        SealError: `correct.…`, `reason.…`, `roster.…`, `batch.…`, `key.…`, `ledger.…`.
    """
    from issuer import codes, correct, correct_look, desk
    from issuer.ledger import Ledger
    from issuer.submit import Registry

    said = reason.text("supersede", options.reason, options.remark)
    filing = given.read_filing(options.filing)
    order = Order.of(
        options.roster,
        options.kind,
        options.region,
        filing,
        without_tags=options.without_tags,
        page=options.sheet,
        papers=issuer_papers.named(options, filing),
    )
    opened = Keyring(options)
    keys = correct.Keys(
        opened.load(options.statement_key, "statement"),
        opened.load(options.key, "certificate"),
        opened.load(options.submit_key, "submit"),
    )
    at = options.at or int(time.time())
    for key in (keys.statement, keys.certificate, keys.submit):
        given.demand_key(filing, key, at)
    means = Means(lambda: options.at or int(time.time()), secrets.token_bytes, secrets.randbelow)
    registry = Registry.at(options.registry, time.sleep)
    desk.make_folder(options.out)
    with Ledger.open(ledger_path(options), filing.body.id, secrets.token_bytes) as ledger:
        try:
            told, unreachable = correct.correct(
                options.old, order, ledger, registry, keys, said, means
            )
        except correct_look.RefusedRowsError as error:
            for each in error.report.refusals:
                place = f"row {each.row}, {each.column}"
                print(f"{place}: {each.message}; {each.suggestion} [{each.code}]", file=sys.stderr)
            raise
    issued = [each.item for each in told if each.item is not None]
    codes.write(options.out, issued, len(issued))
    _print(options, told)
    if unreachable is not None:
        print(f"skillseal: {unreachable} [{unreachable.code}]", file=sys.stderr)
    outcomes = {each.outcome for each in told}
    return WAITING if "waiting" in outcomes else REFUSED if "refused" in outcomes else OK


def _print(options: argparse.Namespace, told: "list[Corrected]") -> None:
    for each in told:
        if options.json:
            said = {
                "old": each.old,
                "new": each.new,
                "row": each.row,
                "outcome": each.outcome,
                "code": each.code,
            }
            print(json.dumps(said))
        else:
            code = f" [{each.code}]" if each.code else ""
            print(f"{each.old} → {each.new or '--'}: {each.outcome}{code}")
