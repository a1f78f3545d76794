# SPDX-License-Identifier: Apache-2.0
"""A code in a terminal, to be scanned from the screen: drawn by qrcode, two modules a character."""

import io

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.pil import PilImage
from qrcode.util import QRData

from issuer.symbol import QUIET_ZONE


def symbol(text: str, *, border: int = QUIET_ZONE) -> "qrcode.QRCode[PilImage]":
    """Draw a code with qrcode: the URL up to the `#` as bytes, the digits as numbers.

    Args:
        text: A code's text.
        border: Modules of quiet zone on each side.
    """
    url, mark, digits = text.partition("#")
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=border, image_factory=PilImage)
    # Each part in the mode that it needs: bytes, then numbers.
    code.add_data(QRData((url + mark).encode("ascii")), optimize=0)
    if digits:
        code.add_data(QRData(digits.encode("ascii")), optimize=0)
    code.make(fit=True)
    return code


def show(text: str, *, dark_terminal: bool = True) -> str:
    """Give the lines to print.

    Args:
        text: A code's text.
        dark_terminal: The terminal writes light on dark, so that light modules are the ones to
        write.
    """
    lines = io.StringIO()
    symbol(text).print_ascii(out=lines, invert=dark_terminal)
    return lines.getvalue()
