# SPDX-License-Identifier: Apache-2.0
"""What people at a desk sign for each other and for auditors: JWS that no registry reads.

    {"alg":"ES256","kid":"…","typ":"consent+jwt"}      a second person agrees to a list
    {"alg":"ES256","kid":"…","typ":"evidence+jwt"}     the body answers for a pack of evidence

They are signed by a statement key of the body. `typ` is none of docs/format.md §1.3, so none of
them can be taken for a statement, nor a statement for one of them.
"""

from collections.abc import Iterable
from typing import Final

from cryptography.exceptions import InvalidSignature

from credential import base64url
from credential.errors import ConflictError, MalformedError, UntrustedError
from credential.key_record import KeyRecord
from keys.signer import Signer

CONSENT: Final = "consent+jwt"
EVIDENCE: Final = "evidence+jwt"
ROLE: Final = "statement"


def sign(key: Signer, typ: str, payload: bytes) -> str:
    """Sign a payload.

    Raises:
        RuntimeError: The key has another role: a fault of the program, never of its input.
    """
    if key.role != ROLE:
        raise RuntimeError(f"a {key.role} key does not sign {typ}")
    signing_input = f"{_header(typ, key.alg, key.kid)}.{base64url.encode(payload)}"
    return f"{signing_input}.{base64url.encode(key.sign(signing_input.encode()))}"


def read(token: str, typ: str, records: Iterable[KeyRecord]) -> tuple[KeyRecord, bytes]:
    """Give key and payload of a token whose signature holds.

    Args:
        token: The compact JWS.
        typ: What it must be.
        records: The body's keys; whether the one that signed was in force then is for the caller.

    Raises:
        ConflictError: `key.not_registered`.
        UntrustedError: `signature.invalid`.
    """
    header, _, rest = token.partition(".")
    encoded, _, signature = rest.partition(".")
    for record in records:
        # The header has one form, so it is compared and never interpreted.
        if record.role == ROLE and _header(typ, record.key.alg, record.kid) == header:
            break
    else:
        raise ConflictError("key.not_registered", f"the {typ} is signed by no key of this body")
    try:
        record.key.verify(base64url.decode(signature), f"{header}.{encoded}".encode("ascii"))
        payload = base64url.decode(encoded)
    except (InvalidSignature, MalformedError, ValueError):
        raise UntrustedError("signature.invalid", f"the signature of the {typ} fails") from None
    return record, payload


def _header(typ: str, alg: str, kid: str) -> str:
    return base64url.encode(f'{{"alg":"{alg}","kid":"{kid}","typ":"{typ}"}}'.encode())
