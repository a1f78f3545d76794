# SPDX-License-Identifier: Apache-2.0
"""A public key that has been parsed strictly and may be used to verify.

Made by `keys.jwk.from_members` or `keys.jwk.from_public`; whoever holds one need not check curve,
point or algorithm again. Two keys are equal when algorithm and thumbprint are.
"""

from collections.abc import Callable
from typing import NamedTuple

from keys.algorithms import PublicKey


class VerifyingKey(NamedTuple):
    """One public key with the names it goes by."""

    alg: str
    """`ES256` or `EdDSA`: the only header `alg` under which this key verifies."""
    kid: str
    """First 8 bytes of the thumbprint, base64url, 11 characters."""
    thumbprint: bytes
    """RFC 7638, 32 bytes."""
    jwk: tuple[tuple[str, str], ...]
    """The public JWK as pairs, in the order kty, crv, x, y, alg."""
    public: PublicKey
    """cryptography's key object."""
    check: Callable[[bytes, bytes], None]
    """`keys.algorithms.verifier(public)`, bound once."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, VerifyingKey):
            return NotImplemented
        return (self.alg, self.thumbprint) == (other.alg, other.thumbprint)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.alg, self.thumbprint))

    def __repr__(self) -> str:
        return f"VerifyingKey(alg={self.alg!r}, kid={self.kid!r}, thumbprint={self.thumbprint!r})"

    @property
    def members(self) -> dict[str, str]:
        """The public JWK, a fresh dictionary in the order kty, crv, x, y, alg."""
        return dict(self.jwk)

    def verify(self, signature: bytes, data: bytes) -> None:
        """Return if the signature holds.

        There is no boolean that could be forgotten: returning is success, and everything else
        raises.

        Args:
            signature: 64 bytes, r ‖ s for ES256.
            data: What was signed.

        Raises:
            InvalidSignature: cryptography's; also for a wrong length.
        """
        self.check(signature, data)
