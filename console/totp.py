# SPDX-License-Identifier: Apache-2.0
"""One-time codes from a telephone: TOTP (RFC 6238) with SHA-1, 30 seconds and six digits.

That is what every authenticator understands. A step is accepted once: whoever looked over a
shoulder cannot use the code again (RFC 6238 §5.2).
"""

import base64
import re
from typing import Final
from urllib.parse import quote

import zxingcpp
from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECRET_BYTES: Final = 20
SECONDS: Final = 30
DIGITS: Final = 6
DRIFT: Final = 1  # steps before and after

_CODE: Final = re.compile(f"[0-9]{{{DIGITS}}}")


def code(secret: bytes, at: int) -> str:
    """Compute the code of a time."""
    return TOTP(secret, DIGITS, SHA1(), SECONDS).generate(at).decode()  # noqa: S303  # RFC 6238


def step_of(secret: bytes, typed: str, at: int, last: int) -> int | None:
    """Find the step that a code is of.

    Args:
        secret: 20 bytes.
        typed: What the person typed.
        at: The time, seconds since 1970.
        last: The last step that was accepted; it and those before are not accepted again.

    Returns:
        The step, or None where the code is of none.
    """
    digits = typed.replace(" ", "")
    if not _CODE.fullmatch(digits):
        return None
    now, found = at // SECONDS, None
    for step in range(now - DRIFT, now + DRIFT + 1):
        if bytes_eq(code(secret, step * SECONDS).encode(), digits.encode()) and step > last:
            found = step
    return found


def base32(secret: bytes) -> str:
    """Write a secret for typing, in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def address(secret: bytes, issuer: str, name: str) -> str:
    """Write what an authenticator scans."""
    text = base64.b32encode(secret).decode()
    return f"otpauth://totp/{quote(issuer)}:{quote(name)}?secret={text}&issuer={quote(issuer)}"


def picture(text: str) -> tuple[int, str]:
    """Draw a QR code as the side of a square and an SVG path in it."""
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image = symbol.to_image(scale=1, add_quiet_zones=True)
    pixels = memoryview(image)  # type: ignore[arg-type]  # a buffer, which its stubs do not say
    rows: list[list[int]] = pixels.tolist()  # type: ignore[assignment]  # of two dimensions
    dark = [(x, y) for y, row in enumerate(rows) for x, pixel in enumerate(row) if not pixel]
    return len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)
