# SPDX-License-Identifier: Apache-2.0
"""A roster: the rows of a sheet as results of an evaluation, each one read or refused.

    Roster.read(sheet.read(path), "skill_level", occupations.find)

What is decided here depends on the sheet, the catalogue and the pass marks alone, never on the day
or the scope (`issuer.check` does that), so the same sheet always gives the same roster. Every wrong
cell of a row is reported, not only the first.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Self, TypeVar

from credential import identity_number, levels, pass_mark
from credential import name as names
from credential.certificate import DETAILS_OF_KIND, DETAILS_OF_ROUTE, LEVEL_OPTIONAL, LEVEL_REQUIRED
from credential.errors import MalformedError
from credential.identity_number import IdentityNumber
from credential.members import MAX_TEXT, is_plain
from credential.pass_mark import PassMark
from issuer import cells
from issuer.cells import CellError
from issuer.columns import Columns
from issuer.refusal import Refusal
from issuer.sheet import MAX_ROWS, Cell, Row, Unreadable

_HAN_SPACE: Final = re.compile("(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")
_NO_TRADE: Final = frozenset({"", "-", "--", "—", "——", "/", "无"})
_EXAMINED: Final = frozenset({"examination"})

T = TypeVar("T")
_Cell = Cell | Unreadable | None
_Cells = tuple[_Cell, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """An occupation that a cell names."""

    code: str
    """`<scheme>:<code>`."""
    name: str
    """As the catalogue has it."""
    trade: str | None
    """The narrower trade that the cell named, if it did."""


FindOccupation = Callable[[str, str | None], Found]
"""Finds what a cell names on a day of evaluation (None: not known), or raises CellError."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that can become a certificate, as far as the sheet tells."""

    row: int
    """The sheet's row."""
    name: str
    document: IdentityNumber
    """In its normal form; does not show itself."""
    occupation: str
    """Code."""
    occupation_name: str
    trade: str | None
    level: str | None
    route: str
    evaluated_on: str
    number: str | None
    """Certificate number from the sheet; None where the desk is to draw one."""
    detail: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """A sheet as read."""

    kind: str
    columns: Columns
    rows: int
    """Rows with content under the headings."""
    candidates: tuple[Candidate, ...]
    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]
    content: bytes
    """SHA-256 of kind and cells: the same for the same sheet saved again; never stored."""

    @classmethod
    def read(
        cls,
        rows: Iterator[Row],
        kind: str,
        find: FindOccupation,
        marks: Sequence[PassMark] = (),
    ) -> Self:
        """Read every row.

        Args:
            rows: From `issuer.sheet.read`.
            kind: The kind of certificate that the roster is for.
            find: Finds an occupation by what a cell says.
            marks: Of the filing: where a pass is not 60 and 60.

        Raises:
            MalformedError: `roster.empty`, `roster.header`, or what drawing the rows raises.
        """
        columns = Columns.find(rows, kind)
        reader = _RowReader(columns, kind, find, marks)
        content = hashlib.sha256(kind.encode())
        candidates: list[Candidate] = []
        count = 0
        for number, row in rows:
            if (count := count + 1) > MAX_ROWS:
                message = f"the roster has more than {MAX_ROWS:,} rows: split it into several"
                raise MalformedError("roster.too_long", message)
            places = [[at, str(cell)] for at, cell in enumerate(row) if cell is not None]
            content.update(json.dumps([number, places]).encode())
            candidate = reader.read(number, row)
            if candidate is not None:
                candidates.append(candidate)
        if not count:
            raise MalformedError("roster.empty", "the roster is empty: there is nothing to issue")
        unknown = (
            Refusal(
                columns.header_row,
                title,
                "column.unknown",
                "the desk does not know this heading and leaves the column alone",
                "nothing needs to be done",
            )
            for title in columns.unknown
        )
        return cls(
            kind,
            columns,
            count,
            tuple(candidates),
            tuple(reader.refusals),
            (*unknown, *reader.warnings),
            content.digest(),
        )


class _RowReader:
    """Reads rows and gathers what is wrong with them."""

    def __init__(
        self, columns: Columns, kind: str, find: FindOccupation, marks: Sequence[PassMark]
    ) -> None:
        self._marks = marks
        self._columns = columns
        self._kind = kind
        self._find = find
        self.refusals: list[Refusal] = []
        self.warnings: list[Refusal] = []

    def read(self, number: int, row: _Cells) -> Candidate | None:
        """Give the row's candidate, or None after noting each refusal."""
        before = len(self.refusals)

        def cell(field: str, read: Callable[[_Cell], T]) -> T | None:
            value = self._columns.cell(field, row)
            try:
                return read(value)
            except CellError as error:
                told = (error.code, error.message, error.suggestion)
            except MalformedError as error:
                told = (error.code, str(error), _SUGGESTIONS.get(field, "correct the cell"))
            self.refusals.append(Refusal(number, self._columns.title(field), *told))
            return None

        name = cell("name", lambda value: self._name(number, value))
        kind_of_document = cell("id_type", cells.document_type)
        written = cell(
            "id_number",
            lambda value: cells.document_number(value, self._columns.address("id_number", number)),
        )
        document = None
        if kind_of_document is not None and written is not None:
            document = cell("id_number", lambda _: _document(kind_of_document, written))
        day = cells.known_day(self._columns.cell("evaluated_on", row))
        occupation = cell("occupation", lambda value: self._find(cells.required(value), day))
        level = cell("level", self._level)
        route = cell("route", cells.route)
        examined = route in _EXAMINED and "theory" in self._columns.places
        needed = pass_mark.USUAL  # also where occupation or level cannot be read
        if occupation is not None and level is not None:
            needed = pass_mark.needed(self._marks, self._kind, occupation.code, level or None)
        for field, mark in zip(("theory", "practice"), needed, strict=True):
            cell(field, partial(cells.score, mark=mark, needed=examined))
        evaluated_on = cell("evaluated_on", cells.civil_date)
        trade = cell("trade", _trade)
        certificate = cell(
            "number", lambda value: _number(value, self._columns.address("number", number))
        )
        detail = self._detail(cell, route)
        if (
            len(self.refusals) > before
            or name is None
            or document is None
            or occupation is None
            or route is None
            or evaluated_on is None
        ):
            return None
        return Candidate(
            row=number,
            name=name,
            document=document,
            occupation=occupation.code,
            occupation_name=occupation.name,
            trade=trade or occupation.trade,
            level=level or None,
            route=route,
            evaluated_on=evaluated_on,
            number=certificate or None,
            detail=detail,
        )

    def _name(self, number: int, value: _Cell) -> str:
        written = cells.required(value)
        name = _HAN_SPACE.sub("", written)
        names.clean(name)
        if names.is_test_name(name):
            raise CellError(
                "name.test_data",
                "the name is one that people type to try things out",
                "delete the row",
            )
        if name != written:
            self.warnings.append(
                Refusal(
                    number,
                    self._columns.title("name"),
                    "name.spaces",
                    "the spaces inside the name are left out",
                    "nothing needs to be done if the name is right without them",
                )
            )
        return name

    def _level(self, value: _Cell) -> str:
        text = cells.text(value)
        if self._kind in LEVEL_REQUIRED or (text and self._kind in LEVEL_OPTIONAL):
            return levels.from_text(cells.required(value))
        if text and text not in _NO_TRADE:
            raise CellError(
                "level.refused", "a certificate of this kind has no level", "leave the cell empty"
            )
        return ""

    def _detail(
        self,
        cell: Callable[[str, Callable[[_Cell], str]], str | None],
        route: str | None,
    ) -> tuple[tuple[str, str], ...]:
        fields = (*DETAILS_OF_KIND.get(self._kind, ()), *DETAILS_OF_ROUTE.get(route or "", ()))
        pairs = ((field, cell(field, _plain)) for field in sorted(fields))
        return tuple((field, text) for field, text in pairs if text)


_SUGGESTIONS: Final = {
    "name": "write the name as it stands on the document",
    "id_number": "compare it with the document",
    "level": "write one of them, or the digit of the level",
}


def _document(kind: int, written: str) -> IdentityNumber:
    return IdentityNumber(kind, identity_number.normalise(kind, written))


def _plain(value: _Cell) -> str:
    text = cells.text(value)
    if text and not is_plain(text):
        raise CellError(
            "cell.characters",
            f"longer than {MAX_TEXT} characters, or with some that a certificate cannot carry",
            "shorten it or write it with usual characters",
        )
    return text


def _trade(value: _Cell) -> str:
    text = _plain(value)
    return "" if text in _NO_TRADE else text


def _number(value: _Cell, address: str) -> str:
    if isinstance(value, float):
        raise CellError(
            "number.stored_as_number",
            f"{address}: the number is stored as a number, so its last digits may be lost",
            "format the column as text, then type the number again",
        )
    return cells.text(value).replace(" ", "")
