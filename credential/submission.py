# SPDX-License-Identifier: Apache-2.0
"""The submission: a body's authorisation of exactly one request to the registry.

    {"iss":"https://HOST/bodies/…","aud":"https://HOST","iat":1790000000,"exp":1790000060,
     "jti":"…","sha256":"<hex of the request's body>"}

docs/format.md §7.

It stands in the header `Authorization: Submission <token>`. Stolen, it repeats one request within
five minutes, and the registry takes each `jti` once.
"""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from credential import base64url, canonical, envelope
from credential.envelope import Unverified
from credential.errors import UntrustedError
from credential.members import MAX_TIME, Members, body_id, registry_host
from keys.signer import Signer

MAX_LIFETIME: Final = 300  # seconds
SKEW: Final = 60  # seconds by which the two clocks may differ

_JTI: Final = re.compile("[A-Za-z0-9_-]{21}[AQgw]")  # base64url of 16 random bytes


@dataclass(frozen=True, slots=True)
class Submission:
    """What a submission token says."""

    iss: str
    """The body's identifier."""
    aud: str
    """`https://HOST` of the registry."""
    iat: int
    exp: int
    """At most `MAX_LIFETIME` after `iat`."""
    jti: str
    """22 characters, new for every request."""
    sha256: str
    """SHA-256 of the request's body, hex."""

    def to_bytes(self) -> bytes:
        """Write the canonical payload."""
        return canonical.encode(
            {
                "iss": self.iss,
                "aud": self.aud,
                "iat": self.iat,
                "exp": self.exp,
                "jti": self.jti,
                "sha256": self.sha256,
            }
        )


def authorise(key: Signer, *, iss: str, aud: str, iat: int, jti: bytes, body: bytes) -> str:
    """Sign the authorisation of one request.

    Args:
        key: The body's key of role `submit`.
        iss: The body's identifier.
        aud: `https://HOST` of the registry.
        iat: Seconds since 1970.
        jti: 16 random bytes.
        body: The request's body, as it will be sent.

    Returns:
        The token for the header.
    """
    sha256 = hashlib.sha256(body).hexdigest()
    said = Submission(iss, aud, iat, iat + MAX_LIFETIME, base64url.encode(jti), sha256)
    return envelope.sign(key, envelope.SUBMISSION, said.to_bytes())


def read(token: str) -> tuple[Unverified, Submission]:
    """Read a submission token.

    Raises:
        MalformedError: `malformed.token` or `malformed.profile`.
    """
    unverified = envelope.read(token, envelope.SUBMISSION)
    value = canonical.parse(unverified.payload)
    members = Members.of(value, "submission", "iss aud iat exp jti sha256")
    body_id(members.raw("iss"), "submission.iss")
    registry_host(members.raw("aud"), "submission.aud")
    iat = members.integer("iat", 0, MAX_TIME - MAX_LIFETIME)
    return unverified, Submission(
        iss=str(members.raw("iss")),
        aud=str(members.raw("aud")),
        iat=iat,
        exp=members.integer("exp", iat + 1, iat + MAX_LIFETIME),
        jti=members.match("jti", _JTI),
        sha256=members.hex_digest("sha256"),
    )


def check(submission: Submission, *, aud: str, body: bytes, at: int) -> None:
    """Return if the authorisation is for this registry, this request and this moment.

    Raises:
        UntrustedError: `submission.audience`, `submission.body` or `submission.expired`.
    """
    if submission.aud != aud:
        raise UntrustedError("submission.audience", "this authorisation is for another registry")
    if hashlib.sha256(body).hexdigest() != submission.sha256:
        raise UntrustedError("submission.body", "this authorisation is for another request")
    if not submission.iat - SKEW <= at < submission.exp + SKEW:
        message = "this authorisation is not valid now: check the clock and sign a new one"
        raise UntrustedError("submission.expired", message)
