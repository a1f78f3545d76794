# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer print`: the certificates of a roster on A4, one PDF each, read back.

Exit codes: 0 everyone registered is printed, 1 rows were refused, 2 usage or something that cannot
be read, 3 certificates still wait for the registry.
"""

import argparse
import json
import secrets
import time
from importlib.util import find_spec
from pathlib import Path

from credential.certificate import KINDS
from credential.errors import UnavailableError

OK, REFUSED, WAITING = 0, 1, 3


def add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments of `issuer print`."""
    parser = actions.add_parser("print", help="print the registered certificates of a roster")
    add = parser.add_argument
    add("roster", type=Path, metavar="ROSTER", help="the one that they were issued from")
    add("--filing", type=Path, metavar="FILE", required=True, help="what the registry gave")
    add("--kind", choices=KINDS, default="skill_level", help="default: %(default)s")
    add("--ledger", type=Path, metavar="FILE", help="default: ledger.sqlite beside the filing file")
    add("--sheet", metavar="NAME", help="of the workbook; default: the one that fits")
    add("--out", required=True, type=Path, metavar="DIR", help="for the PDF files")
    add("--photos", type=Path, metavar="DIR", help="pictures named by document number")
    add("--seal", type=Path, metavar="FILE", help="picture of the seal, PNG or JPEG")
    add("--english", action="store_true", help="with English labels")
    add("--volume", action="store_true", help="also files of up to 500 pages, for the printer")
    add("--again", action="store_true", help="print also what is there already")
    add("--template", type=Path, metavar="FILE", help="a typst template of your own")
    add(
        "--font", type=Path, action="append", default=[], metavar="FILE", help="for rare characters"
    )
    add("--cores", type=int, metavar="N", help="default: all")
    add("--json", action="store_true", help="one object for each refusal and for the result")


def run(options: argparse.Namespace) -> int:
    """Print.

    Raises:
        SealError: Something cannot be read, or does not read back.
    """
    for module in ("typst", "fontTools", "pypdfium2"):
        if not find_spec(module):
            message = f"{module} is not installed: printing needs skillseal[issuer,pdf]"
            raise UnavailableError("print.unavailable", message)
    from issuer import given, print_job, progress
    from issuer.ledger import Ledger
    from issuer.press import A4
    from issuer.typeface import Typeface

    filing = given.read_filing(options.filing)
    at = int(time.time())
    roster = print_job.read(options.roster, options.kind, filing, at=at, page=options.sheet)
    how = print_job.Sheet(
        typeface=Typeface.of(options.font),
        template=options.template or A4,
        seal=options.seal,
        photos=options.photos,
        english=options.english,
        volumes=options.volume,
        again=options.again,
    )
    path = options.ledger or options.filing.with_name("ledger.sqlite")
    with Ledger.open(path, filing.body.id, secrets.token_bytes) as ledger, progress.shown() as step:
        done = print_job.run(
            roster, ledger, filing, options.out, how, cores=options.cores, step=step
        )
    for each in done.refusals:
        if options.json:
            print(json.dumps(each.to_members(), ensure_ascii=False))
        else:
            print(f"row {each.row}, {each.column}: {each.message}; {each.suggestion} [{each.code}]")
    counts = {
        "printed": done.made,
        "already": done.kept,
        "volumes": done.volumes,
        "waiting": done.waiting,
        "without_photo": done.without_photo,
        "refused": len(done.refusals),
    }
    print(json.dumps(counts) if options.json else _told(counts))
    if done.refusals:
        return REFUSED
    return WAITING if done.waiting else OK


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in counts.items()) + "."
