# SPDX-License-Identifier: Apache-2.0
"""What the ledger keeps: a batch as it was filed, and one certificate on its way."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Batch:
    """An evaluation batch as it was, or is to be, filed."""

    batch: str
    """Its identifier."""
    roster: bytes
    """Digest of the roster under the ledger's salt, 32 bytes."""
    route: str
    """The one way of evaluating that the batch covers."""
    payload: bytes
    """The statement as signed."""
    signature: str
    """Its compact JWS."""
    attachment: str
    """The roster's hashes and salt, JSON as they are sent beside the statement."""
    receipt: str | None = None
    """The registry's receipt for the statement; None until it is filed."""
    leaf_salt: str | None = None
    """The salt of its leaf in the log, base64url."""


@dataclass(frozen=True, slots=True)
class Item:
    """One certificate on its way."""

    batch: str
    line: int
    """The sheet's row."""
    person: bytes
    kind: str
    occupation: str
    level: str
    """Empty for a kind without levels."""
    number: str | None = None
    list: str | None = None
    index: int | None = None
    payload: bytes | None = None
    """The claims to sign; from here on number and index are the certificate's own."""
    token: str | None = None
    """The compact JWS."""
    receipt: str | None = None
    leaf_salt: str | None = None
    problem: str | None = None
    """The registry's last refusal, JSON; None when it was admitted or not yet submitted."""
