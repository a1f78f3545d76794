# SPDX-License-Identifier: Apache-2.0
"""The typed envelope: a compact JWS whose `typ` says what it is and which key role may sign it.

docs/format.md §1.3.

    BASE64URL({"alg":"ES256","kid":"…","typ":"…"}) . BASE64URL(payload) . BASE64URL(signature)

- one header shape, in canonical form: no `crit`, no `jwk`, no `jku`, nothing that could steer a
  reader (RFC 8725 §3);
- `alg` is allow-listed, and must equal that of the key found in the trust list, so no token chooses
  how it is verified;
- `typ` is compared exactly and bound to one role, so no token can stand in for another (RFC 8725
  §3.11, §3.12).

`read` checks form only and gives an `Unverified`; its payload means nothing before `verify`
returned.
"""

import hashlib
import re
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from credential import base64url, canonical
from credential.errors import MalformedError, UntrustedError
from keys.algorithms import ALGORITHMS
from keys.signer import Signer
from keys.verifying_key import VerifyingKey

CERTIFICATE: Final = "dc+sd-jwt"
RECEIPT: Final = "receipt+jwt"
STATUS_LIST: Final = "statuslist+jwt"
TRUST_LIST: Final = "trust-list+jwt"
CATALOGUE: Final = "catalogue+jwt"
MANIFEST: Final = "manifest+jwt"
CHECKPOINT: Final = "checkpoint+jwt"
ROOT: Final = "root+jwt"
STATEMENT: Final = "statement+jwt"
SUBMISSION: Final = "submission+jwt"

ROLE_OF_TYP: Final = {
    CERTIFICATE: "certificate",
    RECEIPT: "receipt",
    STATUS_LIST: "status",
    TRUST_LIST: "list",
    CATALOGUE: "list",
    MANIFEST: "publish",
    CHECKPOINT: "log",
    ROOT: "root",
    STATEMENT: "statement",
    SUBMISSION: "submit",
}
MAX_BYTES_OF_TYP: Final = {
    CERTIFICATE: 8 << 10,
    RECEIPT: 1 << 10,
    STATUS_LIST: 1 << 20,
    TRUST_LIST: 32 << 20,
    CATALOGUE: 4 << 20,
    MANIFEST: 1 << 20,
    CHECKPOINT: 1 << 10,
    ROOT: 128 << 10,
    STATEMENT: 2 << 20,
    SUBMISSION: 2 << 10,
}  # bytes of the compact token

_KID: Final = "[A-Za-z0-9_-]{10}[AEIMQUYcgkosw048]"  # base64url of 8 bytes
_EPOCH: Final = "25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9][0-9]?"
_HEADER_OF_TYP: Final = {
    typ: re.compile(
        rb'\{"alg":"(%b)","kid":"(%b)","typ":"%b"\}'
        % (
            b"|".join(alg.encode() for alg in ALGORITHMS),
            (_EPOCH if typ == RECEIPT else _KID).encode(),
            re.escape(typ).encode(),
        )
    )
    for typ in ROLE_OF_TYP
}
_COMPACT: Final = re.compile(rb"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)")


class Unverified(NamedTuple):
    """A well-formed token whose signature has not been checked. Not to be trusted, and so named."""

    typ: str
    alg: str
    kid: str
    """What the header claims; the key is looked up by it together with issuer and role."""
    payload: bytes
    signature: bytes
    """Any number of bytes; only 64 can verify."""
    signing_input: bytes
    """ASCII `header.payload`, exactly as received."""

    @property
    def token(self) -> str:
        """The compact JWS, as received."""
        return f"{self.signing_input.decode()}.{base64url.encode(self.signature)}"

    @property
    def digest(self) -> bytes:
        """The content digest: SHA-256 of the signing input, 32 bytes."""
        return hashlib.sha256(self.signing_input).digest()

    def verify(self, key: VerifyingKey) -> None:
        """Return if the signature holds under this key.

        The caller found the key by issuer, kid and the role of this typ.

        Raises:
            UntrustedError: `signature.invalid`, or `signature.unsupported` when this machine cannot
            compute it.
        """
        if key.alg != self.alg:
            raise UntrustedError(
                "signature.invalid", "the header names another algorithm than the key's"
            )
        try:
            key.check(self.signature, self.signing_input)
        except InvalidSignature:
            raise UntrustedError("signature.invalid", "the signature does not hold") from None
        except UnsupportedAlgorithm:
            message = f"this machine cannot verify {self.alg}"
            raise UntrustedError("signature.unsupported", message) from None


def read(token: str, typ: str) -> Unverified:
    """Read a compact token of the one expected type.

    Args:
        token: The text, nothing around it.
        typ: One of the constants of this module.

    Raises:
        MalformedError: `malformed.token` or `malformed.profile`.
    """
    if len(token) > MAX_BYTES_OF_TYP[typ]:
        message = f"a {typ} token is at most {MAX_BYTES_OF_TYP[typ]} bytes"
        raise MalformedError("malformed.token", message)
    try:
        match = _COMPACT.fullmatch(token.encode("ascii"))
    except UnicodeEncodeError:
        match = None
    if match is None:
        raise MalformedError("malformed.token", "not a compact JWS of three base64url parts")
    header, payload, signature = (base64url.decode(part.decode()) for part in match.groups())
    return _from_parts(header, payload, signature, typ, token[: match.start(3) - 1].encode())


def from_parts(header: bytes, payload: bytes, signature: bytes, typ: str) -> Unverified:
    """Put a token together from decoded parts, as a carrier delivers them.

    Raises:
        MalformedError: `malformed.token` or `malformed.profile`, for the header.
    """
    signing_input = b"%b.%b" % (base64url.encode_ascii(header), base64url.encode_ascii(payload))
    return _from_parts(header, payload, signature, typ, signing_input)


def _from_parts(
    header: bytes, payload: bytes, signature: bytes, typ: str, signing_input: bytes
) -> Unverified:
    match = _HEADER_OF_TYP[typ].fullmatch(header)
    if match is None:
        canonical.parse(header)  # says whether this is JSON at all
        message = (
            f"a {typ} token has the header members alg, kid and typ, with values of its profile"
        )
        raise MalformedError("malformed.profile", message)
    return Unverified(typ, match[1].decode(), match[2].decode(), payload, signature, signing_input)


def sign(key: Signer, typ: str, payload: bytes) -> str:
    """Sign a payload.

    Args:
        key: A key of the role that signs this typ.
        typ: One of the constants of this module.
        payload: Canonical bytes of that format.

    Returns:
        The compact token.

    Raises:
        RuntimeError: The key has another role: a fault of the program, never of its input.
    """
    if key.role != ROLE_OF_TYP[typ]:
        raise RuntimeError(f"a {key.role} key does not sign {typ}")
    header = b'{"alg":"%b","kid":"%b","typ":"%b"}' % (
        key.alg.encode(),
        key.kid.encode(),
        typ.encode(),
    )
    signing_input = f"{base64url.encode(header)}.{base64url.encode(payload)}"
    return f"{signing_input}.{base64url.encode(key.sign(signing_input.encode()))}"
