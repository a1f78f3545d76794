# SPDX-License-Identifier: Apache-2.0
"""Certificate numbers of before this system: read, never drawn.

    skill_level  22: class, 4, province 2, 6, year 2, level 1, serial 6 (职业技能等级证书编码规则)
    pilot        20: R, GSCX, NW, region 6, body 3, year 2, level 1, serial 5, of the first trials
    vocational   16 digits: year 2, body 8, level 1, serial 5 (职业资格证书编码规则)
    shanghai     13 digits, 职业资格 of Shanghai, looked up with 000 before it
    special      14: 省简称, letter, category 2, year 4, serial 6 (建筑施工特种作业)
    other        what a certificate can carry

Only what a form says about year and level is compared with the sheet; none has a check digit.
"""

import re
from dataclasses import dataclass
from typing import Final

from credential.number_rule import clean

_LEVEL_DIGITS: Final = frozenset("12345")
_FORMS: Final = {
    "skill_level": re.compile(
        r"[YSJ][0-9]{4}[0-9]{2}[0-9]{6}(?P<year>[0-9]{2})(?P<level>[1-5A-Z])[0-9]{6}"
    ),
    "pilot": re.compile(r"R[GSCX][NW][0-9]{6}[0-9]{3}(?P<year>[0-9]{2})(?P<level>[1-5])[0-9]{5}"),
    "vocational": re.compile(r"(?P<year>[0-9]{2})[0-9]{8}(?P<level>[1-5])[0-9]{5}"),
    "shanghai": re.compile(r"[0-9]{13}"),
    "special": re.compile(r"[\u4e00-\u9fff][A-Z][0-9]{2}(?P<year>(?:19|20)[0-9]{2})[0-9]{6}"),
}
OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class OldNumber:
    """What a number says."""

    number: str
    form: str
    year: str | None
    """Two or four digits."""
    level: str | None
    """`1` to `5`."""


def read(written: str) -> OldNumber:
    """Tell how a number is built.

    Args:
        written: Half-width, without spaces.

    Raises:
        MalformedError: `number.malformed`.
    """
    clean(written)
    for form, pattern in _FORMS.items():
        match = pattern.fullmatch(written)
        if match is not None:
            said = match.groupdict()
            level = said.get("level")
            known = level if level in _LEVEL_DIGITS else None
            return OldNumber(written, form, said.get("year"), known)
    return OldNumber(written, OTHER, None, None)


def agrees_in_year(number: OldNumber, issued_on: str) -> bool:
    """Tell whether a number's year is that of a day, where both are known."""
    if not number.year or not issued_on:
        return True
    return issued_on[:4].endswith(number.year)
