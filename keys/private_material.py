# SPDX-License-Identifier: Apache-2.0
"""Recognise a private key in what somebody sent, so that it is refused and never stored or logged.

People who are asked for a public key send the private one. Whoever accepts a key calls `refuse` on
the raw bytes before parsing, logging or keeping anything of them. Recognised: a JWK or JWK set with
a private member (also inside larger JSON), any PEM or this project's key files that say so (PKCS#8,
encrypted PKCS#8, SEC 1, PKCS#1, OpenSSH), PuTTY files, and DER of PKCS#8, encrypted PKCS#8, SEC 1,
PKCS#1 and PKCS#12, raw or in base64.
"""

import base64
import binascii
import re
from typing import Final

from keys.errors import KeyMaterialError

JWK_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})
"""Members of a JWK that only a private or secret key has (RFC 7518 §6; draft AKP keys: `priv`)."""

_TEXT_MARK: Final = re.compile(rb"PRIVATE KEY|SkillSeal-Key:|PuTTY-User-Key-File")
_JWK_MARK: Final = re.compile(rb'"kty"\s*:')
_JWK_PRIVATE_MARK: Final = re.compile(rb'"(?:%b)"\s*:' % "|".join(sorted(JWK_MEMBERS)).encode())
_BASE64: Final = re.compile(rb"[A-Za-z0-9_-]+")

# How the DER of each begins inside its outer SEQUENCE. A public key (SubjectPublicKeyInfo) and a
# certificate begin with another SEQUENCE that does not hold a PBES identifier.
_DER_MARKS: Final = (
    # PKCS#8: version 0 or 1, AlgorithmIdentifier
    re.compile(rb"\x02\x01[\x00\x01]\x30"),
    # SEC 1: version 1, OCTET STRING
    re.compile(rb"\x02\x01\x01\x04"),
    # PKCS#1: version 0 or 1, modulus
    re.compile(rb"\x02\x01[\x00\x01]\x02"),
    # PKCS#12: version 3, authSafe
    re.compile(rb"\x02\x01\x03\x30"),
    # encrypted PKCS#8: the identifier of PKCS#5 or of PKCS#12 encryption
    re.compile(rb"\x30.{1,4}\x06.\x2a\x86\x48\x86\xf7\x0d\x01(?:\x05|\x0c\x01)", re.DOTALL),
)
_SEQUENCE: Final = 0x30


def refuse(sent: bytes) -> None:
    """Raise if what was sent is, or holds, a private key.

    Args:
        sent: The raw bytes of an upload, a form field or an attachment.

    Raises:
        KeyMaterialError: `key.private`; the message says nothing of the content.
    """
    in_text = _TEXT_MARK.search(sent) or (_JWK_MARK.search(sent) and _JWK_PRIVATE_MARK.search(sent))
    if in_text or _is_private_der(sent) or _is_private_der(_from_base64(sent)):
        raise refusal()


def refusal() -> KeyMaterialError:
    """The error for a private key, wherever it is recognised."""
    return KeyMaterialError(
        "key.private",
        "this is a private key: send only the public JWK, and replace this key, since it was seen",
    )


def _is_private_der(der: bytes) -> bool:
    if len(der) < 2 or der[0] != _SEQUENCE:
        return False
    # The length takes one byte, or one that says how many follow (ITU-T X.690 §8.1.3).
    start = 2 if der[1] < 0x80 else 2 + (der[1] & 0x7F)
    return any(mark.match(der, start) for mark in _DER_MARKS)


def _from_base64(sent: bytes) -> bytes:
    text = b"".join(sent.split()).rstrip(b"=").translate(bytes.maketrans(b"+/", b"-_"))
    if not _BASE64.fullmatch(text):
        return b""
    try:
        return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    except binascii.Error:
        return b""
