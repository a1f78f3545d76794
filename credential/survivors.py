# SPDX-License-Identifier: Apache-2.0
"""The survivors of a stolen receipt key: which of its receipts are honest (docs/format.md §5.6).

When a receipt key is stolen its epoch is marked distrusted in the root. The registry still knows
which receipts it made itself, and publishes the first 16 bytes of SHA-256 of each of their
signatures, sorted and joined, base64url: 16 bytes a receipt, and nothing about anybody.

A thief cannot make a receipt that hits one: that is a second preimage of 128 bits.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise
from typing import Final, Self

from credential import base64url
from credential.members import refuse

HASH_BYTES: Final = 16
MAX_TEXT: Final = 48 << 20  # characters: the honest receipts of a year's epoch, two million


def hash_of(signature: bytes) -> bytes:
    """Hash a receipt's signature, 64 bytes, to 16 bytes."""
    return hashlib.sha256(signature).digest()[:HASH_BYTES]


class Survivors:
    """The honest receipts of one distrusted epoch."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        """Hold the hashes of 16 bytes, distinct, in rising order."""
        self.data: Final = data

    def __eq__(self, other: object) -> bool:
        return self.data == other.data if isinstance(other, Survivors) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.data)

    @classmethod
    def of(cls, signatures: Iterable[bytes]) -> Self:
        """List the honest receipts by their signatures, 64 bytes each."""
        return cls(b"".join(sorted(set(map(hash_of, signatures)))))

    @classmethod
    def decode(cls, text: str) -> Self:
        """Read the text of a snapshot's member.

        Raises:
            MalformedError: `malformed.token` or `malformed.profile`.
        """
        if len(text) > MAX_TEXT:
            refuse("survivors", f"longer than {MAX_TEXT} characters")
        data = base64url.decode(text)
        hashes = [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]
        rising = all(one < other for one, other in pairwise(hashes))
        if len(data) % HASH_BYTES or not rising:
            refuse("survivors", f"not distinct hashes of {HASH_BYTES} bytes in rising order")
        return cls(data)

    def encode(self) -> str:
        """Write the text of a snapshot's member."""
        return base64url.encode(self.data)

    def __len__(self) -> int:
        """Count the receipts."""
        return len(self.data) // HASH_BYTES

    def contains(self, signature: bytes) -> bool:
        """Tell whether the receipt with this signature is honest."""
        wanted, data = hash_of(signature), self.data
        at = bisect_left(
            range(len(self)), wanted, key=lambda n: data[n * HASH_BYTES : (n + 1) * HASH_BYTES]
        )
        return data[at * HASH_BYTES : (at + 1) * HASH_BYTES] == wanted
