# SPDX-License-Identifier: Apache-2.0
"""What every signing key can do, wherever it lives: in a file, or in a token that keeps it."""

from typing import Protocol


class Signer(Protocol):
    """A private key with one role.

    `sign` may be called from several threads. A key in a file gives the same 64 bytes for the same
    data; a token draws a nonce of its own each time, so nobody may rely on that.
    """

    @property
    def kid(self) -> str:
        """The key identifier to write into the header; the epoch for a receipt key."""

    @property
    def alg(self) -> str:
        """`ES256` or `EdDSA`."""

    @property
    def role(self) -> str:
        """One of `keys.roles.ROLES`."""

    def sign(self, data: bytes) -> bytes:
        """Sign data; 64 bytes, r ‖ s for ES256."""
