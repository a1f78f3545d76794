# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §4.3."""

import hashlib
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import deflate
from credential.errors import MalformedError
from tests.credential.samples import HOST, OTHER_HOST


def _stream(plain: bytes, dictionary: bytes = deflate.DICTIONARY + HOST.encode()) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=dictionary)
    return engine.compress(plain) + engine.flush()


def test_the_dictionary_is_the_frozen_one() -> None:
    assert hashlib.sha256(deflate.DICTIONARY).hexdigest() == deflate.DICTIONARY_SHA256
    assert deflate.DICTIONARY_SHA256 in Path("docs/format.md").read_text(encoding="utf-8")


@given(st.binary(max_size=deflate.MAX_PLAIN))
def test_round_trip(plain: bytes) -> None:
    assert deflate.expand(deflate.compress(plain, HOST), HOST) == plain


@pytest.mark.parametrize("size", [deflate.MAX_PLAIN - 1, deflate.MAX_PLAIN])
def test_up_to_the_bound(size: int) -> None:
    assert deflate.expand(_stream(b"a" * size), HOST) == b"a" * size


@pytest.mark.parametrize(
    "stream",
    [
        b"",
        _stream(b"a" * (deflate.MAX_PLAIN + 1)),
        _stream(bytes(2_900_000)),
        _stream(b"abc") + b"\0",
        _stream(b"abc") + _stream(b"abc"),
        _stream(b"abc")[:-1],
        zlib.compress(b"abc"),
        b"\x07",
    ],
    ids=["empty", "one-too-long", "bomb", "byte-behind", "two", "cut", "zlib", "bad-block"],
)
def test_what_is_refused(stream: bytes) -> None:
    """One stream that ends where it must, and no bomb."""
    with pytest.raises(MalformedError) as caught:
        deflate.expand(stream, HOST)
    assert caught.value.code == "malformed.carrier"


def test_another_host_gives_its_own_name() -> None:
    stream = deflate.compress(f"https://{HOST}/".encode(), HOST)
    assert len(HOST) == len(OTHER_HOST)
    assert deflate.expand(stream, OTHER_HOST) == f"https://{OTHER_HOST}/".encode()
