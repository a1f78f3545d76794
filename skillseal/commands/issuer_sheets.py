# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer template`, and what `check` and `issue` write back into workbooks."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from credential.catalogue import Catalogue
from credential.certificate import KINDS
from credential.filing_file import FilingFile
from issuer import given, results


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
