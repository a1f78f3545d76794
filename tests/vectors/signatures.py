# SPDX-License-Identifier: Apache-2.0
"""Signatures and the keys that they are held against (docs/format.md §1.3)."""

import hashlib
from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from credential import base64url
from keys.signing_key import SigningKey
from keys.verifying_key import VerifyingKey
from tests.vectors.case import Case, Members
from tests.vectors.world import slim

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_INVALID = {"code": "signature.invalid"}
_HOME = slim()
_KEY = _HOME.body_key
_EDDSA = _HOME.key("certificate", "/body/2", "EdDSA")


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    token, edwards = _HOME.certificate(), _HOME.certificate(_EDDSA)
    yield _case("es256", token, _KEY.public, "a certificate", expect=_read(token))
    yield _case("eddsa", edwards, _EDDSA.public, "a certificate", expect=_read(edwards))
    high = with_signature(token, malleated(token))
    source = "§1.3; RFC 7518 §3.4"
    comment = "(r, n − s) holds as well; the content digest is the same"
    yield _case("malleated", high, _KEY.public, comment, source, _read(token))
    other = _HOME.key("certificate", "/other").public
    yield _case("other-key", token, other, "somebody else's key")
    listed = "§1.3; RFC 8725 §3.1"
    crossed = relabelled(token, "EdDSA")
    yield _case("alg-eddsa-key-es256", crossed, _KEY.public, "alg is not the key's", listed)
    crossed = relabelled(edwards, "ES256")
    yield _case("alg-es256-key-eddsa", crossed, _EDDSA.public, "alg is not the key's", listed)
    comment = "signed by this very key, which does not make EdDSA its algorithm"
    yield _case("alg-not-the-keys", mislabelled(_KEY), _KEY.public, comment, listed)
    comment = "signed by this very key, which does not make ES256 its algorithm"
    yield _case("alg-not-the-keys-eddsa", mislabelled(_EDDSA), _EDDSA.public, comment, listed)
    for name, (signature, standard) in bent(token).items():
        yield _bent(name, with_signature(token, signature), f"§1.3; {standard}")
    raw = base64url.decode(edwards.rpartition(".")[2])
    scalar = int.from_bytes(raw[32:], "little") + 2**252 + 27742317777372353535851937790883648493
    above = raw[:32] + scalar.to_bytes(32, "little")
    range_of_s = "§1.3; RFC 8032 §5.1.7"
    comment = "S at or above the order (RFC 8032 §5.1.7)"
    yield _case("eddsa-s-above", with_signature(edwards, above), _EDDSA.public, comment, range_of_s)
    yield _case("eddsa-zero", with_signature(edwards, bytes(64)), _EDDSA.public, "zero", range_of_s)
    at = token.index(".") + 8
    flipped = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
    yield _case("payload-changed", flipped, _KEY.public, "one character of the payload")


def _bent(name: str, token: str, source: str) -> Case:
    comment = f"a signature that must not hold: {name.replace('-', ' ')}"
    return _case(name, token, _KEY.public, comment, source)


def _case(
    name: str,
    token: str,
    key: VerifyingKey,
    comment: str,
    source: str = "§1.3",
    expect: Members = _INVALID,
) -> Case:
    inputs = {"token": token, "typ": "dc+sd-jwt", "jwk": key.members}
    source = f"docs/format.md {source}"
    return Case(f"signature/{name}", comment, source, "envelope", inputs, expect)


def _read(token: str) -> Members:
    header, payload, _ = token.split(".")
    key = _EDDSA if "EdDSA" in base64url.decode(header).decode() else _KEY
    return {
        "alg": key.alg,
        "kid": key.kid,
        "payload": base64url.decode(payload).hex(),
        "digest": hashlib.sha256(f"{header}.{payload}".encode()).hexdigest(),
    }


def with_signature(token: str, signature: bytes) -> str:
    """Put another signature behind a token."""
    return f"{token.rpartition('.')[0]}.{base64url.encode(signature)}"


def relabelled(token: str, alg: str) -> str:
    """Name another algorithm in a token's header."""
    header, rest = token.split(".", 1)
    _, kid_and_typ = base64url.decode(header).split(b',"kid"')
    changed = b'{"alg":"%b","kid"%b' % (alg.encode(), kid_and_typ)
    return f"{base64url.encode(changed)}.{rest}"


def mislabelled(key: SigningKey) -> str:
    """Sign the usual certificate under the name of the other algorithm."""
    other = "EdDSA" if key.alg == "ES256" else "ES256"
    unsigned = relabelled(_HOME.certificate(key), other).rpartition(".")[0]
    return f"{unsigned}.{base64url.encode(key.sign(unsigned.encode()))}"


def malleated(token: str) -> bytes:
    """Give (r, n − s) of an ES256 token."""
    raw = base64url.decode(token.rpartition(".")[2])
    return raw[:32] + (ORDER - int.from_bytes(raw[32:])).to_bytes(32)


def bent(token: str) -> dict[str, tuple[bytes, str]]:
    """Give signatures near a good one of ES256 that must not hold, by name, with the standard."""
    raw = base64url.decode(token.rpartition(".")[2])
    r, s = raw[:32], raw[32:]
    zero, order = bytes(32), ORDER.to_bytes(32)
    above = (ORDER + 1).to_bytes(32)
    one = (1).to_bytes(32)
    bounds, length = "FIPS 186-5 §6.4.2", "RFC 7518 §3.4"
    der = encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
    return {
        "zero": (zero + zero, "CVE-2022-21449"),
        "r-zero": (zero + s, bounds),
        "s-zero": (r + zero, bounds),
        "r-order": (order + s, bounds),
        "s-order": (r + order, bounds),
        "both-order": (order + order, bounds),
        "both-one": (one + one, bounds),
        "r-above-order": (above + one, bounds),
        "all-ones": (b"\xff" * 64, bounds),
        "empty": (b"", length),
        "63-bytes": (raw[:63], length),
        "65-bytes": (raw + b"\0", length),
        "66-bytes": (b"\0" + r + b"\0" + s, length),
        "leading-zero-lost": (raw[1:], length),
        "der": (der, length),
        "der-and-more": (der + b"\0", length),
        "swapped-halves": (s + r, length),
        "twice": (raw + raw, length),
    }
