# SPDX-License-Identifier: Apache-2.0
"""What the desk says about a certificate after it was issued, and what that makes of it.

A change is what somebody orders in one go, with one reason; an act is one signed statement of it.
The state of a certificate, as far as the desk knows, is what its accepted acts leave:

    valid → suspended → valid … → revoked, or superseded → revoked

An authority, or another desk of the same body, may have acted too. Where the registry's refusal of
an act shows that, the state is `revoked` or, where it does not say more, `unknown`, and every move
may be tried: the registry decides.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from credential import base64url, statement
from credential.statement import Statement

VALID: Final = "valid"
SUSPENDED: Final = "suspended"
REVOKED: Final = "revoked"
SUPERSEDED: Final = "superseded"
UNKNOWN: Final = "unknown"

_LEADS_TO: Final = {
    "revoke": REVOKED,
    "revoke_bulk": REVOKED,
    "suspend": SUSPENDED,
    "reinstate": VALID,
    "supersede": SUPERSEDED,
}
_FROM: Final = {
    "revoke": frozenset({VALID, SUSPENDED, SUPERSEDED}),
    "suspend": frozenset({VALID}),
    "reinstate": frozenset({SUSPENDED}),
    "supersede": frozenset({VALID}),
}

Certificate = tuple[str, str]
"""Kind and number."""


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody ordered in one go."""

    change: str
    """Its name in the ledger."""
    type: str
    """`revoke`, `suspend`, `reinstate` or `supersede`."""
    reason: str
    """As the statements say it."""
    needs_second: bool
    """It is above the threshold, so nothing is sent before a second person has consented."""
    consent: str | None = None
    """The second person's token; a bulk revocation has a second signature instead."""


@dataclass(frozen=True, slots=True)
class Act:
    """One statement about certificates, as signed."""

    act: int
    """Its place in the ledger; 0 before it is there."""
    change: str
    type: str
    """Of the statement."""
    subject: str
    payload: bytes
    signatures: tuple[str, ...]
    certificates: tuple[Certificate, ...]
    receipt: str | None = None
    leaf_salt: str | None = None
    problem: str | None = None
    """The registry's refusal, JSON."""

    @property
    def is_open(self) -> bool:
        """Tell whether the registry has not answered for it."""
        return self.receipt is None and self.problem is None

    @property
    def code(self) -> str | None:
        """Give the code of the refusal."""
        return None if self.problem is None else str(json.loads(self.problem)["code"])

    @property
    def digest(self) -> str:
        """Give the digest by which a later statement names this one, base64url."""
        return base64url.encode(statement.digest(self.payload))

    @property
    def successor(self) -> str | None:
        """Give the number by which a certificate is superseded."""
        if self.type != "supersede":
            return None
        return str(Statement.from_bytes(self.payload).body["by"])


@dataclass(frozen=True, slots=True)
class State:
    """What the desk knows about a registered certificate."""

    name: str
    """`valid`, `suspended`, `revoked`, `superseded` or `unknown`."""
    successor: str | None
    """Number of the one that follows."""
    waiting: Act | None
    """An act that the registry has not answered for."""

    @classmethod
    def of(cls, acts: Iterable[Act]) -> "State":
        """Fold the acts about one certificate, in their order."""
        name, successor, waiting = VALID, None, None
        for each in acts:
            if each.receipt is not None:
                name, successor = _LEADS_TO[each.type], each.successor or successor
            elif each.problem is None:
                waiting = each
            elif each.type == "revoke_bulk":
                name = UNKNOWN  # it was refused whole: for one of many, or for none of them
            elif each.code == "status.final":
                name = REVOKED
            elif each.code in ("status.move", "statement.after", "statement.actor"):
                name = UNKNOWN
        return cls(name, successor, waiting)

    def refusal_of(self, type_: str) -> str | None:
        """Give the code with which the registry would refuse an act of the body's own."""
        if self.name == UNKNOWN or self.name in _FROM[type_]:
            return None
        return "status.final" if self.name == REVOKED else "status.move"
