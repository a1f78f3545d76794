# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §5.3."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import canonical
from credential.catalogue import Catalogue, Occupation, satisfies
from credential.certificate_number import DEFAULT_RULES
from credential.errors import MalformedError

BRICKLAYER = Occupation(
    "lyg2020:39", "砌筑工", ("瓦工",), ("建筑瓦工",), (("mohurd2017:010", "same"),)
)
WELDER = Occupation(
    "lyg2020:60",
    "焊工",
    (),
    ("电焊工", "气焊工"),
    (("mohurd2017:900", "broader"), ("gbm2022:05", "narrower")),
)
FURNACE = Occupation("lyg2020:61", "炉窑砌筑工", ("瓦工",), (), ())
CATALOGUE = Catalogue(
    iss="https://jy.sh310.example",
    region="310000",
    version=3,
    iat=100,
    exp=200,
    scheme="lyg2020",
    occupations=(BRICKLAYER, WELDER, FURNACE),
    numbers=DEFAULT_RULES,
)
MEMBERS = canonical.parse(CATALOGUE.to_bytes())


def _with(**changes: object) -> bytes:
    assert isinstance(MEMBERS, dict)
    return canonical.encode({**MEMBERS, **changes})


def _entry(**changes: object) -> dict[str, object]:
    return {**BRICKLAYER.to_members(), **changes}


def test_a_catalogue_comes_back_as_it_was() -> None:
    payload = CATALOGUE.to_bytes()
    read = Catalogue.from_bytes(payload)
    assert read == CATALOGUE
    assert read.to_bytes() == payload


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"iss": "http://a"}, "iss"),
        ({"version": 0}, "version"),
        ({"exp": 100}, "exp"),
        ({"scheme": "L"}, "scheme"),
        ({"scheme": "other1"}, "another scheme"),
        ({"scheme": 7}, "scheme"),
        ({"region": "31"}, "region"),
        ({"numbers": [{}]}, "numbers"),
        ({"extra": 1}, "members"),
        ({"occupations": [_entry(), _entry()]}, "stands twice"),
        ({"occupations": [_entry(code="mohurd2017:1")]}, "another scheme"),
        ({"occupations": [_entry(name=" ")]}, "name"),
        ({"occupations": [_entry(aliases=["瓦工", "瓦工"])]}, "same word twice"),
        ({"occupations": [_entry(trades=[1])]}, "trades"),
        ({"occupations": [_entry(equivalent=[{"code": "a1:1", "relation": "alike"}])]}, "relation"),
        (
            {"occupations": [_entry(equivalent=[{"code": "lyg2020:39", "relation": "same"}])]},
            "this one itself",
        ),
        (
            {"occupations": [_entry(equivalent=[{"code": "a1:1", "relation": "same"}] * 2)]},
            "same occupation twice",
        ),
    ],
)
def test_payloads_that_are_refused(change: dict[str, object], match: str) -> None:
    with pytest.raises(MalformedError, match=match) as caught:
        Catalogue.from_bytes(_with(**change))
    assert caught.value.code == "malformed.profile"


DAYS = st.dates().map(date.isoformat)


@pytest.mark.parametrize(
    "days",
    [
        {"from": "2026-01-01"},
        {"to": "2026-03-31"},
        {"from": "2026-01-01", "to": "2026-03-31"},
        {"from": "2026-01-01", "to": "2026-01-01"},  # one day
    ],
)
def test_an_occupation_may_have_days(days: dict[str, str]) -> None:
    payload = _with(occupations=[_entry(**days)])
    read = Catalogue.from_bytes(payload)
    (occupation,) = read.occupations
    assert (occupation.first_day, occupation.last_day) == (days.get("from"), days.get("to"))
    assert occupation.days == " ".join(f"{word} {day}" for word, day in days.items())
    assert read.to_bytes() == payload


@pytest.mark.parametrize(
    ("days", "match"),
    [
        ({"from": None}, "from: not a day"),
        ({"to": None}, "to: not a day"),
        ({"from": ""}, "from: not a day"),
        ({"from": "2026-02-29"}, "from: not a day"),
        ({"to": "2026-1-1"}, "to: not a day"),
        ({"to": "2026-01-01T00:00:00Z"}, "to: not a day"),
        ({"to": "0000-01-01"}, "to: not a day"),
        ({"from": 1_767_225_600}, "from: not a day"),
        ({"from": "2026-01-02", "to": "2026-01-01"}, "to: before from"),
        ({"to": "2026-03-31", "from": "2026-01-01"}, "in this order"),
        ({"until": "2026-03-31"}, "in this order"),
    ],
)
def test_days_that_are_refused(days: dict[str, object], match: str) -> None:
    with pytest.raises(MalformedError, match=match) as caught:
        Catalogue.from_bytes(_with(occupations=[_entry(**days)]))
    assert caught.value.code == "malformed.profile"


def test_days_stand_after_everything_else() -> None:
    members = {"from": "2026-01-01", **BRICKLAYER.to_members()}
    with pytest.raises(MalformedError, match="in this order"):
        Catalogue.from_bytes(_with(occupations=[members]))


@given(st.none() | DAYS, st.none() | DAYS, DAYS)
def test_both_days_belong_to_the_window(first: str | None, last: str | None, day: str) -> None:
    occupation = BRICKLAYER._replace(first_day=first, last_day=last)
    payload = CATALOGUE._replace(occupations=(occupation,)).to_bytes()
    if first is not None and last is not None and last < first:
        with pytest.raises(MalformedError, match="before from"):
            Catalogue.from_bytes(payload)
        return
    (read,) = Catalogue.from_bytes(payload).occupations
    assert read == occupation
    asked = date.fromisoformat(day)
    begun = first is None or date.fromisoformat(first) <= asked
    over = last is not None and asked > date.fromisoformat(last)
    assert read.is_in_force(day) == (begun and not over)
    assert all(read.is_in_force(edge) for edge in (first, last) if edge is not None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("砌筑工", [("lyg2020:39", "name")]),
        (" 砌筑工 ", [("lyg2020:39", "name")]),
        ("lyg2020:60", [("lyg2020:60", "code")]),
        ("60", [("lyg2020:60", "code")]),
        ("电焊工", [("lyg2020:60", "trade")]),
        ("瓦工", [("lyg2020:39", "alias"), ("lyg2020:61", "alias")]),  # ambiguous
        ("砌筑", [("lyg2020:39", "near"), ("lyg2020:61", "near")]),
        ("厨师长", []),
    ],
)
def test_what_a_word_may_mean(text: str, found: list[tuple[str, str]]) -> None:
    matches = CATALOGUE.find(text)
    assert [(match.occupation.code, match.by) for match in matches] == found


@pytest.mark.parametrize(
    ("have", "want", "is_enough"),
    [
        ("lyg2020:39", "lyg2020:39", True),
        ("x1:1", "x1:1", True),  # the same code needs no catalogue
        ("mohurd2017:010", "lyg2020:39", True),
        ("lyg2020:39", "mohurd2017:010", True),  # `same` reads both ways
        ("mohurd2017:900", "lyg2020:60", True),  # broader than what is wanted
        ("lyg2020:60", "mohurd2017:900", False),
        ("gbm2022:05", "lyg2020:60", False),  # narrower is not enough
        ("lyg2020:60", "gbm2022:05", True),
        ("lyg2020:39", "lyg2020:60", False),
        ("mohurd2017:010", "mohurd2017:900", False),  # never through a third
    ],
)
def test_which_occupation_meets_a_demand(have: str, want: str, is_enough: bool) -> None:
    assert satisfies([CATALOGUE], have, want) == is_enough
    # What has ended or has not begun counts as before: days are asked at admission alone.
    over = tuple(one._replace(last_day="2020-01-01") for one in CATALOGUE.occupations)
    assert satisfies([CATALOGUE._replace(occupations=over)], have, want) == is_enough
    assert not satisfies([], have, want) or have == want
