# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §5.4 against the Token Status List draft."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import base64url, canonical, status_list
from credential.errors import MalformedError
from credential.members import LIST_ENTRIES
from credential.status_list import StatusList

URI = "https://jy.sh310.example/status/1"
EMPTY = StatusList.of(URI, 100, 200, bytes(status_list.blank()))


def _payload(**changes: object) -> bytes:
    inner = {"bits": 2, "lst": EMPTY.text}
    members = {"sub": URI, "iat": 100, "exp": 200, "status_list": inner}
    return canonical.encode({**members, **changes})


def _of_lst(data: bytes) -> bytes:
    return _payload(status_list={"bits": 2, "lst": base64url.encode(data)})


@pytest.mark.parametrize(
    ("statuses", "width", "packed", "lst"),
    [
        # The draft's own examples: bit order, then zlib at its highest level.
        ([1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1], 1, "b9a3", "eNrbuRgAAhcBXQ"),
        ([1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3], 2, "c944f9", "eNo76fITAAPfAgc"),
    ],
)
def test_the_drafts_bit_order(statuses: list[int], width: int, packed: str, lst: str) -> None:
    assert status_list.pack(statuses, width).hex() == packed
    assert zlib.decompress(base64url.decode(lst)).hex() == packed
    assert status_list.compress(bytes.fromhex(packed)) == lst


def test_the_drafts_entries_are_read_back() -> None:
    statuses = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
    bits = status_list.put(status_list.blank(), dict(enumerate(statuses)))
    assert bits[:3].hex() == "c944f9"
    read = StatusList.of(URI, 1, 2, bytes(bits))
    assert [read.status(index) for index in range(13)] == [*statuses, 0]


def test_the_other_bit_order_would_read_other_entries() -> None:
    bits = status_list.put(status_list.blank(), {0: status_list.REVOKED})
    assert bits[0] == 1


@given(st.dictionaries(st.integers(0, LIST_ENTRIES - 1), st.integers(0, 3), max_size=30))
def test_a_list_comes_back_as_it_was(entries: dict[int, int]) -> None:
    made = StatusList.of(URI, 100, 200, bytes(status_list.put(status_list.blank(), entries)))
    payload = made.to_bytes()
    read = StatusList.from_bytes(payload)
    assert read == made
    assert read.to_bytes() == payload
    assert {index: read.status(index) for index in entries} == entries


def test_another_compressors_text_is_kept() -> None:
    quick = base64url.encode(zlib.compress(EMPTY.bits, 1))
    assert quick != EMPTY.text
    payload = _payload(status_list={"bits": 2, "lst": quick})
    assert StatusList.from_bytes(payload).to_bytes() == payload


def test_outside_the_list_there_is_no_status() -> None:
    assert EMPTY.status(LIST_ENTRIES - 1) == 0
    assert EMPTY.status(LIST_ENTRIES) is None
    assert EMPTY.status(-1) is None


@pytest.mark.parametrize(
    ("old", "new", "keeps"),
    [
        *((old, 0, old in (0, 2)) for old in range(4)),
        *((old, 2, old in (0, 2)) for old in range(4)),
        *((old, new, True) for old in range(4) for new in (1, 3)),
    ],
)
def test_what_is_final_stays_final(old: int, new: int, keeps: bool) -> None:
    at = 777_777
    before, after = (
        StatusList.of(URI, 1, 2, bytes(status_list.put(status_list.blank(), {at: status})))
        for status in (old, new)
    )
    assert after.keeps_final(before) == keeps


@pytest.mark.parametrize(
    ("payload", "match"),
    [
        (_payload(sub="https://jy.sh310.example/list/1"), "identifier"),
        (_payload(sub=1), "identifier"),
        (_payload(exp=100), "exp"),
        (_payload(iat=-1), "iat"),
        (_payload(status_list={"bits": 1, "lst": EMPTY.text}), "bits"),
        (_payload(status_list={"lst": EMPTY.text, "bits": 2}), "members"),
        (_payload(status_list={"bits": 2, "lst": 3}), "lst"),
        (_payload(ttl=1), "members"),
        (_of_lst(zlib.compress(bytes(status_list.BYTES - 1))), "exactly"),
        (_of_lst(zlib.compress(bytes(status_list.BYTES + 1))), "exactly"),
        (_of_lst(zlib.compress(bytes(status_list.BYTES)) + b"x"), "exactly"),
        (_of_lst(zlib.compress(bytes(status_list.BYTES))[:-1]), "exactly"),
        (_of_lst(zlib.compress(bytes(status_list.BYTES))[:-4] + bytes(4)), "exactly"),
        (_of_lst(zlib.compress(bytes(status_list.BYTES))[2:-4]), "exactly"),  # raw DEFLATE
        (_of_lst(b""), "exactly"),
    ],
)
def test_payloads_that_are_refused(payload: bytes, match: str) -> None:
    with pytest.raises(MalformedError, match=match) as caught:
        StatusList.from_bytes(payload)
    assert caught.value.code == "malformed.profile"


def test_a_bomb_is_not_inflated() -> None:
    bomb = zlib.compress(bytes(1 << 28), 9)
    assert len(bomb) < 300_000
    with pytest.raises(MalformedError, match="exactly"):
        StatusList.from_bytes(_of_lst(bomb))


@pytest.mark.parametrize("entries", [{-1: 0}, {LIST_ENTRIES: 0}, {0: 4}, {0: -1}])
def test_entries_that_no_list_has(entries: dict[int, int]) -> None:
    with pytest.raises(ValueError, match="no such entry"):
        status_list.put(status_list.blank(), entries)


def test_a_short_list_is_not_made() -> None:
    with pytest.raises(ValueError, match="full length"):
        StatusList.of(URI, 1, 2, bytes(8))


def test_a_list_knows_its_place() -> None:
    assert (EMPTY.host, EMPTY.name) == ("jy.sh310.example", "1")
