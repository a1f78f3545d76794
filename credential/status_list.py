# SPDX-License-Identifier: Apache-2.0
"""A status list: two bits for each of 2²⁰ certificates (docs/format.md §5.4).

IETF Token Status List, draft-ietf-oauth-status-list §4 and §5:

    {"sub":"https://HOST/status/1","iat":n,"exp":n,"status_list":{"bits":2,"lst":"eNpjYBgFgw…"}}

- entry n is bits 2·(n mod 4) and up of byte n div 4: the least significant first;
- 0 valid, 1 revoked, 2 suspended, 3 superseded;
- a list has its full length from birth, so that its size says nothing about how much was issued;
- `lst` is zlib. Compressors differ, so the text is kept as it came and never made again.
"""

import zlib
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple, Self

from credential import base64url, canonical
from credential.members import LIST_ENTRIES, Members, refuse, status_uri

BITS: Final = 2  # of one entry
BYTES: Final = LIST_ENTRIES * BITS // 8  # of an inflated list: 262,144

VALID: Final = 0
REVOKED: Final = 1
SUSPENDED: Final = 2
SUPERSEDED: Final = 3

_FINAL: Final = int.from_bytes(b"\x55" * BYTES)  # the low bit of every entry


class StatusList(NamedTuple):
    """One list."""

    uri: str
    """`https://HOST/status/<list>`, as certificates name it."""
    iat: int
    exp: int
    bits: bytes
    """262,144 bytes."""
    text: str
    """`lst` as signed."""

    @classmethod
    def of(cls, uri: str, iat: int, exp: int, bits: bytes) -> Self:
        """Make a list to be signed.

        Args:
            uri: `https://HOST/status/<list>`.
            iat: Seconds since 1970.
            exp: Seconds since 1970.
            bits: 262,144 bytes, as `blank` and `put` make them.
        """
        if len(bits) != BYTES:
            raise ValueError("a status list has its full length from birth")
        return cls(uri, iat, exp, bytes(bits), compress(bits))

    @property
    def host(self) -> str:
        """HOST of the URI."""
        return status_uri(self.uri)[0]

    @property
    def name(self) -> str:
        """The list's name in its URI."""
        return status_uri(self.uri)[1]

    def status(self, index: int) -> int | None:
        """Read one entry: 0 to 3, or None where the list has no such entry."""
        if not 0 <= index < LIST_ENTRIES:
            return None
        return self.bits[index >> 2] >> 2 * (index & 3) & 3

    def keeps_final(self, older: Self) -> bool:
        """Tell whether everything revoked or superseded in an older list still is either.

        Both have the low bit set, so this is one operation over the whole list.
        """
        old, new = int.from_bytes(older.bits), int.from_bytes(self.bits)
        return not old & ~new & _FINAL

    def to_bytes(self) -> bytes:
        """Write the payload."""
        inner: dict[str, object] = {"bits": BITS, "lst": self.text}
        return canonical.encode(
            {"sub": self.uri, "iat": self.iat, "exp": self.exp, "status_list": inner}
        )

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """Read a payload; inflates no more than a list can hold.

        Raises:
            MalformedError: `malformed.token` or `malformed.profile`.
        """
        names = "sub iat exp status_list"
        members = Members.of(canonical.parse(payload), "status list", names)
        uri = members.raw("sub")
        status_uri(uri, members.at("sub"))
        iat, exp = members.time("iat"), members.time("exp")
        if exp <= iat:
            refuse(members.at("exp"), "not after iat")
        inner = Members.of(members.raw("status_list"), members.at("status_list"), "bits lst")
        inner.integer("bits", BITS, BITS)
        text = inner.raw("lst")
        if not isinstance(text, str):
            refuse(inner.at("lst"), "not text")
        return cls(str(uri), iat, exp, inflate(text), text)


def blank() -> bytearray:
    """Give a list in which everything is valid."""
    return bytearray(BYTES)


def put(bits: bytearray, entries: Mapping[int, int]) -> bytearray:
    """Set entries, status by index, in place.

    Raises:
        ValueError: An index or status that a list does not have.
    """
    for index, status in entries.items():
        if not 0 <= index < LIST_ENTRIES or not 0 <= status < 1 << BITS:
            raise ValueError("no such entry or status in a status list")
        shift = BITS * (index & 3)
        bits[index >> 2] = bits[index >> 2] & ~(3 << shift) | status << shift
    return bits


def pack(statuses: Iterable[int], width: int = BITS) -> bytes:
    """Pack statuses of 1, 2, 4 or 8 bits, least significant first; the last byte is filled up."""
    per_byte = 8 // width
    packed = bytearray()
    for index, status in enumerate(statuses):
        if index % per_byte == 0:
            packed.append(0)
        packed[-1] |= status << width * (index % per_byte)
    return bytes(packed)


def compress(bits: bytes) -> str:
    """Compress packed bits to `lst`."""
    return base64url.encode(zlib.compress(bits, 9))


def inflate(text: str) -> bytes:
    """Inflate `lst`, stopping at the length of a list.

    Raises:
        MalformedError: `malformed.token` or `malformed.profile`.
    """
    compressed = base64url.decode(text)
    stream = zlib.decompressobj()
    try:
        bits = stream.decompress(compressed, BYTES + 1)
    except zlib.error:
        bits = b""
    if len(bits) != BYTES or not stream.eof or stream.unused_data:
        refuse("status list.lst", f"not zlib of exactly {BYTES:,} bytes")
    return bits
