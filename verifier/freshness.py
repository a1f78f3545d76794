# SPDX-License-Identifier: Apache-2.0
"""How old the knowledge is, and what that does to the other checks (docs/format.md §6.2, §6.3).

K is the least `iat` of everything that the verdict rests on: manifest, trust list, the status list
of the certificate, and, for a peer's certificate, the peer's as well. What was so before K is
settled; what happened after it may have changed since.
"""

from typing import Final

from credential.snapshot import Bag
from verifier.facts import Facts, Question
from verifier.marks import FRESHNESS, OF_THE_HOUR, PASS, SOFTENED, STALE, UNKNOWN

STALE_FROM: Final = 86_400  # seconds
TOLERANCE: Final = 300  # seconds by which clocks may differ
_SHAKY: Final = frozenset({UNKNOWN["freshness.expired"], UNKNOWN["freshness.clock"]})


def judge(facts: Facts, asked: Question) -> None:
    """Mark freshness and note K."""
    snapshot, bag, at = facts.snapshot, facts.bag, facts.at
    if snapshot is None or not snapshot.anchored:
        facts.marks[FRESHNESS] = UNKNOWN["freshness.unanchored"]
        return
    home = snapshot.home
    k, is_over = min(home.manifest.iat, home.trust_list.iat), _is_over(home, at)
    if bag is not None and bag is not home:
        k = min(k, bag.manifest.iat, bag.trust_list.iat)
        is_over = is_over or _is_over(bag, at)
    if facts.issuer is not None and facts.carried is not None:
        used = facts.issuer.bag.status_lists.get(facts.carried.claims.status_uri)
        if used is not None:
            k, is_over = min(k, used.iat), is_over or at >= used.exp
    facts.knowledge = k
    t = at if facts.t is None else facts.t
    if at < k - TOLERANCE or t > at + TOLERANCE:
        mark = UNKNOWN["freshness.clock"]
    elif is_over or at - k >= asked.max_age:
        mark = UNKNOWN["freshness.expired"]
    else:
        mark = STALE if at - k >= STALE_FROM else PASS
    facts.marks[FRESHNESS] = mark


def soften(facts: Facts) -> None:
    """Turn into unknown every fail that newer knowledge, or a right clock, could change."""
    marks, k = facts.marks, facts.knowledge
    if k is None:
        return
    is_newer = facts.t is not None and facts.t > k
    if not is_newer and marks[FRESHNESS] not in _SHAKY:
        return
    exp = facts.carried.claims.exp if facts.carried else None
    for index, mark in enumerate(marks):
        if mark not in SOFTENED:
            continue
        expired_for_sure = mark.reason == "dates.expired" and exp is not None and exp <= k
        if is_newer or (mark in OF_THE_HOUR and not expired_for_sure):
            marks[index] = SOFTENED[mark]


def _is_over(bag: Bag, at: int) -> bool:
    """Tell whether a part of this region has reached its end."""
    if at >= bag.manifest.exp or at >= bag.trust_list.exp or at >= bag.root.expires:
        return True
    # A plain loop: this is asked for every verdict.
    for catalogue in bag.catalogues:  # noqa: SIM110
        if at >= catalogue.exp:
            return True
    return False
