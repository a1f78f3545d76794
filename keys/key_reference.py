# SPDX-License-Identifier: Apache-2.0
"""How a command names a key: a file, or an object of a token (RFC 7512, two of its attributes).

    /etc/skillseal/certificate.key
    pkcs11:token=desk;object=certificate-2026

Exactly `token` and `object`, each once, percent-encoded where needed. `pin-value` is refused, as is
every query: all users of a machine can read command lines.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from keys.errors import KeyMaterialError

SCHEME: Final = "pkcs11:"
MAX_LABEL: Final = 32  # bytes; CK_TOKEN_INFO has no more

_VALUE: Final = re.compile("(?:[A-Za-z0-9._~:@!$'()*+,&=-]|\\[|\\]|%[0-9A-Fa-f]{2})+")


@dataclass(frozen=True, slots=True)
class TokenObject:
    """A key that a token keeps."""

    token: str
    """Label of the token."""
    object: str
    """Label of the key in it."""

    def __str__(self) -> str:
        """Say it as people do."""
        return f"key {self.object} of token {self.token}"


KeyReference = Path | TokenObject


def parse(text: str) -> KeyReference:
    """Read a reference; whatever does not begin with `pkcs11:` is the path of a file.

    Raises:
        KeyMaterialError: `key.reference`.
    """
    if not text.startswith(SCHEME):
        return Path(text)
    found: dict[str, str] = {}
    for part in text.removeprefix(SCHEME).split(";"):
        name, _, value = part.partition("=")
        if name not in ("token", "object") or name in found or _VALUE.fullmatch(value) is None:
            raise _refusal()
        found[name] = _label(value)
    if len(found) != 2:
        raise _refusal()
    return TokenObject(found["token"], found["object"])


def of_token(text: str) -> TokenObject:
    """Read a reference that must name an object of a token.

    Raises:
        KeyMaterialError: `key.reference`.
    """
    reference = parse(text)
    if isinstance(reference, Path):
        raise _refusal()
    return reference


def _label(value: str) -> str:
    try:
        label = unquote(value, errors="strict")
    except UnicodeDecodeError:
        raise _refusal() from None
    if not label.isprintable() or len(label.encode()) > MAX_LABEL:
        raise _refusal()
    return label


def _refusal() -> KeyMaterialError:
    # Without the text: somebody may have put a PIN into it.
    message = (
        "a key in a token is named pkcs11:token=LABEL;object=LABEL and nothing else;"
        " its PIN comes from a prompt or --pin-file"
    )
    return KeyMaterialError("key.reference", message)
