# SPDX-License-Identifier: Apache-2.0
"""The commitment to a roster that a body files before it issues (docs/format.md §7).

    entry = SHA-256(16-byte batch salt ‖ 0x00 ‖ folded name ‖ 0x00 ‖ holder tag, or nothing)
    root  = the RFC 9162 §2.1 tree over the entries in rising order

The root stands in the batch statement and is public; entries and salt travel beside it and are kept
by the registry alone, since names are guessable. A certificate is admitted only if its entry is in
the list, as often as it stands there: a person with two results, or two namesakes without tags,
stand in it twice. So nobody can be added, or put in somebody's place, after the examination.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

from credential import base64url, merkle
from credential.errors import MalformedError
from credential.members import Members
from credential.name import fold

SALT_BYTES: Final = 16
ENTRY_BYTES: Final = 32
MAX_ENTRIES: Final = 100_000


def entry(salt: bytes, name: str, tag: str | None) -> bytes:
    """Compute the entry of one result.

    Args:
        salt: The batch's, 16 bytes.
        name: The holder's, in any spelling that folds to the same.
        tag: The holder tag as the certificate will carry it; None if it will carry none.

    Returns:
        32 bytes.
    """
    folded = fold(name).encode("utf-8", "surrogatepass")
    return hashlib.sha256(b"%b\0%b\0%b" % (salt, folded, (tag or "").encode("ascii"))).digest()


def root(entries: Sequence[bytes]) -> bytes:
    """Compute the root over entries that are in rising order, 32 bytes."""
    return merkle.root_of([merkle.leaf_hash(each) for each in entries])


@dataclass(frozen=True, slots=True)
class Commitment:
    """A roster as it travels beside the batch statement."""

    salt: bytes
    entries: tuple[bytes, ...]
    """In rising order, 32 bytes each; one for each result."""

    @classmethod
    def of(cls, salt: bytes, people: Iterable[tuple[str, str | None]]) -> Self:
        """Commit to people.

        Args:
            salt: 16 random bytes, new for each batch.
            people: Name and holder tag of each result.
        """
        return cls(salt, tuple(sorted(entry(salt, name, tag) for name, tag in people)))

    @property
    def root(self) -> bytes:
        """What the statement says, 32 bytes."""
        return root(self.entries)

    def to_members(self) -> dict[str, object]:
        """Write the `attachment` of the request."""
        return {
            "roster": [base64url.encode(each) for each in self.entries],
            "salt": base64url.encode(self.salt),
        }

    @classmethod
    def from_members(cls, value: object) -> Self:
        """Read an `attachment`.

        Raises:
            MalformedError: `malformed.profile`, or `roster.order` where the entries do not rise.
        """
        members = Members.of(value, "attachment", "roster salt")
        texts = members.items("roster", 1, MAX_ENTRIES)
        entries = tuple(_bytes(text, ENTRY_BYTES, "attachment.roster") for text in texts)
        if any(later < earlier for earlier, later in pairwise(entries)):
            raise MalformedError("roster.order", "the roster's entries are not in rising order")
        return cls(_bytes(members.raw("salt"), SALT_BYTES, "attachment.salt"), entries)


def _bytes(text: object, length: int, where: str) -> bytes:
    if isinstance(text, str):
        try:
            data = base64url.decode(text)
        except MalformedError:
            data = b""
        if len(data) == length:
            return data
    raise MalformedError("malformed.profile", f"{where}: not {length} bytes in base64url")
