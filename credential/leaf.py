# SPDX-License-Identifier: Apache-2.0
"""A leaf of the log: that something was admitted then, and nothing that could be guessed.

docs/format.md §10. The entry is 41 bytes:

    01 | 00 00 00 00 6a b1 3b 80 | SHA-256(16-byte salt ‖ payload bytes of the receipt)
    type  receipt time, big-endian

The commitment is salted because names are guessable: whoever holds a certificate and its salt can
prove that it is in the log; whoever holds the log alone learns nothing, and once a salt has been
destroyed on lawful erasure nobody can link the leaf to anyone.
"""

import hashlib
from typing import Final

CERTIFICATE: Final = 1
STATEMENT: Final = 2
SALT_BYTES: Final = 16
ENTRY_BYTES: Final = 41


def commitment(salt: bytes, payload: bytes) -> bytes:
    """Commit to a receipt.

    Args:
        salt: 16 random bytes of this leaf's own.
        payload: The payload bytes of the receipt.

    Returns:
        32 bytes.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError("a leaf's salt is 16 bytes")
    return hashlib.sha256(salt + payload).digest()


def entry(kind: int, t: int, committed: bytes) -> bytes:
    """Write an entry of the log.

    Args:
        kind: `CERTIFICATE` or `STATEMENT`.
        t: The receipt's time, seconds since 1970.
        committed: What `commitment` gave; it stays when the salt has been destroyed.

    Returns:
        41 bytes; `merkle.leaf_hash` hashes them.
    """
    if kind not in (CERTIFICATE, STATEMENT) or len(committed) != hashlib.sha256().digest_size:
        raise ValueError(
            "a leaf is a certificate's or a statement's, with a commitment of 32 bytes"
        )
    return bytes([kind]) + t.to_bytes(8) + committed
