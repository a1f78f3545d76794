# SPDX-License-Identifier: Apache-2.0
"""How old the knowledge is, and what that does to the other checks (docs/format.md §6.2, §6.3)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from credential.filing import Grant, Standing
from credential.recognition import Term
from tests.verifier.asking import ask, marks, reasons
from tests.verifier.world import (
    DAY,
    FILING,
    HOUR,
    NOW,
    START,
    K,
    Region,
    T,
    agreement,
    body,
    body_key,
    jiangsu,
    key,
    record,
    shanghai,
)
from verifier import Verdict, verify

HOME = shanghai()
LIFTING: dict[str, Any] = {
    "kind": "special_operation",
    "level": None,
    "certificate_number": "沪A012026000001",
    "occupation_code": "gbm2022:01",
}


def at(region: Region, seconds: int, **asked: Any) -> str:
    """Return the reason at a time."""
    return ask(region, HOME.issue(), at=seconds, **asked).reason


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [
        (K - 301, "freshness.clock"),
        (K - 300, "ok"),
        (K, "ok"),
        (K + DAY - 1, "ok"),
        (K + DAY, "freshness.stale"),
        (K + DAY + 1, "freshness.stale"),
        (K + 7 * DAY - 1, "freshness.stale"),
        (K + 7 * DAY, "freshness.expired"),
        (K + 7 * DAY + 1, "freshness.expired"),
        (K + 3_000 * DAY, "freshness.expired"),
    ],
)
def test_knowledge_ages(seconds: int, reason: str) -> None:
    assert at(HOME, seconds) == reason


def test_stale_knowledge_is_valid_and_says_so() -> None:
    verdict = ask(HOME, HOME.issue(), at=K + DAY)
    assert verdict
    assert marks(verdict) == "PPPPPPPPPPNNNP"
    assert reasons(verdict) == ["freshness.stale"]
    assert verdict.age_seconds == DAY


@pytest.mark.parametrize("step", [-1, 0, 1])
@pytest.mark.parametrize(
    "region",
    [
        shanghai(exp=K + 2 * HOUR, status_exp=K + 7 * DAY),
        shanghai(status_exp=K + 2 * HOUR),
        shanghai(catalogue_exp=K + 2 * HOUR),
        shanghai(root_expires=K + 2 * HOUR),
    ],
    ids=["manifest and trust list", "status list", "catalogue", "root"],
)
def test_the_least_end_counts(region: Region, step: int) -> None:
    reason = "ok" if step < 0 else "freshness.expired"
    assert ask(region, HOME.issue(), at=K + 2 * HOUR + step).reason == reason


@pytest.mark.parametrize("step", [-1, 0, 1])
@pytest.mark.parametrize("hours", [1, 48])
def test_a_stricter_age_can_be_demanded(hours: int, step: int) -> None:
    reason = "freshness.expired" if step >= 0 else "ok" if hours == 1 else "freshness.stale"
    asked = {"max_age": timedelta(hours=hours)}
    assert at(HOME, K + hours * HOUR + step, **asked) == reason


def test_a_laxer_age_cannot_be_demanded() -> None:
    assert at(HOME, K + 7 * DAY, max_age=timedelta(days=30)) == "freshness.expired"


@pytest.mark.parametrize("step", [-1, 0, 1])
def test_a_receipt_from_the_future_is_a_wrong_clock(step: int) -> None:
    region = shanghai(iat=NOW)
    verdict = ask(region, HOME.issue(t=NOW + 300 + step), at=NOW)
    assert verdict.reason == ("freshness.clock" if step > 0 else "ok")


@pytest.mark.parametrize("offset", [HOUR, DAY, 7 * DAY, 365 * DAY, K - START, K])
def test_a_clock_set_back_revives_nothing(offset: int) -> None:
    # What expired before K stays expired; nothing else is decided.
    region = shanghai(bodies=(body(HOME.host, filings=(special(),)),))
    expired = HOME.issue(**LIFTING, exp=K)
    assert ask(region, expired, at=NOW).reason == "dates.expired"
    verdict = ask(region, expired, at=NOW - HOUR - offset)
    assert not verdict
    assert "freshness.clock" in reasons(verdict)


@pytest.mark.parametrize("offset", [30 * DAY, 10 * 365 * DAY, 2**31])
def test_a_clock_years_ahead_decides_nothing(offset: int) -> None:
    # Everything looks expired: that is no verdict about the certificate.
    region = shanghai(bodies=(body(HOME.host, filings=(special(),)),))
    verdict = ask(region, HOME.issue(**LIFTING, exp=NOW + DAY), at=NOW + offset)
    assert verdict.outcome == "INDETERMINATE"
    assert verdict.reason == "dates.expired"
    assert reasons(verdict) == ["dates.expired", "freshness.expired"]


def special() -> Any:
    """File special operations, which expire."""
    return FILING._replace(grants=(Grant("special_operation", ("gbm2022:01",), ()),))


@pytest.mark.parametrize(
    ("iat", "list_iat", "status_iat"),
    [(K, K + 50, K + 50), (K + 50, K, K + 50), (K + 50, K + 50, K)],
)
def test_knowledge_is_as_old_as_its_oldest_part(iat: int, list_iat: int, status_iat: int) -> None:
    region = shanghai(iat=iat, list_iat=list_iat, status_iat=status_iat)
    verdict = ask(region, HOME.issue())
    assert verdict.facts.knowledge == K
    assert verdict.knowledge == "2026-11-18T10:06:40Z"
    assert verdict.age_seconds == NOW - K


@pytest.mark.parametrize("change", ["iat", "list_iat", "status_iat"])
def test_of_a_peers_certificate_the_peers_parts_count_too(change: str) -> None:
    peer = jiangsu(iat=K, exp=K + 6 * DAY)
    setattr(peer, change, K - 50)
    region = shanghai(peer)
    assert ask(region, peer.issue()).facts.knowledge == K - 50
    assert ask(region, HOME.issue()).facts.knowledge == K


def test_a_peers_old_parts_spoil_the_peers_certificates_alone() -> None:
    peer = jiangsu(iat=K - 3 * DAY, exp=NOW)
    region = shanghai(peer)
    assert ask(region, peer.issue()).reason == "freshness.expired"
    assert ask(region, HOME.issue()).reason == "ok"


def test_the_status_list_counts_only_where_it_was_used() -> None:
    region = shanghai(status_iat=K - 50, status_exp=K + 6 * DAY)
    assert ask(region, "weixin://x").facts.knowledge == K
    assert ask(region, HOME.issue(1)).facts.knowledge == K
    elsewhere = HOME.issue(status_uri=f"{HOME.iss}/status/2")
    assert ask(region, elsewhere).facts.knowledge == K
    assert ask(region, HOME.issue()).facts.knowledge == K - 50


@pytest.mark.parametrize("text", ["weixin://x", "eyJ~\n"])
def test_freshness_is_judged_even_where_nothing_else_is(text: str) -> None:
    verdict = ask(HOME, text, at=K + 7 * DAY)
    assert marks(verdict) == "FSSSSSSSSSSNNU"
    assert verdict.outcome == "INVALID"


def stood(*entries: tuple[int, str]) -> Region:
    standing = tuple(Standing(start, state, "函") for start, state in entries)
    return shanghai(bodies=(body(HOME.host, standing=standing),))


def keyed(**changes: Any) -> Region:
    return shanghai(bodies=(body(HOME.host, keys=(record(body_key(HOME.host), **changes),)),))


def filed(**changes: Any) -> Region:
    return shanghai(bodies=(body(HOME.host, filings=(FILING._replace(**changes),)),))


def about_peer(t: int, **changes: Any) -> Verdict:
    return ask(shanghai(jiangsu(), recognitions=(agreement(**changes),)), jiangsu().issue(t=t))


# What is asked with a receipt of time t, and how the fail and the unknown are called.
SOFT: dict[str, tuple[Any, str, str]] = {
    "not filed": (lambda t: ask(HOME, HOME.issue(1, t=t)), "issuer.not_filed", "issuer.not_filed"),
    "no such key": (
        lambda t: ask(HOME, HOME.issue(t=t, by=key("certificate", "x"))),
        "key.unknown",
        "key.unknown",
    ),
    "key ended": (
        lambda t: ask(keyed(end=t), HOME.issue(t=t)),
        "key.not_valid_then",
        "key.unknown",
    ),
    "suspended": (
        lambda t: ask(stood((START, "active"), (t, "suspended")), HOME.issue(t=t)),
        "standing.suspended",
        "standing.unknown",
    ),
    "removed": (
        lambda t: ask(stood((START, "active"), (t, "removed")), HOME.issue(t=t)),
        "standing.removed",
        "standing.unknown",
    ),
    "kind": (lambda t: ask(filed(grants=()), HOME.issue(t=t)), "scope.kind", "scope.unknown"),
    "occupation": (
        lambda t: ask(HOME, HOME.issue(t=t, occupation_code="lyg2020:1")),
        "scope.occupation",
        "scope.unknown",
    ),
    "level": (
        lambda t: ask(
            HOME, HOME.issue(t=t, level="2", certificate_number="Y000031000101262000001")
        ),
        "scope.level",
        "scope.unknown",
    ),
    "district": (
        lambda t: ask(HOME, HOME.issue(t=t, region="310117")),
        "scope.district",
        "scope.unknown",
    ),
    "filing ended": (
        lambda t: ask(filed(end=t), HOME.issue(t=t)),
        "scope.expired",
        "scope.unknown",
    ),
    "expired": (
        lambda t: ask(
            shanghai(bodies=(body(HOME.host, filings=(special(),)),)),
            HOME.issue(t=t, **LIFTING, exp=NOW),
        ),
        "dates.expired",
        "dates.expired",
    ),
    "status": (
        lambda t: ask(shanghai(statuses={70_031: 2}), HOME.issue(t=t)),
        "status.suspended",
        "status.unknown",
    ),
    "no agreement": (
        lambda t: about_peer(t, region="330000"),
        "recognition.none",
        "recognition.unknown",
    ),
    "agreement: kind": (
        lambda t: about_peer(t, terms=()),
        "recognition.kind",
        "recognition.unknown",
    ),
    "agreement: occupation": (
        lambda t: about_peer(t, terms=(Term("skill_level", (), ("3",)),)),
        "recognition.occupation",
        "recognition.unknown",
    ),
    "agreement: level": (
        lambda t: about_peer(t, terms=(Term("skill_level", None, ("5",)),)),
        "recognition.level",
        "recognition.unknown",
    ),
    "agreement ended": (
        lambda t: about_peer(t, end=NOW, existing="drop"),
        "recognition.expired",
        "recognition.unknown",
    ),
}

HARD: dict[str, tuple[Any, str]] = {
    "distrusted key": (lambda t: ask(keyed(distrusted_after=t), HOME.issue(t=t)), "key.distrusted"),
    "annulled body": (
        lambda t: ask(shanghai(bodies=(body(HOME.host, void="撤"),)), HOME.issue(t=t)),
        "standing.void",
    ),
    "revoked": (
        lambda t: ask(shanghai(statuses={70_031: 1}), HOME.issue(t=t)),
        "status.revoked",
    ),
    "superseded": (
        lambda t: ask(shanghai(statuses={70_031: 3}), HOME.issue(t=t)),
        "status.superseded",
    ),
    "number": (
        lambda t: ask(HOME, HOME.issue(t=t, certificate_number="1")),
        "number.inconsistent",
    ),
    "not yet": (lambda t: ask(HOME, HOME.issue(t=t, iat=t + 301)), "dates.not_yet"),
    "back-dated": (lambda t: ask(HOME, HOME.issue(t=t, iat=t - 31 * DAY)), "dates.backdated"),
    "holder": (
        lambda t: ask(HOME, HOME.issue(t=t, holder_tag="AAAA"), holder="AAAB"),
        "holder.mismatch",
    ),
    "fitness": (
        lambda t: ask(HOME, HOME.issue(t=t), demand="skill_level/lyg2020:1/"),
        "fitness.occupation",
    ),
    "receipt": (lambda t: ask(HOME, HOME.issue(t=t, epoch=4)), "receipt.invalid"),
}


@pytest.mark.parametrize("name", SOFT)
@pytest.mark.parametrize("step", [-1, 0, 1])
def test_a_fail_about_what_is_newer_than_the_knowledge_is_unknown(name: str, step: int) -> None:
    asked, fail, unknown = SOFT[name]
    verdict = asked(K + step)
    if step <= 0:
        assert (verdict.outcome, verdict.reason) == ("INVALID", fail)
    else:
        assert (verdict.outcome, verdict.reason) == ("INDETERMINATE", unknown)


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("step", [-1, 0, 1])
def test_other_fails_stay_fails(name: str, step: int) -> None:
    asked, fail = HARD[name]
    verdict = asked(K + step)
    assert (verdict.outcome, verdict.reason) == ("INVALID", fail)


def test_no_time_softens_where_no_receipt_held() -> None:
    # The time of a receipt that does not hold is anybody's.
    verdict = ask(HOME, HOME.issue(1, t=K + 1, epoch=4))
    assert (verdict.outcome, verdict.reason) == ("INVALID", "issuer.not_filed")


RECOGNITION = [name for name, (_, fail, _) in SOFT.items() if fail.startswith("recognition.")]
TOO_OLD, TOO_EARLY = K + 8 * DAY, K - HOUR


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        *((name, TOO_OLD) for name in (*RECOGNITION, "status", "expired")),
        # By a clock that is behind nothing has ended yet.
        *((name, TOO_EARLY) for name in (*RECOGNITION, "status") if name != "agreement ended"),
    ],
)
def test_old_knowledge_or_a_wrong_clock_decides_nothing_about_today(
    name: str, moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, _, unknown = SOFT[name]
    monkeypatch.setattr("tests.verifier.asking.NOW", moment)
    verdict = asked(T)
    assert (verdict.outcome, verdict.reason) == ("INDETERMINATE", unknown)


@pytest.mark.parametrize("moment", [TOO_OLD, TOO_EARLY])
@pytest.mark.parametrize("name", sorted(SOFT.keys() - {*RECOGNITION, "status", "expired"}))
def test_old_knowledge_still_decides_about_the_past(
    name: str, moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, fail, _ = SOFT[name]
    monkeypatch.setattr("tests.verifier.asking.NOW", moment)
    verdict = asked(T)
    assert (verdict.outcome, verdict.reason) == ("INVALID", fail)


@pytest.mark.parametrize(("exp", "outcome"), [(K, "INVALID"), (K + 1, "INDETERMINATE")])
def test_what_expired_before_the_knowledge_has_expired_for_sure(exp: int, outcome: str) -> None:
    region = shanghai(bodies=(body(HOME.host, filings=(special(),)),))
    verdict = ask(region, HOME.issue(**LIFTING, exp=exp), at=K + 8 * DAY)
    assert (verdict.outcome, verdict.reason) == (outcome, "dates.expired")


def test_a_time_without_a_zone_is_no_time() -> None:
    naive = datetime(2026, 11, 18)  # noqa: DTZ001 # the mistake that is tested
    verdict = verify(HOME.issue().code, HOME.snapshot(), at=naive, region="310115")
    assert (verdict.outcome, verdict.reason) == ("INDETERMINATE", "internal")
