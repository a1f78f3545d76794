# SPDX-License-Identifier: Apache-2.0
"""Demands as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.errors import MalformedError
from verifier import Demand


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("skill_level/lyg2020:39/3", Demand("skill_level", "lyg2020:39", "3")),
        ("skill_level/lyg2020:39/chief", Demand("skill_level", "lyg2020:39", "chief")),
        ("special_operation/gbm2022:0-1.x/", Demand("special_operation", "gbm2022:0-1.x")),
    ],
)
def test_a_demand_is_read(text: str, demand: Demand) -> None:
    assert Demand.parse(text) == demand


@pytest.mark.parametrize(
    "text",
    [
        "",
        "skill_level",
        "skill_level/lyg2020:39",
        "skill_level/39/3",
        "skill_level/lyg2020:39/6",
        "skill_level/lyg2020:39/3/",
        "skill_level/lyg2020:39/3\n",
        "Skill_level/lyg2020:39/3",
        "nothing/lyg2020:39/3",
        "skill_level/:39/3",
    ],
)
def test_what_is_no_demand_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="KIND/SCHEME:CODE/LEVEL") as refusal:
        Demand.parse(text)
    assert refusal.value.code == "demand.malformed"


@given(st.text())
def test_no_text_is_another_exception(text: str) -> None:
    with pytest.raises(MalformedError) as refusal:
        Demand.parse(text)
    assert refusal.value.code == "demand.malformed"
