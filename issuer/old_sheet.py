# SPDX-License-Identifier: Apache-2.0
"""A sheet of certificates issued before this system: every row read, or refused with its reason.

Headings and cells are those of a roster (`issuer.columns`, `issuer.cells`), with 证书编号 required
and 发证日期 instead of an examination's day; scores are read where they stand and asked of nobody.
An occupation that no catalogue has is kept as a text, with a warning.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Final, TypeVar

from credential import identity_number, levels
from credential import name as names
from credential.certificate import LEVEL_OPTIONAL, LEVEL_REQUIRED
from credential.errors import MalformedError
from credential.identity_number import IdentityNumber
from issuer import cells, old_number, sheet
from issuer.cells import CellError
from issuer.columns import TITLES
from issuer.old_number import OldNumber
from issuer.refusal import Refusal
from issuer.roster import Candidate, FindOccupation
from issuer.sheet import HEADER_ROWS, MAX_ROWS, Cell, Row, Unreadable

REQUIRED: Final = ("name", "id_number", "occupation", "number")
_ISSUED: Final = "发证日期 核发日期 颁发日期 批准日期 发证时间 核发时间 颁证日期 证书日期".split()  # noqa: SIM905  # as in columns
_SPACE: Final = re.compile(r"[\s\u3000\ufeff]+")
_WIDTH: Final = str.maketrans("（）／＊：", "()/*:")
_REMARK: Final = re.compile(r"^\*|[*:]$|\((?:必填|选填|必填项)\)")
_HAN_SPACE: Final = re.compile("(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")

T = TypeVar("T")
_Value = Cell | Unreadable | None


@dataclass(frozen=True, slots=True)
class OldRow:
    """One old certificate."""

    candidate: Candidate
    """As a result; occupation or day are empty where no catalogue has it, or nobody knows it."""
    number: OldNumber
    issued_on: str
    """YYYY-MM-DD, or empty."""
    scores: tuple[str, str]
    """Theory and practice as they stand in the sheet."""


@dataclass(frozen=True, slots=True)
class OldSheet:
    """A sheet as read."""

    kind: str
    rows: int
    """Rows with content under the headings."""
    read: tuple[OldRow, ...]
    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]


def read(path: Path, kind: str, find: FindOccupation, page: str | None = None) -> OldSheet:
    """Read a sheet.

    Args:
        path: A workbook or separated text.
        kind: Of certificate.
        find: Finds an occupation by what a cell says.
        page: Name of the sheet; None for the first one whose headings fit.

    Raises:
        UnavailableError: `roster.absent`.
        MalformedError: `roster.…`.
    """
    drawn = sheet.read(path, page, _fit)
    places = _places(drawn, path)
    reader = _Reader(kind, places, find)
    found, count = [], 0
    for row, line in drawn:
        if (count := count + 1) > MAX_ROWS:
            raise sheet.too_long(path)
        each = reader.read(row, line)
        if each is not None:
            found.append(each)
    if not count:
        raise MalformedError("roster.empty", f"{path.name} has headings and nothing below them")
    return OldSheet(kind, count, tuple(found), tuple(reader.refusals), tuple(reader.warnings))


def _folded(title: str) -> str:
    return _REMARK.sub("", _SPACE.sub("", title).translate(_WIDTH))


_FIELDS: Final = {
    **{_folded(title): field for field, titles in TITLES.items() for title in titles},
    **dict.fromkeys(_ISSUED, "issued_on"),
}
_Places = dict[str, tuple[int, str]]


def _headings(line: tuple[_Value, ...]) -> _Places:
    places: _Places = {}
    for column, value in enumerate(line):
        field = _FIELDS.get(_folded(value)) if isinstance(value, str) else None
        if field is not None and isinstance(value, str):
            places.setdefault(field, (column, "".join(value.split())))
    if "occupation" not in places and "trade" in places:
        places["occupation"] = places.pop("trade")
    return places


def _fit(rows: Iterable[Row]) -> int:
    head = takewhile(lambda row: row[0] <= HEADER_ROWS, rows)
    return 2 * any(_headings(line).keys() >= set(REQUIRED) for _, line in head)


def _places(drawn: Iterator[Row], path: Path) -> _Places:
    for row, line in drawn:
        if row > HEADER_ROWS:
            break
        places = _headings(line)
        if places.keys() >= set(REQUIRED):
            return places
    wanted = "、".join(TITLES[field][0] for field in REQUIRED)
    message = f"{path.name} has no row of headings with {wanted}"
    raise MalformedError("roster.header", message)


class _Reader:
    def __init__(self, kind: str, places: _Places, find: FindOccupation) -> None:
        self._kind = kind
        self._places = places
        self._find = find
        self._numbers: dict[str, int] = {}
        self.refusals: list[Refusal] = []
        self.warnings: list[Refusal] = []

    def read(self, row: int, line: tuple[_Value, ...]) -> OldRow | None:
        """Give the row, or None after noting each refusal."""
        before = len(self.refusals)
        name = self._cell(row, line, "name", _name)
        kind = self._cell(row, line, "id_type", cells.document_type)
        document = None
        if kind is not None:
            document = self._cell(row, line, "id_number", partial(_document, kind))
        occupation = self._cell(row, line, "occupation", cells.required)
        level = self._cell(row, line, "level", self._level)
        number = self._cell(row, line, "number", _number)
        issued_on = self._cell(row, line, "issued_on", _day)
        evaluated_on = self._cell(row, line, "evaluated_on", _day)
        route = self._cell(row, line, "route", cells.route)
        if number is not None:
            self._compare(row, number, level or "", issued_on or "")
        if name is None or document is None or occupation is None or number is None or not route:
            return None
        if len(self.refusals) > before:
            return None
        day = evaluated_on or issued_on or None
        code, named, trade = self._occupation(row, occupation, day)
        return OldRow(
            candidate=Candidate(
                row=row,
                name=name,
                document=document,
                occupation=code,
                occupation_name=named,
                trade=trade,
                level=level or None,
                route=route,
                evaluated_on=evaluated_on or issued_on or "",
                number=None,
                detail=(),
            ),
            number=number,
            issued_on=issued_on or "",
            scores=(self._score(line, "theory"), self._score(line, "practice")),
        )

    def _cell(
        self, row: int, line: tuple[_Value, ...], field: str, reads: Callable[[_Value], T]
    ) -> T | None:
        place = self._places.get(field)
        value = line[place[0]] if place is not None and place[0] < len(line) else None
        try:
            return reads(value)
        except CellError as error:
            told = (error.code, error.message, error.suggestion)
        except MalformedError as error:
            told = (error.code, str(error), "compare it with the certificate")
        self._refuse(row, field, *told)
        return None

    def _level(self, value: _Value) -> str:
        text = cells.text(value)
        if self._kind in LEVEL_REQUIRED or (text and self._kind in LEVEL_OPTIONAL):
            return levels.from_text(cells.required(value))
        return ""

    def _compare(self, row: int, number: OldNumber, level: str, issued_on: str) -> None:
        first = self._numbers.setdefault(number.number, row)
        if first != row:
            message = f"the same certificate number as in row {first}"
            self._refuse(row, "number", "number.duplicate", message, "keep one of the two rows")
        if number.level is not None and level and number.level != level:
            message = "the number's level is another than the sheet's"
            self._refuse(row, "level", "record.level", message, "compare with the certificate")
        if not old_number.agrees_in_year(number, issued_on):
            message = "the number's year is another than that of the day"
            self._refuse(row, "issued_on", "record.year", message, "compare with the certificate")
        if number.form == old_number.OTHER:
            message = "the number follows no rule that the desk knows"
            self._warn(row, "number", "record.number", message)

    def _occupation(self, row: int, written: str, day: str | None) -> tuple[str, str, str | None]:
        try:
            found = self._find(written, day)
        except CellError:
            message = f"no catalogue has {written}: kept as a text, cannot be issued again"
            self._warn(row, "occupation", "record.occupation", message)
            return "", written, None
        return found.code, found.name, found.trade

    def _score(self, line: tuple[_Value, ...], field: str) -> str:
        place = self._places.get(field)
        value = line[place[0]] if place is not None and place[0] < len(line) else None
        try:
            return cells.text(value)
        except CellError:
            return ""

    def title(self, field: str) -> str:
        """Give the heading of a field."""
        return self._places[field][1] if field in self._places else TITLES.get(field, _ISSUED)[0]

    def _refuse(self, row: int, field: str, code: str, message: str, suggestion: str) -> None:
        self.refusals.append(Refusal(row, self.title(field), code, message, suggestion))

    def _warn(self, row: int, field: str, code: str, message: str) -> None:
        self.warnings.append(Refusal(row, self.title(field), code, message, "look at it"))


def _name(value: _Value) -> str:
    return names.clean(_HAN_SPACE.sub("", cells.required(value)))


def _document(kind: int, value: _Value) -> IdentityNumber:
    return IdentityNumber(kind, identity_number.normalise(kind, cells.document_number(value)))


def _number(value: _Value) -> OldNumber:
    if isinstance(value, float):
        raise CellError(
            "number.stored_as_number",
            "the number is stored as a number, so its last digits may be lost",
            "format the column as text, then type the number again",
        )
    return old_number.read(cells.half_width(cells.required(value)).replace(" ", ""))


def _day(value: _Value) -> str:
    return "" if value in (None, "") else cells.civil_date(value)
