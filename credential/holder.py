# SPDX-License-Identifier: Apache-2.0
"""The holder tag: 24 bits that tell a person from a namesake (docs/format.md §8).

    PBKDF2-HMAC-SHA256(password = "<type>:<number>",
                       salt = SHA-256("skillseal-holder-1" ‖ folded name, UTF-8),
                       100,000 rounds), first 3 bytes, base64url

Whoever has an identity card before them can recompute it. It is de-identified and not anonymous:
about 7,000 of the 1.2·10¹¹ possible numbers share a tag, but to somebody who knows county and year
of birth it names one. The salt depends on the person alone, so that several certificates of one
person say no more than one. Fixed for ever with the certificate's type, version 1.

One tag takes some 25 ms: gates and desks compute tags when a roster is read, on all cores.
"""

import hashlib
import re
from typing import Final

from credential import identity_number
from credential.errors import MalformedError
from credential.name import fold
from keys import base64url

ROUNDS: Final = 100_000
TAG_BYTES: Final = 3

_DOMAIN: Final = b"skillseal-holder-1"
_TAG: Final = re.compile("[A-Za-z0-9_-]{4}")


def tag(document_type: int, number: str, name: str) -> str:
    """Compute the tag of a person.

    Args:
        document_type: 1 to 4, as in `credential.identity_number`.
        number: The document's number, as typed or read.
        name: The holder's name, in any spelling that folds to the same.

    Returns:
        4 base64url characters.

    Raises:
        MalformedError: `holder.malformed`, which never contains the number; `name.malformed` for a
            name of which nothing is left.
    """
    normal = identity_number.normalise(document_type, number)
    folded = fold(name)
    if not folded:
        raise MalformedError("name.malformed", "a name has at least one letter")
    salt = hashlib.sha256(_DOMAIN + folded.encode("utf-8", "surrogatepass")).digest()
    password = f"{document_type}:{normal}".encode("ascii")
    return base64url.encode(hashlib.pbkdf2_hmac("sha256", password, salt, ROUNDS, TAG_BYTES))


def is_tag(text: str) -> bool:
    """Tell whether a text has the form of a tag."""
    return _TAG.fullmatch(text) is not None
