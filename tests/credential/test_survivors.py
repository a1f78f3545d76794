# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §5.6: survivors."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import base64url, survivors
from credential.errors import MalformedError
from credential.survivors import Survivors


def test_the_bytes() -> None:
    signatures = [bytes([n]) * 64 for n in range(3)]
    expected = sorted(hashlib.sha256(each).digest()[:16] for each in signatures)
    listed = Survivors.of(signatures * 2)
    assert listed.data == b"".join(expected)
    assert listed.encode() == base64url.encode(listed.data)
    assert len(listed) == 3


@given(st.sets(st.binary(min_size=64, max_size=64), max_size=20), st.binary(max_size=64))
def test_exactly_the_listed_survive(signatures: set[bytes], other: bytes) -> None:
    listed = Survivors.decode(Survivors.of(signatures).encode())
    assert all(listed.contains(each) for each in signatures)
    assert listed.contains(other) == (other in signatures)


@pytest.mark.parametrize(
    "data", [bytes(15), bytes(17), bytes(32), bytes([1]) * 16 + bytes(16), bytes(8)]
)
def test_lists_that_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedError, match="rising order") as caught:
        Survivors.decode(base64url.encode(data))
    assert caught.value.code == "malformed.profile"


def test_text_that_is_not_base64url() -> None:
    with pytest.raises(MalformedError) as caught:
        Survivors.decode("A+==")
    assert caught.value.code == "malformed.token"


def test_a_list_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survivors, "MAX_TEXT", 21)
    with pytest.raises(MalformedError, match="longer than 21") as caught:
        Survivors.decode(base64url.encode(bytes(16)))
    assert caught.value.code == "malformed.profile"
