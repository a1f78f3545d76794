# SPDX-License-Identifier: Apache-2.0
"""Lists as files: CSV that Excel and WPS open in the right encoding, and XLSX; never a formula.

A text that a spreadsheet could take for a formula (OWASP, CSV injection) has an apostrophe before
it in CSV; in XLSX it is stored as text, and is none. Whole numbers stay numbers up to the 15 digits
that a spreadsheet keeps.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

import xlsxwriter
from starlette.responses import Response

from credential.errors import ConflictError

MAX_ROWS: Final = 100_000
MAX_CELL: Final = 32_767  # characters that a cell of a spreadsheet has room for
MAX_NUMBER: Final = 10**15
CSV: Final = "text/csv; charset=utf-8"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠|%")  # full-width ones count too
_BLANK: Final = " \u00a0\u3000\ufeff\u200b"

Cell = str | int | None


def to_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write a list as CSV with a byte order mark (RFC 4180).

    Raises:
        ConflictError: `export.too_many`.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in _bounded(head, rows):
        writer.writerow([each if isinstance(each, int) else guarded(each or "") for each in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def to_xlsx(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write a list as a workbook with one sheet.

    Raises:
        ConflictError: `export.too_many`.
    """
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
    widths = [len(each) for each in head]
    for y, row in enumerate(_bounded(head, rows)):
        for x, cell in enumerate(row):
            if isinstance(cell, int) and abs(cell) < MAX_NUMBER:
                sheet.write_number(y, x, cell)
            else:
                text = "" if cell is None else str(cell)[:MAX_CELL]
                sheet.write_string(y, x, text, bold if y == 0 else None)
            widths[x] = max(widths[x], min(len(str(cell or "")), 30))
    for x, width in enumerate(widths):
        sheet.set_column(x, x, 2 + 1.8 * width)  # a Chinese character is two wide
    sheet.freeze_panes(1, 0)
    book.close()
    return content.getvalue()


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return "'" + text if text.lstrip(_BLANK).startswith(_FORMULA) else text


def attachment(content: bytes, name: str, kind: str) -> Response:
    """Answer with a file.

    Args:
        content: Of the file.
        name: Such as `机构.csv`; without folders.
        kind: `CSV`, `XLSX` or another media type.
    """
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, media_type=kind, headers=headers)


def _bounded(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterable[Sequence[Cell]]:
    yield head
    for number, row in enumerate(rows):
        if number == MAX_ROWS:
            message = f"more than {MAX_ROWS} rows: choose fewer"
            raise ConflictError("export.too_many", message)
        yield row
