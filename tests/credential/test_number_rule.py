# SPDX-License-Identifier: Apache-2.0
"""Number rules as members of a catalogue: read strictly, written back the same."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import number_rule
from credential.errors import MalformedError
from credential.number_rule import DEFAULT_RULES, NumberRule


def members(**change: object) -> dict[str, object]:
    return {
        "kind": "industry_skill",
        "pattern": [["AB", 1], ["digit", 7], ["345", 1], ["han", 1], ["upper", 1]],
        "year": [1, 4],
        "level": [8, {"5": "5", "4": "4"}],
        "prefix": [0, 1],
        "serial": [5, 3],
        "note": "fictional",
    } | change


def code_of(value: object) -> str:
    with pytest.raises(MalformedError) as caught:
        NumberRule.from_members(value)
    assert str(caught.value).startswith("numbers")
    return caught.value.code


@pytest.mark.parametrize("rule", DEFAULT_RULES, ids=lambda rule: rule.kind)
def test_default_rules_read_back_from_json(rule: NumberRule) -> None:
    text = json.dumps(rule.to_members())
    assert NumberRule.from_members(json.loads(text)) == rule
    assert json.dumps(NumberRule.from_members(json.loads(text)).to_members()) == text


def test_absent_fields_are_null() -> None:
    rule = NumberRule.from_members(members(year=None, level=None, prefix=None, serial=None))
    assert rule.fields() == {}
    assert rule.to_members() == members(year=None, level=None, prefix=None, serial=None)


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("A20260015中Z", True),
        ("B99999994龥A", True),
        ("C20260015中Z", False),
        ("A20260016中Z", False),
        ("A2026001５中Z", False),
        ("A20260015㐀Z", False),
        ("A20260015中z", False),
        ("A20260015中", False),
        ("A20260015中ZZ", False),
        ("A20260015中Z\n", False),
        ("", False),
    ],
)
def test_a_pattern_is_characters_and_counts(number: str, fits: bool) -> None:
    assert NumberRule.from_members(members()).fits(number) is fits


@pytest.mark.parametrize("characters", ["-", "A-C", "()", "（）·-", "aZ"])
def test_listed_characters_mean_themselves(characters: str) -> None:
    fields = dict.fromkeys(("year", "level", "prefix", "serial"))
    rule = NumberRule.from_members(members(pattern=[[characters, 1]], **fields))
    for character in "ABC-()（）·aZ09z.^\\":
        assert rule.fits(character) is (character in characters), character


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "driving_licence"},
        {"kind": None},
        {"pattern": []},
        {"pattern": [["digit", 1]] * 21},
        {"pattern": [["digit", 41]]},
        {"pattern": [["digit", 21], ["upper", 20]]},
        {"pattern": [["digit", 0]]},
        {"pattern": [["digit", -1]]},
        {"pattern": [["digit", True]]},
        {"pattern": [["digit", 1.0]]},
        {"pattern": [["digit", "9"]]},
        {"pattern": [["", 9]]},
        {"pattern": [["[0-9]+", 9]]},
        {"pattern": [["^", 9]]},
        {"pattern": [["\\d", 9]]},
        {"pattern": [[9, "digit"]]},
        {"pattern": [["digit"]]},
        {"pattern": [["digit", 9, 9]]},
        {"pattern": "digit"},
        {"pattern": {"digit": 9}},
        {"year": [1, 3]},
        {"year": [1, 1]},
        {"year": [9, 4]},
        {"year": [-1, 4]},
        {"year": [True, 4]},
        {"year": [1]},
        {"year": 1},
        {"year": [1, 4.0]},
        {"prefix": [0, 2]},
        {"prefix": [0, 0]},
        {"prefix": [11, 1]},
        {"serial": [3, 3]},
        {"serial": [8, 1]},
        {"serial": [2**70, 1]},
        {"level": [8]},
        {"level": [8, {}]},
        {"level": [8, ["5"]]},
        {"level": [8, {"4": "4", "5": "5"}]},
        {"level": [8, {"5": "5", "4": "5"}]},
        {"level": [8, {"5": "9"}]},
        {"level": [8, {"5": "45"}]},
        {"level": [8, {"5": ""}]},
        {"level": [8, {"5": 5}]},
        {"level": [8, {"6": "5"}]},
        {"level": [11, {"5": "5"}]},
        {"level": [-1, {"5": "5"}]},
        {"level": [True, {"5": "5"}]},
        {"note": ""},
        {"note": "x" * 101},
        {"note": None},
        {"note": "line\nbreak"},
    ],
    ids=str,
)
def test_other_rules_are_refused(change: dict[str, Any]) -> None:
    assert code_of(members(**change)) == "malformed.profile"


def test_members_are_exactly_these_in_this_order() -> None:
    assert code_of(members(extra=1)) == "malformed.profile"
    assert code_of(dict(reversed(members().items()))) == "malformed.profile"
    for absent in members():
        assert code_of({name: members()[name] for name in members() if name != absent}) == (
            "malformed.profile"
        )


@pytest.mark.parametrize("value", [None, [], "rule", 1, {}])
def test_a_rule_is_an_object(value: object) -> None:
    assert code_of(value) == "malformed.profile"


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-2, 50), st.text(max_size=4)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=6,
)


@given(st.sampled_from(sorted(members())), json_values)
def test_any_member_gives_a_rule_or_is_refused(name: str, value: object) -> None:
    changed = members(**{name: value})
    try:
        found: object = NumberRule.from_members(changed).to_members()
    except MalformedError as error:
        found = error.code
    assert found in (changed, "malformed.profile")


@pytest.mark.parametrize(
    "number", ["A", "0", "a" * 40, "沪建安C1（2026）0000001", "京建安A(2015)0000001", "X-1·2", "㐀"]
)
def test_numbers_of_any_kind(number: str) -> None:
    assert number_rule.clean(number) == number


@pytest.mark.parametrize(
    "number",
    ["", "a" * 41, "A 1", "A\n", "１", "A/1", "№1", "A_1", "<b>", "𠮷", "〇", "\u202eA", "A\u0000"],
)
def test_other_numbers_are_refused(number: str) -> None:
    with pytest.raises(MalformedError, match="1 to 40") as caught:
        number_rule.clean(number)
    assert caught.value.code == "number.malformed"
