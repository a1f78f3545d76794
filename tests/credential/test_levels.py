# SPDX-License-Identifier: Apache-2.0
"""Levels are ordered by the table and read in the ways rosters write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import levels
from credential.errors import MalformedError


def test_the_order_is_not_that_of_the_digits() -> None:
    assert levels.LEVELS == ("apprentice", "5", "4", "3", "2", "1", "special", "chief")
    assert [levels.rank(level) for level in levels.LEVELS] == list(range(8))


@given(st.sampled_from(levels.LEVELS), st.sampled_from(levels.LEVELS))
def test_at_least_follows_the_rank(level: str, wanted: str) -> None:
    above = levels.LEVELS.index(level) >= levels.LEVELS.index(wanted)
    assert levels.at_least(level, wanted) is above


def test_a_senior_worker_satisfies_a_demand_for_an_intermediate_one() -> None:
    assert levels.at_least("3", "4")
    assert not levels.at_least("4", "3")
    assert levels.at_least("chief", "1")
    assert not levels.at_least("apprentice", "5")


@pytest.mark.parametrize("level", ["", "0", "6", "三级", "SPECIAL", "１"])
def test_unknown_codes_are_refused(level: str) -> None:
    for attempt in (
        lambda: levels.rank(level),
        lambda: levels.at_least(level, "5"),
        lambda: levels.at_least("5", level),
        lambda: levels.describe(level),
    ):
        with pytest.raises(MalformedError, match="not a level") as caught:
            attempt()
        assert caught.value.code == "level.unknown"


def test_names_are_those_printed_on_certificates() -> None:
    assert levels.describe("3").chinese == "三级/高级工"
    assert levels.describe("3").english == "level 3 (senior worker)"
    assert [levels.describe(level).chinese for level in levels.LEVELS] == [
        "学徒工",
        "五级/初级工",
        "四级/中级工",
        "三级/高级工",
        "二级/技师",
        "一级/高级技师",
        "特级技师",
        "首席技师",
    ]


@pytest.mark.parametrize("level", levels.LEVELS)
def test_printed_names_and_codes_read_back(level: str) -> None:
    assert levels.from_text(levels.describe(level).chinese) == level
    assert levels.from_text(level) == level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("三级", "3"),
        ("高级工", "3"),
        ("高级", "3"),
        ("三级／高级工", "3"),
        ("三级（高级工）", "3"),
        ("高级工(三级)", "3"),
        (" 三级 / 高级工 ", "3"),
        ("三级　高级工", "3"),
        ("３级", "3"),
        ("3级", "3"),
        ("３", "3"),
        ("技师", "2"),
        ("高级技师", "1"),
        ("一级、高级技师", "1"),
        ("特级技师", "special"),
        ("首席", "chief"),
        ("学徒", "apprentice"),
    ],
)
def test_spellings_of_rosters(text: str, level: str) -> None:
    assert levels.from_text(text) == level


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "/",
        "三级/中级工",
        "技师/高级技师",
        "三",
        "6级",
        "六级",
        "0",
        "高级工程师",
        "3.0",
        "٣",
        "三级" * 50,
        "三级/x",
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="三级/高级工") as caught:
        levels.from_text(text)
    assert caught.value.code == "roster.level"


@given(st.text(max_size=30))
def test_any_text_is_a_level_or_refused(text: str) -> None:
    try:
        found = levels.from_text(text)
    except MalformedError as error:
        found = error.code
    assert found in {*levels.LEVELS, "roster.level"}
