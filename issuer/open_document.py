# SPDX-License-Identifier: Apache-2.0
"""Rows out of an .ods workbook (OpenDocument 1.3, part 3), read by calamine after a look inside.

One element may stand for a million: `table:number-rows-repeated`. The look runs content.xml through
expat with every repetition counted, so that filled cells stay inside the limits of `issuer.area`
before calamine writes them out, and it notes formulas, whose remembered result proves nothing.
calamine reads all sheets when it opens the file, so the limit is for all of them together.
"""

import io
from pathlib import Path
from typing import Final

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from issuer import archive
from issuer.archive import XmlReader
from issuer.area import MAX_CELLS, Area
from issuer.sheet import MAX_COLUMNS, Sheet, unreadable
from issuer.workbook import MAX_SHEETS, Page, reading

_CONTENT: Final = "content.xml"
_MANIFEST: Final = "META-INF/manifest.xml"
_CELLS: Final = ("table:table-cell", "table:covered-table-cell")
_VALUES: Final = tuple(
    f"office:{what}"
    for what in ("value-type", "value", "date-value", "time-value", "boolean-value", "string-value")
)
_MANY: Final = 10**9  # a repetition as large as any


class _Look:
    """What expat saw of every table."""

    def __init__(self, path: Path) -> None:
        self.areas: dict[str, Area] = {}
        self.reader = XmlReader(path, self._start, self._end, prefixed=True)
        self._path = path
        self._area: Area | None = None
        self._row = 0  # the last row that is over
        self._rows = 0  # how many the current one stands for
        self._column = 0
        self._columns = 0
        self._in_cell = False

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        if element == "table:table":
            self._table(attributes.get("table:name", ""))
        elif element == "table:table-row":
            self._rows = self._times(attributes.get("table:number-rows-repeated"))
            self._column = 0
        elif element in _CELLS:
            self._in_cell = True
            self._columns = self._times(attributes.get("table:number-columns-repeated"))
            if "table:formula" in attributes:
                self._formula()
            if any(name in attributes for name in _VALUES):
                self._fill()
        elif element == "text:p" and self._in_cell:
            self._fill()

    def _end(self, element: str) -> None:
        if element == "table:table":
            self._area = None
        elif element == "table:table-row":
            self._row += self._rows
        elif element in _CELLS:
            self._in_cell = False
            self._column += self._columns

    def _table(self, name: str) -> None:
        if self._area is not None or name in self.areas:
            raise unreadable(self._path, "a table inside a table, or a name twice: save it again")
        self._area = self.areas[name] = Area(self._path)
        self._row = 0
        if len(self.areas) > MAX_SHEETS:
            raise unreadable(self._path, f"more than {MAX_SHEETS} sheets")

    def _times(self, text: str | None) -> int:
        if text is None:
            return 1
        if not text.isascii() or not text.isdigit():
            raise unreadable(self._path, "a repetition is no number: save it again")
        return max(1, int(text[:10])) if len(text) <= 10 else _MANY

    def _fill(self) -> None:
        if self._area is None:
            raise unreadable(self._path, "a cell outside every table: save it again")
        self._area.place(self._row + self._rows, self._column + self._columns)
        self._area.fill(self._row + 1, self._column + self._columns, self._rows)

    def _formula(self) -> None:
        self._fill()
        if self._area and self._rows * self._columns <= MAX_COLUMNS:
            self._area.formulas.update(
                (self._row + down, self._column + right)
                for down in range(1, self._rows + 1)
                for right in range(1, self._columns + 1)
            )
        else:
            raise unreadable(self._path, "a formula that is repeated: paste its values")


def sheets(path: Path, content: bytes) -> list[Sheet]:
    """Give the visible sheets; see `issuer.sheet.read`."""
    with archive.opened(path, content) as parts:
        parts.is_only(("xl/workbook.xml", "xl/workbook.bin", "xl/_rels/workbook.xml.rels"))
        if b"encryption-data" in parts.small(_MANIFEST):
            raise unreadable(path, "protected by a password: save it without one")
        look = _Look(path)
        if _CONTENT not in parts.parts:
            raise KeyError
        parts.feed({_CONTENT: look.reader})
    if sum(area.cells for area in look.areas.values()) > MAX_CELLS:
        raise unreadable(path, "too many cells over all sheets: leave only the roster in it")
    with reading(path):
        book = CalamineWorkbook.from_object(io.BytesIO(content))
        shown = [
            each.name for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible
        ]
    if not shown:
        raise unreadable(path, "no visible sheet")
    return [Sheet(name, Page(path, book, name, look.areas.get(name, Area(path)))) for name in shown]
