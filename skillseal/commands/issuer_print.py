# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer print`: the certificates of a roster, one PDF each, read back.

    print ROSTER --filing FILE --out DIR                  A4
    print ROSTER … --format card --sheet-of 2x5           cards, also ten on a page
    print ROSTER … --format sticker                       of certificates without holder tag
    print ROSTER … --stock --offset 1.5,-0.8              on paper that has the background already
    print --test-page --format card --out DIR             where things go on this printer
    print --write-template DIR                            our own templates, to be changed

Exit codes: 0 everyone registered is printed, 1 rows were refused, 2 usage or something that cannot
be read, 3 certificates still wait for the registry.
"""

import argparse
import dataclasses
import json
import secrets
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from credential.certificate import KINDS
from credential.errors import UnavailableError

if TYPE_CHECKING:
    from issuer.layout import Layout
    from issuer.typeface import Typeface

OK, REFUSED, WAITING = 0, 1, 3
FORMATS = ("a4", "card", "sticker")


def add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments of `issuer print`."""
    parser = actions.add_parser("print", help="print the registered certificates of a roster")
    add = parser.add_argument
    parser.set_defaults(usage_error=parser.error)
    add("roster", nargs="?", type=Path, metavar="ROSTER", help="that they were issued from")
    add("--filing", type=Path, metavar="FILE", help="what the registry gave")
    add("--kind", choices=KINDS, default="skill_level", help="default: %(default)s")
    add("--ledger", type=Path, metavar="FILE", help="default: ledger.sqlite beside the filing file")
    add("--sheet", metavar="NAME", help="of the workbook; default: the one that fits")
    add("--out", type=Path, metavar="DIR", help="for the PDF files")
    add("--format", choices=FORMATS, default="a4", help="default: %(default)s")
    add("--size", metavar="WxH", help="of a sticker, in mm; default: 60x40")
    add("--sheet-of", metavar="CxR", help="also sheets of A4 with columns x rows of pieces")
    add("--sheet-margin", metavar="X,Y", help="of the first piece from left and top, in mm")
    add("--sheet-pitch", metavar="X,Y", help="from one piece to the next, in mm; default: touching")
    add("--no-marks", action="store_true", help="no crop marks, such as for ready-cut labels")
    add("--stock", action="store_true", help="pre-printed paper: only what differs by person")
    add("--offset", metavar="X,Y", help="move everything right and down, in mm")
    add("--printer", type=Path, metavar="FILE", help="a printer's offsets, instead of --offset")
    add("--test-page", action="store_true", help="only a page with a ruler and the fields' boxes")
    add("--write-template", type=Path, metavar="DIR", help="only write our templates, to change")
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
    from issuer import given, print_job, progress, template_files
    from issuer.ledger import Ledger
    from issuer.typeface import Typeface

    if options.write_template is not None:
        for path in template_files.write(options.write_template):
            print(path)
        return OK
    if options.out is None:
        options.usage_error("the argument --out is needed")
    layout = _layout(options)
    if options.test_page:
        return _test_page(options, layout, Typeface.of(options.font))
    if options.roster is None or options.filing is None:
        options.usage_error("ROSTER and --filing are needed")
    filing = given.read_filing(options.filing)
    at = int(time.time())
    roster = print_job.read(options.roster, options.kind, filing, page=options.sheet)
    how = print_job.Sheet(
        typeface=Typeface.of(options.font),
        layout=layout,
        template=options.template,
        seal=options.seal,
        photos=options.photos,
        english=options.english,
        volumes=options.volume,
        again=options.again,
    )
    path = options.ledger or options.filing.with_name("ledger.sqlite")
    with Ledger.open(path, filing.body.id, secrets.token_bytes) as ledger, progress.shown() as step:
        done = print_job.run(
            roster, ledger, filing, options.out, how, cores=options.cores, at=at, step=step
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


def _layout(options: argparse.Namespace) -> "Layout":
    """Put together where things go.

    Raises:
        SealError: `layout.…`, `profile.…`.
    """
    from issuer import layout

    size = layout.pair(options.size, "x") if options.size else None
    made = layout.Layout.of(options.format, size)
    offset = (0.0, 0.0)
    if options.offset:
        offset = layout.offset(options.offset)
    elif options.printer:
        offset = layout.profile(options.printer, options.format)
    grid = None
    if options.sheet_of:
        columns, rows = layout.count(options.sheet_of)
        margin = layout.pair(options.sheet_margin) if options.sheet_margin else None
        pitch = layout.pair(options.sheet_pitch) if options.sheet_pitch else None
        grid = layout.grid(made.size, columns, rows, margin, pitch)
    return dataclasses.replace(
        made,
        is_stock=options.stock,
        offset=offset,
        grid=grid,
        has_marks=not options.no_marks,
    )


def _test_page(options: argparse.Namespace, layout: "Layout", typeface: "Typeface") -> int:
    """Write the test page of a format."""
    from issuer import print_job

    path = print_job.ruler_page(options.out, layout, typeface, options.template)
    print(json.dumps({"file": str(path)}) if options.json else path)
    return OK


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in counts.items()) + "."
