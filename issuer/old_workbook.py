# SPDX-License-Identifier: Apache-2.0
"""Rows out of an .xls workbook (MS-XLS, Excel 97 to 2003), read by calamine after a look inside.

The look walks the records of every sheet: cells outside the limits, claims of more strings than the
file has bytes, and a password end it; formulas are noted by place, since their remembered result
proves nothing. Records that say nothing about cells are taken out, such as what a sheet says of its
own size, which calamine would allocate. Excel 95 and older are not read.
"""

import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from issuer import compound_file
from issuer.area import MAX_CELLS, Area
from issuer.sheet import Sheet, unreadable
from issuer.workbook import MAX_SHEETS, Page, reading

_STREAM: Final = "Workbook"
_BEGIN, _END = 0x0809, 0x000A
_FORMULA, _SEVERAL, _TRUTH_OR_ERROR = 0x0006, 0x00BD, 0x0205
_CELLS: Final = frozenset(
    {_FORMULA, _SEVERAL, _TRUTH_OR_ERROR, 0x0203, 0x0204, 0x00D6, 0x00FD, 0x027E}
)
_PASSWORD, _SHEET, _STRINGS = 0x002F, 0x0085, 0x00FC
_NUMBER, _UNKNOWN = 0x0203, 0x0000
_BIFF8: Final = 0x0600
# What is passed on: the above, and dates, formats, code page and the rest of long strings.
_KEPT: Final = _CELLS | {_BEGIN, _END, _SHEET, _STRINGS, 0x003C, 0x0022, 0x0042, 0x00E0, 0x041E}


class _Look:
    """What the records say."""

    def __init__(self, path: Path, stream: bytes) -> None:
        self._path = path
        self.stream = bytearray(stream)
        self.areas: list[Area] = []
        starts = self._globals()
        if len(starts) > MAX_SHEETS or len(set(starts)) != len(starts):
            raise unreadable(path, f"more than {MAX_SHEETS} sheets, or one twice: save it as .xlsx")
        for start in starts:
            self.areas.append(self._sheet(start))
        if sum(area.cells for area in self.areas) > MAX_CELLS:
            raise unreadable(path, "too many cells over all sheets: leave only the roster in it")

    def _records(self, at: int) -> Iterator[tuple[int, int, int]]:
        """Yield kind, begin and length of each record up to the end of its part."""
        while at + 4 <= len(self.stream):
            kind, length = struct.unpack_from("<HH", self.stream, at)
            if at + 4 + length > len(self.stream):
                break
            yield kind, at + 4, length
            if kind not in _KEPT:
                struct.pack_into("<H", self.stream, at, _UNKNOWN)
            if kind == _END:
                return
            at += 4 + length
        raise ValueError

    def _globals(self) -> list[int]:
        starts = []
        for kind, at, length in self._records(0):
            if kind == _BEGIN and self._short(at) != _BIFF8:
                raise unreadable(self._path, "older than Excel 97: save it as .xlsx")
            if kind == _PASSWORD:
                raise unreadable(self._path, "protected by a password: save it without one")
            if kind == _SHEET and length >= 8 and self.stream[at + 5] == 0:
                starts.append(struct.unpack_from("<I", self.stream, at)[0])
            elif kind == _STRINGS:
                claimed = struct.unpack_from("<I", self.stream, at + 4)[0]
                if claimed * 3 > len(self.stream):
                    raise ValueError
        return starts

    def _sheet(self, start: int) -> Area:
        area = Area(self._path)
        for kind, at, length in self._records(start):
            if kind in _CELLS:
                if length < 6:
                    raise ValueError
                row, column = self._short(at), self._short(at + 2)
                last = self._short(at + length - 2) if kind == _SEVERAL else column
                if last < column or (kind == _SEVERAL and length != 6 + 6 * (last - column + 1)):
                    raise ValueError
                area.fill(row + 1, last + 1)
                if kind == _TRUTH_OR_ERROR and length >= 8 and self.stream[at + 7]:
                    area.errors.add((row + 1, column + 1))
                if kind == _FORMULA:
                    area.formulas.add((row + 1, column + 1))
                    struct.pack_into("<H", self.stream, at - 4, _NUMBER)  # the same beginning
        return area

    def _short(self, at: int) -> int:
        return int.from_bytes(self.stream[at : at + 2], "little")


def _is_encrypted(content: bytes) -> bool:
    """Tell whether an .xlsx workbook with a password is inside (MS-OFFCRYPTO 2.3.4.4)."""
    try:
        compound_file.stream(content, ("EncryptedPackage",))
    except (ValueError, IndexError, struct.error):
        return False
    return True


def sheets(path: Path, content: bytes) -> list[Sheet]:
    """Give the visible sheets; see `issuer.sheet.read`."""
    try:
        look = _Look(path, compound_file.stream(content, (_STREAM,)))
    except (ValueError, IndexError, struct.error):
        what = "not an .xls workbook that can be read, or one with a password: save it as .xlsx"
        if _is_encrypted(content):
            what = "protected by a password: save it without one"
        raise unreadable(path, what) from None
    alone = compound_file.around(_STREAM, bytes(look.stream))
    with reading(path):
        book = CalamineWorkbook.from_object(io.BytesIO(alone))
        pages = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    if len(pages) != len(look.areas):
        raise unreadable(path, "its list of sheets cannot be read: save it as .xlsx")
    shown = [
        Sheet(each.name, Page(path, book, each.name, area))
        for each, area in zip(pages, look.areas, strict=True)
        if each.visible == SheetVisibleEnum.Visible
    ]
    if not shown:
        raise unreadable(path, "no visible sheet")
    return shown
