# SPDX-License-Identifier: Apache-2.0
"""Decide about one text, offline (docs/format.md §6.2; the numbers here are the steps there).

    (1) carrier      read the text, the certificate, the receipt; whose host it is
    (2) issuer       the region of the host, the body in its trust list
    (3) key          the body's key of that name
    (4) signature    the body's signature
    (5) receipt      the registry's signature over exactly this content; gives the time t
    (6) key          its window and distrust, at t
    (7) standing     the body's standing at t
    (8) scope        kind, occupation, level, district and window of a filing, at t
    (9) dates        issue against t, expiry against the time of asking
    (10) status      revoked, suspended, superseded
    (11) number      the certificate number against what the certificate says
    (12) recognition a peer's certificate: our agreement, at the time of asking
    (13) holder      only when asked: this person's tag
    (14) fitness     only when asked: kind, occupation and level of a demand
    (15) freshness   how old the knowledge is; then what newer knowledge could change is softened

What the caller still owes: a snapshot made with an anchor that people gave, a clock, and a look at
the person.
"""

from datetime import datetime, timedelta
from typing import Final

from credential import carrier
from credential.carrier import Carried
from credential.certificate import Claims
from credential.errors import SealError, UntrustedError
from credential.snapshot import Bag, Snapshot
from verifier import freshness, steps
from verifier.demand import Demand
from verifier.facts import Facts, Issuer, Question, blank
from verifier.marks import (
    CARRIER,
    DATES,
    FAIL,
    FITNESS,
    FRESHNESS,
    HOLDER,
    ISSUER,
    KEY,
    NOT_ASKED,
    NUMBER,
    PASS,
    RECEIPT,
    RECOGNITION,
    SCOPE,
    SIGNATURE,
    STALE,
    STANDING,
    STATUS,
    UNKNOWN,
)
from verifier.verdict import Outcome, Verdict

_ALL_PASSED: Final = [PASS] * RECOGNITION
_PASSED_OR_UNASKED: Final = (PASS, NOT_ASKED)
_FRESH: Final = (PASS, STALE)


def verify(
    text: str,
    snapshot: Snapshot,
    *,
    at: datetime,
    region: str,
    holder: str | tuple[int, str] | None = None,
    demand: Demand | str | None = None,
    max_age: timedelta | None = None,
) -> Verdict:
    """Decide about the text of a code, bare digits, or the text form.

    Total: it never raises, and what it cannot judge is never valid. It opens no file and no socket.

    Args:
        text: What was scanned, without a line end.
        snapshot: What is known, checked once by `Snapshot.from_bytes` against an anchor.
        at: The time of asking, with a zone.
        region: Where the certificate is to be used, six digits.
        holder: A tag computed for this person and this name, or (type, number) of a document.
        demand: What the job demands, or `KIND/SCHEME:CODE/LEVEL`.
        max_age: Refuse to decide on knowledge of this age; 7 days at most.
    """
    try:
        return _judge(text, snapshot, Question.of(at, region, holder, demand, max_age))
    except Exception:  # noqa: BLE001 # the edge: a fault of this program is never a pass
        facts = Facts(None, 0, blank(holder, demand))
        facts.marks[FRESHNESS] = UNKNOWN["internal"]
        return _conclude(facts)


def _judge(text: str, snapshot: Snapshot, asked: Question) -> Verdict:
    facts = _identify(text, snapshot, asked)
    carried = facts.carried
    if carried is not None and facts.bag is not None:
        _register(facts, carried, facts.bag)  # (5)
    if carried is not None and facts.issuer is not None:
        _judge_claims(facts, carried.claims, facts.issuer, snapshot, asked)  # (6) to (14)
    freshness.judge(facts, asked)  # (15)
    freshness.soften(facts)
    return _conclude(facts)


def _identify(text: str, snapshot: Snapshot, asked: Question) -> Facts:
    """Take (1) to (4); bare digits are tried under each host until a signature holds."""
    try:
        if text.isdecimal() and text.isascii():
            readings = carrier.candidates(text, steps.hosts(snapshot))
        else:
            readings = [carrier.decode(text)]
    except SealError as error:
        facts = Facts(snapshot, asked.at, blank(asked.holder, asked.demand))
        facts.marks[CARRIER] = FAIL[error.code]
        return facts
    first: Facts | None = None
    for carried in readings:
        facts = Facts(snapshot, asked.at, blank(asked.holder, asked.demand), carried)
        if _authenticate(facts, carried, snapshot):
            return facts
        first = first or facts
    return first or facts


def _authenticate(facts: Facts, carried: Carried, snapshot: Snapshot) -> bool:
    marks, claims = facts.marks, carried.claims
    bag = snapshot.bag_of_host(claims.host)
    # (1) whose host
    if not steps.is_at_home(carried, bag, snapshot):
        marks[CARRIER] = FAIL["carrier.origin"]
        facts.carried = None
        return False
    marks[CARRIER] = PASS
    if not snapshot.anchored:
        return False
    # (2) issuer
    if bag is None:
        marks[ISSUER] = UNKNOWN["issuer.unknown"]
        return False
    facts.bag = bag  # enough to judge the receipt by, which gives the time
    body = bag.trust_list.body(claims.body_code)
    if body is None:
        marks[ISSUER] = FAIL["issuer.not_filed"]
        return False
    marks[ISSUER] = PASS
    # (3) key
    record = body.key(carried.unverified.kid, "certificate")
    if record is None:
        marks[KEY] = FAIL["key.unknown"]
        return False
    marks[KEY] = PASS
    # (4) signature
    try:
        carried.unverified.verify(record.key)
    except UntrustedError as error:
        unsupported = error.code == "signature.unsupported"
        marks[SIGNATURE] = UNKNOWN[error.code] if unsupported else FAIL[error.code]
        return False
    marks[SIGNATURE] = PASS
    facts.issuer = Issuer(bag, body, record)
    return True


def _register(facts: Facts, carried: Carried, bag: Bag) -> None:
    mark = facts.marks[RECEIPT] = steps.receipt(carried, bag)
    if mark is PASS and carried.receipt_claims is not None:
        facts.t = carried.receipt_claims.t


def _judge_claims(
    facts: Facts, claims: Claims, issuer: Issuer, snapshot: Snapshot, asked: Question
) -> None:
    marks, t, bag, body = facts.marks, facts.t, issuer.bag, issuer.body
    accepted = None
    if t is not None:
        marks[KEY] = steps.key_at(issuer.record, t)  # (6)
        marks[STANDING], marks[SCOPE], found = steps.standing_and_scope(claims, body, t, bag)
        facts.filing = None if found.reason else found.document  # (7), (8)
        marks[DATES] = steps.dates(claims, t, asked.at, body)  # (9)
    marks[STATUS] = steps.status(claims, bag)  # (10)
    marks[NUMBER] = steps.number(claims, body, bag)  # (11)
    if t is not None:
        marks[RECOGNITION], accepted = steps.recognised(claims, t, bag, snapshot, asked)  # (12)
    if accepted is not None and accepted.agreement is not None:
        facts.agreement = accepted.agreement.document
    if asked.holder is not None:
        marks[HOLDER] = steps.belongs(claims, asked.holder)  # (13)
    if asked.demand is not None and (accepted is not None or bag is snapshot.home):
        marks[FITNESS] = steps.fitness(claims, asked.demand, accepted, snapshot.home)  # (14)


def _conclude(facts: Facts) -> Verdict:
    marks = facts.marks
    if (
        marks[FRESHNESS] in _FRESH
        and marks[:RECOGNITION] == _ALL_PASSED
        and marks[RECOGNITION] in _PASSED_OR_UNASKED
        and marks[HOLDER] in _PASSED_OR_UNASKED
        and marks[FITNESS] in _PASSED_OR_UNASKED
    ):
        return Verdict(Outcome.VALID, marks[FRESHNESS].reason or "ok", facts)
    outcomes = [outcome for outcome, _ in marks]
    if "fail" in outcomes:
        return Verdict(Outcome.INVALID, str(marks[outcomes.index("fail")].reason), facts)
    if "unknown" in outcomes:
        reason = str(marks[outcomes.index("unknown")].reason)
        return Verdict(Outcome.INDETERMINATE, reason, facts)
    # No check said no, but one was not taken: that is a fault of this program, not a pass.
    marks[FRESHNESS] = UNKNOWN["internal"]
    return Verdict(Outcome.INDETERMINATE, "internal", facts)
