# SPDX-License-Identifier: Apache-2.0
"""Which status a certificate may take next, by whom: a table, and nothing but the table.

A suspension remembers who ordered it: a body cannot lift an authority's, and an authority's order
on top of a body's takes it over. Revoked is final. A superseded certificate can still be revoked,
when the old one turns out to have been false, and nothing else. Only the body that issued
supersedes, since it issues the successor.

Every combination of state, event and actor stands here; `tests/registry/test_status_rules.py` walks
all of them.
"""

from typing import Final

VALID: Final = "valid"
SUSPENDED_BY_BODY: Final = "suspended by its body"
SUSPENDED_BY_AUTHORITY: Final = "suspended by an authority"
REVOKED: Final = "revoked"
SUPERSEDED: Final = "superseded"

STATES: Final = (VALID, SUSPENDED_BY_BODY, SUSPENDED_BY_AUTHORITY, REVOKED, SUPERSEDED)
EVENTS: Final = ("revoke", "suspend", "reinstate", "supersede")
ACTORS: Final = ("body", "authority", "stranger")

STATUS_OF_STATE: Final = {
    VALID: 0,
    REVOKED: 1,
    SUSPENDED_BY_BODY: 2,
    SUSPENDED_BY_AUTHORITY: 2,
    SUPERSEDED: 3,
}  # as in a status list, docs/format.md §5.4

_FINAL: Final = "status.final"
_MOVE: Final = "status.move"
_ACTOR: Final = "statement.actor"
_UNKNOWN: Final = "certificate.unknown"  # to a stranger a certificate does not exist

# state → event → (what the issuing body may do, what an authority over it may do)
_MOVES: Final = {
    VALID: {
        "revoke": (REVOKED, REVOKED),
        "suspend": (SUSPENDED_BY_BODY, SUSPENDED_BY_AUTHORITY),
        "reinstate": (_MOVE, _MOVE),
        "supersede": (SUPERSEDED, _ACTOR),
    },
    SUSPENDED_BY_BODY: {
        "revoke": (REVOKED, REVOKED),
        "suspend": (_MOVE, SUSPENDED_BY_AUTHORITY),
        "reinstate": (VALID, VALID),
        "supersede": (_MOVE, _ACTOR),
    },
    SUSPENDED_BY_AUTHORITY: {
        "revoke": (REVOKED, REVOKED),
        "suspend": (_MOVE, _MOVE),
        "reinstate": (_ACTOR, VALID),
        "supersede": (_MOVE, _ACTOR),
    },
    REVOKED: {
        "revoke": (_FINAL, _FINAL),
        "suspend": (_FINAL, _FINAL),
        "reinstate": (_FINAL, _FINAL),
        "supersede": (_FINAL, _ACTOR),
    },
    SUPERSEDED: {
        "revoke": (REVOKED, REVOKED),
        "suspend": (_MOVE, _MOVE),
        "reinstate": (_MOVE, _MOVE),
        "supersede": (_MOVE, _ACTOR),
    },
}


def after(state: str, event: str, actor: str) -> str:
    """Look up what an event leads to.

    Args:
        state: One of `STATES`.
        event: One of `EVENTS`.
        actor: One of `ACTORS`.

    Returns:
        The next state, or the code of the refusal: only codes contain a dot.
    """
    if actor == "stranger":
        return _UNKNOWN
    body, authority = _MOVES[state][event]
    return body if actor == "body" else authority


def is_refusal(outcome: str) -> bool:
    """Tell a code from a state."""
    return "." in outcome
