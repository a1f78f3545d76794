# SPDX-License-Identifier: Apache-2.0
"""Tables of a form, one row a line: typed, pasted from a spreadsheet, or out of a file.

    职业技能等级	砌筑工	三级、四级	40    cells between tabs, or commas where no tab is
    2027-02-06 至 2027-02-12    days, one by one or from one to another

A first line that only names the columns is left out. What is wrong with a line says which it is.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final, TypeVar

from credential import levels
from credential.catalogue import RELATIONS
from credential.certificate import KINDS
from credential.errors import MalformedError, SealError
from credential.members import is_occupation_code
from credential.recognition import ANY
from registry.console import scopes
from registry.console.scopes import Group, Occupations

T = TypeVar("T")
MAX_ROWS: Final = 10_000
_HEADS: Final = frozenset(
    {
        *("日期", "date", "day", "代码", "职业代码", "职业", "code", "codes", "证书类型", "kind"),
        *("等次", "grade", "对方代码", "theirs"),
    }
)
_DAY: Final = re.compile("([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_SERIAL: Final = re.compile("[2-9][0-9]{4}")  # a day as a spreadsheet counts them
_FIRST: Final = date(1899, 12, 30)
_SPAN: Final = re.compile(" *(?:至|到|~|～|—|–| - | to ) *")  # as people write spans
_WORDS: Final = re.compile("[、;；]+")  # as people separate words
_RELATIONS: Final = {"相同": "same", "较宽": "broader", "较窄": "narrower"}


def rows(said: str, heads: frozenset[str] = _HEADS) -> Iterator[tuple[int, list[str]]]:
    """Give the number and cells of each line that has any.

    Raises:
        MalformedError: `act.row`, there are too many.
    """
    count = 0
    for n, line in enumerate(said.split("\n"), 1):
        cells = [one.strip() for one in (line.split("\t") if "\t" in line else _commas(line))]
        if not any(cells) or (count == 0 and cells[0].lower() in heads):
            continue
        count += 1
        if count > MAX_ROWS:
            raise MalformedError("act.row", f"line {n}: at most {MAX_ROWS} rows")
        yield n, cells


def _commas(line: str) -> list[str]:
    return re.split("[,，]", line)  # both commas


def each(said: str, read: Callable[[list[str]], T]) -> list[T]:
    """Read every row, and name the line where one is wrong.

    Raises:
        MalformedError: `act.row`, or the code of what a row names.
    """
    found = []
    for n, cells in rows(said):
        try:
            found.append(read(cells))
        except (SealError, ValueError, OverflowError) as error:
            known = isinstance(error, SealError) and error.code.startswith("act.")
            code = error.code if isinstance(error, SealError) and known else "act.row"
            what = str(error) if isinstance(error, SealError) else "not as the hint says"
            raise MalformedError(code, f"line {n}: {what}") from None
    return found


def days(said: str) -> list[str]:
    """Read days; those of a span are listed one by one.

    Raises:
        MalformedError: `act.row`.
    """

    def read(cells: list[str]) -> list[str]:
        parts = [_day(one) for one in _SPAN.split(cells[0])]
        if len(parts) > 2 or parts[-1] < parts[0] or (parts[-1] - parts[0]).days > 366:
            raise MalformedError("act.row", "a span is two days, the earlier one first")
        count = (parts[-1] - parts[0]).days + 1
        return [(parts[0] + timedelta(days=n)).isoformat() for n in range(count)]

    return [one for span in each(said, read) for one in span]


def _day(said: str) -> date:
    match = _DAY.fullmatch(said)
    if match is not None:
        return date(int(match[1]), int(match[2]), int(match[3]))
    if _SERIAL.fullmatch(said):
        return _FIRST + timedelta(days=int(said))
    raise MalformedError("act.row", "a day looks like 2027-02-06")


def day(said: str) -> str:
    """Read one day.

    Raises:
        MalformedError: `act.field`.
    """
    try:
        return _day(said).isoformat()
    except (MalformedError, ValueError):
        raise MalformedError("act.field", "a day looks like 2027-02-06") from None


def codes(said: str, occupations: Occupations) -> list[str]:
    """Read occupations by code, in any catalogue or none, or by a name of ours.

    Raises:
        MalformedError: `act.row`, `act.occupation`.
    """
    return each(said, lambda cells: _code(cells, occupations))


def _code(cells: Sequence[str], occupations: Occupations) -> str:
    for cell in cells[:2]:
        last = cell.rpartition(" ")[2]
        if is_occupation_code(last):
            return last
    return scopes.codes(cells[0], occupations)[0]


def items(said: str, occupations: Occupations) -> list[dict[str, object]]:
    """Read the lines of a plan: kind, occupation, levels, headcount.

    Raises:
        MalformedError: `act.row`, `act.occupation`.
    """

    def read(cells: list[str]) -> dict[str, object]:
        if len(cells) != 4:
            raise MalformedError("act.row", "kind, occupation, levels, headcount: four cells")
        return {
            "kind": kind(cells[0]),
            "occupation": scopes.codes(cells[1], occupations)[0],
            "levels": level_list(cells[2]),
            "headcount": _count(cells[3]),
        }

    return each(said, read)


def kind(said: str) -> str:
    """Read a kind of certificate, by its word or code."""
    named = {chinese: code for code, chinese in KINDS.items()}
    return named.get(said, said)


def level_list(said: str) -> list[str]:
    """Read levels between `、`, lowest first."""
    found = {levels.from_text(one) for one in words(said)}
    return sorted(found, key=levels.LEVELS.index)


def words(said: str) -> list[str]:
    """Read words between `、` or `；`."""
    return [one.strip() for one in _WORDS.split(said) if one.strip()]


def _count(said: str) -> int:
    if not (said.isascii() and said.lstrip("-").isdigit() and len(said) < 12):
        raise MalformedError("act.row", "a whole number")
    return int(said)


def grades(said: str) -> list[dict[str, object]]:
    """Read grades with the least points of each, the highest first.

    Raises:
        MalformedError: `act.row`.
    """

    def read(cells: list[str]) -> dict[str, object]:
        parts = " ".join(cells).split()
        if len(parts) != 2:
            raise MalformedError("act.row", "a grade and its least points: A 90")
        return {"grade": parts[0], "from": _count(parts[1])}

    return each(said, read)


def equivalences(said: str) -> object:
    """Read what is recognised of a peer: `*`, or theirs, ours and what theirs is to ours.

    Raises:
        MalformedError: `act.row`.
    """
    if said.strip() == ANY:
        return ANY

    def read(cells: list[str]) -> dict[str, object]:
        parts = " ".join(cells).split()
        if len(parts) not in {2, 3} or not all(map(is_occupation_code, parts[:2])):
            raise MalformedError("act.row", "their code, our code, and what theirs is to ours")
        return {"theirs": parts[0], "ours": parts[1], "relation": relation(parts[2:])}

    return each(said, read)


def terms(groups: Sequence[Group]) -> list[dict[str, object]]:
    """Write groups as the terms of a recognition.

    Raises:
        MalformedError: `act.row`.
    """
    return [
        {
            "kind": group.kind,
            "occupations": equivalences(group.occupations),
            "levels": scopes.rising(group.levels),
        }
        for group in groups
    ]


def relation(said: Sequence[str]) -> str:
    """Read a relation; none is `same`.

    Raises:
        MalformedError: `act.row`.
    """
    found = _RELATIONS.get(said[0], said[0]) if said and said[0] else RELATIONS[0]
    if found not in RELATIONS:
        raise MalformedError("act.row", f"a relation is one of {', '.join(RELATIONS)}")
    return found
