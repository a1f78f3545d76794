# SPDX-License-Identifier: Apache-2.0
"""The user's own sheet as a table: the rows that something is wrong with, each wrong cell marked.

    {"headings":["姓名",…],"header_row":1,"rows":[{"row":7,"cells":["…"],"marks":{"1":[…]}}],
     "left_out":0,"sample":false}

It is made once, when the roster is checked, and stored beside it, since a large workbook takes
seconds to read. Without anything to say it shows the first rows, so that the user sees that the
right sheet was read. Cells hold document numbers, so the file is as private as the workbook.
"""

import json
import os
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from issuer import columns, sheet
from issuer.check import Report
from issuer.columns import Columns
from issuer.refusal import Refusal
from issuer.sheet import Cell, Unreadable

MAX_ROWS: Final = 500  # that are shown; the marked copy has all of them
SAMPLE: Final = 8
MAX_CELL: Final = 80  # characters
_LOST: Final = {"cell.formula": "（公式）", "cell.encoding": "（乱码）", "cell.error": "（错误值）"}


def build(path: Path, page: str | None, kind: str, report: Report) -> dict[str, Any]:
    """Lay the sheet out.

    Args:
        path: The roster.
        page: Its sheet; None for the one that fits.
        kind: Of certificate.
        report: What is wrong.

    Raises:
        SealError: As `issuer.sheet.read` and `Columns.find`.
    """
    rows = sheet.read(path, page, lambda drawn: columns.fit(drawn, kind))
    seen: list[tuple[int, tuple[Cell | Unreadable | None, ...]]] = []

    def remembered() -> Iterable[sheet.Row]:
        for row in rows:
            seen.append(row)
            yield row

    where = Columns.find(remembered(), kind)
    headings = seen[-1][1]
    marks = _marks(where, report)
    shown: list[dict[str, Any]] = []
    left_out = 0
    sample = not any(row > where.header_row for row in marks)
    for number, cells in rows:
        if sample:
            if len(shown) == SAMPLE:
                break
        elif number not in marks:
            continue
        elif len(shown) == MAX_ROWS:
            left_out += 1
            continue
        texts = [_text(cell) for cell in cells]
        shown.append({"row": number, "cells": texts, "marks": marks.get(number, {})})
    width = max([len(headings), *(len(row["cells"]) for row in shown)])
    titles = [""] * width
    for at, cell in enumerate(headings):
        titles[at] = _text(cell)
    for at, title in where.places.values():
        titles[at] = title
    return {
        "headings": titles,
        "header_row": where.header_row,
        "header_marks": marks.get(where.header_row, {}),
        "rows": shown,
        "left_out": left_out,
        "sample": sample,
    }


def write(path: Path, laid_out: dict[str, Any]) -> None:
    """Store it, for its owner alone."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(laid_out, file)


def read(path: Path) -> dict[str, Any] | None:
    """Read it; None where there is none."""
    try:
        found: dict[str, Any] = json.loads(path.read_text("ascii"))
    except OSError:
        return None
    return found


def _marks(where: Columns, report: Report) -> dict[int, dict[str, list[dict[str, object]]]]:
    places = {title: at for at, title in where.places.values()}
    name = where.places["name"][0]
    marks: dict[int, dict[str, list[dict[str, object]]]] = {}

    def mark(each: Refusal, *, refused: bool) -> None:
        at = str(places.get(each.column, name))
        said = {**each.to_members(), "refused": refused}
        marks.setdefault(each.row, {}).setdefault(at, []).append(said)

    for each in report.refusals:
        mark(each, refused=True)
    for each in report.warnings:
        if each.code != "column.unknown":
            mark(each, refused=False)
    return marks


def _text(cell: Cell | Unreadable | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Unreadable):
        return _LOST[cell.code]
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.15g}"
    return cell if len(cell) <= MAX_CELL else cell[:MAX_CELL] + "…"
