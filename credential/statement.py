# SPDX-License-Identifier: Apache-2.0
"""The statement: a change of the registry other than a certificate, signed by who answers for it.

docs/format.md §7.

    {"iss":"https://HOST","aud":"https://HOST","jti":"…","iat":1790000000,"type":"standing","subject":"…","after":"…","body":{…}}

One or two signatures over the same payload bytes are one statement, so its digest is that of the
payload. `after` names the subject's last accepted statement: a replay, and two that did not know of
each other, cannot both be accepted.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from credential import canonical, envelope
from credential.envelope import Unverified
from credential.errors import MalformedError
from credential.members import Members, refuse, registry_host

MAX_SIGNATURES: Final = 2

_ISSUER: Final = re.compile(
    r"https://[a-z0-9.:-]{1,100}(?:/(?:bodies|authorities)/[0-9A-HJ-NPQRTUWXY]{18})?"
)
_JTI: Final = re.compile("[A-Za-z0-9_-]{21}[AQgw]")  # base64url of 16 random bytes
_TYPE: Final = re.compile("[a-z]+(?:_[a-z]+)*")
SUBJECT: Final = re.compile("[0-9A-Za-z:/._#（）()·\u3400-\u4dbf\u4e00-\u9fff-]{1,200}")


@dataclass(frozen=True, slots=True)
class Statement:
    """What a statement says; its body is read by the profile of its type."""

    iss: str
    """The body's or authority's identifier; `https://HOST` is the lead authority."""
    aud: str
    """`https://HOST` of the registry that it is for."""
    jti: str
    """22 characters, unique for ever in that registry."""
    iat: int
    type: str
    subject: str
    """What it changes: a body, a key, a certificate, a batch."""
    after: str | None
    """Digest of the subject's last accepted statement, base64url; None for its first."""
    body: dict[str, object]

    def to_bytes(self) -> bytes:
        """Write the canonical payload."""
        members: dict[str, object] = {
            "iss": self.iss,
            "aud": self.aud,
            "jti": self.jti,
            "iat": self.iat,
            "type": self.type,
            "subject": self.subject,
        }
        if self.after is not None:
            members["after"] = self.after
        return canonical.encode({**members, "body": self.body})

    @classmethod
    def from_bytes(cls, payload: bytes) -> "Statement":
        """Read a payload.

        Raises:
            MalformedError: `malformed.token` or `malformed.profile`.
        """
        value = canonical.parse(payload)
        members = Members.of(value, "statement", "iss aud jti iat type subject after? body")
        registry_host(members.raw("aud"), "statement.aud")
        body = members.raw("body")
        if not isinstance(body, dict):
            refuse("statement.body", "not an object")
        return cls(
            iss=members.match("iss", _ISSUER),
            aud=str(members.raw("aud")),
            jti=members.match("jti", _JTI),
            iat=members.time("iat"),
            type=members.match("type", _TYPE),
            subject=members.match("subject", SUBJECT),
            after=members.digest("after") if "after" in members else None,
            body=body,
        )


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement with the signatures that came with it, not yet verified."""

    statement: Statement
    payload: bytes
    signatures: tuple[Unverified, ...]

    @property
    def digest(self) -> bytes:
        """The content digest: SHA-256 of the payload, 32 bytes."""
        return digest(self.payload)


def digest(payload: bytes) -> bytes:
    """Compute a statement's content digest."""
    return hashlib.sha256(payload).digest()


def read(tokens: list[str]) -> Signed:
    """Read one or two compact JWS over the same payload.

    Raises:
        MalformedError: `malformed.token`, `malformed.profile`, or `statement.signatures` where
        their number is wrong, they are over
            different payloads, or by the same key.
    """
    if not 0 < len(tokens) <= MAX_SIGNATURES:
        raise MalformedError("statement.signatures", "a statement has one or two signatures")
    signatures = tuple(envelope.read(token, envelope.STATEMENT) for token in tokens)
    payloads = {signature.payload for signature in signatures}
    if len(payloads) != 1 or len({signature.kid for signature in signatures}) != len(tokens):
        message = "two signatures are by different keys over the same payload"
        raise MalformedError("statement.signatures", message)
    payload = signatures[0].payload
    return Signed(Statement.from_bytes(payload), payload, signatures)
