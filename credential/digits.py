# SPDX-License-Identifier: Apache-2.0
"""Bytes as decimal digits in fixed blocks, for the numeric mode of a QR code (docs/format.md §4.2).

22 bytes are 53 digits: 3.3219 bits a digit, against the 3.3333 that numeric mode spends. A count of
digits fits one count of bytes only, leading zeros are kept, and every block is below its bound, so
that one text stands for one byte string.
"""

import struct
from functools import lru_cache
from typing import Final

from credential.errors import MalformedError

MAX_BYTES: Final = 1024
BLOCK_BYTES: Final = 22
DIGITS_OF: Final = (0, *(len(str(256**count - 1)) for count in range(1, BLOCK_BYTES + 1)))
"""Digits that a block of so many bytes takes: 0 3 5 8 10 13 15 … 53."""

_BLOCK_DIGITS: Final = DIGITS_OF[BLOCK_BYTES]
_BYTES_OF: Final = {count: index for index, count in enumerate(DIGITS_OF)}
_MAX_DIGITS: Final = MAX_BYTES // BLOCK_BYTES * _BLOCK_DIGITS + DIGITS_OF[MAX_BYTES % BLOCK_BYTES]


def encode(data: bytes) -> str:
    """Write bytes as digits.

    Raises:
        ValueError: More than `MAX_BYTES`.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"{len(data)} bytes do not fit a code of at most {MAX_BYTES}")
    blocks = (data[start : start + BLOCK_BYTES] for start in range(0, len(data), BLOCK_BYTES))
    return "".join(str(int.from_bytes(block)).zfill(DIGITS_OF[len(block)]) for block in blocks)


@lru_cache(maxsize=MAX_BYTES // BLOCK_BYTES + 1)
def _blocks(count: int) -> struct.Struct:
    return struct.Struct(f"{_BLOCK_DIGITS}s" * count)


def decode(text: str) -> bytes:
    """Read digits.

    Raises:
        MalformedError: `malformed.carrier`.
    """
    data = text.encode("ascii", "replace")  # what is replaced is no digit
    if not data.isdigit() or len(data) > _MAX_DIGITS:
        raise MalformedError("malformed.carrier", "not the decimal digits of a code")
    count, last = divmod(len(data), _BLOCK_DIGITS)
    rest = _BYTES_OF.get(last)
    if rest is None:
        raise MalformedError("malformed.carrier", "digits are missing or too many")
    try:
        blocks = [int(block).to_bytes(BLOCK_BYTES) for block in _blocks(count).unpack_from(data)]
        if rest:
            blocks.append(int(data[-last:]).to_bytes(rest))
    except OverflowError:
        raise MalformedError("malformed.carrier", "a block of digits is out of range") from None
    return b"".join(blocks)
