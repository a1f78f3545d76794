# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §1.3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import base64url
from credential.errors import MalformedError


@given(st.binary(max_size=70))
def test_round_trip(data: bytes) -> None:
    assert base64url.decode(base64url.encode(data)) == data


@pytest.mark.parametrize("text", ["QQ==", "QR", "Q!R=\n=", "Q", "QQ=", "Q Q", "+/+/", "é", "QQ\n"])
def test_one_text_for_one_byte_string(text: str) -> None:
    """Padding, unused bits, white space and the other alphabet are all refused."""
    with pytest.raises(MalformedError) as caught:
        base64url.decode(text)
    assert caught.value.code == "malformed.token"
