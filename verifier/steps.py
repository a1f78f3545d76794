# SPDX-License-Identifier: Apache-2.0
"""The checks one by one: each looks at what it is given and returns its mark.

Numbers in brackets are the steps of docs/format.md §6.2. `verifier.verify` decides which are taken.
"""

from typing import Final

from credential import catalogue, certificate_number, holder, levels, recognition, scope
from credential.body import DEFAULT_DELAY, Body
from credential.carrier import Carried
from credential.certificate import Claims
from credential.errors import MalformedError, UntrustedError
from credential.key_record import KeyRecord
from credential.members import inside
from credential.recognition import Judged
from credential.scope import Finding
from credential.snapshot import Bag, Snapshot
from verifier.demand import Demand
from verifier.facts import Question
from verifier.freshness import TOLERANCE
from verifier.marks import FAIL, NOT_ASKED, PASS, UNKNOWN, Mark

_STATUS: Final = (
    *(PASS, FAIL["status.revoked"], FAIL["status.suspended"], FAIL["status.superseded"]),
)


def hosts(snapshot: Snapshot) -> tuple[str, ...]:
    """Return every host of the roots: ours first, then the peers' by region code."""
    bags = (snapshot.home, *(snapshot.peers[region] for region in sorted(snapshot.peers)))
    return tuple(host for bag in bags for host in bag.root.hosts)


def is_at_home(carried: Carried, bag: Bag | None, snapshot: Snapshot) -> bool:
    """(1) Tell whether the text may carry a certificate of this host."""
    if carried.host is None or carried.host == carried.claims.host:
        return True
    # A registry that was renamed: an old code, printed for another of its own hosts.
    return not carried.inside and bag is not None and snapshot.bag_of_host(carried.host) is bag


def receipt(carried: Carried, bag: Bag) -> Mark:
    """(5) Judge the registry's receipt, and that it is for exactly this content."""
    counter, stamp = carried.receipt_unverified, carried.receipt_claims
    if counter is None or stamp is None:
        return FAIL["receipt.missing"]
    if carried.host is None and (
        # In a code the receipt says nothing of its own about either: it is rebuilt from both.
        stamp.host != carried.claims.host or stamp.digest != carried.unverified.digest
    ):
        return FAIL["receipt.mismatch"]
    record = bag.root.key("receipt", counter.kid)
    if record is None or not record.holds(stamp.t):
        return FAIL["receipt.invalid"]
    try:
        counter.verify(record.key)
    except UntrustedError:
        return FAIL["receipt.invalid"]
    if record.distrusted and not bag.is_survivor(stamp.epoch, counter.signature):
        return FAIL["receipt.distrusted"]
    return PASS


def key_at(record: KeyRecord, t: int) -> Mark:
    """(6) Judge the body's key at the time of the receipt."""
    if record.distrusted_after is not None and t >= record.distrusted_after:
        return FAIL["key.distrusted"]
    return PASS if record.holds(t) else FAIL["key.not_valid_then"]


def standing_and_scope(claims: Claims, body: Body, t: int, bag: Bag) -> tuple[Mark, Mark, Finding]:
    """(7), (8) Judge what the body could issue when the receipt was made.

    Returns:
        The marks of both, and what was found about the scope.
    """
    stood = scope.standing_at(body, t)
    found = scope.scope_of(
        body,
        claims.kind,
        claims.occupation_code,
        claims.level,
        claims.region,
        t,
        bag.root.region,
    )
    # A filing that was annulled never covered anything: that is about the body, not its limits.
    reason = "standing.void" if found.void else stood.reason
    return (
        PASS if reason is None else FAIL[reason],
        PASS if found.reason is None else FAIL[found.reason],
        found,
    )


def dates(claims: Claims, t: int, at: int, body: Body) -> Mark:
    """(9) Judge the date of issue against the receipt, and the expiry against the asking."""
    if claims.iat > t + TOLERANCE:
        return FAIL["dates.not_yet"]
    if t - claims.iat > (DEFAULT_DELAY if body.max_delay is None else body.max_delay):
        return FAIL["dates.backdated"]
    if claims.exp is not None and claims.exp <= at:
        return FAIL["dates.expired"]
    return PASS


def status(claims: Claims, bag: Bag) -> Mark:
    """(10) Look the certificate up in its status list."""
    listed = bag.status_lists.get(claims.status_uri)
    value = None if listed is None else listed.status(claims.status_index)
    return UNKNOWN["status.unknown"] if value is None else _STATUS[value]


def number(claims: Claims, body: Body, bag: Bag) -> Mark:
    """(11) Compare the certificate number with the certificate."""
    catalogues = bag.catalogues
    if len(catalogues) == 1:  # as nearly everywhere, and this is asked for every verdict
        rules = catalogues[0].numbers
    else:
        rules = tuple(rule for each in catalogues for rule in each.numbers)
    found = certificate_number.check(
        rules,
        claims.kind,
        claims.certificate_number,
        claims.level,
        certificate_number.year_of(claims.iat),
        body.prefix,
    )
    return PASS if found.consistent else FAIL["number.inconsistent"]


def recognised(
    claims: Claims, t: int, bag: Bag, snapshot: Snapshot, asked: Question
) -> tuple[Mark, Judged | None]:
    """(12) Judge whether the asker's region recognises the certificate.

    Returns:
        The mark, and the agreement that recognises it.
    """
    if not inside(asked.region, snapshot.home.root.region):
        return UNKNOWN["recognition.unknown"], None
    if bag is snapshot.home:
        return NOT_ASKED, None
    found = recognition.judge(
        snapshot.home.trust_list.agreements(bag.root.region),
        claims.kind,
        claims.occupation_code,
        claims.level,
        t,
        asked.at,
    )
    return (PASS, found) if found.reason is None else (FAIL[found.reason], None)


def belongs(claims: Claims, person: str | tuple[int, str]) -> Mark:
    """(13) Compare the holder's tag with this person's."""
    if isinstance(person, str):
        if not holder.is_tag(person):
            return FAIL["holder.malformed"]
        tag = person
    else:
        try:
            tag = holder.tag(*person, claims.name)
        except MalformedError:
            return FAIL["holder.malformed"]
    if claims.holder_tag is None:
        return UNKNOWN["holder.absent"]
    return PASS if claims.holder_tag == tag else FAIL["holder.mismatch"]


def fitness(claims: Claims, demand: Demand, accepted: Judged | None, home: Bag) -> Mark:
    """(14) Compare with the demand, in our words.

    Args:
        claims: Of the certificate.
        demand: What is demanded.
        accepted: The agreement that recognises it; None at home.
        home: Our region, whose catalogue says what counts for what.
    """
    if claims.kind != demand.kind:
        return FAIL["fitness.kind"]
    ours: tuple[str, ...] = (claims.occupation_code,)
    if accepted is not None and accepted.term is not None:
        ours = accepted.term.ours(claims.occupation_code)
    if not any(catalogue.satisfies(home.catalogues, one, demand.occupation) for one in ours):
        return FAIL["fitness.occupation"]
    if demand.level is None:
        return PASS
    enough = claims.level is not None and levels.at_least(claims.level, demand.level)
    return PASS if enough else FAIL["fitness.level"]
