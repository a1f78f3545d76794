# SPDX-License-Identifier: Apache-2.0
"""Rows out of an .xlsx workbook (ECMA-376), read by calamine after a look inside.

The look unpacks the parts under a bound and runs every visible sheet's XML through expat, because
calamine

- unpacks whatever a part expands to (a zip bomb);
- allocates the rectangle that spans all cells: two cells, A1 and XFD1048576, are 17 thousand
  million;
- gives a formula's remembered result as if it had been typed, or nothing where none is remembered;
- gives nothing for a cell that shows an error, as if nobody had filled it in.

So the parts unpack to what their directory says (`issuer.archive`), no cell lies outside the limits
(`issuer.area`), and cells with formulas or errors are refused by place.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

from issuer import archive
from issuer.archive import Archive, XmlReader
from issuer.area import Area
from issuer.columns import letters
from issuer.sheet import Cell, Row, Sheet, Unreadable, unreadable

MAX_SHEETS: Final = 64  # visible ones
_REFERENCE: Final = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})")
_KINDS: Final = {"c": "c", "v": "value", "is": "value", "f": "f", "row": "row"}
# As nearly all workbooks have it, and as Excel's "Strict Open XML" has it (ISO/IEC 29500-1).
_RELATIONSHIPS: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)


class _Look:
    """What expat saw of a sheet: where formulas are, and that no cell is outside the limits."""

    def __init__(self, path: Path) -> None:
        self.area = Area(path)
        self.reader = XmlReader(path, self._start, prefixed=True)
        self._path = path
        self._row = 0
        self._column = 0
        self._prefix = ""

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        kind = _KINDS.get(element) or _KINDS.get(element.rpartition(":")[2])
        if kind == "c":
            self._place(attributes.get("r"))
            self._prefix = element.rpartition(":")[0]
            if attributes.get("t") == "e":
                self.area.errors.add((self._row, self._column))
        elif kind == "value":
            self.area.fill(self._row, self._column)
        elif kind == "f" and element.rpartition(":")[0] == self._prefix:
            # Not `xm:f`, with which a drop-down list below the cells says where its words stand.
            self.area.formulas.add((self._row, self._column))
        elif kind == "row":
            number = attributes.get("r")
            self._column = 0
            self._row = self._row + 1 if number is None else self._number(number)

    def _number(self, text: str) -> int:
        if not text.isascii() or not text.isdigit() or len(text) > 7:
            raise unreadable(self._path, "a row has no proper number: save it again")
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
            raise unreadable(self._path, "a cell has no proper place: save it again")
        self.area.place(self._row, self._column)


def sheets(path: Path, content: bytes) -> list[Sheet]:
    """Give the visible sheets; see `issuer.sheet.read`."""
    areas = _look(path, content)
    with reading(path):
        book = CalamineWorkbook.from_object(io.BytesIO(content))
    return [Sheet(name, Page(path, book, name, area)) for name, area in areas.items()]


class reading:  # noqa: N801  # a context manager, used like a function
    """Say what the reading library cannot read as `roster.unreadable`, also where it gave up."""

    def __init__(self, path: Path, what: str | None = None) -> None:
        self._path = path
        self._what = what or "not a workbook that can be read: save it as .xlsx again"

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End."""
        # A panic of the library is no Exception, so it is known by its name alone.
        if kind and (issubclass(kind, CalamineError) or kind.__name__ == "PanicException"):
            raise unreadable(self._path, self._what) from None


@dataclass(frozen=True, slots=True)
class Page:
    """The rows with content of one sheet, numbered as the sheet numbers them."""

    path: Path
    book: CalamineWorkbook
    name: str
    area: Area

    def __iter__(self) -> Iterator[Row]:
        """Draw them."""
        with reading(self.path, self._hint()):
            sheet = self.book.get_sheet_by_name(self.name)
        if sheet.start is None:
            return
        # calamine numbers rows from the sheet's first and columns from the first that is used.
        lead = (None,) * sheet.start[1]
        for number, values in enumerate(sheet.iter_rows(), start=1):
            cells = lead + tuple(_cell(value) for value in values)
            if self.area.formulas or self.area.errors:
                cells = tuple(
                    self._usable(number, column, cell) for column, cell in enumerate(cells, start=1)
                )
            if any(cell is not None for cell in cells):
                yield number, cells

    def _usable(
        self, row: int, column: int, cell: Cell | Unreadable | None
    ) -> Cell | Unreadable | None:
        if (row, column) in self.area.formulas:
            return Unreadable("cell.formula")
        return Unreadable("cell.error") if (row, column) in self.area.errors else cell

    def _hint(self) -> str | None:
        """Say what to do where the library knows an error as little as #SPILL! and gives up."""
        if not self.area.errors:
            return None
        row, column = min(self.area.errors)
        return f"cells show errors, the first is {letters(column - 1)}{row}: clear them, save again"


def _cell(value: object) -> Cell | Unreadable | None:
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if isinstance(value, bool | int | float | date | datetime):
        return float(value) if type(value) is int else value
    return Unreadable("cell.error")  # a duration or a time of day: no column of a roster has one


def _look(path: Path, content: bytes) -> dict[str, Area]:
    with archive.opened(path, content) as parts:
        parts.is_only(("content.xml", "xl/workbook.bin"))
        names = _visible(path, parts)
        looks = {part: _Look(path) for part in names.values()}
        parts.feed({part: look.reader for part, look in looks.items()})
    return {name: looks[part].area for name, part in names.items()}


def _visible(path: Path, parts: Archive) -> dict[str, str]:
    """Find name and part of each visible sheet, as calamine will."""
    targets = _targets(path, parts.small("xl/_rels/workbook.xml.rels"))
    found: dict[str, str] = {}
    names: set[str] = set()

    def start(element: str, attributes: dict[str, str]) -> None:
        if element.rpartition(" ")[2] != "sheet":
            return
        # The library finds a sheet by its name, hidden or not: the first of them.
        if attributes["name"] in names:
            raise unreadable(path, "two sheets have one name: save it again")
        names.add(attributes["name"])
        # The one and only id: with two of them the library may follow another than was looked at.
        (link,) = (key for key in attributes if key.rpartition(" ")[2] == "id")
        if link not in _RELATIONSHIPS:
            raise KeyError
        target = targets[attributes[link]]
        part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        # A sheet of a chart alone stands elsewhere; calamine has no rows for it.
        if attributes.get("state", "visible") == "visible" and "/chartsheets/" not in part:
            found[attributes["name"]] = part

    archive.parse(path, parts.small("xl/workbook.xml"), start)
    if not found:
        raise unreadable(path, "no visible sheet")
    if len(found) > MAX_SHEETS or not parts.parts.keys() >= set(found.values()):
        raise unreadable(path, f"more than {MAX_SHEETS} visible sheets, or one that is missing")
    return found


def _targets(path: Path, data: bytes) -> dict[str, str]:
    targets: dict[str, str] = {}

    def start(element: str, attributes: dict[str, str]) -> None:
        if element.rpartition(" ")[2] == "Relationship":
            targets[attributes["Id"]] = attributes["Target"]

    archive.parse(path, data, start)
    return targets
