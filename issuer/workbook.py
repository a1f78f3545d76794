# SPDX-License-Identifier: Apache-2.0
"""Rows out of an .xlsx workbook (ECMA-376), read by calamine after a look inside.

The look unpacks the parts under a bound and runs the sheet's XML through expat, because calamine

- unpacks whatever a part expands to (a zip bomb);
- allocates the rectangle that spans all cells: two cells, A1 and XFD1048576, are 17 thousand
  million;
- gives a formula's remembered result as if it had been typed, or nothing where none is remembered.

So the parts unpack to what their directory says and to at most 512 MiB, no XML has a document type,
no cell lies outside the limits, and formula cells are refused by place. Only the first visible
sheet is read.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Final
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

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

MAX_UNPACKED: Final = 512 << 20  # bytes over all parts
MAX_PARTS: Final = 2_000
MAX_INDEX_PART: Final = 4 << 20  # bytes of the parts that only name other parts
_CHUNK: Final = 1 << 20
_REFERENCE: Final = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})")
_KINDS: Final = {"c": "c", "v": "value", "is": "value", "f": "f", "row": "row"}
_RELATIONSHIP: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships id"


class _Look:
    """What expat saw of the sheet: where formulas are, and that no cell is outside the limits."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.formulas: set[tuple[int, int]] = set()
        self._row = 0
        self._column = 0
        self._filled = 0
        self._last_filled = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError:
            raise unreadable(self.path, "the sheet is not well-formed: save it again") from None

    def _doctype(self, *_: object) -> None:
        raise unreadable(self.path, "the sheet has a document type, which no workbook needs")

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        kind = _KINDS.get(element) or _KINDS.get(element.rpartition(":")[2])
        if kind == "c":
            self._place(attributes.get("r"))
        elif kind == "value":
            if self._row != self._last_filled:
                self._last_filled = self._row
                self._filled += 1
                if self._filled > MAX_ROWS + HEADER_ROWS:
                    raise too_long(self.path)
        elif kind == "f":
            self.formulas.add((self._row, self._column))
        elif kind == "row":
            number = attributes.get("r")
            self._column = 0
            self._row = self._row + 1 if number is None else self._number(number)

    def _number(self, text: str) -> int:
        if not text.isascii() or not text.isdigit() or len(text) > 7:
            raise unreadable(self.path, "a row has no proper number: save it again")
        return int(text)

    def _place(self, reference: str | None) -> None:
        if reference is None:
            self._column += 1
        elif match := _REFERENCE.fullmatch(reference):
            self._column = 0
            for letter in match[1]:
                self._column = self._column * 26 + ord(letter) - 64
            self._row = int(match[2])
        else:
            raise unreadable(self.path, "a cell has no proper place: save it again")
        if self._column > MAX_COLUMNS or self._row > 10 * MAX_ROWS:
            what = (
                f"a cell beyond column {MAX_COLUMNS} or row {10 * MAX_ROWS:,}: delete what is there"
            )
            raise unreadable(self.path, what)


def rows(path: Path, content: bytes) -> Iterator[Row]:
    """Yield the rows with content of the first visible sheet; see `issuer.sheet.read`."""
    sheet_name, formulas = _look(path, content)
    try:
        book = CalamineWorkbook.from_object(io.BytesIO(content))
        sheet = book.get_sheet_by_name(sheet_name)
    except CalamineError:
        raise unreadable(path, "not a workbook that can be read: save it as .xlsx again") from None
    if sheet.start is None:
        return
    # calamine numbers rows from the sheet's first and columns from the first that is used.
    lead = (None,) * sheet.start[1]
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = lead + tuple(_cell(value) for value in values)
        if formulas:
            cells = tuple(
                Unreadable("cell.formula") if (number, column) in formulas else cell
                for column, cell in enumerate(cells, start=1)
            )
        if any(cell is not None for cell in cells):
            yield number, cells


def _cell(value: object) -> Cell | Unreadable | None:
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if isinstance(value, bool | int | float | date | datetime):
        return float(value) if type(value) is int else value
    return Unreadable("cell.error")  # a duration or a time of day: no column of a roster has one


def _look(path: Path, content: bytes) -> tuple[str, set[tuple[int, int]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {part.filename: part for part in archive.infolist()}
            _bound(path, archive, len(parts))
            name, part = _first_sheet(path, content, parts)
            look = _Look(path)
            unpacked = 0
            for other in parts.values():
                feed = look.feed if other is part else None
                for chunk in _unpack(path, content, other):
                    unpacked += len(chunk)
                    if unpacked > MAX_UNPACKED:
                        raise _too_big(path)
                    if feed:
                        feed(chunk)
            look.feed(b"", final=True)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, NotImplementedError):
        raise unreadable(path, "not a whole .xlsx workbook: save it again") from None
    return name, look.formulas


def _bound(path: Path, archive: zipfile.ZipFile, names: int) -> None:
    parts = archive.infolist()
    if len(parts) > MAX_PARTS or names != len(parts):
        raise unreadable(path, "too many parts, or one part twice: save it again")
    if any(part.flag_bits & 1 for part in parts):
        raise unreadable(path, "protected by a password: save it without one")


def _too_big(path: Path) -> Exception:
    return unreadable(path, f"unpacks to more than {MAX_UNPACKED >> 20} MiB: split the roster")


def _unpack(path: Path, content: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack a part without trusting what the directory says of its length."""
    start = part.header_offset
    if content[start : start + 4] != b"PK\x03\x04":
        raise zipfile.BadZipFile
    name, extra = (
        int.from_bytes(content[start + at : start + at + 2], "little") for at in (26, 28)
    )
    packed = memoryview(content)[start + 30 + name + extra :][: part.compress_size]
    left = part.file_size
    if part.compress_type == zipfile.ZIP_STORED:
        chunks: Iterator[bytes] = iter([bytes(packed)])
    elif part.compress_type == zipfile.ZIP_DEFLATED:
        chunks = _inflate(packed)
    else:
        raise NotImplementedError
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise unreadable(path, "a part is longer than its directory says: save it again")
        yield chunk
    if left:
        raise zipfile.BadZipFile


def _inflate(packed: memoryview) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-15)
    chunk = inflate.decompress(packed, _CHUNK)
    while chunk:
        yield chunk
        chunk = inflate.decompress(inflate.unconsumed_tail, _CHUNK)


def _first_sheet(
    path: Path, content: bytes, parts: dict[str, zipfile.ZipInfo]
) -> tuple[str, zipfile.ZipInfo]:
    """Find name and part of the first visible sheet, as calamine will."""
    index = b"".join(_small(path, content, parts["xl/workbook.xml"]))
    targets = _targets(path, b"".join(_small(path, content, parts["xl/_rels/workbook.xml.rels"])))
    found: list[tuple[str, str]] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        is_shown = attributes.get("state", "visible") == "visible"
        if element.rpartition(" ")[2] == "sheet" and is_shown and not found:
            found.append((attributes["name"], targets[attributes[_RELATIONSHIP]]))

    _parse(path, index, start)
    if not found:
        raise unreadable(path, "no visible sheet")
    name, target = found[0]
    return name, parts[target.removeprefix("/") if target.startswith("/") else f"xl/{target}"]


def _small(path: Path, content: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    if part.file_size > MAX_INDEX_PART:
        raise _too_big(path)
    return _unpack(path, content, part)


def _targets(path: Path, data: bytes) -> dict[str, str]:
    targets: dict[str, str] = {}

    def start(element: str, attributes: dict[str, str]) -> None:
        if element.rpartition(" ")[2] == "Relationship":
            targets[attributes["Id"]] = attributes["Target"]

    _parse(path, data, start)
    return targets


def _parse(path: Path, data: bytes, start: Callable[[str, dict[str, str]], None]) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    try:
        parser.Parse(data, True)  # noqa: FBT003  # expat takes it by position alone
    except expat.ExpatError:
        raise unreadable(path, "not a whole .xlsx workbook: save it again") from None
