# SPDX-License-Identifier: Apache-2.0
"""The commitment to a roster (docs/format.md §7)."""

import hashlib

import pytest

from credential.errors import MalformedError
from credential.roster_commitment import Commitment, entry, root

SALT = bytes(range(16))


def test_an_entry_is_the_hash_of_salt_name_and_tag() -> None:
    assert (
        entry(SALT, "王青禾", "Ab3_")
        == hashlib.sha256(SALT + b"\0" + "王青禾".encode() + b"\0Ab3_").digest()
    )
    assert (
        entry(SALT, "王青禾", None)
        == hashlib.sha256(SALT + b"\0" + "王青禾".encode() + b"\0").digest()
    )


def test_spellings_of_one_name_are_one_entry() -> None:
    assert entry(SALT, "阿依·古丽", None) == entry(SALT, "阿依古丽", None)
    assert entry(SALT, "王青禾", None) != entry(SALT, "王青木", None)


def test_the_root_is_that_of_rfc_9162_over_rising_entries() -> None:
    commitment = Commitment.of(SALT, [("丙", None), ("甲", "AAAA"), ("乙", None)])
    first, second, third = sorted(commitment.entries)
    assert commitment.entries == (first, second, third)

    def leaf(data: bytes) -> bytes:
        return hashlib.sha256(b"\0" + data).digest()

    left = hashlib.sha256(b"\1" + leaf(first) + leaf(second)).digest()
    assert commitment.root == hashlib.sha256(b"\1" + left + leaf(third)).digest()
    assert commitment.root == root(commitment.entries)


def test_the_order_of_the_roster_does_not_matter_and_each_result_counts() -> None:
    people = [("甲", None), ("乙", None), ("甲", None)]
    assert Commitment.of(SALT, people) == Commitment.of(SALT, people[::-1])
    assert len(Commitment.of(SALT, people).entries) == 3
    assert Commitment.of(SALT, people).root != Commitment.of(SALT, people[:2]).root
    assert Commitment.of(SALT, people).root != Commitment.of(SALT[::-1], people).root


def test_the_attachment_is_read_as_it_was_written() -> None:
    commitment = Commitment.of(SALT, [("甲", None), ("乙", "Ab3_")])
    assert Commitment.from_members(commitment.to_members()) == commitment


GOOD = Commitment.of(SALT, [("甲", None), ("乙", None)]).to_members()
ROSTER: list[str] = GOOD["roster"]  # type: ignore[assignment]  # as written


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ([], "malformed.profile"),
        ({}, "malformed.profile"),
        ({**GOOD, "more": 1}, "malformed.profile"),
        ({**GOOD, "roster": []}, "malformed.profile"),
        ({**GOOD, "roster": [1]}, "malformed.profile"),
        ({**GOOD, "roster": [ROSTER[0][:-1]]}, "malformed.profile"),
        ({**GOOD, "roster": [ROSTER[0] + "="]}, "malformed.profile"),
        ({**GOOD, "roster": ROSTER[::-1]}, "roster.order"),
        ({**GOOD, "salt": "AAAA"}, "malformed.profile"),
        ({**GOOD, "salt": None}, "malformed.profile"),
    ],
)
def test_what_is_no_attachment(value: object, code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        Commitment.from_members(value)
    assert caught.value.code == code
