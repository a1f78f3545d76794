# SPDX-License-Identifier: Apache-2.0
"""Compressors that give the same bytes on every machine.

Builds of zlib differ, and a vector must not. A reader cannot tell, and need not: identity is the
content, never the stream (docs/format.md §4.3).
"""

import re
import zlib

_LENGTHS = (
    *(3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115),
    *(131, 163, 195, 227, 258),
)
_DISTANCES = (
    *(1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537),
    *(2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577),
)
_END = 256
_LONGEST = 258


class _Bits:
    def __init__(self) -> None:
        self._value = self._count = 0

    def number(self, value: int, width: int) -> None:
        """Put a number, least significant bit first."""
        self._value |= value << self._count
        self._count += width

    def code(self, value: int, width: int) -> None:
        """Put a Huffman code, most significant bit first."""
        for shift in reversed(range(width)):
            self.number(value >> shift & 1, 1)

    def data(self) -> bytes:
        return self._value.to_bytes((self._count + 7) // 8, "little")


def fixed(plain: bytes, dictionary: bytes) -> bytes:
    """Write one block with the fixed codes (RFC 1951 §3.2.6), looking for matches greedily."""
    bits, window, at = _Bits(), dictionary + plain, len(dictionary)
    bits.number(0b011, 3)
    while at < len(window):
        length, distance = _match(window, at)
        if length < 3:
            _symbol(bits, window[at])
            at += 1
            continue
        nearest = max(n for n, base in enumerate(_LENGTHS) if base <= length)
        extra = 0 if nearest < 8 or nearest == 28 else (nearest - 4) // 4
        _symbol(bits, 257 + nearest)
        bits.number(length - _LENGTHS[nearest], extra)
        nearest = max(n for n, base in enumerate(_DISTANCES) if base <= distance)
        bits.code(nearest, 5)
        bits.number(distance - _DISTANCES[nearest], max(0, nearest // 2 - 1))
        at += length
    _symbol(bits, _END)
    return bits.data()


def stored(plain: bytes) -> bytes:
    """Write one block without compression (RFC 1951 §3.2.4)."""
    length = len(plain)
    return b"\x01" + length.to_bytes(2, "little") + (length ^ 0xFFFF).to_bytes(2, "little") + plain


def sparse(plain: bytes) -> bytes:
    """Write bytes that are mostly zero as zlib (RFC 1950), one block with codes made for that.

    285 (a run of 258) has one bit, the literal 0 two, every other byte and the end ten.
    """
    bits = _Bits()
    bits.number(0b101, 3)
    bits.number(286 - 257, 5)
    bits.number(0, 5)
    bits.number(18 - 4, 4)
    widths = {16: 1, 18: 3, 10: 3, 2: 3, 1: 3}
    for symbol in (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1):
        bits.number(widths.get(symbol, 0), 3)
    bits.code(0b101, 3)  # the literal 0: two bits
    bits.code(0b110, 3)  # 1 to 256: ten bits each
    for count in (*[6] * 42, 3):
        bits.code(0, 1)
        bits.number(count - 3, 2)
    bits.code(0b111, 3)  # 257 to 284: none
    bits.number(28 - 11, 7)
    bits.code(0b100, 3)  # 285: one bit
    bits.code(0b100, 3)  # distance 1: one bit
    for run in re.findall(rb"\0+|[^\0]", plain, re.DOTALL):
        if run[0]:
            bits.code(0x300 + run[0] - 1, 10)
            continue
        bits.code(0b10, 2)
        for _ in range((len(run) - 1) // _LONGEST):
            bits.number(0, 2)
        for _ in range((len(run) - 1) % _LONGEST):
            bits.code(0b10, 2)
    bits.code(0x300 + _END - 1, 10)
    return b"\x78\xda" + bits.data() + zlib.adler32(plain).to_bytes(4)


def _symbol(bits: _Bits, symbol: int) -> None:
    if symbol < 144:
        bits.code(0x30 + symbol, 8)
    elif symbol < 256:
        bits.code(0x190 + symbol - 144, 9)
    elif symbol < 280:
        bits.code(symbol - 256, 7)
    else:
        bits.code(0xC0 + symbol - 280, 8)


def _match(window: bytes, at: int) -> tuple[int, int]:
    """Find the longest match, the nearest of those."""
    length = distance = 0
    while length < min(_LONGEST, len(window) - at):
        start = window.rfind(window[at : at + length + 1], 0, at + length)
        if start < 0:
            break
        length, distance = length + 1, at - start
    return length, distance
