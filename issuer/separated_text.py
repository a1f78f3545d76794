# SPDX-License-Identifier: Apache-2.0
"""Rows out of separated text (RFC 4180, as Excel and WPS write it), in UTF-8 or GB18030.

The encoding is that in which the header can be read: nearly any bytes are valid GB18030, so one bad
byte must not turn a whole UTF-8 roster into other characters. A cell that is not valid in the
encoding is refused by itself, the rest goes on. Rows count as a spreadsheet shows them: a quoted
cell with a line break is part of one row, empty rows count.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from credential.errors import MalformedError
from issuer.sheet import (
    HEADER_ROWS,
    MAX_COLUMNS,
    MAX_ROWS,
    Cell,
    Row,
    Unreadable,
    too_long,
    unreadable,
)

ENCODINGS: Final = ("utf-8", "gb18030")
MARK: Final = "姓名"  # the one heading that every roster has
_ESCAPED: Final = range(0xDC80, 0xDD00)  # what "surrogateescape" makes of an invalid byte


def rows(path: Path, content: bytes) -> Iterator[Row]:
    """Yield the rows with content; see `issuer.sheet.read`."""
    text = _decode(path, content)
    separator = max(",\t;", key=text[: text.find(MARK) + 2_000].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    filled = number = 0
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error:
            what = f"row {number}: a quotation mark that is not closed, or a cell without end"
            raise unreadable(path, what) from None
        if cells is None:
            return
        if len(cells) > MAX_COLUMNS:
            raise unreadable(path, f"row {number} has more than {MAX_COLUMNS} columns")
        row = tuple(_cell(cell) for cell in cells)
        if any(cell is not None for cell in row):
            filled += 1
            if filled > MAX_ROWS + HEADER_ROWS:
                raise too_long(path)
            yield number, row


def _decode(path: Path, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = f"{path.name} is in UTF-16: save it as CSV UTF-8"
        raise MalformedError("roster.encoding", message)
    content = content.removeprefix(b"\xef\xbb\xbf")
    head = content[: 64 << 10]
    for encoding in ENCODINGS:
        if MARK.encode(encoding) in head:
            return content.decode(encoding, "surrogateescape")
    if content.strip():
        message = f"{path.name}: no heading {MARK} in UTF-8 or GB18030: is it a roster?"
        raise MalformedError("roster.header", message)
    return ""


def _cell(text: str) -> Cell | Unreadable | None:
    if not text or text.isspace():
        return None
    if any(ord(character) in _ESCAPED for character in text):
        return Unreadable("cell.encoding")
    return text
