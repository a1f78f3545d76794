# SPDX-License-Identifier: Apache-2.0
"""Canonical base64url without padding (RFC 7515 §2), with the errors of this language.

The rule itself is `keys.base64url`: one text for one byte string. docs/format.md §1.3.
"""

from credential.errors import MalformedError
from keys import base64url
from keys.base64url import encode, encode_ascii

__all__ = ["decode", "encode", "encode_ascii"]


def decode(text: str) -> bytes:
    """Read canonical base64url.

    Raises:
        MalformedError: `malformed.token`.
    """
    try:
        return base64url.decode(text)
    except ValueError:
        raise MalformedError("malformed.token", "not canonical base64url") from None
