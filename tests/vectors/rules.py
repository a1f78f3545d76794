# SPDX-License-Identifier: Apache-2.0
"""Rules for certificate numbers (docs/format.md §9)."""

from collections.abc import Iterator
from typing import Any

from credential.number_rule import DEFAULT_RULES
from tests.vectors.case import Case, Members
from tests.vectors.world import ISSUED

_PROFILE = {"code": "malformed.profile"}
_PREFIX = "Y000031000101"
_GOOD = f"{_PREFIX}263000001"
_RULES = [rule.to_members() for rule in DEFAULT_RULES]


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield from _numbers()
    yield from _rules()


def _case(name: str, comment: str, expect: Members, **changes: Any) -> Case:
    usual = {
        "rules": _RULES[:1],
        "kind": "skill_level",
        "number": _GOOD,
        "level": "3",
        "iat": ISSUED,
        "prefix": _PREFIX,
    }
    source = "docs/format.md §9"
    return Case(f"number/rule-{name}", comment, source, "number", {**usual, **changes}, expect)


def _numbers() -> Iterator[Case]:
    yes, no = {"consistent": True}, {"consistent": False}
    yield _case("agrees", "all fields agree", yes)
    yield _case("year", "another year", no, number=f"{_PREFIX}253000001")
    yield _case("level", "another level", no, level="4")
    yield _case("no-level", "a level in the number, none in the certificate", no, level=None)
    yield _case("letter", "T stands for special", yes, number=f"{_PREFIX}26T000001",
                level="special")  # fmt: skip
    yield _case("prefix", "another body's", no, prefix="Y000031000102")
    yield _case("prefix-shorter", "the whole field counts", no, prefix=_PREFIX[:-1])
    yield _case("short", "a digit is missing", no, number=_GOOD[:-1])
    yield _case("long", "a digit more", no, number=f"{_GOOD}1")
    yield _case("lower-case", "the pattern is exact", no, number=_GOOD.lower())
    yield _case("full-width", "digits are ASCII", no, number=_GOOD[:-1] + "１")
    yield _case("other-kind", "no rule for this kind: it passes", yes, kind="industry_skill")
    yield _case("no-rules", "no rules at all: it passes", yes, rules=[])
    new_year = 1_798_732_800
    comment = "the year is that of China: 2027-01-01 there, still 2026 in UTC"
    yield _case("china-after", comment, no, iat=new_year)
    yield _case("china-before", "a second earlier", yes, iat=new_year - 1)
    loose = {**_RULES[0], "prefix": None}
    other = _GOOD.replace("101", "102")
    yield _case("second-rule", "one that agrees is enough", yes, rules=[_RULES[0], loose],
                number=other)  # fmt: skip
    yield _case("han", "a character of the table", yes, rules=_RULES[2:], level=None,
                kind="special_operation", number="沪A012026000001")  # fmt: skip
    yield _case("han-extension", "U+3400 is not of the class han", no, rules=_RULES[2:],
                level=None, kind="special_operation", number="㐀A012026000001")  # fmt: skip


def _rules() -> Iterator[Case]:
    def bad(name: str, comment: str, **changes: Any) -> Case:
        return _case(f"refused-{name}", comment, _PROFILE, rules=[{**_RULES[0], **changes}])

    yield bad("kind", "no such kind", kind="doctorate")
    yield bad("pattern-empty", "one segment at least", pattern=[])
    yield bad("pattern-zero", "a count from 1", pattern=[["digit", 0]])
    yield bad("pattern-long", "41 characters", pattern=[["digit", 40], ["digit", 1]])
    yield bad("pattern-class", "a character that no number has", pattern=[["[0-9]", 22]])
    yield bad("year-three", "a year has 2 or 4 digits", year=[13, 3])
    yield bad("outside", "a field outside the pattern", serial=[16, 7])
    yield bad("overlap", "fields overlap", serial=[15, 6])
    yield bad("level-order", "levels rise", level=[15, {"4": "4", "5": "5"}])
    yield bad("level-twice", "one character for two levels", level=[15, {"5": "5", "4": "5"}])
    yield bad("level-character", "a character not permitted there", level=[15, {"5": "9"}])
    yield bad("note-missing", "no plain text", note="")
    members = dict(reversed(_RULES[0].items()))
    yield _case("refused-order", "members in another order", _PROFILE, rules=[members])
