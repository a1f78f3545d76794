# SPDX-License-Identifier: Apache-2.0
"""The carrier: how a certificate and its receipt stand in one QR code (docs/format.md §4).

    https://HOST/v#0123456789…

A camera app opens the URL, whose page is the verifier; the digits behind the `#` never reach a
server, and cost 0.34 % more than bytes would, against 33 % for base64url. They give the identical
tokens back, so any JWT library can check them.

    version | flags | host? | DEFLATE(header ‖ payload) | 64 signature | 4 t | 5 log index | 1 epoch
    | 64 receipt signature
"""

import re
from typing import Final, NamedTuple, NoReturn

from credential import base64url, certificate, deflate, digits, envelope, receipt
from credential.certificate import Claims
from credential.envelope import Unverified
from credential.errors import MalformedError
from credential.members import is_host
from credential.receipt import Receipt

VERSION: Final = 1
MAX_TEXT: Final = 4096  # characters of a code
MAX_TEXT_FORM: Final = 16384  # characters of the text form
_HOST_INSIDE: Final = 1
_SIGNATURE: Final = 64
_TAIL: Final = _SIGNATURE + 4 + 5 + 1 + _SIGNATURE  # bytes behind the DEFLATE stream

_CODE: Final = re.compile(r"https://([a-z0-9.:-]+)/v#(.*)", re.DOTALL)
_BARE: Final = re.compile("[0-9]+")
_TEXT_FORM: Final = re.compile(r"([A-Za-z0-9._-]+)~\n(?:([A-Za-z0-9._-]+)\n)?")


class Carried(NamedTuple):
    """What a code or a text form carried: well-formed, and nothing more."""

    unverified: Unverified
    """The certificate's envelope."""
    claims: Claims
    receipt_unverified: Unverified | None
    """The receipt's envelope; None only for a text form without one."""
    receipt_claims: Receipt | None
    host: str | None
    """The token's host; None for a text form."""
    inside: bool
    """Whether the host stood inside the digits."""

    @property
    def certificate(self) -> str:
        """The certificate's compact JWS, without `~`."""
        return self.unverified.token

    @property
    def receipt(self) -> str | None:
        """The receipt's compact JWS."""
        return None if self.receipt_unverified is None else self.receipt_unverified.token


def decode(text: str, hosts: tuple[str, ...] = ()) -> Carried:
    """Read a code, bare digits, or the text form.

    Args:
        text: Exactly what the symbol says: no line end, except in the text form.
        hosts: For bare digits only: the hosts that it may be for, in the order to try. The first
        under which it decodes
            is given, which need not be the right one: see `candidates`.

    Raises:
        MalformedError: `malformed.url`, `malformed.carrier`, `malformed.token` or
        `malformed.profile`.
    """
    if text.startswith("https://"):
        match = _CODE.fullmatch(text)
        if match is None or not is_host(match[1]) or len(text) > MAX_TEXT:
            _not_ours()
        return _from_digits(match[2], match[1])
    if text.startswith("eyJ"):
        return _from_text_form(text)
    return candidates(text, hosts)[0]


def candidates(text: str, hosts: tuple[str, ...]) -> list[Carried]:
    """Read bare digits under each host that they may be for.

    A wrong host of the right length puts its own name into canonical JSON, so more than one may
    decode; the right one is the first under which the certificate's signature holds.

    Returns:
        One or more, in the order of `hosts`.

    Raises:
        MalformedError: `malformed.url` where this is not digits; else what the first host gives,
        where none decodes.
    """
    if len(text) > MAX_TEXT or not _BARE.fullmatch(text):
        _not_ours()
    found: list[Carried] = []
    first: MalformedError | None = None
    for host in hosts:
        try:
            carried = _from_digits(text, host)
        except MalformedError as error:
            first = first or error
            continue
        found.append(carried)
        if carried.inside:
            break
    if not found:
        raise first or MalformedError(
            "malformed.carrier", "digits without a host to read them under"
        )
    return found


def encode(certificate_token: str, receipt_token: str, *, page_host: str | None = None) -> str:
    """Write the text of a code.

    Args:
        certificate_token: Compact JWS, without `~`.
        receipt_token: Its receipt.
        page_host: Host of the page to open; the certificate's own where not given. Another host is
        possible: the
            certificate's then goes inside.

    Returns:
        The text, whose decoding has been compared with what went in.

    Raises:
        MalformedError: One of the tokens is not well-formed.
        ValueError: The receipt is of another certificate or host, a signature is not 64 bytes, or
        there are too many bytes.
    """
    unverified, claims = certificate.read(certificate_token)
    counter, stamp = receipt.read(receipt_token)
    if (stamp.digest, stamp.host) != (unverified.digest, claims.host):
        raise ValueError("the receipt is not of this certificate")
    if not len(unverified.signature) == len(counter.signature) == _SIGNATURE:
        raise ValueError("a signature is not 64 bytes")
    page = page_host or claims.host
    head = bytes((VERSION, 0))
    if page != claims.host:
        head = bytes((VERSION, _HOST_INSIDE, len(claims.host))) + claims.host.encode()
    header = base64url.decode(certificate_token.partition(".")[0])
    body = deflate.compress(header + unverified.payload, claims.host)
    tail = (
        unverified.signature
        + stamp.t.to_bytes(4)
        + stamp.log_index.to_bytes(5)
        + bytes((stamp.epoch,))
        + counter.signature
    )
    text = f"https://{page}/v#{digits.encode(head + body + tail)}"
    again = decode(text)
    if (again.certificate, again.receipt) != (certificate_token, receipt_token):
        raise ValueError("the code does not give back what went in")
    return text


def text_form(certificate_token: str, receipt_token: str | None) -> str:
    """Write the text form: attachments, wallets, tests."""
    return f"{certificate_token}~\n" + (f"{receipt_token}\n" if receipt_token else "")


def _not_ours() -> NoReturn:
    raise MalformedError("malformed.url", "not the text of a certificate code")


def _from_digits(text: str, page_host: str) -> Carried:
    data = digits.decode(text)
    if len(data) < 2 + _TAIL or data[0] != VERSION:
        raise MalformedError("malformed.carrier", "not a code of version 1")
    if data[1] & ~_HOST_INSIDE:
        raise MalformedError("malformed.carrier", "a reserved flag is set")
    host, start = page_host, 2
    inside = bool(data[1] & _HOST_INSIDE)
    if inside:
        host, start = _inner_host(data, page_host)
    end = len(data) - _TAIL
    header, payload = _split(deflate.expand(data[start:end], host))
    tail = data[end:]
    unverified = envelope.from_parts(header, payload, tail[:_SIGNATURE], envelope.CERTIFICATE)
    claims = Claims.from_bytes(payload)
    stamp = Receipt(
        host=claims.host,
        t=int.from_bytes(tail[64:68]),
        digest=unverified.digest,
        log_index=int.from_bytes(tail[68:73]),
        epoch=tail[73],
    )
    if stamp.epoch == 0:
        raise MalformedError("malformed.carrier", "epochs begin with 1")
    return Carried(unverified, claims, stamp.unverified(tail[74:]), stamp, host, inside)


def _inner_host(data: bytes, page_host: str) -> tuple[str, int]:
    length = data[2]
    host = data[3 : 3 + length].decode("latin-1")
    if not is_host(host) or len(data) < 3 + length + _TAIL:
        raise MalformedError("malformed.carrier", "the host inside is not one")
    if host == page_host:
        raise MalformedError("malformed.carrier", "the host inside is the URL's own")
    return host, 3 + length


def _split(plain: bytes) -> tuple[bytes, bytes]:
    end = plain.find(b"}") + 1
    return plain[:end], plain[end:]


def _from_text_form(text: str) -> Carried:
    match = _TEXT_FORM.fullmatch(text) if len(text) <= MAX_TEXT_FORM else None
    if match is None:
        message = "the text form is the certificate, ~, a line end, the receipt, a line end"
        raise MalformedError("malformed.token", message)
    unverified, claims = certificate.read(match[1])
    if match[2] is None:
        return Carried(unverified, claims, None, None, None, inside=False)
    counter, stamp = receipt.read(match[2])
    return Carried(unverified, claims, counter, stamp, None, inside=False)
