# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §4.2."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import digits
from credential.errors import MalformedError


def test_the_table_of_the_format() -> None:
    table = "3 5 8 10 13 15 17 20 22 25 27 29 32 34 37 39 41 44 46 49 51 53"
    assert list(digits.DIGITS_OF[1:]) == [int(count) for count in table.split()]


@given(st.binary(max_size=digits.MAX_BYTES))
def test_round_trip(data: bytes) -> None:
    text = digits.encode(data)
    assert set(text) <= set("0123456789")
    assert (digits.decode(text) if data else b"") == data


@given(st.text("0123456789", min_size=1, max_size=200))
def test_one_text_for_one_byte_string(text: str) -> None:
    with contextlib.suppress(MalformedError):
        assert digits.encode(digits.decode(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "1", "12", "1234", "256", "65536", "9" * 53, "0" * 54, "١٢٣", "１２３", "12a", " 123"],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(MalformedError) as caught:
        digits.decode(text)
    assert caught.value.code == "malformed.carrier"


def test_bounds() -> None:
    longest = digits.encode(b"\xff" * digits.MAX_BYTES)
    assert digits.decode(longest) == b"\xff" * digits.MAX_BYTES
    with pytest.raises(MalformedError):
        digits.decode("0" * 53 + longest)
    with pytest.raises(ValueError, match="do not fit"):
        digits.encode(bytes(digits.MAX_BYTES + 1))
