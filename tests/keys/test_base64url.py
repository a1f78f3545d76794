# SPDX-License-Identifier: Apache-2.0
"""One text for one byte string."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import base64url


@given(st.binary(max_size=80))
def test_round_trip(data: bytes) -> None:
    assert base64url.decode(base64url.encode(data)) == data


@given(st.text(alphabet=st.sampled_from("AZaz09-_+/=\n é1"), max_size=12))
def test_any_text_is_canonical_or_refused(text: str) -> None:
    try:
        again = base64url.encode(base64url.decode(text))
    except ValueError:
        again = text
    assert again == text


@pytest.mark.parametrize(
    "text",
    ["QQ==", "QR", "Q", "Q Q", "QQ\n", "+/+/", "QUJ", "ＱＱ", "QQ!", "QUI="],
)
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not canonical base64url"):
        base64url.decode(text)
