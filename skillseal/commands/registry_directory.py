# SPDX-License-Identifier: Apache-2.0
"""`skillseal registry directory` and `applications`: what the registry knew at a time.

    skillseal registry directory --settings registry.toml --kind stations --at 2026-10-01
    skillseal registry applications --settings registry.toml --overdue

A table for people, or one JSON object a line with `--json`. A day without a time is its end, UTC+8.
"""

import argparse
import json
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from credential.errors import MalformedError

if TYPE_CHECKING:
    from registry.directory import Directory

KINDS = ("bodies", "stations", "assessors", "supervisors", "units", "operators")
CHINA = timezone(timedelta(hours=8))


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the two commands."""
    directory = actions.add_parser("directory", help="show the directories as of any time")
    directory.add_argument("--kind", choices=KINDS, default="bodies", help="default: %(default)s")
    applications = actions.add_parser("applications", help="show the applications and what is due")
    applications.add_argument("--overdue", action="store_true", help="only what is late")
    for parser in (directory, applications):
        parser.add_argument("--settings", required=True, type=Path, metavar="FILE")
        parser.add_argument("--at", metavar="ISO", help="a day or time; default: now")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")


def directory(options: argparse.Namespace) -> int:
    """Show the entries of a kind."""
    from registry import as_of

    at = _at(options.at)
    found = _directory(options.settings, at)
    for row in as_of.rows(found, options.kind, at):
        rating = row["rating"]
        grade = rating["grade"] if isinstance(rating, dict) else "-"
        late = "  整改逾期" if row["overdue"] else ""
        _show(options, row, f"{row['state']:<10}  {grade:<3}  {row['name']}  {row['id']}{late}")
    return 0


def applications(options: argparse.Namespace) -> int:
    """Show the applications."""
    from registry import as_of

    at = _at(options.at)
    unsure = False
    for row in as_of.application_rows(_directory(options.settings, at), at):
        if options.overdue and not row["overdue"]:
            continue
        unsure = unsure or not row["certain"]
        awaited = f"{row['step']} by {row['due']}" if row["step"] else row["number"] or "-"
        late = "  逾期" if row["overdue"] else ""
        text = f"{row['state']:<9}  {row['kind']:<8}  {row['name']}  {row['id']}  {awaited}{late}"
        _show(options, row, text)
    if unsure:
        message = "the holidays of a year are not known; its week-days were counted (type holidays)"
        print(message, file=sys.stderr)
    return 0


def _show(options: argparse.Namespace, row: dict[str, object], text: str) -> None:
    print(json.dumps(row, ensure_ascii=False) if options.json else text)


def _directory(settings: Path, at: int) -> "Directory":
    from registry import as_of, database
    from registry.service import open_registry
    from registry.settings import load

    registry = open_registry(load(settings), ())
    with database.read(registry.engine) as connection:
        return as_of.as_of(connection, registry.settings.roots, at)


def _at(text: str | None) -> int:
    if text is None:
        return int(time.time())
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=CHINA)
        whole_day = timedelta(days=1, seconds=-1) if len(text) == 10 else timedelta()
        return int((moment + whole_day).timestamp())
    except (ValueError, OverflowError):
        message = f"{text} is not a day or time like 2026-10-01 or 2026-10-01T09:00:00+08:00"
        raise MalformedError("input.time", message) from None
