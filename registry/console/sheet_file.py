# SPDX-License-Identifier: Apache-2.0
r"""A small table that an official uploads, as the lines of a form: CSV or a workbook (.xlsx).

    to_lines(b"2027-01-01,\r\n2027-01-02,\r\n")   →   "2027-01-01\\n2027-01-02"

Cells stand between tabs, as a spreadsheet puts them on the clipboard. Of a workbook the first sheet
is read. Nothing in it is trusted: its parts are looked at before the library gets them, no document
type is read (so no entity grows), and a formula, whose value nobody typed, is refused.
"""

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import openpyxl

from credential.errors import MalformedError

MAX_UNPACKED: Final = 16 << 20  # bytes of all parts
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 64

_BLANKS: Final = str.maketrans(dict.fromkeys("\t\r\n\u00a0\u3000", " "))


def to_lines(content: bytes) -> str:
    """Write the rows of a file as lines, without the empty ones at the end of a row or file.

    Raises:
        MalformedError: `act.file`.
    """
    rows = _workbook(content) if content.startswith(b"PK\3\4") else _separated(content)
    lines = ["\t".join(_clean(cell) for cell in row).rstrip() for row in rows]
    return "\n".join(lines).strip("\n")


def text_of(content: bytes) -> str:
    """Read text as editors and spreadsheets in China store it: UTF-8, UTF-16 or GB 18030.

    Raises:
        MalformedError: `act.file`.
    """
    utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf_16 else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused("this is neither text nor a workbook")


def _separated(content: bytes) -> list[list[str]]:
    text = text_of(content)
    if "\0" in text:
        raise _refused("save it as CSV or .xlsx: other files are not read")
    first = text.partition("\n")[0]
    mark = "\t" if "\t" in first else ";" if ";" in first and "," not in first else ","
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error:
        raise _refused("the quotes of this CSV do not match") from None


def _workbook(content: bytes) -> list[list[str]]:
    _look(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a table does not need, such as drop-downs
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file claims about its size
            return _rows(sheet.iter_rows())
    except MalformedError:
        raise
    except Exception:  # noqa: BLE001  # whatever the library makes of a file from outside
        raise _refused("this workbook cannot be read: save it again, or as CSV") from None


def _look(content: bytes) -> None:
    """Look at the parts before the library unpacks them."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            if sum(part.file_size for part in book.infolist()) > MAX_UNPACKED:
                raise _refused("this workbook is too large")
            # In UTF-16 there is a zero beside each letter.
            if any(b"<!DOCTYPE" in book.read(name).replace(b"\0", b"") for name in book.namelist()):
                raise _refused("this workbook has a document type, which none needs")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise _refused("this workbook cannot be read: save it again, or as CSV") from None


def _rows(found: Iterable[Iterable[Any]]) -> list[list[str]]:
    rows: list[list[str]] = []
    for number, cells in enumerate(found, start=1):
        row = [_text(cell, number) for cell in cells]
        if number > MAX_ROWS or len(row) > MAX_COLUMNS:
            message = (
                f"this workbook has content below row {MAX_ROWS} or beyond {MAX_COLUMNS} columns"
            )
            raise _refused(message)
        rows.append(row)
    return rows


def _text(cell: Any, row: int) -> str:  # noqa: ANN401  # a cell of openpyxl, there or empty
    if cell.data_type == "f":
        raise _refused(f"row {row} has a formula: keep values only")
    if cell.data_type == "e":
        raise _refused(f"row {row} shows an error")
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value)


def _clean(cell: str) -> str:
    return cell.translate(_BLANKS).strip()


def _refused(message: str) -> MalformedError:
    return MalformedError("act.file", message)
