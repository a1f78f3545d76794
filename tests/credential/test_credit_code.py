# SPDX-License-Identifier: Apache-2.0
"""Unified social credit codes: published examples pass, slips are caught."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import credit_code
from credential.errors import MalformedError

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# Public authorities and companies, as printed in public documents.
PUBLISHED = [
    "12110000400777687U",
    "11110000000021135M",
    "11220000013544541J",
    "11100000000013338W",
    "91450600677748862L",
    "11320482014138860P",
]


def code_of(code: str) -> str:
    with pytest.raises(MalformedError) as caught:
        credit_code.check(code)
    return caught.value.code


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_pass(code: str) -> None:
    credit_code.check(code)
    assert credit_code.check_character(code[:17]) == code[17]


@pytest.mark.parametrize("code", PUBLISHED)
def test_every_slip_of_one_character_is_caught(code: str) -> None:
    for at in range(18):
        for character in CHARACTERS:
            if character != code[at]:
                assert code_of(code[:at] + character + code[at + 1 :]) == "credit_code.malformed"


@pytest.mark.parametrize(
    "code",
    [
        "",
        "12110000400777687",
        "12110000400777687UU",
        "12110000400777687u",
        " 12110000400777687U",
        "12110000400777687U\n",
        "１2110000400777687U",
        "I2110000400777687U",
        "1211A000400777687U",
        "٣2110000400777687U",
    ],
)
def test_other_forms_are_refused(code: str) -> None:
    assert code_of(code) == "credit_code.malformed"


@given(
    st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9),
)
def test_a_computed_check_character_passes(start: str, region: str, organisation: str) -> None:
    first = start + region + organisation
    credit_code.check(first + credit_code.check_character(first))


@given(st.text(max_size=20))
def test_any_text_passes_or_is_refused(text: str) -> None:
    try:
        credit_code.check(text)
    except MalformedError as error:
        found = error.code
    else:
        found = "passed" if len(text) == 18 else "passed though too short"
    assert found in {"passed", "credit_code.malformed"}
