# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer import` and `reissue`: certificates of before this system.

    skillseal issuer import OLD.xlsx --filing FILE            records in the ledger, not signed
    skillseal issuer reissue OLD.xlsx --filing FILE --out AGAIN.xlsx
    skillseal issuer batch AGAIN.xlsx …; skillseal issuer issue AGAIN.xlsx …

Exit codes: 0 all rows, 1 some were refused, 2 usage or a file that cannot be read.
"""

import argparse
import json
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from credential.certificate import KINDS
from credential.errors import ConflictError
from issuer import given
from skillseal.commands.issuer_status import ledger_path

if TYPE_CHECKING:
    from issuer.old_sheet import OldSheet
    from issuer.refusal import Refusal

OK, REFUSED = 0, 1


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    words = "keep certificates of before this system as records"
    take = actions.add_parser("import", help=words)
    _common(take)
    take.add_argument("--dry-run", action="store_true", help="only say what would happen")
    take.add_argument("--warnings", action="store_true", help="also say what is only odd")
    words = "make a roster of them, to issue them again as signed ones"
    again = actions.add_parser("reissue", help=words)
    _common(again)
    again.add_argument("--out", type=Path, required=True, metavar="FILE", help="a roster, .xlsx")


def _common(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("old", type=Path, metavar="OLD", help=".xlsx, .xls, .ods or .csv, with 证书编号")
    add("--sheet", metavar="NAME", help="of the workbook; default: the one whose headings fit")
    add("--kind", choices=KINDS, default="skill_level", help="default: %(default)s")
    add("--filing", type=Path, metavar="FILE", required=True, help="what the registry gave")
    add("--ledger", type=Path, metavar="FILE", help="default: ledger.sqlite beside the filing file")
    add("--json", action="store_true", help="one object for each refusal and for the result")


def take(options: argparse.Namespace) -> int:
    """Import.

    Raises:
        SealError: `roster.…`, `ledger.…`, `filing.…`.
    """
    from issuer import old_records
    from issuer.ledger import Ledger

    filing = given.read_filing(options.filing)
    with Ledger.open(ledger_path(options), filing.body.id, secrets.token_bytes) as ledger:
        taken = old_records.take(ledger, _read(options), dry_run=options.dry_run)
    _print(options, taken.refusals)
    if options.warnings:
        _print(options, taken.warnings)
    refused = len({each.row for each in taken.refusals})
    counts = {"rows": taken.rows, "new": taken.new, "known": taken.known, "refused": refused}
    _count(options, counts)
    return REFUSED if refused else OK


def again(options: argparse.Namespace) -> int:
    """Make a roster.

    Raises:
        SealError: `roster.…`, `ledger.…`, `filing.…`, `reissue.nothing`, `output.unwritable`.
    """
    from issuer import old_records, results, text_workbook
    from issuer.ledger import Ledger

    filing = given.read_filing(options.filing)
    with Ledger.open(ledger_path(options), filing.body.id, secrets.token_bytes) as ledger:
        made = old_records.again(ledger, _read(options))
    _print(options, made.refusals)
    if not made.table:
        message = "none of these records is left to be issued again"
        raise ConflictError("reissue.nothing", message)
    results.write(options.out, text_workbook.build("再发证", old_records.HEADINGS, made.table))
    refused = len({each.row for each in made.refusals})
    _count(options, {"rows": len(made.table), "done": made.done, "refused": refused})
    return REFUSED if refused else OK


def _read(options: argparse.Namespace) -> "OldSheet":
    from issuer import old_sheet
    from issuer.occupations import Occupations

    filing = given.read_filing(options.filing)
    find = Occupations(filing.dictionaries()).find
    return old_sheet.read(options.old, options.kind, find, options.sheet)


def _print(options: argparse.Namespace, refusals: "Iterable[Refusal]") -> None:
    for each in refusals:
        if options.json:
            print(json.dumps(each.to_members(), ensure_ascii=False))
        else:
            place = f"row {each.row}, {each.column}"
            print(f"{place}: {each.message}; {each.suggestion} [{each.code}]")


def _count(options: argparse.Namespace, counts: dict[str, int]) -> None:
    if options.json:
        print(json.dumps(counts))
    else:
        print(", ".join(f"{count} {what}" for what, count in counts.items()) + ".")
