# SPDX-License-Identifier: Apache-2.0
"""The eight levels of skill, 学徒工 to 首席技师, and how people write them (docs/format.md §2).

The order is that of `LEVELS` and never that of the digits: level 1 stands above level 5. The lowest
and the two highest are posts in an enterprise rather than examined levels, but rank with them.
"""

import re
from typing import Final, NamedTuple

from credential.errors import MalformedError


class Level(NamedTuple):
    """One level."""

    code: str
    """What tokens carry."""
    chinese: str
    """As it is printed on a certificate: 三级/高级工."""
    english: str
    """For people who do not read Chinese."""


_TABLE: Final = (
    Level("apprentice", "学徒工", "apprentice"),
    Level("5", "五级/初级工", "level 5 (junior worker)"),
    Level("4", "四级/中级工", "level 4 (intermediate worker)"),
    Level("3", "三级/高级工", "level 3 (senior worker)"),
    Level("2", "二级/技师", "level 2 (technician)"),
    Level("1", "一级/高级技师", "level 1 (senior technician)"),
    Level("special", "特级技师", "special-grade technician"),
    Level("chief", "首席技师", "chief technician"),
)

LEVELS: Final = tuple(level.code for level in _TABLE)
"""The codes in rising order."""

_RANK: Final = {code: rank for rank, code in enumerate(LEVELS)}
_NAMES: Final = {level.code: level for level in _TABLE}

_WORDS: Final = {
    "学徒工": "apprentice",
    "学徒": "apprentice",
    **{
        form: code
        for code, numeral in zip("54321", "五四三二一", strict=True)
        for form in (f"{numeral}级", f"{code}级", code)
    },
    "初级工": "5",
    "初级": "5",
    "中级工": "4",
    "中级": "4",
    "高级工": "3",
    "高级": "3",
    "技师": "2",
    "高级技师": "1",
    "特级技师": "special",
    "特级": "special",
    "首席技师": "chief",
    "首席": "chief",
    "apprentice": "apprentice",
    "special": "special",
    "chief": "chief",
}
_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９／（）\u3000", "0123456789/() ")
_SEPARATORS: Final = re.compile("[/()、 ]+")
_MAX_TEXT: Final = 20  # characters


def rank(code: str) -> int:
    """Give the place of a level in the order, 0 for the lowest.

    Raises:
        MalformedError: `level.unknown`.
    """
    try:
        return _RANK[code]
    except KeyError:
        raise _unknown() from None


def at_least(level: str, wanted: str) -> bool:
    """Tell whether a level is the wanted one or a higher one.

    Raises:
        MalformedError: `level.unknown`.
    """
    return rank(level) >= rank(wanted)


def describe(code: str) -> Level:
    """Give the names of a level.

    Raises:
        MalformedError: `level.unknown`.
    """
    try:
        return _NAMES[code]
    except KeyError:
        raise _unknown() from None


def from_text(text: str) -> str:
    """Read a level as rosters write it: 三级, 高级工, 三级/高级工, ３级, 3.

    Several words must mean the same level: 三级/中级工 is refused.

    Returns:
        The code.

    Raises:
        MalformedError: `roster.level`.
    """
    if len(text) <= _MAX_TEXT:
        words = [word for word in _SEPARATORS.split(text.translate(_FULL_WIDTH)) if word]
        codes = {_WORDS.get(word) for word in words}
        if len(codes) == 1 and (code := codes.pop()) is not None:
            return code
    raise MalformedError(
        "roster.level",
        "not a level: write 五级/初级工, 四级/中级工, 三级/高级工, 二级/技师, 一级/高级技师,"
        " 学徒工, 特级技师 or 首席技师",
    )


def _unknown() -> MalformedError:
    return MalformedError("level.unknown", f"not a level: one of {', '.join(LEVELS)}")
