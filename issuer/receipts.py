# SPDX-License-Identifier: Apache-2.0
"""Looking at a receipt before it is believed: it must be for what was sent, by the registry's key.

A desk that printed a code over a receipt that does not hold would hand out certificates which no
verifier accepts, and would think them registered.
"""

import hashlib

from credential import receipt
from credential.errors import MalformedError, UntrustedError
from credential.filing_file import FilingFile
from credential.receipt import Receipt


def check(token: object, digest: bytes, filing: FilingFile) -> Receipt:
    """Return the receipt if it holds.

    Args:
        token: What the registry gave.
        digest: Content digest of what was sent, 32 bytes.
        filing: Names the registry and its receipt keys.

    Raises:
        UntrustedError: `receipt.invalid` or `receipt.mismatch`.
    """
    try:
        if not isinstance(token, str):
            raise MalformedError("malformed.token", "no receipt")
        unverified, said = receipt.read(token)
    except MalformedError:
        raise _invalid("is no receipt") from None
    if said.digest != digest or said.host not in filing.hosts:
        message = "the registry's receipt is for something else than what was sent: tell it"
        raise UntrustedError("receipt.mismatch", message)
    record = next((each for each in filing.receipts if each.kid == str(said.epoch)), None)
    if record is None:
        raise _invalid("is by a key that the filing file does not have: get a new one")
    if not record.holds(said.t):
        raise _invalid("is of a time at which its key was not in force")
    try:
        unverified.verify(record.key)
    except UntrustedError:
        raise _invalid("has a signature that does not hold") from None
    return said


def digest_of(token: str) -> bytes:
    """Compute the content digest of a compact JWS: SHA-256 of what is signed, 32 bytes."""
    return hashlib.sha256(token.rpartition(".")[0].encode("ascii")).digest()


def _invalid(what: str) -> UntrustedError:
    return UntrustedError("receipt.invalid", f"what the registry gave as a receipt {what}")
