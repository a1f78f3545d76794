# SPDX-License-Identifier: Apache-2.0
"""A public key that has been parsed strictly and may be used to verify.

Made by `keys.jwk.from_members` or `keys.jwk.from_public`; whoever holds one need not check curve,
point or algorithm again. Two keys are equal when algorithm and thumbprint are.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from keys.algorithms import PublicKey


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """One public key with the names it goes by."""

    alg: str
    """`ES256` or `EdDSA`: the only header `alg` under which this key verifies."""
    kid: str
    """First 8 bytes of the thumbprint, base64url, 11 characters."""
    thumbprint: bytes
    """RFC 7638, 32 bytes."""
    jwk: tuple[tuple[str, str], ...] = field(repr=False, compare=False)
    """The public JWK as pairs, in the order kty, crv, x, y, alg."""
    public: PublicKey = field(repr=False, compare=False)
    """cryptography's key object."""
    check: Callable[[bytes, bytes], None] = field(repr=False, compare=False)
    """`keys.algorithms.verifier(public)`, bound once."""

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
