# SPDX-License-Identifier: Apache-2.0
"""A checkpoint: how long the log is and what its root is (docs/format.md §5.5, §10).

    {"iss":"https://HOST","iat":n,"size":1234,"root":"<43 characters>"}

For auditors: two checkpoints and a consistency proof show that nothing was taken out of the log.
"""

from typing import Final, NamedTuple, Self

from credential import base64url, canonical
from credential.members import Members, registry_host

MAX_SIZE: Final = 2**40  # leaves: a log index has five bytes


class Checkpoint(NamedTuple):
    """The log at one moment."""

    iss: str
    """`https://HOST` of the registry."""
    iat: int
    size: int
    """Leaves."""
    root: bytes
    """Of the tree over them, 32 bytes."""

    def to_bytes(self) -> bytes:
        """Write the payload."""
        return canonical.encode(
            {
                "iss": self.iss,
                "iat": self.iat,
                "size": self.size,
                "root": base64url.encode(self.root),
            }
        )

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """Read a payload.

        Raises:
            MalformedError: `malformed.token` or `malformed.profile`.
        """
        members = Members.of(canonical.parse(payload), "checkpoint", "iss iat size root")
        registry_host(members.raw("iss"), members.at("iss"))
        return cls(
            iss=str(members.raw("iss")),
            iat=members.time("iat"),
            size=members.integer("size", 0, MAX_SIZE),
            root=base64url.decode(members.digest("root")),
        )
