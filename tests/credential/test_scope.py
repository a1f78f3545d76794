# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §5.2, §6.2 steps 7 and 8."""

from itertools import product
from typing import NamedTuple

import pytest

from credential import scope
from credential.errors import MalformedError
from credential.filing import Filing, Grant, Standing
from credential.scope import Finding

GRANT = Grant("skill_level", ("lyg2020:39", "lyg2020:60"), ("5", "4", "3"))
FILING = Filing("沪人社备〔2026〕7号", 100, 200, ("310115", "310100"), (GRANT,))


class Body(NamedTuple):
    """The least that a scope is read from."""

    filings: tuple[Filing, ...] = (FILING,)
    standing: tuple[Standing, ...] = ()
    void: str | None = None


def _scope(body: Body = Body(), /, **changes: object) -> Finding:  # noqa: B008 # immutable
    asked = {
        "kind": "skill_level",
        "occupation": "lyg2020:39",
        "level": "3",
        "region": "310115",
        "t": 150,
        "root_region": "310000",
    }
    return scope.scope_of(body, **{**asked, **changes})  # type: ignore[arg-type]  # a table


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"t": 100}, None),
        ({"t": 199}, None),
        ({"region": "310101"}, None),  # inside 310100, the second district
        ({"kind": "specialised_skill"}, "scope.kind"),
        ({"occupation": "lyg2020:61"}, "scope.occupation"),
        ({"occupation": "mohurd2017:39"}, "scope.occupation"),
        ({"level": "2"}, "scope.level"),
        ({"level": None}, "scope.level"),
        ({"region": "310200"}, "scope.district"),
        ({"region": "310000"}, "scope.district"),
        ({"root_region": "320000"}, "scope.district"),
        ({"t": 99}, "scope.expired"),
        ({"t": 200}, "scope.expired"),
    ],
)
def test_what_a_filing_covers(change: dict[str, object], reason: str | None) -> None:
    assert _scope(**change) == Finding(reason, FILING.number)


def test_the_reason_is_that_of_the_filing_which_came_furthest() -> None:
    other = FILING._replace(number="2", grants=(GRANT._replace(levels=("1",)),))
    late = FILING._replace(number="3", start=300, end=None)
    assert _scope(Body((other, late))) == Finding("scope.expired", "3")
    assert _scope(Body((late, other))) == Finding("scope.expired", "3")
    assert _scope(Body((other, late)), t=300) == Finding(None, "3")
    assert _scope(Body((other,))) == Finding("scope.level", "2")


def test_one_grant_must_meet_all_three() -> None:
    grants = (
        GRANT._replace(occupations=("lyg2020:39",), levels=("1",)),
        GRANT._replace(occupations=("lyg2020:60",), levels=("3",)),
    )
    assert _scope(Body((FILING._replace(grants=grants),))).reason == "scope.level"


def test_without_filings_or_grants_nothing_is_covered() -> None:
    assert _scope(Body(())) == Finding("scope.kind", None)
    assert _scope(Body((FILING._replace(grants=()),))).reason == "scope.kind"


def test_a_kind_without_levels() -> None:
    filing = FILING._replace(grants=(Grant("specialised_skill", ("lyg2020:39",), ()),))
    assert _scope(Body((filing,)), kind="specialised_skill", level=None).reason is None
    assert _scope(Body((filing,)), kind="specialised_skill").reason == "scope.level"


def test_an_annulled_filing_covers_nothing_and_says_so() -> None:
    void = FILING._replace(void="沪撤〔2026〕1号")
    assert _scope(Body((void,))) == Finding("scope.kind", None, void=True)
    assert _scope(Body((void, FILING))) == Finding(None, FILING.number)
    assert _scope(Body((void,)), level="1") == Finding("scope.kind", None, void=False)


HISTORY = (
    Standing(100, "active", "a"),
    Standing(200, "rectifying", "b"),
    Standing(300, "rectifying", "c", may_issue=False),
    Standing(400, "suspended", "d"),
    Standing(500, "rectifying", "e", may_issue=True),
    Standing(600, "removed", "f"),
)


@pytest.mark.parametrize(
    ("t", "finding"),
    [
        (99, Finding("standing.removed", None)),
        (100, Finding(None, "a")),
        (200, Finding(None, "b")),
        (299, Finding(None, "b")),
        (300, Finding("standing.suspended", "c")),
        (400, Finding("standing.suspended", "d")),
        (500, Finding(None, "e")),
        (600, Finding("standing.removed", "f")),
        (2**32 - 1, Finding("standing.removed", "f")),
    ],
)
def test_standing_is_that_of_the_time(t: int, finding: Finding) -> None:
    assert scope.standing_at(Body(standing=HISTORY), t) == finding


def test_an_annulled_body_never_stood() -> None:
    assert scope.standing_at(Body(standing=HISTORY, void="v"), 100) == Finding("standing.void", "v")
    assert scope.standing_at(Body(), 100).reason == "standing.removed"


@pytest.mark.parametrize(
    "value",
    [
        *HISTORY,
        FILING,
        FILING._replace(end=None, void="沪撤〔2026〕1号", grants=()),
        Grant("specialised_skill", ("a1:1",), ()),
    ],
)
def test_values_come_back_as_they_were(value: Standing | Filing | Grant) -> None:
    assert type(value).from_members(value.to_members()) == value


@pytest.mark.parametrize(
    ("value", "change", "match"),
    [
        (HISTORY[0], {"may_issue": True}, "only with rectifying"),
        (HISTORY[2], {"may_issue": 0}, "may_issue"),
        (HISTORY[0], {"state": "gone"}, "state"),
        (HISTORY[0], {"document": ""}, "document"),
        (HISTORY[0], {"from": None}, "from"),
        (FILING, {"to": 100}, "to"),
        (FILING, {"districts": []}, "districts"),
        (FILING, {"districts": ["310115", "310115"]}, "same entry twice"),
        (FILING, {"districts": ["3101"]}, "districts"),
        (FILING, {"number": "x" * 81}, "number"),
        (FILING, {"grants": [{}]}, "grants"),
        (FILING, {"void": None}, "void"),
        (GRANT, {"kind": "skill"}, "kind"),
        (GRANT, {"occupations": []}, "occupations"),
        (GRANT, {"occupations": ["39"]}, "occupations"),
        (GRANT, {"occupations": ["a1:1", "a1:1"]}, "same entry twice"),
        (GRANT, {"levels": ["6"]}, "levels"),
        (GRANT, {"levels": ["3", "3"]}, "same entry twice"),
        (GRANT, {"levels": [3]}, "levels"),
    ],
)
def test_values_that_are_refused(
    value: Standing | Filing | Grant, change: dict[str, object], match: str
) -> None:
    with pytest.raises(MalformedError, match=match) as caught:
        type(value).from_members({**value.to_members(), **change})
    assert caught.value.code == "malformed.profile"


def test_every_combination_agrees_with_the_plain_rule() -> None:
    kinds, codes = ("skill_level", "specialised_skill"), ("lyg2020:39", "x1:1")
    regions, times = ("310115", "310200", "320115"), (99, 100, 199, 200)
    for kind, code, level, region, t in product(kinds, codes, ("3", "1", None), regions, times):
        covered = (
            kind == "skill_level"
            and code == "lyg2020:39"
            and level == "3"
            and region == "310115"
            and 100 <= t < 200
        )
        found = _scope(kind=kind, occupation=code, level=level, region=region, t=t)
        assert (found.reason is None) == covered
