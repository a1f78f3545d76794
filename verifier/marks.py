# SPDX-License-Identifier: Apache-2.0
"""The closed set of checks, their results and their reason codes (docs/format.md §6).

A `Mark` is what one check came to. Every mark that exists is made here, once: a verdict only points
at them, so a code that is not in the specification cannot get into a verdict, and judging allocates
nothing for it.
"""

from typing import Final, NamedTuple

CHECKS: Final = (
    *("carrier", "issuer", "key", "signature", "receipt", "standing", "scope"),
    *("dates", "status", "number", "recognition", "holder", "fitness", "freshness"),
)
"""In the order of reporting."""

CARRIER, ISSUER, KEY, SIGNATURE, RECEIPT, STANDING, SCOPE = range(7)
DATES, STATUS, NUMBER, RECOGNITION, HOLDER, FITNESS, FRESHNESS = range(7, 14)


class Mark(NamedTuple):
    """What one check came to."""

    outcome: str
    """`pass`, `fail`, `unknown`, `not_asked` or `skipped`."""
    reason: str | None
    """Set where it fails or is unknown, and for `freshness.stale`, which is a pass."""


FAIL_CODES: Final = (
    *("malformed.carrier", "malformed.url", "malformed.token", "malformed.profile"),
    *("carrier.origin", "issuer.not_filed", "signature.invalid"),
    *("key.unknown", "key.not_valid_then", "key.distrusted"),
    *("receipt.missing", "receipt.invalid", "receipt.mismatch", "receipt.distrusted"),
    *("standing.suspended", "standing.removed", "standing.void"),
    *("scope.kind", "scope.occupation", "scope.level", "scope.district", "scope.expired"),
    *("dates.expired", "dates.not_yet", "dates.backdated"),
    *("status.revoked", "status.suspended", "status.superseded", "number.inconsistent"),
    *("recognition.none", "recognition.kind", "recognition.occupation"),
    *("recognition.level", "recognition.expired"),
    *("holder.mismatch", "holder.malformed"),
    *("fitness.kind", "fitness.occupation", "fitness.level"),
)
UNKNOWN_CODES: Final = (
    *("issuer.unknown", "issuer.not_filed", "key.unknown", "signature.unsupported"),
    *("standing.unknown", "scope.unknown", "dates.expired", "status.unknown"),
    *("recognition.unknown", "holder.absent"),
    *("freshness.expired", "freshness.clock", "freshness.unanchored", "internal"),
)

PASS: Final = Mark("pass", None)
STALE: Final = Mark("pass", "freshness.stale")
SKIPPED: Final = Mark("skipped", None)
NOT_ASKED: Final = Mark("not_asked", None)
FAIL: Final = {code: Mark("fail", code) for code in FAIL_CODES}
UNKNOWN: Final = {code: Mark("unknown", code) for code in UNKNOWN_CODES}

SOFTENED: Final = {
    FAIL[code]: UNKNOWN[weaker]
    for code, weaker in {
        "issuer.not_filed": "issuer.not_filed",
        "key.unknown": "key.unknown",
        "key.not_valid_then": "key.unknown",
        "standing.suspended": "standing.unknown",
        "standing.removed": "standing.unknown",
        **{code: "scope.unknown" for code in FAIL_CODES if code.startswith("scope.")},
        "dates.expired": "dates.expired",
        "status.suspended": "status.unknown",
        **{code: "recognition.unknown" for code in FAIL_CODES if code.startswith("recognition.")},
    }.items()
}
"""What a fail becomes where newer knowledge could change it (§6.3)."""

OF_THE_HOUR: Final = frozenset(
    mark
    for mark in SOFTENED
    if mark.reason in {"status.suspended", "dates.expired"}
    or (mark.reason or "").startswith("recognition.")
)
"""What is judged at the time of asking, so that old knowledge or a wrong clock makes it unknown."""
