# SPDX-License-Identifier: Apache-2.0
"""The allow-list of signature algorithms (RFC 8725 §3.1) and their raw forms.

- `ES256`: ECDSA over P-256 with SHA-256; the signature is r ‖ s, 32 bytes each (RFC 7518 §3.4),
  never DER; the nonce is derived from key and message (RFC 6979), so that no random source can leak
  a key;
- `EdDSA`: Ed25519 alone (RFC 8037 §3.1), 64 bytes.

`verifier` and `signer` bind a key once and return a function, so that a verdict pays for the
signature's arithmetic and little else. A high s is accepted, as JOSE does: signature bytes identify
nothing here.
"""

from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from keys.errors import KeyMaterialError

ES256: Final = "ES256"
EDDSA: Final = "EdDSA"
ALGORITHMS: Final = (ES256, EDDSA)

SIGNATURE_BYTES: Final = 64
_HALF: Final = SIGNATURE_BYTES // 2

PublicKey = ec.EllipticCurvePublicKey | Ed25519PublicKey
PrivateKey = ec.EllipticCurvePrivateKey | Ed25519PrivateKey


class _Verification(ec.ECDSA):
    """ECDSA with SHA-256 as verifying needs it.

    The usual constructor loads cryptography's whole backend, to ask whether it signs
    deterministically: a tenth of the start of a command that never signs.
    """

    def __init__(self) -> None:
        self._sha256 = hashes.SHA256()

    @property
    def algorithm(self) -> hashes.SHA256:
        """What the data is hashed with."""
        return self._sha256

    @property
    def deterministic_signing(self) -> bool:
        """Nothing is signed with this."""
        return False


_VERIFY: Final = _Verification()


def algorithm(key: object) -> str:
    """Name the one algorithm that a key object is for, public or private.

    Raises:
        KeyMaterialError: `key.type`, for every other kind of key and curve.
    """
    if isinstance(key, Ed25519PublicKey | Ed25519PrivateKey):
        return EDDSA
    if isinstance(key, ec.EllipticCurvePublicKey | ec.EllipticCurvePrivateKey) and isinstance(
        key.curve, ec.SECP256R1
    ):
        return ES256
    message = "only P-256 and Ed25519 keys are used here: make one with `skillseal keys new`"
    raise KeyMaterialError("key.type", message)


def raw_from_der(der: bytes) -> bytes:
    """Turn the DER signature that cryptography writes into r ‖ s, 64 bytes."""
    r, s = decode_dss_signature(der)
    return r.to_bytes(_HALF) + s.to_bytes(_HALF)


def der_from_raw(raw: bytes) -> bytes:
    """Turn r ‖ s into the DER that cryptography reads.

    Raises:
        InvalidSignature: The length is not 64 bytes.
    """
    if len(raw) != SIGNATURE_BYTES:
        raise InvalidSignature
    return encode_dss_signature(int.from_bytes(raw[:_HALF]), int.from_bytes(raw[_HALF:]))


def verifier(public: PublicKey) -> Callable[[bytes, bytes], None]:
    """Bind a public key.

    Returns:
        A function of (signature, data) that returns nothing when the signature holds and raises
        cryptography's `InvalidSignature` when it does not, also for a wrong length.

    Raises:
        KeyMaterialError: `key.type`.
    """
    algorithm(public)
    if isinstance(public, Ed25519PublicKey):
        return public.verify
    verify, read = public.verify, int.from_bytes

    def check(signature: bytes, data: bytes) -> None:
        if len(signature) != SIGNATURE_BYTES:
            raise InvalidSignature
        der = encode_dss_signature(read(signature[:_HALF]), read(signature[_HALF:]))
        verify(der, data, _VERIFY)

    return check


def signer(private: PrivateKey) -> Callable[[bytes], bytes]:
    """Bind a private key.

    Returns:
        A function from data to 64 signature bytes; the same data always gives the same bytes.

    Raises:
        KeyMaterialError: `key.type`.
    """
    algorithm(private)
    if isinstance(private, Ed25519PrivateKey):
        return private.sign
    sign = private.sign
    # Made here, not once for all: see `_Verification`.
    scheme = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)

    def make(data: bytes) -> bytes:
        return raw_from_der(sign(data, scheme))

    return make
