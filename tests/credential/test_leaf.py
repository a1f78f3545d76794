# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §10: the leaf."""

import hashlib

import pytest

from credential import leaf


def test_the_bytes() -> None:
    salt, payload = bytes(range(16)), b'{"iss":"https://a.example"}'
    made = leaf.entry(leaf.STATEMENT, 1_790_000_000, leaf.commitment(salt, payload))
    assert made == bytes.fromhex("02000000006ab13b80") + hashlib.sha256(salt + payload).digest()
    assert len(made) == leaf.ENTRY_BYTES


def test_what_is_no_leaf() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        leaf.commitment(bytes(15), b"")
    with pytest.raises(ValueError, match="certificate's or a statement's"):
        leaf.entry(3, 0, bytes(32))
    with pytest.raises(ValueError, match="32 bytes"):
        leaf.entry(1, 0, bytes(31))
