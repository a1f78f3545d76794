# SPDX-License-Identifier: Apache-2.0
"""Canonical base64url without padding (RFC 4648 §5, RFC 7515 §2).

Python's decoder skips foreign characters and ignores the unused bits of the last one, so that many
texts give the same bytes. Here one text stands for one byte string: what does not encode back to
itself is refused.
"""

import base64
import binascii
from typing import Final

_TO_URL: Final = bytes.maketrans(b"+/", b"-_")


def encode(data: bytes) -> str:
    """Write bytes as base64url without padding."""
    return encode_ascii(data).decode("ascii")


def encode_ascii(data: bytes) -> bytes:
    """Write the same as ASCII bytes, for what is signed and hashed."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=")


def decode(text: str) -> bytes:
    """Read the canonical text form.

    Args:
        text: Base64url without padding.

    Returns:
        The bytes, for which `encode` gives `text` again.

    Raises:
        ValueError: The text is anything else. The caller knows what was being read and gives the
            error its code.
    """
    try:
        data = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, binascii.Error):
        data = None
    if data is None or encode(data) != text:
        message = "not canonical base64url"
        raise ValueError(message)
    return data
