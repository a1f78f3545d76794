# SPDX-License-Identifier: Apache-2.0
"""Public keys as JWK (RFC 7517, RFC 8037), their thumbprints (RFC 7638) and key identifiers.

    {"kty":"EC","crv":"P-256","x":"<43 characters>","y":"<43 characters>","alg":"ES256"}
    {"kty":"OKP","crv":"Ed25519","x":"<43 characters>","alg":"EdDSA"}

Read strictly, because a registry registers what strangers send:

- exactly these members; coordinates are 32 bytes in canonical base64url, leading zeros included;
- a private member refuses the key with its own code, since that key is now known to somebody else
  and must be replaced;
- a P-256 point lies on the curve (hence is not the identity); an Ed25519 point decodes (RFC 8032
  §5.1.3) and is not one of the eight points of small order, under which a signature can hold for
  several messages.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from keys import base64url, private_material
from keys.algorithms import EDDSA, ES256, PublicKey, algorithm, verifier
from keys.errors import KeyMaterialError
from keys.verifying_key import VerifyingKey

COORDINATE_BYTES: Final = 32
KID_BYTES: Final = 8

_EC_MEMBERS: Final = frozenset({"kty", "crv", "x", "y", "alg"})
_OKP_MEMBERS: Final = frozenset({"kty", "crv", "x", "alg"})

_FIELD: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _FIELD) % _FIELD
_ROOT_OF_MINUS_ONE: Final = pow(2, (_FIELD - 1) // 4, _FIELD)


def from_members(jwk: Mapping[str, object]) -> VerifyingKey:
    """Read a public JWK strictly.

    Args:
        jwk: The members, as parsed from JSON; their order does not matter.

    Returns:
        The key, for which `to_members(key.public)` gives the same members.

    Raises:
        KeyMaterialError: `key.private`, `key.malformed`, `key.curve` or `key.point`.
    """
    if any(member in private_material.JWK_MEMBERS for member in jwk):
        raise private_material.refusal()
    named = (jwk.get("kty"), jwk.get("crv"), jwk.get("alg"))
    if named == ("EC", "P-256", ES256):
        _demand_members(jwk, _EC_MEMBERS)
        return from_public(_p256(_coordinate(jwk, "x"), _coordinate(jwk, "y")))
    if named == ("OKP", "Ed25519", EDDSA):
        _demand_members(jwk, _OKP_MEMBERS)
        return from_public(_ed25519(_coordinate(jwk, "x")))
    if not all(isinstance(name, str) for name in named) and named[0] != "RSA":
        message = "the members kty, crv and alg of a JWK must be there, as text"
        raise KeyMaterialError("key.malformed", message)
    raise KeyMaterialError(
        "key.curve",
        'a JWK must be {"kty":"EC","crv":"P-256","alg":"ES256"}'
        ' or {"kty":"OKP","crv":"Ed25519","alg":"EdDSA"}',
    )


def from_public(public: PublicKey) -> VerifyingKey:
    """Wrap a public key object.

    Raises:
        KeyMaterialError: `key.type`.
    """
    members = to_members(public)
    digest = thumbprint(members)
    return VerifyingKey(
        alg=members["alg"],
        kid=kid(digest),
        thumbprint=digest,
        jwk=tuple(members.items()),
        public=public,
        check=verifier(public),
    )


def to_members(public: PublicKey) -> dict[str, str]:
    """Write the public JWK in the fixed order kty, crv, x, y, alg.

    Raises:
        KeyMaterialError: `key.type`.
    """
    alg = algorithm(public)
    if isinstance(public, Ed25519PublicKey):
        x = public.public_bytes_raw()
        return {"kty": "OKP", "crv": "Ed25519", "x": base64url.encode(x), "alg": alg}
    # Not through `serialization`, which would load every other kind of key as well.
    point = public.public_numbers()
    x, y = point.x.to_bytes(COORDINATE_BYTES), point.y.to_bytes(COORDINATE_BYTES)
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": base64url.encode(x),
        "y": base64url.encode(y),
        "alg": alg,
    }


def thumbprint(members: Mapping[str, str]) -> bytes:
    """Hash the required members in lexicographic order (RFC 7638 §3).

    Args:
        members: A public JWK as `to_members` writes it; its values need no escaping in JSON.

    Returns:
        32 bytes.
    """
    names = ("crv", "kty", "x", "y") if members["kty"] == "EC" else ("crv", "kty", "x")
    text = ",".join(f'"{name}":"{members[name]}"' for name in names)
    return hashlib.sha256(f"{{{text}}}".encode("ascii")).digest()


def kid(digest: bytes) -> str:
    """Shorten a thumbprint to the key identifier: 8 bytes, 11 characters."""
    return base64url.encode(digest[:KID_BYTES])


def _demand_members(jwk: Mapping[str, object], members: frozenset[str]) -> None:
    if jwk.keys() != members:
        message = f"a JWK of this kind has exactly the members {', '.join(sorted(members))}"
        raise KeyMaterialError("key.malformed", message)


def _coordinate(jwk: Mapping[str, object], member: str) -> bytes:
    text = jwk[member]
    try:
        value = base64url.decode(text) if isinstance(text, str) else b""
    except ValueError:
        value = b""
    if len(value) != COORDINATE_BYTES:
        message = f"{member} of a JWK must be {COORDINATE_BYTES} bytes in base64url without padding"
        raise KeyMaterialError("key.malformed", message)
    return value


def _p256(x: bytes, y: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + x + y)
    except ValueError:
        message = "x and y of this JWK are not a point of P-256: export the key again"
        raise KeyMaterialError("key.point", message) from None


def _ed25519(encoded: bytes) -> Ed25519PublicKey:
    # cryptography takes any 32 bytes here and only fails when a signature is checked, so the point
    # is decoded once.
    if not _is_usable_point(encoded):
        message = "x of this JWK is not a point of Ed25519 that can be used: export the key again"
        raise KeyMaterialError("key.point", message)
    return Ed25519PublicKey.from_public_bytes(encoded)


def _is_usable_point(encoded: bytes) -> bool:
    """Decode a point as RFC 8032 §5.1.3 does; true for a point outside the small subgroup."""
    number = int.from_bytes(encoded, "little")
    y = number & (2**255 - 1)
    if y >= _FIELD:
        return False
    above, below = (y * y - 1) % _FIELD, (_D * y * y + 1) % _FIELD
    x = (
        above
        * pow(below, 3, _FIELD)
        * pow(above * pow(below, 7, _FIELD), (_FIELD - 5) // 8, _FIELD)
        % _FIELD
    )
    if (below * x * x - above) % _FIELD:
        x = x * _ROOT_OF_MINUS_ONE % _FIELD
    if (below * x * x - above) % _FIELD:
        return False
    # The sign of x does not matter here: P and -P have the same order, and x = 0 has order 1 or 2.
    return not _has_small_order(x, y)


def _has_small_order(x: int, y: int) -> bool:
    """Double three times: 8·P is the identity (0, 1) for exactly the points of small order."""
    for _ in range(3):
        product = _D * x * x * y * y
        x, y = (
            2 * x * y * pow(1 + product, -1, _FIELD) % _FIELD,
            (y * y + x * x) * pow(1 - product, -1, _FIELD) % _FIELD,
        )
    return (x, y) == (0, 1)
