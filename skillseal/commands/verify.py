# SPDX-License-Identifier: Apache-2.0
"""`skillseal verify`: decide about codes, pictures, folders, or what a hand scanner types. Offline.

Several codes, in one picture or in one folder, are several inputs: none is picked silently. Each
gets its verdict, and the exit code is that of the worst: 1 INVALID, 2 an input that cannot be read,
3 INDETERMINATE, 0 only if every one is VALID.
"""

import argparse
import atexit
import gc
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from credential.errors import MalformedError, SealError, UnavailableError
from credential.members import is_region
from credential.snapshot import Snapshot
from skillseal import home, inputs
from skillseal.commands.trust import check as check_anchor
from verifier.demand import Demand
from verifier.verdict import Outcome, Verdict
from verifier.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

EXIT: Final = {Outcome.VALID: 0, Outcome.INVALID: 1, Outcome.INDETERMINATE: 3}
UNREADABLE: Final = 2
_WORST_FIRST: Final = (1, UNREADABLE, 3, 0)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the arguments."""
    parser = subparsers.add_parser(
        "verify",
        help="verify a code, a picture, a folder or what a scanner reads; offline",
        description="Verify certificates offline. Exit code: 0 VALID, 1 INVALID, 2 usage or a file "
        "that cannot be read, 3 INDETERMINATE; of several inputs the worst counts.",
    )
    add = parser.add_argument
    add(
        "input",
        nargs="?",
        default="-",
        metavar="TEXT|FILE|FOLDER|-",
        help="text of a code; a picture (png, jpg), PDF or text file; a folder of these; or - for "
        "the lines of a hand scanner on standard input (the default)",
    )
    add("--snapshot", metavar="FILE", help="default: what `skillseal fetch` left")
    add("--anchor", metavar="REGION:HEX", help="default: what `skillseal trust` set")
    add("--region", metavar="CODE", help="where it is used, six digits; default: the anchor's")
    add(
        "--id-number",
        type=_standard_input,
        metavar="-",
        help="also check the person: - asks for the number or reads it from standard input, as "
        "<number> of an ID card or <type>:<number> of another document",
    )
    add("--at", type=_time, metavar="ISO", help="judge at this time, with a zone; default: now")
    add("--demand", metavar="KIND/SCHEME:CODE/LEVEL", help="what the job demands")
    add("--max-age", type=_hours, metavar="HOURS", help="decide only on younger knowledge")
    add("--json", action="store_true", help="one JSON object a line, one line an input")
    parser.set_defaults(usage_error=parser.error)


def run(options: argparse.Namespace) -> int:
    """Judge every input and return the exit code of the worst."""
    # On the way out nothing needs to be looked through for cycles: a tenth of a scan.
    atexit.register(gc.freeze)
    if options.input == "-" and options.id_number == "-":
        options.usage_error("- can stand for the code or for the ID number, not for both")
    demand = Demand.parse(options.demand) if options.demand else None
    if options.region and not is_region(options.region):
        raise MalformedError("region.malformed", "a region is six digits (GB/T 2260)")
    snapshot = load(options.snapshot or home.snapshot_file(), options.anchor)
    holder = inputs.holder() if options.id_number else None
    chosen = inputs.of(options.input, sys.stdin.buffer)
    show = _printer(as_json=options.json, is_one=chosen.is_one)
    codes = set()
    for item in chosen.items:
        if isinstance(item, SealError):
            _complain(item)
            codes.add(UNREADABLE)
            continue
        verdict = verify(
            item,
            snapshot,
            at=options.at or datetime.now(UTC),
            region=options.region or snapshot.region,
            holder=holder,
            demand=demand,
            max_age=options.max_age,
        )
        show(verdict)
        codes.add(EXIT[verdict.outcome])
    return next(code for code in _WORST_FIRST if code in codes)


def load(path: "str | Path", anchor: str | None) -> Snapshot:
    """Read a snapshot and hold it against the anchor given, or against that of this machine.

    Raises:
        SealError: There is no snapshot, or it does not chain to the anchor.
    """
    try:
        data = home.read_bounded(path, home.MAX_SNAPSHOT)
    except UnavailableError as error:
        message = f"{error}: `skillseal fetch` gets a snapshot, --snapshot names one"
        raise UnavailableError(error.code, message) from None
    chosen = home.anchor_for(data) if anchor is None else check_anchor(anchor)
    return Snapshot.from_bytes(data, anchor=chosen)


def _printer(*, as_json: bool, is_one: bool) -> Callable[[Verdict], None]:
    """Choose how a verdict is shown: to a program, on a terminal, or as plain text."""
    if as_json:
        return _print_json
    from verifier import report

    if not is_one:
        return lambda verdict: print(report.short(verdict), flush=True)
    if sys.stdout.isatty():
        from importlib.util import find_spec

        if find_spec("rich"):
            from skillseal.screen import show

            return show
    return lambda verdict: print(report.plain(verdict))


def _print_json(verdict: Verdict) -> None:
    line = json.dumps(verdict.to_members(), ensure_ascii=False, separators=(",", ":"))
    print(line, flush=True)


def _complain(error: SealError) -> None:
    from verifier.words import printable

    print(f"skillseal: {printable(str(error))} [{error.code}]", file=sys.stderr)


def _standard_input(text: str) -> str:
    if text != "-":
        message = "only -: an ID number never stands on a command line, others can read it there"
        raise argparse.ArgumentTypeError(message)
    return text


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        message = "a time with its zone, such as 2026-11-20T08:00:00+08:00 or …Z"
        raise argparse.ArgumentTypeError(message)
    return at


def _hours(text: str) -> timedelta:
    try:
        age = timedelta(hours=float(text))
    except (OverflowError, ValueError):
        age = timedelta(0)
    if age <= timedelta(0):
        raise argparse.ArgumentTypeError("a number of hours above zero")
    return age
