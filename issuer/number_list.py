# SPDX-License-Identifier: Apache-2.0
"""A list of certificate numbers out of a file: a column headed 证书编号, or nothing but numbers.

Numbers stored as numbers have lost their last digits and refuse the list, with the cell's address:
a list of certificates to be revoked is never guessed at.
"""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from credential.errors import MalformedError
from issuer import cells, sheet
from issuer.cells import CellError
from issuer.columns import TITLES, letters
from issuer.sheet import HEADER_ROWS, Row

_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_HEADINGS: Final = frozenset({*TITLES["number"], "number", "certificate_number"})


def read(path: Path, name: str | None = None) -> tuple[str, ...]:
    """Read a list.

    Args:
        path: .xlsx, .xls, .ods, .csv, or text with one number a line.
        name: The sheet of a workbook.

    Returns:
        The numbers in their order, each once.

    Raises:
        UnavailableError: `roster.absent`.
        MalformedError: `roster.…`, `list.column`, `list.empty`, `number.stored_as_number`,
            `number.malformed`.
    """
    content = sheet.read_bytes(path)
    if content.startswith(_WORKBOOKS):
        rows = list(sheet.choose(path, content, name).rows)
    else:
        rows = _lines(path, content)
    column, below = _column(path, rows)
    numbers = {}
    for row, line in rows:
        value = line[column] if row > below and column < len(line) else None
        if value is None:
            continue
        address = f"{letters(column)}{row}"
        if isinstance(value, float):
            message = f"{address}: the number is stored as a number, so its last digits may be lost"
            raise MalformedError("number.stored_as_number", message)
        try:
            numbers[cells.text(value).replace(" ", "")] = row
        except CellError as error:
            raise MalformedError("number.malformed", f"{address}: {error.message}") from None
    numbers.pop("", None)
    if not numbers:
        raise MalformedError("list.empty", f"{path.name} lists no certificate numbers")
    return tuple(numbers)


def _lines(path: Path, content: bytes) -> list[Row]:
    """Read separated text; a heading need not be there to tell the encoding."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        lines = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in text else ",")
        try:
            return [(n, tuple(cell or None for cell in line)) for n, line in enumerate(lines, 1)]
        except csv.Error:
            break
    raise sheet.unreadable(path, "neither a workbook nor text in UTF-8 or GB18030")


def _column(path: Path, rows: Iterable[Row]) -> tuple[int, int]:
    """Find the column, and the row above the first number."""
    widest = 0
    for row, line in rows:
        for column, value in enumerate(line):
            if row <= HEADER_ROWS and isinstance(value, str) and _title(value) in _HEADINGS:
                return column, row
            if value is not None:
                widest = max(widest, column)
    if widest > 0:
        message = f"{path.name} has several columns and none headed 证书编号: name it so"
        raise MalformedError("list.column", message)
    return 0, 0


def _title(value: str) -> str:
    return "".join(value.split()).strip("*")
