# SPDX-License-Identifier: Apache-2.0
"""A private key in memory, bound to one role.

It shows its role and kid and nothing else: not in `repr`, not in a traceback that prints local
variables, and it is neither copied nor pickled. A receipt key goes by its epoch, "1" to "255";
every other key by its thumbprint.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NoReturn, Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keys import jwk, roles
from keys.algorithms import EDDSA, ES256, PrivateKey, algorithm, signer
from keys.errors import KeyMaterialError
from keys.verifying_key import VerifyingKey

MAX_EPOCH: Final = 255

_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True, eq=False)
class SigningKey:
    """One private key; satisfies `keys.signer.Signer`."""

    role: str
    """One of `keys.roles.ROLES`."""
    kid: str
    """What goes into the header: 11 characters of the thumbprint, or the epoch of a receipt key."""
    alg: str = field(repr=False)
    """`ES256` or `EdDSA`."""
    public: VerifyingKey = field(repr=False)
    """The public half."""
    private: PrivateKey = field(repr=False)
    """cryptography's key object, for `keys.key_file` alone."""
    make: Callable[[bytes], bytes] = field(repr=False)
    """`keys.algorithms.signer(private)`, bound once."""

    @classmethod
    def generate(cls, role: str, alg: str = ES256, *, epoch: int | None = None) -> Self:
        """Make a new random key.

        Args:
            role: One of `keys.roles.ROLES`.
            alg: `ES256`, or `EdDSA` for a body's roles.
            epoch: 1 to 255, for the role `receipt` alone: what the key goes by.

        Raises:
            KeyMaterialError: `key.role`, `key.algorithm` or `key.epoch`.
        """
        roles.check(role, alg)
        private = (
            Ed25519PrivateKey.generate()
            if alg == EDDSA
            else ec.generate_private_key(ec.SECP256R1())
        )
        return cls.from_private(private, role, epoch=epoch)

    @classmethod
    def from_private(cls, private: PrivateKey, role: str, *, epoch: int | None = None) -> Self:
        """Bind a private key object to a role.

        Raises:
            KeyMaterialError: `key.type`, `key.role`, `key.algorithm` or `key.epoch`.
        """
        alg = algorithm(private)
        roles.check(role, alg)
        public = jwk.from_public(private.public_key())
        kid = _epoch_kid(role, epoch) or public.kid
        return cls(
            role=role, kid=kid, alg=alg, public=public, private=private, make=signer(private)
        )

    @classmethod
    def from_seed(
        cls, role: str, seed: bytes, alg: str = ES256, *, epoch: int | None = None
    ) -> Self:
        """Derive the same key from a seed every time: for vectors and demonstrations only.

        Whoever knows the seed has the key. Role and algorithm go into the derivation, so that one
        seed gives a different key to each role, as the rule of one role per key demands.

        Raises:
            KeyMaterialError: `key.role`, `key.algorithm` or `key.epoch`.
        """
        roles.check(role, alg)
        material = b"skillseal-seed-1\0%b\0%b\0%b" % (role.encode(), alg.encode(), seed)
        return cls.from_private(_derive(material, alg), role, epoch=epoch)

    def sign(self, data: bytes) -> bytes:
        """Sign data.

        Returns:
            64 bytes, r ‖ s for ES256; the same bytes every time.
        """
        return self.make(data)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse to be copied or pickled: a private key does not leave its process unnoticed."""
        message = "a signing key is neither copied nor pickled"
        raise TypeError(message)


def _derive(material: bytes, alg: str) -> PrivateKey:
    if alg == EDDSA:
        return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(material).digest())
    # 512 bits reduced modulo an order of 256 bits: the bias is below 2^-256.
    wide = int.from_bytes(hashlib.sha512(material).digest())
    return ec.derive_private_key(wide % (_P256_ORDER - 1) + 1, ec.SECP256R1())


def _epoch_kid(role: str, epoch: int | None) -> str | None:
    if epoch is None:
        return None
    if role != "receipt" or not 1 <= epoch <= MAX_EPOCH:
        message = f"an epoch is a number from 1 to {MAX_EPOCH}, and only a receipt key has one"
        raise KeyMaterialError("key.epoch", message)
    return str(epoch)
