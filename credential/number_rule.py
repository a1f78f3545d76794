# SPDX-License-Identifier: Apache-2.0
"""How the certificate numbers of one kind are built: a rule that is data (docs/format.md §9).

It travels in the signed catalogue, so that a region can change it without a new program:

    {"kind":"skill_level","pattern":[["YSJ",1],["digit",14],["12345STX",1],["digit",6]],
     "year":[13,2],"level":[15,{"5":"5",…}],"prefix":[0,13],"serial":[16,6],"note":"…"}

- `pattern` is a list of [characters, count]: `digit` is 0-9, `upper` is A-Z, `han` is U+4E00–9FFF,
  anything else lists the permitted characters. It is no regular expression: it means the same in
  every language and cannot be made slow.
- `year`, `prefix`, `serial` are null or [first position, length], counted from 0; a year has two or
  four digits. `level` is null or [position, {level: its character}].
- Fields lie inside the pattern and do not overlap. What none of `year`, `level`, `serial` covers,
  an authority gives.
"""

import re
from functools import cached_property, lru_cache
from itertools import chain
from typing import Final, NamedTuple, Self, TypeGuard

from credential.certificate import KINDS, NUMBER
from credential.errors import MalformedError
from credential.levels import LEVELS
from credential.members import MAX_TEXT, Members, refuse

MAX_NUMBER: Final = MAX_TEXT  # characters
MAX_SEGMENTS: Final = 20
MAX_NOTE: Final = 100  # characters

_UPPER: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CLASSES: Final = {"digit": "0-9", "upper": "A-Z", "han": "\u4e00-\u9fff"}

Span = tuple[int, int]
"""First position and length."""
Pattern = tuple[tuple[str, int], ...]
"""Pairs of characters and count."""
LevelField = tuple[int, tuple[tuple[str, str], ...]]
"""Position, and pairs of level and character, the levels in rising order."""


def clean(number: str) -> str:
    """Admit what may be a certificate number of any kind: 1 to 40 permitted characters.

    Returns:
        The number, unchanged.

    Raises:
        MalformedError: `number.malformed`.
    """
    if NUMBER.fullmatch(number) is None:
        raise MalformedError(
            "number.malformed",
            f"a certificate number has 1 to {MAX_NUMBER} letters, digits, Chinese characters,"
            " brackets, · or -",
        )
    return number


class _NumberRule(NamedTuple):
    kind: str
    pattern: Pattern
    year: Span | None
    level: LevelField | None
    prefix: Span | None
    serial: Span | None
    note: str
    """Where the rule comes from."""


class NumberRule(_NumberRule):
    """One rule."""

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern as a regular expression."""
        return _compiled(self.pattern)

    @classmethod
    def from_members(cls, value: object, where: str = "numbers") -> Self:
        """Read a rule of the catalogue.

        Raises:
            MalformedError: `malformed.profile`.
        """
        rule = Members.of(value, where, "kind pattern year level prefix serial note")
        segments = rule.items("pattern", 1, MAX_SEGMENTS)
        pattern = tuple(_segment(segment, rule.at("pattern")) for segment in segments)
        read = cls(
            kind=rule.choice("kind", KINDS),
            pattern=pattern,
            year=_span(rule, "year"),
            level=_level(rule, pattern),
            prefix=_span(rule, "prefix"),
            serial=_span(rule, "serial"),
            note=rule.text("note", MAX_NOTE),
        )
        if read.length() > MAX_NUMBER:
            refuse(rule.at("pattern"), f"longer than {MAX_NUMBER} characters")
        if read.year is not None and read.year[1] not in (2, 4):
            refuse(rule.at("year"), "a year has 2 or 4 digits")
        covered = list(chain(*read.fields().values()))
        if len(covered) != len(set(covered)) or max(covered, default=0) >= read.length():
            refuse(where, "fields overlap or lie outside the pattern")
        return read

    def to_members(self) -> dict[str, object]:
        """Write the rule as a member of the catalogue's `numbers`."""
        return {
            "kind": self.kind,
            "pattern": [list(segment) for segment in self.pattern],
            "year": self.year and list(self.year),
            "level": self.level and [self.level[0], dict(self.level[1])],
            "prefix": self.prefix and list(self.prefix),
            "serial": self.serial and list(self.serial),
            "note": self.note,
        }

    def length(self) -> int:
        """Count the characters of a number."""
        return sum(count for _, count in self.pattern)

    def fields(self) -> dict[str, range]:
        """Give the positions of each field that the rule has."""
        spans = {"year": self.year, "prefix": self.prefix, "serial": self.serial}
        if self.level is not None:
            spans["level"] = (self.level[0], 1)
        return {name: range(span[0], sum(span)) for name, span in spans.items() if span}

    def fits(self, number: str) -> bool:
        """Tell whether a number has the pattern."""
        return self.compiled.fullmatch(number) is not None

    def disagreement(self, number: str, level: str | None, issued_year: int, prefix: str) -> str:
        """Say what in a number does not agree with its certificate; empty if all does."""
        if not self.fits(number):
            return "the number is not built as the rule for this kind says"
        if self.year:
            found = number[self.year[0] : sum(self.year)]
            if found != year_digits(issued_year, self.year[1]):
                return f"the number says year {found}, the certificate is of {issued_year}"
        if self.level:
            found = number[self.level[0]]
            if (level, found) not in self.level[1]:
                return f"the number's level character {found} is not that of the certificate"
        if self.prefix:
            found = number[self.prefix[0] : sum(self.prefix)]
            if found != prefix:
                return f"the number begins {found}, the body's registered prefix is {prefix}"
        return ""


def year_digits(year: int, length: int) -> str:
    """Write the last digits of a year."""
    return f"{year:04d}"[-length:]


@lru_cache(maxsize=64)
def _compiled(pattern: Pattern) -> re.Pattern[str]:
    # Classes with fixed counts only: this expression cannot backtrack.
    return re.compile(
        "".join(
            f"[{_CLASSES.get(characters) or re.escape(characters)}]{{{count}}}"
            for characters, count in pattern
        )
    )


def _pair(value: object) -> tuple[object, object]:
    return (value[0], value[1]) if isinstance(value, list) and len(value) == 2 else (None, None)


def _is_count(value: object, low: int) -> TypeGuard[int]:
    return type(value) is int and low <= value <= MAX_NUMBER


def _segment(value: object, where: str) -> tuple[str, int]:
    characters, count = _pair(value)
    if (
        not isinstance(characters, str)
        or not NUMBER.fullmatch(characters)
        or not _is_count(count, 1)
    ):
        refuse(where, f"a segment is [permitted characters, count from 1 to {MAX_NUMBER}]")
    return characters, count


def _span(rule: Members, name: str) -> Span | None:
    if rule.raw(name) is None:
        return None
    first, count = _pair(rule.raw(name))
    if not _is_count(first, 0) or not _is_count(count, 1):
        refuse(rule.at(name), "not null or [first position, length]")
    return first, count


def _level(rule: Members, pattern: Pattern) -> LevelField | None:
    if rule.raw("level") is None:
        return None
    position, table = _pair(rule.raw("level"))
    wanted = [characters for characters, count in pattern for _ in range(count)]
    if (
        not _is_count(position, 0)
        or position >= len(wanted)
        or not isinstance(table, dict)
        or not _is_level_table(table, _compiled(((wanted[position], 1),)))
    ):
        refuse(rule.at("level"), "not null or [position, {level: its own character}] in order")
    return position, tuple(table.items())


def _is_level_table(table: dict[str, object], character: re.Pattern[str]) -> bool:
    characters = list(table.values())
    return (
        bool(table)
        and list(table) == [level for level in LEVELS if level in table]
        and all(isinstance(each, str) and character.fullmatch(each) for each in characters)
        and len(set(characters)) == len(characters)
    )


DEFAULT_RULES: Final = (
    NumberRule(
        kind="skill_level",
        pattern=(("YSJ", 1), ("digit", 14), ("12345" + _UPPER, 1), ("digit", 6)),
        year=(13, 2),
        # Which letters stand for the levels without a digit is not published: configuration.
        level=(
            15,
            (
                ("apprentice", "X"),
                *((digit, digit) for digit in "54321"),
                ("special", "T"),
                ("chief", "S"),
            ),
        ),
        prefix=(0, 13),
        serial=(16, 6),
        note="职业技能等级证书编码规则（试行）, 22 characters; the letters of levels are our own",
    ),
    NumberRule(
        kind="vocational_qualification",
        pattern=(("digit", 10), ("12345", 1), ("digit", 5)),
        year=(0, 2),
        level=(10, tuple((digit, digit) for digit in "54321")),
        prefix=None,
        serial=(11, 5),
        note="职业资格证书编码规则, 16 digits",
    ),
    NumberRule(
        kind="special_operation",
        pattern=(("han", 1), ("upper", 1), ("digit", 12)),
        year=(4, 4),
        level=None,
        prefix=None,
        serial=(8, 6),
        note="建筑施工特种作业操作资格证书, 14 characters",
    ),
)
"""What a region starts with; the catalogue that it signs is what counts."""
