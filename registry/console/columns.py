# SPDX-License-Identifier: Apache-2.0
"""The columns of each list, the same on the page and in its exports.

A cell is a text, or a `Word` that the reader's language has a word for.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from registry.as_of import Row

CHINA: Final = timezone(timedelta(hours=8))


class Word(str):
    """One of the registry's own words, such as a state: said in the reader's language."""

    __slots__ = ()


Cell = str | Word | Sequence[Word]
Column = tuple[str, Callable[[Row], Cell]]


def _text(name: str) -> Column:
    def cell(row: Row) -> Cell:
        value = row.get(name)
        return "" if value is None else str(value)

    return f"column.{name}", cell


def _word(name: str) -> Column:
    def cell(row: Row) -> Cell:
        value = row.get(name)
        return "" if value is None else Word(value)

    return f"column.{name}", cell


def _words(name: str) -> Column:
    return f"column.{name}", lambda row: [Word(one) for one in items(row.get(name))]


def _day(name: str, key: str | None = None) -> Column:
    def cell(row: Row) -> Cell:
        value = row.get(name)
        return day(value) if isinstance(value, int) else ""

    return f"column.{key or name}", cell


def day(seconds: int) -> str:
    """Write a day of the calendar in China."""
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(CHINA):%Y-%m-%d}"


def _offers(row: Row) -> Cell:
    codes = [str(one) for one in items(row.get("occupations"))]
    shown = "、".join(codes[:4])
    return f"{shown} … ({len(codes)})" if len(codes) > 4 else shown


def _filings(row: Row) -> Cell:
    return "、".join(str(one["number"]) for one in items(row.get("filings")))


def _grade(row: Row) -> Cell:
    rating = row.get("rating")
    return f"{rating['grade']} ({rating['points']})" if isinstance(rating, Mapping) else ""


def _last(row: Row) -> Cell:
    """Show the last part of an identifier."""
    return str(row["id"]).rpartition("/")[2]


_NAME, _STATE, _REGION = _text("name"), _word("state"), _text("region")
_ID: Final[Column] = ("column.id", _last)
_OFFERS: Final[Column] = ("column.occupations", _offers)
_RATING: Final[Column] = ("column.rating", _grade)


def _last_day(name: str) -> Column:
    """Show the last day that something counts: its end is the first moment that it does not."""

    def cell(row: Row) -> Cell:
        value = row.get(name)
        return day(value - 1) if isinstance(value, int) else ""

    return f"column.{name}", cell


_END: Final = _last_day("end")
_DOCUMENT: Final = _text("document")
_PERSON: Final = (
    *(_NAME, _STATE, _text("certificate"), _word("role"), _REGION, _OFFERS),
    *(("column.cap", lambda row: Word(f"level_{row['cap']}") if row.get("cap") else ""), _END),
    _RATING,
)

COLUMNS: Final[Mapping[str, Sequence[Column]]] = {
    "bodies": (
        *(_NAME, _STATE, ("column.code", _last), _REGION, _words("roles")),
        *(("column.filings", _filings), _last_day("until"), _RATING),
    ),
    "stations": (
        *(_NAME, _STATE, _ID, _text("host"), _word("base"), _REGION, _OFFERS, _END, _RATING),
    ),
    "assessors": _PERSON,
    "supervisors": _PERSON,
    "units": (_NAME, _STATE, _ID, _text("industry"), _REGION, _DOCUMENT, _END),
    "operators": (_NAME, _STATE, _ID, _REGION, _DOCUMENT, _END),
    "applications": (
        *(_NAME, _STATE, _ID, _word("kind"), _word("form"), _REGION),
        *(_word("step"), _text("due"), _text("number")),
    ),
    "standards": (
        *(_NAME, _STATE, _ID, _word("form"), _text("version"), _OFFERS, _day("since"), _DOCUMENT),
    ),
    "occupations": (
        *(_NAME, _STATE, _ID, _text("aliases"), _text("trades")),
        *(_text("first_day"), _text("last_day"), _text("instead")),
    ),
    "projects": (_NAME, _text("version"), _OFFERS, _day("since"), _DOCUMENT),
    "plans": (*(_NAME, _STATE, _text("year"), _text("headcount"), _words("waiting")),),
    "competitions": (
        *(_NAME, _word("tier"), _text("organiser"), _OFFERS, _text("ranks")),
        *(_text("first_day"), _text("last_day"), _DOCUMENT),
    ),
}


def table(kind: str, rows: Sequence[Row], say: Callable[[str], str]) -> list[list[str]]:
    """Write rows out as texts, in the order of the columns of their kind.

    Args:
        kind: One of `COLUMNS`.
        rows: As `registry.console.lists` gives them.
        say: Gives the word for a `Word`.
    """
    return [[written(cell(row), say) for _, cell in COLUMNS[kind]] for row in rows]


def written(cell: Cell, say: Callable[[str], str]) -> str:
    """Write one cell."""
    if isinstance(cell, Word):
        return say(cell)
    if isinstance(cell, str):
        return cell
    return "、".join(say(one) for one in cell)


def path_of(row: Row) -> str:
    """Give the path of the page of what a row is about: its identifier without the host."""
    return "/" + "/".join(str(row["id"]).split("/")[3:])


def items(value: object) -> Sequence[Any]:
    """Take a member of a row as a sequence; what is none is empty."""
    return value if isinstance(value, list | tuple) else ()
