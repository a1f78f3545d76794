# SPDX-License-Identifier: Apache-2.0
r"""A small table that an official uploads, as the lines of a form: CSV or a workbook (.xlsx).

    to_lines(b"2027-01-01,\r\n2027-01-02,\r\n")   →   "2027-01-01\\n2027-01-02"

Cells stand between tabs, as a spreadsheet puts them on the clipboard. Of a workbook the first sheet
is read. Nothing in it is trusted: parts unpack under a bound, no document type is read (so no
entity grows), and a formula, whose value nobody typed, is refused.
"""

import csv
import io
import re
import zipfile
import zlib
from typing import Final
from xml.parsers import expat

from credential.errors import MalformedError

MAX_PART: Final = 32 << 20  # bytes of one part, unpacked
MAX_CELLS: Final = 200_000
MAX_COLUMNS: Final = 64

_REFERENCE: Final = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})")
_SHEET: Final = "xl/worksheets/sheet1.xml"
_STRINGS: Final = "xl/sharedStrings.xml"
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
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            names = set(book.namelist())
            sheets = sorted(name for name in names if name.startswith("xl/worksheets/sheet"))
            if not sheets:
                raise _refused("this workbook has no sheet: save it as .xlsx or CSV")
            strings = _strings(_part(book, _STRINGS)) if _STRINGS in names else []
            return _Sheet(strings).read(_part(book, _SHEET if _SHEET in names else sheets[0]))
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, NotImplementedError, RuntimeError):
        raise _refused("this workbook cannot be read: save it again, or as CSV") from None


def _part(book: zipfile.ZipFile, name: str) -> bytes:
    with book.open(name) as file:
        data = file.read(MAX_PART + 1)
    if len(data) > MAX_PART:
        raise _refused("this workbook is too large")
    return data


def _parser() -> expat.XMLParserType:
    made = expat.ParserCreate(namespace_separator=" ")
    made.buffer_text = True

    def refuse(*_: object) -> None:
        raise _refused("this workbook has a document type, which none needs")

    made.StartDoctypeDeclHandler = refuse
    return made


def _strings(data: bytes) -> list[str]:
    """Read the texts that cells refer to; what only says how one is pronounced is left out."""
    found: list[list[str]] = []
    inside: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        inside.append(name.rpartition(" ")[2])
        if inside[-1] == "si":
            found.append([])
            if len(found) > MAX_CELLS:
                raise _refused("this workbook is too large")

    def data_of(text: str) -> None:
        if inside and inside[-1] == "t" and "rPh" not in inside and found:
            found[-1].append(text)

    parser = _parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: inside.pop()
    parser.CharacterDataHandler = data_of
    parser.Parse(data, True)  # noqa: FBT003 # expat's own
    return ["".join(one) for one in found]


class _Sheet:
    """One sheet: what stands where."""

    def __init__(self, strings: list[str]) -> None:
        self._strings = strings
        self._cells: dict[tuple[int, int], str] = {}
        self._place = (0, 0)
        self._kind = ""
        self._inside: list[str] = []
        self._text: list[str] = []

    def read(self, data: bytes) -> list[list[str]]:
        parser = _parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.Parse(data, True)  # noqa: FBT003 # expat's own
        height = max((row for row, _ in self._cells), default=0)
        if height > MAX_CELLS:
            raise _refused(f"this workbook has content below row {MAX_CELLS}")
        rows: list[list[str]] = [[] for _ in range(height)]
        for (row, column), text in sorted(self._cells.items()):
            line = rows[row - 1]
            line.extend([""] * (column - 1 - len(line)))
            line.append(text)
        return rows

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._inside.append(name.rpartition(" ")[2])
        if self._inside[-1] == "f":
            raise _refused(f"row {self._place[0]} has a formula: keep values only")
        if self._inside[-1] != "c":
            return
        match = _REFERENCE.fullmatch(attributes.get("r", ""))
        column = 0
        for letter in match[1] if match else "":
            column = 26 * column + ord(letter) - 64
        if match is None or column > MAX_COLUMNS:
            raise _refused(f"this workbook has content beyond column {MAX_COLUMNS}")
        self._place, self._kind, self._text = (int(match[2]), column), attributes.get("t", "n"), []

    def _data(self, text: str) -> None:
        if self._inside and self._inside[-1] in {"v", "t"} and "rPh" not in self._inside:
            self._text.append(text)

    def _end(self, _: str) -> None:
        if self._inside.pop() != "c" or not self._text:
            return
        text = "".join(self._text)
        if self._kind == "e":
            raise _refused(f"row {self._place[0]} shows an error")
        if self._kind == "s":
            if not (text.isascii() and text.isdigit() and int(text) < len(self._strings)):
                raise _refused("this workbook cannot be read: save it again, or as CSV")
            text = self._strings[int(text)]
        if self._kind == "n" and text.endswith(".0"):
            text = text[:-2]
        self._cells[self._place] = text
        if len(self._cells) > MAX_CELLS:
            raise _refused("this workbook is too large")


def _clean(cell: str) -> str:
    return cell.translate(_BLANKS).strip()


def _refused(message: str) -> MalformedError:
    return MalformedError("act.file", message)
