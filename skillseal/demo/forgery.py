# SPDX-License-Identifier: Apache-2.0
"""Codes that an honest registry would never have helped to make.

They are put together here from the demonstration's own keys and formats: the registry has no
bypass. Each function changes one thing of a certificate that was really issued.
"""

from dataclasses import dataclass
from typing import Final

from credential import base64url, carrier, deflate, digits, envelope, receipt
from credential.carrier import Carried
from credential.certificate import Claims
from credential.receipt import Receipt
from skillseal.demo.region import Region

_BEYOND: Final = 900_000  # log indexes that no honest receipt of the demonstration has


@dataclass(frozen=True, slots=True)
class Forger:
    """Somebody who holds the keys of a region."""

    region: Region

    def code(
        self,
        claims: Claims,
        t: int,
        *,
        by: str,
        epoch: int = 1,
        serial: int = 0,
    ) -> str:
        """Sign claims and a receipt for them.

        Args:
            claims: What the certificate is to say.
            t: The receipt's time.
            by: Name of the key that signs.
            epoch: Whose receipt key signs the receipt.
            serial: Told apart from other forgeries by it.
        """
        token = envelope.sign(self.region.keys[by], envelope.CERTIFICATE, claims.to_bytes())
        digest = envelope.read(token, envelope.CERTIFICATE).digest
        stamp = Receipt(claims.host, t, digest, _BEYOND + serial, epoch)
        return carrier.encode(token, receipt.sign(self.region.keys[f"epoch-{epoch}"], stamp))


def pack(carried: Carried, *, host: str, plain: bytes | None = None, receipt_of: Carried) -> str:
    """Write a code without any of the encoder's checks.

    Args:
        carried: The certificate.
        host: Of the URL and of the dictionary.
        plain: Header and payload; the certificate's own where not given.
        receipt_of: Whose receipt is attached.
    """
    stamp, counter = receipt_of.receipt_claims, receipt_of.receipt_unverified
    if stamp is None or counter is None:
        raise ValueError("only a code has a receipt in it")
    header = base64url.decode(carried.certificate.partition(".")[0])
    body = deflate.compress(plain or header + carried.unverified.payload, host)
    tail = stamp.t.to_bytes(4) + stamp.log_index.to_bytes(5) + bytes((stamp.epoch,))
    data = b"\x01\x00" + body + carried.unverified.signature + tail + counter.signature
    return f"https://{host}/v#{digits.encode(data)}"


def with_payload(carried: Carried, change: tuple[bytes, bytes]) -> str:
    """Change the payload's bytes and leave both signatures as they are."""
    header = base64url.decode(carried.certificate.partition(".")[0])
    payload = carried.unverified.payload.replace(*change)
    host = carried.claims.host
    return pack(carried, host=host, plain=header + payload, receipt_of=carried)


def damaged(text: str) -> str:
    """Lose some digits, as a torn code would if error correction did not notice."""
    return text[:-60]


def look_alike(text: str) -> str:
    """Move the code to an address that looks like a registry's and is not of its form."""
    return text.replace("https://", "https://www-").replace("/v#", "/query?id=")
