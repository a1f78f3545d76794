# SPDX-License-Identifier: Apache-2.0
"""The registry's receipt: this content was admitted then, at this place of the log.

docs/format.md §3.

    {"alg":"ES256","kid":"7","typ":"receipt+jwt"} . {"iss":"https://HOST","iat":1790000000,"digest":"…","log_index":42}

Five values determine every byte, so a code carries them instead of the text and a reader writes the
text again. `iat` is the only trusted time of issue: keys, standing and scope are judged at it.
"""

from functools import lru_cache
from typing import Final, NamedTuple

from credential import base64url, canonical, envelope
from credential.envelope import Unverified
from credential.members import Members, refuse, registry_host
from keys.algorithms import ES256
from keys.signer import Signer

MAX_LOG_INDEX: Final = 2**40 - 1  # the carrier gives it five bytes
MAX_EPOCH: Final = 255


class Receipt(NamedTuple):
    """What a receipt says."""

    host: str
    """HOST of the registry."""
    t: int
    """When the content was admitted, seconds since 1970."""
    digest: bytes
    """Content digest of what was admitted, 32 bytes."""
    log_index: int
    """Its leaf in the log, from 0."""
    epoch: int
    """The receipt key, 1 to 255."""

    def payload(self) -> bytes:
        """Write the payload's bytes, of which there is one form."""
        return b'{"iss":"https://%b","iat":%d,"digest":"%b","log_index":%d}' % (
            self.host.encode(),
            self.t,
            base64url.encode_ascii(self.digest),
            self.log_index,
        )

    def signing_input(self) -> bytes:
        """Write `header.payload` as signed."""
        return _signing_input(self.epoch, self.payload())

    def unverified(self, signature: bytes) -> Unverified:
        """Write the envelope again around a signature that came with these five values."""
        payload = self.payload()
        signing_input = _signing_input(self.epoch, payload)
        return Unverified(
            envelope.RECEIPT, ES256, str(self.epoch), payload, signature, signing_input
        )


@lru_cache(maxsize=MAX_EPOCH + 1)
def _header(epoch: int) -> bytes:
    return base64url.encode_ascii(b'{"alg":"ES256","kid":"%d","typ":"receipt+jwt"}' % epoch)


def _signing_input(epoch: int, payload: bytes) -> bytes:
    return b"%b.%b" % (_header(epoch), base64url.encode_ascii(payload))


def read(token: str) -> tuple[Unverified, Receipt]:
    """Read a receipt's text form.

    Raises:
        MalformedError: `malformed.token` or `malformed.profile`.
    """
    unverified = envelope.read(token, envelope.RECEIPT)
    if unverified.alg != ES256:
        refuse("receipt", "signed with another algorithm than ES256")
    members = Members.of(canonical.parse(unverified.payload), "receipt", "iss iat digest log_index")
    receipt = Receipt(
        host=registry_host(members.raw("iss")),
        t=members.time("iat"),
        digest=base64url.decode(members.digest("digest")),
        log_index=members.integer("log_index", 0, MAX_LOG_INDEX),
        epoch=int(unverified.kid),
    )
    return unverified, receipt


def sign(key: Signer, receipt: Receipt) -> str:
    """Sign a receipt; the key's kid is the epoch.

    Raises:
        RuntimeError: The key is not that epoch's receipt key.
    """
    if key.kid != str(receipt.epoch):
        raise RuntimeError("the key is of another epoch than the receipt")
    return envelope.sign(key, envelope.RECEIPT, receipt.payload())
