# SPDX-License-Identifier: Apache-2.0
"""Fictional holders: names put together at random, and document numbers that nobody can have.

The county codes end in 99 under a known province and were never assigned, so a number passes every
check that can be made of it (province, day of birth, check character) and is still nobody's.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from credential import identity_number

_SURNAMES: Final = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛"
)
_COMPOUND: Final = ("欧阳", "司马", "上官", "诸葛", "尉迟")
_GIVEN: Final = "安邦成德恩方谷恒俭嘉坤朗铭宁朴勤容森泰威祥雅正忠青禾松岩川岚汀溪舟砚"
_LONG: Final = (
    "买买提·艾合麦提",
    "古丽娜尔·阿不都拉",
    "迪丽努尔·吐尔逊江",
    "扎西多吉·洛桑",
    "MARIA DA SILVA",
)
_COUNTIES: Final = ("310199", "320799", "320199", "340199", "330199")
_OLDEST: Final = date(1962, 1, 1)
_DAYS: Final = 365 * 42


@dataclass(frozen=True, slots=True)
class Person:
    """One fictional holder."""

    name: str
    id_number: str
    """18 characters, of a resident identity card."""


def crowd(seed: str) -> Iterator[Person]:
    """Make people without end: the same ones for the same seed, no name and number twice."""
    source = random.Random(seed)  # noqa: S311  # names for a demonstration, not secrets
    seen: set[tuple[str, str]] = set()
    while True:
        person = Person(_name(source), _id_number(source))
        if (person.name, person.id_number) not in seen:
            seen.add((person.name, person.id_number))
            yield person


def _name(source: random.Random) -> str:
    draw = source.random()
    if draw < 0.03:
        return source.choice(_LONG)
    surname = source.choice(_COMPOUND) if draw < 0.08 else source.choice(_SURNAMES)
    length = 1 if draw > 0.8 else 2
    return surname + "".join(source.sample(_GIVEN, length))


def _id_number(source: random.Random) -> str:
    birthday = _OLDEST + timedelta(days=source.randrange(_DAYS))
    first = f"{source.choice(_COUNTIES)}{birthday:%Y%m%d}{source.randrange(1, 1000):03d}"
    return first + identity_number.check_digit(first)
