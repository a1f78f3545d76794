# SPDX-License-Identifier: Apache-2.0
"""Codes taken apart, to be bent and put together again (docs/format.md §4.3)."""

from dataclasses import dataclass, replace

from credential import base64url, certificate, digits, receipt
from credential.deflate import DICTIONARY
from tests.vectors import deflate


@dataclass(frozen=True)
class Code:
    """The pieces of one code."""

    host: str
    """The token's host."""
    plain: bytes
    """Header and payload."""
    signature: bytes
    t: int
    log_index: int
    epoch: int
    receipt_signature: bytes
    version: int = 1
    flags: int | None = None
    """None: as they should be."""
    inside: bytes | None = None
    """Length and host; None: as they should be."""
    stream: bytes | None = None
    """The DEFLATE stream; None: as it should be."""
    behind: bytes = b""
    page: str = ""
    """Host of the page where it is another."""

    @classmethod
    def of(cls, token: str, counter: str, page: str = "") -> "Code":
        """Take a certificate and its receipt."""
        unverified, claims = certificate.read(token)
        countersigned, stamp = receipt.read(counter)
        return cls(
            host=claims.host,
            plain=base64url.decode(token.partition(".")[0]) + unverified.payload,
            signature=unverified.signature,
            t=stamp.t,
            log_index=stamp.log_index,
            epoch=stamp.epoch,
            receipt_signature=countersigned.signature,
            page=page,
        )

    def but(self, **changes: object) -> "Code":
        """Change some pieces."""
        return replace(self, **changes)  # type: ignore[arg-type]  # members of Code

    def data(self) -> bytes:
        """Give the bytes."""
        foreign = self.page not in ("", self.host)
        inside = self.inside
        if inside is None:
            inside = bytes((len(self.host),)) + self.host.encode() if foreign else b""
        stream = self.stream
        if stream is None:
            stream = deflate.fixed(self.plain, DICTIONARY + self.host.encode())
        return (
            bytes((self.version, int(foreign) if self.flags is None else self.flags))
            + inside
            + stream
            + self.signature
            + self.t.to_bytes(4)
            + self.log_index.to_bytes(5)
            + bytes((self.epoch,))
            + self.receipt_signature
            + self.behind
        )

    def digits(self) -> str:
        """Give the digits."""
        return digits.encode(self.data())

    def text(self) -> str:
        """Give the text of the code."""
        return of_digits(self.page or self.host, self.digits())


def of_digits(host: str, numbers: str) -> str:
    """Put digits behind a host."""
    return f"https://{host}/v#{numbers}"


def of_data(host: str, data: bytes) -> str:
    """Put bytes behind a host."""
    return of_digits(host, digits.encode(data))
