# SPDX-License-Identifier: Apache-2.0
"""Numbers against their certificates, and numbers made by the desk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import certificate_number
from credential.certificate_number import DEFAULT_RULES, NumberRule, build, check, year_of
from credential.errors import MalformedError
from credential.levels import LEVELS

SKILL, VOCATIONAL, SPECIAL = DEFAULT_RULES
PREFIX = "Y000031000101"
NUMBER = "Y000031000101263000001"


def finding(
    number: str, level: str | None = "3", year: int = 2026, prefix: str = PREFIX
) -> certificate_number.NumberFinding:
    return check(DEFAULT_RULES, "skill_level", number, level, year, prefix)


def test_a_number_that_agrees() -> None:
    assert finding(NUMBER) == certificate_number.NumberFinding(consistent=True, text="")


def test_the_official_example_is_of_the_pattern() -> None:
    assert SKILL.fits("Y000123XXXXXX195000001".replace("X", "7"))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("Y000031000101253000001", "says year 25, the certificate is of 2026"),
        ("Y000031000101264000001", "level character 4"),
        ("Y00003100010126T000001", "level character T"),
        ("S000031000101263000001", "registered prefix is Y000031000101"),
        ("Y000031000102263000001", "registered prefix is Y000031000101"),
        ("R000031000101263000001", "not built as the rule"),
        ("Y00003100010126300001", "not built as the rule"),
        ("Y0000310001012630000011", "not built as the rule"),
        ("Y000031000101266000001", "not built as the rule"),
        ("y000031000101263000001", "not built as the rule"),
        ("A", "not built as the rule"),
    ],
)
def test_what_does_not_agree_is_named(number: str, text: str) -> None:
    assert not finding(number).consistent
    assert text in finding(number).text


def test_level_year_and_prefix_of_the_certificate_count() -> None:
    assert not finding(NUMBER, level="4").consistent
    assert not finding(NUMBER, level=None).consistent
    assert not finding(NUMBER, year=2027).consistent
    assert not finding(NUMBER, year=2025).consistent
    assert not finding(NUMBER, prefix="").consistent
    assert not finding(NUMBER, prefix=PREFIX[:12]).consistent


def test_a_kind_without_a_rule_passes_and_says_so() -> None:
    found = check(DEFAULT_RULES, "safety_competency", "京建安C1（2026）0000001", None, 2026, "")
    assert found.consistent
    assert found.text == "no rule for numbers of this kind"
    assert check((), "skill_level", "anything", "3", 2026, "").consistent


def test_one_of_several_rules_is_enough() -> None:
    older = SKILL._replace(pattern=(("GSCX", 1), ("digit", 5)), year=None, level=None, prefix=None)
    older = older._replace(serial=(1, 5), note="fictional older scheme")
    both = (SKILL, older)
    assert check(both, "skill_level", "G12345", "3", 2026, PREFIX).consistent
    assert check(both, "skill_level", NUMBER, "3", 2026, PREFIX).consistent
    found = check(both, "skill_level", NUMBER, "4", 2026, PREFIX)
    assert (found.consistent, found.text[:26]) == (False, "the number's level charact")


@pytest.mark.parametrize(
    ("kind", "number", "level", "year", "consistent"),
    [
        ("vocational_qualification", "2610072001300001", "3", 2026, True),
        ("vocational_qualification", "2610072001300001", "2", 2026, False),
        ("vocational_qualification", "2610072001300001", "3", 2025, False),
        ("vocational_qualification", "2610072001600001", "3", 2026, False),
        ("vocational_qualification", "261007200130000", "3", 2026, False),
        ("special_operation", "沪A012026000001", None, 2026, True),
        ("special_operation", "晋A012008000001", None, 2008, True),
        ("special_operation", "沪A012026000001", None, 2027, False),
        ("special_operation", "AA012026000001", None, 2026, False),
        ("special_operation", "沪a012026000001", None, 2026, False),
    ],
)
def test_other_kinds(
    kind: str, number: str, level: str | None, year: int, consistent: bool
) -> None:
    assert check(DEFAULT_RULES, kind, number, level, year, PREFIX).consistent is consistent


@pytest.mark.parametrize(
    ("rule", "prefix", "level", "number"),
    [
        (SKILL, PREFIX, "3", NUMBER),
        (SKILL, PREFIX, "special", "Y00003100010126T000001"),
        (VOCATIONAL, "10072001", "1", "2610072001100001"),
        (SPECIAL, "沪A01", None, "沪A012026000001"),
    ],
)
def test_build(rule: NumberRule, prefix: str, level: str | None, number: str) -> None:
    assert build(rule, prefix, 2026, level, 1) == number


@given(st.sampled_from(LEVELS), st.integers(2000, 2099), st.integers(1, 999_999))
def test_what_is_built_agrees_and_no_two_are_equal(level: str, year: int, serial: int) -> None:
    number = build(SKILL, PREFIX, year, level, serial)
    assert check(DEFAULT_RULES, "skill_level", number, level, year, PREFIX).consistent
    assert certificate_number.clean(number) == number
    assert number != build(SKILL, PREFIX, year, level, serial % 999_999 + 1)
    for other in LEVELS:
        assert other == level or not finding(number, level=other, year=year).consistent


@pytest.mark.parametrize(
    ("prefix", "level", "serial", "code"),
    [
        (PREFIX, "3", 0, "number.serial"),
        (PREFIX, "3", -1, "number.serial"),
        (PREFIX, "3", 1_000_000, "number.serial"),
        (PREFIX, None, 1, "number.level"),
        (PREFIX, "9", 1, "number.level"),
        (PREFIX[:12], "3", 1, "number.malformed"),
        (PREFIX + "0", "3", 1, "number.malformed"),
        ("", "3", 1, "number.malformed"),
        ("X000031000101", "3", 1, "number.malformed"),
        ("Y0000310001０1", "3", 1, "number.malformed"),
    ],
)
def test_build_refuses(prefix: str, level: str | None, serial: int, code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        build(SKILL, prefix, 2026, level, serial)
    assert caught.value.code == code


def test_a_kind_whose_numbers_know_no_apprentices() -> None:
    with pytest.raises(MalformedError, match="no character for this level") as caught:
        build(VOCATIONAL, "10072001", 2026, "apprentice", 1)
    assert caught.value.code == "number.level"


def test_a_rule_of_nothing_but_given_characters() -> None:
    rule = NumberRule("industry_skill", (("upper", 3),), None, None, None, None, "fictional")
    assert build(rule, "ABC", 2026, None, 7) == "ABC"


@pytest.mark.parametrize(
    ("iat", "year"),
    [
        (0, 1970),
        (1798732799, 2026),  # 2026-12-31T15:59:59Z, 23:59:59 in China
        (1798732800, 2027),  # one second later
        (1798761600, 2027),  # 2027-01-01T00:00:00Z
        (2**32 - 1, 2106),
    ],
)
def test_the_year_is_that_of_china(iat: int, year: int) -> None:
    assert year_of(iat) == year
