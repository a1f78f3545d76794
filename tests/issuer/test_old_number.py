# SPDX-License-Identifier: Apache-2.0
"""Numbers of before this system are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.certificate import NUMBER
from issuer import old_number
from tests.issuer.refusals import code_of


@pytest.mark.parametrize(
    ("written", "form", "year", "level"),
    [
        ("Y000123010203195000001", "skill_level", "19", "5"),
        ("S00003100010121T000007", "skill_level", "21", None),
        ("RSN3101150072140001", "other", None, None),
        ("RSN31011500720400017", "pilot", "20", "4"),
        ("RCW31011500719300001", "pilot", "19", "3"),
        ("1810012003312345", "vocational", "18", "3"),
        ("1810012003612345", "other", None, None),
        ("0901203040506", "shanghai", None, None),
        ("晋A012008000001", "special", "2008", None),
        ("京建安C1(2015)0000001", "other", None, None),
    ],
)
def test_forms(written: str, form: str, year: str | None, level: str | None) -> None:
    said = old_number.read(written)
    assert (said.form, said.year, said.level) == (form, year, level)


@given(st.text(max_size=45))
def test_any_text_is_read_or_refused(written: str) -> None:
    if NUMBER.fullmatch(written):
        assert old_number.read(written).number == written
    else:
        assert code_of(old_number.read, written) == "number.malformed"


def test_years() -> None:
    vocational = old_number.read("1810012003312345")
    assert old_number.agrees_in_year(vocational, "2018-03-01")
    assert old_number.agrees_in_year(vocational, "")
    assert not old_number.agrees_in_year(vocational, "2019-03-01")
    special = old_number.read("晋A012008000001")
    assert old_number.agrees_in_year(special, "2008-03-01")
    assert not old_number.agrees_in_year(special, "2018-03-01")
    assert old_number.agrees_in_year(old_number.read("0901203040506"), "2018-03-01")
