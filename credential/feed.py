# SPDX-License-Identifier: Apache-2.0
"""A feed: what a registry has acknowledged, one JSON object a line, with what proves it.

    {"receipt":"<JWS>","salt":"<22 characters>","certificate":"<JWS>~"}
    {"receipt":"<JWS>","salt":"<22 characters>","statement":["<JWS>","<JWS>"],"attachment":{…}}

A body's ledger has the lines of what the body handed in, and a registry those of everything. The
receipt names the content's digest and its place of the log, and the salt makes the leaf out of it;
so a line can be put back exactly where it was into a registry that has forgotten it. A line that
was read is a claim: whoever takes it in verifies the receipt's signature.
"""

from dataclasses import dataclass
from typing import Final, Self

from credential import base64url, canonical, certificate, receipt, statement
from credential.certificate import Claims
from credential.envelope import Unverified
from credential.errors import MalformedError
from credential.leaf import SALT_BYTES
from credential.members import Members, refuse
from credential.receipt import Receipt
from credential.statement import Signed

MAX_LINE: Final = 16 << 20  # bytes: a batch's roster is the longest
_COMMON: Final = "receipt salt"


@dataclass(frozen=True, slots=True)
class Fed:
    """One acknowledged content."""

    receipt: str
    """Compact JWS."""
    salt: bytes
    """Of the leaf, 16 bytes."""
    certificate: str | None = None
    """`<JWS>~`; None for a statement."""
    statement: tuple[str, ...] = ()
    """Its one or two compact JWS."""
    attachment: object | None = None
    """What travelled beside a statement."""

    def to_line(self) -> bytes:
        """Write the line, with its end."""
        members: dict[str, object] = {
            "receipt": self.receipt,
            "salt": base64url.encode(self.salt),
        }
        if self.certificate is not None:
            members["certificate"] = self.certificate
        else:
            members["statement"] = list(self.statement)
            if self.attachment is not None:
                members["attachment"] = self.attachment
        return canonical.encode(members) + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """Read a line, without its end.

        Raises:
            MalformedError: `malformed.token` or `malformed.profile`.
        """
        if len(line) > MAX_LINE:
            raise MalformedError("malformed.token", "a line of a feed is too long")
        value = canonical.parse(line)
        is_certificate = isinstance(value, dict) and "certificate" in value
        names = "certificate" if is_certificate else "statement attachment?"
        members = Members.of(value, "feed", f"{_COMMON} {names}")
        salt = base64url.decode(str(members.raw("salt")))
        if len(salt) != SALT_BYTES:
            refuse("feed.salt", f"not {SALT_BYTES} bytes")
        token = str(members.raw("receipt"))
        if is_certificate:
            text = str(members.raw("certificate"))
            if not text.endswith("~"):
                refuse("feed.certificate", "a certificate ends with ~")
            return cls(token, salt, text)
        signatures = members.items("statement", 1, statement.MAX_SIGNATURES)
        attachment = members.raw("attachment") if "attachment" in members else None
        return cls(token, salt, None, tuple(map(str, signatures)), attachment)

    def read_receipt(self) -> tuple[Unverified, Receipt]:
        """Read the receipt; its signature is not looked at.

        Raises:
            MalformedError: `malformed.token` or `malformed.profile`.
        """
        return receipt.read(self.receipt)

    def read_certificate(self) -> tuple[Unverified, Claims] | None:
        """Read the certificate; None for a statement.

        Raises:
            MalformedError: `malformed.token` or `malformed.profile`.
        """
        return None if self.certificate is None else certificate.read(self.certificate[:-1])

    def read_statement(self) -> Signed:
        """Read the statement.

        Raises:
            MalformedError: `malformed.…`, `statement.…`
        """
        return statement.read(list(self.statement))
