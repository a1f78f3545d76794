# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §5.5."""

import pytest

from credential import base64url, canonical, merkle
from credential.checkpoint import MAX_SIZE, Checkpoint
from credential.errors import MalformedError

CHECKPOINT = Checkpoint("https://jy.sh310.example", 1_790_000_000, 0, merkle.EMPTY)


@pytest.mark.parametrize("size", [0, 1, MAX_SIZE])
def test_a_checkpoint_comes_back_as_it_was(size: int) -> None:
    payload = Checkpoint(CHECKPOINT.iss, 1, size, bytes(32)).to_bytes()
    assert Checkpoint.from_bytes(payload).to_bytes() == payload


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "jy.sh310.example"},
        {"iat": None},
        {"size": -1},
        {"size": MAX_SIZE + 1},
        {"size": True},
        {"root": base64url.encode(bytes(31))},
        {"root": "A" * 42 + "B"},  # stray bits
        {"extra": 1},
    ],
)
def test_payloads_that_are_refused(change: dict[str, object]) -> None:
    members = canonical.parse(CHECKPOINT.to_bytes())
    assert isinstance(members, dict)
    with pytest.raises(MalformedError) as caught:
        Checkpoint.from_bytes(canonical.encode({**members, **change}))
    assert caught.value.code == "malformed.profile"
