# SPDX-License-Identifier: Apache-2.0
"""What a cell of each column may say. Every reader returns the value or raises with code and words.

- a document number is text: as a number a spreadsheet has kept 15 digits of it and made up the
  rest;
- dates: 2026-11-20, 2026/11/20, 2026.11.20, 2026年11月20日, 20261120, or a real date of the sheet;
- scores: 0 to 100, one decimal, or 合格; nothing, 免考, - where there was no examination;
- full-width letters and digits are read as half-width ones where only those make sense.

No message repeats a document number.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from credential.errors import MalformedError
from issuer.sheet import Cell, Unreadable

MAX_TEXT: Final = 200  # characters of any cell: what is longer is not read at all

_HALF: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_SPACE: Final = re.compile(r"[\s\u3000\ufeff\u200b]+")
_SCIENTIFIC: Final = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{2}")
_DATE: Final = re.compile(
    r"(?P<y>[0-9]{4})(?:-(?P<m1>[0-9]{1,2})-(?P<d1>[0-9]{1,2})|/(?P<m2>[0-9]{1,2})/(?P<d2>[0-9]{1,2})|"
    r"\.(?P<m3>[0-9]{1,2})\.(?P<d3>[0-9]{1,2})|年(?P<m4>[0-9]{1,2})月(?P<d4>[0-9]{1,2})日|"
    r"(?P<m5>[0-9]{2})(?P<d5>[0-9]{2}))(?: 0{1,2}:00(?::00)?)?"
)
_SCORE: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9])?)分?")
_NONE: Final = frozenset({"", "-", "--", "—", "——", "/", "无", "免考", "免试"})
_ROUTES: Final = {
    "examination": ("考核评价", "考核", "考试", "评价考核", "考试考核", "examination"),
    "direct_recognition": ("直接认定", "认定", "direct_recognition"),
    "exceptional_promotion": ("破格晋升", "破格", "破格认定", "exceptional_promotion"),
    "competition": ("竞赛获奖", "竞赛", "技能竞赛", "competition"),
}
_ROUTE_WORDS: Final = {word: route for route, words in _ROUTES.items() for word in words}
_ID_TYPES: Final = {
    1: ("居民身份证", "身份证", "二代身份证", "外国人永久居留身份证", "港澳台居民居住证", "1"),
    2: ("护照", "外国护照", "2"),
    3: ("港澳居民来往内地通行证", "港澳通行证", "回乡证", "3"),
    4: ("台湾居民来往大陆通行证", "台胞证", "4"),
}
_ID_TYPE_WORDS: Final = {word: number for number, words in _ID_TYPES.items() for word in words}


@dataclass(frozen=True, slots=True)
class CellError(Exception):
    """A cell that is not what its column needs."""

    code: str
    message: str
    suggestion: str


def text(cell: Cell | Unreadable | None) -> str:
    """Read a cell as text, without spaces at its ends; empty where there is nothing.

    Raises:
        CellError: `cell.formula`, `cell.encoding`, `cell.error`, `cell.long` or `cell.not_text`.
    """
    if cell is None:
        return ""
    if isinstance(cell, Unreadable):
        raise CellError(cell.code, *_UNREADABLE[cell.code])
    if isinstance(cell, bool | date):
        raise CellError(
            "cell.not_text",
            "the cell is a date or a yes/no",
            "format it as text and write it again",
        )
    if isinstance(cell, float):
        return f"{cell:.15g}"
    if len(cell) > MAX_TEXT:
        raise CellError(
            "cell.long",
            f"the cell is longer than {MAX_TEXT} characters",
            "is it in the right column?",
        )
    return _SPACE.sub(" ", cell).strip()


_UNREADABLE: Final = {
    "cell.formula": ("the cell is a formula", "copy the column and paste its values"),
    "cell.encoding": ("the cell has bytes that are no characters", "type the cell again"),
    "cell.error": ("the cell's value cannot be read", "format it as text and write it again"),
}


def required(cell: Cell | Unreadable | None) -> str:
    """Read text that must be there.

    Raises:
        CellError: As `text`, or `cell.missing`.
    """
    value = text(cell)
    if not value:
        raise CellError("cell.missing", "the cell is empty", "fill it in")
    return value


def half_width(value: str) -> str:
    """Write full-width letters, digits and signs as half-width ones."""
    return value.translate(_HALF)


def document_number(cell: Cell | Unreadable | None, address: str = "") -> str:
    """Read a document number as text; not yet checked.

    Args:
        cell: The cell.
        address: What the sheet calls it, such as B7.

    Raises:
        CellError: As `required`, or `id.stored_as_number`.
    """
    if isinstance(cell, float) or (isinstance(cell, str) and _SCIENTIFIC.fullmatch(cell.strip())):
        raise CellError(
            "id.stored_as_number",
            f"{address}: the number is stored as a number, so its last digits are lost".lstrip(
                ": "
            ),
            "format the column as text, then type the number again",
        )
    return required(cell)


def document_type(cell: Cell | Unreadable | None) -> int:
    """Read the kind of document: 1 where nothing is said.

    Raises:
        CellError: As `text`, or `id.type`.
    """
    value = half_width(text(cell))
    if not value:
        return 1
    number = _ID_TYPE_WORDS.get(value)
    if number is None:
        known = "、".join(words[0] for words in _ID_TYPES.values())
        raise CellError("id.type", "not a kind of document that the desk knows", f"write {known}")
    return number


def civil_date(cell: Cell | Unreadable | None) -> str:
    """Read a day.

    Returns:
        YYYY-MM-DD.

    Raises:
        CellError: As `required`, or `date.malformed`.
    """
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    found = _DATE.fullmatch(half_width(required(cell)))
    if found is not None:
        parts = found.groupdict()
        month, day = (
            next(value for key, value in parts.items() if key[0] == letter and value is not None)
            for letter in "md"
        )
        try:
            return date(int(parts["y"]), int(month), int(day)).isoformat()
        except ValueError:
            pass
    raise CellError("date.malformed", "not a day", "write it like 2026-11-20")


def known_day(cell: Cell | Unreadable | None) -> str | None:
    """Read a day as `civil_date` does, or give None: what is wrong with it is told elsewhere."""
    try:
        return civil_date(cell)
    except CellError:
        return None


def score(cell: Cell | Unreadable | None, mark: int, *, needed: bool) -> None:
    """Check that a score is a pass.

    Args:
        cell: The cell.
        mark: What is needed to pass, of 100.
        needed: The route is one that examines, so there must be a score.

    Raises:
        CellError: As `text`, or `score.missing`, `score.malformed` or `score.failed`.
    """
    value = half_width(text(cell))
    if value in _NONE:
        if needed:
            raise CellError("score.missing", "there is no score", "fill it in, or say how else")
        return
    if value == "合格":
        return
    found = _SCORE.fullmatch(value)
    if value != "不合格" and (found is None or float(found[1]) > 100):
        raise CellError("score.malformed", "not a score from 0 to 100", "write it like 85")
    if found is None or float(found[1]) < mark:
        message = f"below {mark}: not passed"
        raise CellError("score.failed", message, "take the row out of the roster")


def route(cell: Cell | Unreadable | None) -> str:
    """Read how the holder was evaluated; by examination where nothing is said.

    Raises:
        CellError: As `text`, or `route.unknown`.
    """
    value = text(cell)
    if not value:
        return "examination"
    found = _ROUTE_WORDS.get(value)
    if found is None:
        known = "、".join(words[0] for words in _ROUTES.values())
        raise CellError("route.unknown", "not a way of evaluating", f"write {known}")
    return found


def translated(error: MalformedError, suggestion: str) -> CellError:
    """Give what a format found out about a cell the form of a cell's error."""
    return CellError(error.code, str(error), suggestion)
