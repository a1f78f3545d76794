# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer template`, and what `check` and `issue` write back into workbooks."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from credential.catalogue import Catalogue
from credential.certificate import KINDS
from credential.errors import ConflictError
from credential.filing_file import FilingFile
from issuer import given, outcomes, results
from issuer.check import Report
from issuer.outcomes import Outcome

_HEADINGS = ("发证结果", "发证编号", "码文件", "未发证原因")


def add_template(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments of `template`."""
    parser = actions.add_parser("template", help="an empty workbook with drop-down lists")
    add = parser.add_argument
    add("--out", required=True, type=Path, metavar="FILE", help="to write, .xlsx")
    add("--filing", type=Path, metavar="FILE", help="what the registry gave: its occupations")
    add("--catalogue", type=Path, metavar="FILE", help="a catalogue: all of its occupations")
    add("--kind", choices=KINDS, default="skill_level", help="default: %(default)s")


def template(options: argparse.Namespace) -> int:
    """Write the workbook."""
    from issuer import template as templates

    filing = given.read_filing(options.filing) if options.filing else None
    found = catalogues(options.catalogue, filing)
    choices = templates.Choices.of(options.kind, found, filing)
    results.write(options.out, templates.build(choices))
    print(f"{options.out}: {len(choices.occupations)} occupations to choose from.")
    return 0


def catalogues(given_one: Path | None, filing: FilingFile | None) -> Sequence[Catalogue]:
    """Give the catalogues to judge by: the one named, those of the filing, or the example's."""
    if given_one:
        return [given.read_catalogue(given_one)]
    if filing is not None and filing.catalogues:
        return filing.dictionaries()
    from skillseal.demo import catalogue

    return [catalogue.build()]


def annotate(options: argparse.Namespace, report: Report) -> None:
    """Write a copy of the roster with every refusal and warning at its cell.

    Raises:
        ConflictError: `output.original`.
        UnavailableError: `output.unwritable`.
    """
    from issuer.marked_copy import MarkedCopy

    _demand_copy(options.annotate, options.roster)
    copy = MarkedCopy.of(options.roster, options.sheet, options.kind)
    copy.mark(report.refusals, report.warnings)
    results.write(options.annotate, copy.to_bytes())


def write_back(options: argparse.Namespace, outcome: Outcome) -> None:
    """Write a copy of the roster with result, number, file and reason beside each row.

    Raises:
        ConflictError: `output.original`.
        UnavailableError: `output.unwritable`.
    """
    from issuer.marked_copy import MarkedCopy

    _demand_copy(options.write_back, options.roster)
    names = {item.line: f"{item.number}.txt" for item in outcome.registered}
    rows: dict[int, tuple[str, str, str, str]] = {}
    for line, result, number, column, code, message, _, name in outcomes.rows(outcome, names):
        reason = f"{column}：{message} [{code}]" if code else ""
        before = rows.get(int(line))
        reasons = f"{before[3]}；{reason}" if before else reason
        rows[int(line)] = (result, number, name, reasons)
    copy = MarkedCopy.of(options.roster, options.sheet, options.kind)
    copy.add(_HEADINGS, rows)
    results.write(options.write_back, copy.to_bytes())


def _demand_copy(target: Path, roster: Path) -> None:
    if target.exists() and roster.exists() and target.samefile(roster):
        message = "that would overwrite the roster itself: name another file for the copy"
        raise ConflictError("output.original", message)
