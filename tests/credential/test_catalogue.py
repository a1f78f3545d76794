# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §5.3."""

import pytest

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
    assert not satisfies([], have, want) or have == want
