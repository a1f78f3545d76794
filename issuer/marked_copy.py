# SPDX-License-Identifier: Apache-2.0
"""A copy of the user's own workbook with marks: what is wrong with which cell, what was issued.

    copy = MarkedCopy.of(Path("results.xls"), None, "skill_level")
    copy.mark(report.refusals, report.warnings)
    results.write(Path("marked.xlsx"), copy.to_bytes())

An .xlsx workbook keeps its sheets and formats; of text, .xls, .ods and very large workbooks the
sheet of the roster alone is copied. Rows stay where they are, the original is never written. Text
goes in as text, so that nothing of it is calculated (CWE-1236).
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image as Picture
from openpyxl.styles import PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

from issuer import columns, sheet
from issuer.columns import Columns
from issuer.refusal import Refusal
from issuer.sheet import Sheet, Unreadable

MAX_UNPACKED: Final = (
    48 << 20
)  # bytes of a workbook that is copied whole: 600 MB as openpyxl has it
MAX_NOTE: Final = 2_000  # characters
_REFUSED: Final = PatternFill("solid", fgColor="FFC7CE")
_WARNED: Final = PatternFill("solid", fgColor="FFEB9C")
_ADDED: Final = PatternFill("solid", fgColor="E2EFDA")
_CONTROL: Final = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")
_FORBIDDEN: Final = re.compile(r"[\\/*?:\[\]']")
_COPIED: Final = ("gif", "jpeg", "png")
_UNREADABLE: Final = (
    *(ValueError, TypeError, LookupError, AttributeError, OSError, RecursionError),
    *(SyntaxError, zipfile.BadZipFile, zlib.error, struct.error),  # of XML that is none, the first
    *(Image.DecompressionBombError, NotImplementedError, EOFError, ArithmeticError),
)
"""What the library raises over a part that it cannot read."""
_AUTHOR: Final = "技印"
_LOST: Final = {
    "cell.formula": "（公式）",
    "cell.encoding": "（无法识别的字符）",
    "cell.error": "（无法读取）",
}


class MarkedCopy:
    """A copy that is being marked."""

    def __init__(self, book: Workbook, page: Worksheet, where: Columns) -> None:
        self._book = book
        self._page = page
        self._columns = where
        self._merged = {
            (row, column): (area.min_row, area.min_col)
            for area in page.merged_cells.ranges
            for row, column in area.cells
        }

    @classmethod
    def of(cls, path: Path, name: str | None, kind: str) -> "MarkedCopy":
        """Copy a roster's file.

        Args:
            path: The roster.
            name: Of its sheet; None for the one whose headings fit.
            kind: Of certificate.

        Raises:
            SealError: As `issuer.sheet.read` and `Columns.find`.
        """
        content = sheet.read_bytes(path)
        found = sheet.choose(path, content, name, lambda rows: columns.fit(rows, kind))
        rows = tuple(found.rows) if found.name == "" else found.rows
        where = Columns.find(iter(rows), kind)
        book = _whole(content, found.name)
        if book is None:
            book = _plain(Sheet(found.name, rows))
        page = book[found.name] if found.name in book.sheetnames else book.active
        if not isinstance(page, Worksheet):
            raise sheet.unreadable(path, "the sheet cannot be copied: save it as .xlsx again")
        return cls(book, page, where)

    def mark(self, refusals: Iterable[Refusal], warnings: Iterable[Refusal]) -> None:
        """Colour each cell that something is wrong with, and say what in a comment."""
        notes: dict[tuple[int, int], list[str]] = {}
        refused = set()
        for refusal in refusals:
            place = self._place(refusal)
            refused.add(place)
            notes.setdefault(place, []).append(_said(refusal))
        for warning in warnings:
            if warning.code != "column.unknown":
                notes.setdefault(self._place(warning), []).append(_said(warning))
        for place, texts in notes.items():
            cell = self._cell(*place)
            before = [cell.comment.text] if cell.comment else []
            text = _clean("\n\n".join([*texts, *before]))[:MAX_NOTE]
            cell.comment = Comment(text, _AUTHOR, height=110, width=340)
            cell.fill = _REFUSED if place in refused else _WARNED

    def add(self, headings: Sequence[str], rows: Mapping[int, Sequence[str]]) -> None:
        """Write columns to the right of what is there.

        Args:
            headings: Of the columns.
            rows: The sheet's row to the cells.
        """
        first = self._page.max_column + 1
        for number, texts in {self._columns.header_row: headings, **rows}.items():
            for column, text in enumerate(texts, start=first):
                cell = self._cell(number, column)
                _write(cell, text)
                cell.fill = _ADDED

    def to_bytes(self) -> bytes:
        """Save it as .xlsx."""
        target = io.BytesIO()
        self._book.save(target)
        return target.getvalue()

    def _place(self, refusal: Refusal) -> tuple[int, int]:
        for column, title in self._columns.places.values():
            if title == refusal.column:
                return refusal.row, column + 1
        return refusal.row, self._columns.places["name"][0] + 1

    def _cell(self, row: int, column: int) -> Cell:
        cell = self._page.cell(row, column)
        if isinstance(cell, MergedCell):
            cell = self._page.cell(*self._merged[row, column])
        if isinstance(cell, MergedCell):
            raise TypeError("the first cell of a merged area is a cell")
        return cell


def _whole(content: bytes, name: str) -> Workbook | None:
    """Open a workbook to be copied whole; None where it is none, too large, or too odd."""
    if not sheet.is_open_xml(content):
        return None
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
            return None
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), keep_links=False)
    except _UNREADABLE:
        return None  # read by one library and not by the other: the cells are copied
    for page in book.worksheets:
        pictures: list[Picture] = page._images  # type: ignore[attr-defined]  # noqa: SLF001
        # These are copied as they are; any other would be decoded, EPS by another program.
        pictures[:] = [each for each in pictures if each.format in _COPIED]
    return book if name in book.sheetnames else None


def _plain(found: Sheet) -> Workbook:
    book = openpyxl.Workbook()
    page = book.active
    if not isinstance(page, Worksheet):
        raise TypeError("a new workbook has a sheet")
    page.title = _FORBIDDEN.sub("", _clean(found.name))[:31] or "成绩"
    for number, cells in found.rows:
        for column, value in enumerate(cells, start=1):
            if value is not None:
                cell = page.cell(number, column)
                if isinstance(cell, Cell):
                    _write(cell, value)
    return book


def _write(cell: Cell, value: sheet.Cell | Unreadable) -> None:
    if isinstance(value, Unreadable):
        value = _LOST[value.code]
    if not isinstance(value, str):
        if isinstance(value, float | bool | date | datetime):
            cell.value = value
        return
    cell.value = _clean(value)[:32_767]
    if cell.data_type != "s" and value:
        cell.data_type = "s"  # of its own accord the library takes = for a formula
    cell.number_format = "@"
    cell.quotePrefix = True


def _said(refusal: Refusal) -> str:
    return f"{refusal.message}\n→ {refusal.suggestion}\n[{refusal.code}]"


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)
