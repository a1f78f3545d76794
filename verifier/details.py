# SPDX-License-Identifier: Apache-2.0
"""The particulars behind a mark, for people: dates, numbers, what has changed since.

Made only when somebody looks. They are not part of the verdict and are never compared.
"""

from datetime import UTC, datetime

from credential.body import Body
from credential.certificate import Claims
from verifier.facts import Facts, Issuer
from verifier.marks import (
    DATES,
    FRESHNESS,
    ISSUER,
    KEY,
    RECEIPT,
    RECOGNITION,
    SCOPE,
    STANDING,
    STATUS,
)


def iso(seconds: int) -> str:
    """Write a time as ISO 8601, UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def standing_now(body: Body, at: int) -> str:
    """Name a body's standing at a time: a state, `void`, or `none` before its first entry."""
    if body.void is not None:
        return "void"
    return next((entry.state for entry in reversed(body.standing) if entry.start <= at), "none")


def of(facts: Facts, check: int) -> str | None:
    """Give the particulars of one check, or None where there is nothing to add."""
    if check == FRESHNESS:
        return None if facts.knowledge is None else f"knowledge of {iso(facts.knowledge)}"
    if check == RECEIPT:
        return _receipt(facts)
    if facts.issuer is None or facts.claims is None:
        return None
    return _of_claims(facts, facts.claims, facts.issuer, check)


def _receipt(facts: Facts) -> str | None:
    stamp = facts.carried.receipt_claims if facts.carried else None
    if facts.t is None or stamp is None:
        return None
    return f"registered {iso(facts.t)}, log index {stamp.log_index}, epoch {stamp.epoch}"


def _of_claims(facts: Facts, claims: Claims, issuer: Issuer, check: int) -> str | None:
    if check == ISSUER:
        return issuer.body.name
    if check == KEY:
        return f"{issuer.record.key.alg} {issuer.record.kid}"
    if check == STANDING:
        return f"today {standing_now(issuer.body, facts.at)}"
    if check == SCOPE:
        return facts.filing
    if check == DATES:
        end = "" if claims.exp is None else f", expires {iso(claims.exp)}"
        return f"issued {iso(claims.iat)}{end}"
    if check == STATUS:
        return f"{claims.status_uri} {claims.status_index}"
    return facts.agreement if check == RECOGNITION else None
