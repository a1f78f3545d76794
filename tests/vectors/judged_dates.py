# SPDX-License-Identifier: Apache-2.0
"""Verdicts about standing, scope, dates, status, number (docs/format.md §6.2 steps 7 to 11)."""

from collections.abc import Iterator
from typing import Any

from tests.vectors.asking import ask
from tests.vectors.case import Case
from tests.vectors.world import (
    AT,
    BEGIN,
    DAY,
    FILINGS,
    ISSUED,
    KEYS,
    PUBLISHED,
    RECEIVED,
    REMOVED,
    SUSPENDED,
    VOID,
    body,
    body_key,
    usual,
)

_HOME = usual()
_AFTER = PUBLISHED + 1
_SPECIAL: dict[str, Any] = {
    "kind": "special_operation",
    "level": None,
    "certificate_number": "沪A012026000001",
}


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield from _standing()
    yield from _scope()
    yield from _dates()
    yield from _status()
    yield from _numbers()


def _by(number: int, t: int, label: str = "", **changes: Any) -> str:
    changes = {"iat": t, **_HOME.of(body(number), body_key(number, label)), **changes}
    return _HOME.text(t, **changes)


def _standing() -> Iterator[Case]:
    suspended, removed = "INVALID standing.suspended", "INVALID standing.removed"
    void = "INVALID standing.void"

    def case(name: str, number: int, t: int, verdict: str, comment: str, source: str = "") -> Case:
        source = f"§6.2 step 7{source}"
        return ask(f"standing/{name}", _by(number, t), verdict, comment, source, shown=True)

    comment = "each entry is in force from its first second to the next"
    for name, t, verdict in (
        ("suspended-before", ISSUED - 1, "VALID"),
        ("suspended", ISSUED, suspended),
        ("suspended-last", ISSUED + 599, suspended),
        ("active-again", ISSUED + 600, "VALID"),
        ("rectifying", ISSUED + 1_200, "VALID"),
        ("rectifying-may-not-issue", ISSUED + 1_800, suspended),
    ):
        yield case(name, SUSPENDED, t, verdict, comment)
    yield case("no-entry-yet", REMOVED, BEGIN + 30 * DAY - 1, removed, "nothing before the first")
    yield case("first-entry", REMOVED, BEGIN + 30 * DAY, "VALID", "from its first second")
    yield case("removed-before", REMOVED, ISSUED - 1, "VALID", "what was issued before stays")
    yield case("removed", REMOVED, ISSUED, removed, "for good")
    yield case("void", VOID, RECEIVED, void, "the body was annulled: nothing it issued counts")
    comment = "registered after the list was signed: it may stand otherwise now"
    weak = "INDETERMINATE standing.unknown"
    yield case("suspended-at-k", SUSPENDED, PUBLISHED, suspended, comment, ", §6.3")
    yield case("suspended-after-k", SUSPENDED, _AFTER, weak, comment, ", §6.3")
    yield case("removed-at-k", REMOVED, PUBLISHED, removed, comment, ", §6.3")
    yield case("removed-after-k", REMOVED, _AFTER, weak, comment, ", §6.3")
    yield case("void-after-k", VOID, _AFTER, void, "annulment is never softened", ", §6.3")


def _scope() -> Iterator[Case]:
    def case(
        name: str, reason: str, comment: str, number: int = 0, t: int = RECEIVED, **changes: Any
    ) -> Case:
        verdict = f"INVALID {reason}" if reason else "VALID"
        text = _by(number, t, **changes)
        return ask(f"scope/{name}", text, verdict, comment, "§6.2 step 8", shown=True)

    yield case("kind", "scope.kind", "no filing has this kind",
               kind="safety_competency", level=None)  # fmt: skip
    yield case("occupation", "scope.occupation", "no grant of this kind has it",
               occupation_code="lyg2020:99")  # fmt: skip
    yield case("occupation-other-scheme", "scope.occupation", "a code with another dictionary",
               occupation_code="gbm2022:39")  # fmt: skip
    yield case("level", "scope.level", "above what is granted", level="chief",
               certificate_number="Y00003100010126S000001")  # fmt: skip
    yield case("level-absent", "scope.level", "[] is for a certificate without level, no other",
               number=FILINGS, kind="industry_skill", level=None,
               certificate_number="X1")  # fmt: skip
    yield case("district", "scope.district", "another district", region="310104")
    yield case("district-wider", "scope.district", "a district does not speak for the city",
               region="310000")  # fmt: skip
    yield case("district-of-the-city", "", "a filing for the city is for each district",
               REMOVED, t=ISSUED - 1, region="310104")  # fmt: skip
    yield case("outside-the-root", "scope.district", "filed for it, but not this registry's",
               FILINGS, region="320115", level="5", occupation_code="lyg2020:62",
               certificate_number="Y000031000101265000001")  # fmt: skip
    number5 = "Y000031000101265000001"
    yield case("inside-the-root", "", "the same filing, its other district", FILINGS,
               region="310104", level="5", certificate_number=number5,
               occupation_code="lyg2020:62")  # fmt: skip
    yield case("two-grants", "scope.level", "occupation of one grant and level of another",
               FILINGS, region="310104", level="3", occupation_code="lyg2020:62")  # fmt: skip
    yield case("before-its-end", "", "the window is half-open", FILINGS, t=ISSUED - 1)
    yield case("expired", "scope.expired", "the window is half-open", FILINGS, t=ISSUED)
    comment = "from its first second"
    begin = ISSUED + 1_200
    for name, t, reason in (("not-begun", begin - 1, "scope.expired"), ("begins", begin, "")):
        yield case(name, reason, comment, FILINGS, t=t, occupation_code="lyg2020:99")
    comment = "of several filings the one that came furthest says why"
    yield case("furthest", "scope.expired", comment, FILINGS, t=ISSUED + 1, region="310104")
    yield case("void-filing", "standing.void", "covered only by a filing that was annulled",
               FILINGS, occupation_code="lyg2020:60")  # fmt: skip
    comment = "registered after the list was signed: more may have been filed"
    for name, changes in (
        ("kind", {"kind": "safety_competency", "level": None}),
        ("occupation", {"occupation_code": "lyg2020:99"}),
        ("level", {"level": "chief", "certificate_number": "Y00003100010126S000001"}),
        ("district", {"region": "310104"}),
    ):
        yield case(f"{name}-at-k", f"scope.{name}", comment, t=PUBLISHED, **changes)
        yield ask(f"scope/{name}-after-k", _by(0, _AFTER, **changes), "INDETERMINATE scope.unknown",
                  comment, "§6.3", shown=True)  # fmt: skip
    yield ask("scope/expired-after-k", _by(FILINGS, _AFTER), "INDETERMINATE scope.unknown",
              comment, "§6.3")  # fmt: skip
    yield ask("scope/void-filing-after-k", _by(FILINGS, _AFTER, occupation_code="lyg2020:60"),
              "INVALID standing.void", "annulment is never softened, scope is", "§6.3",
              marks={"scope": "unknown scope.unknown"})  # fmt: skip


def _dates() -> Iterator[Case]:
    def case(name: str, text: str, reason: str, comment: str, **more: Any) -> Case:
        verdict = f"INVALID {reason}" if reason else "VALID"
        verdict = str(more.pop("verdict", verdict))
        source = str(more.pop("source", "§6.2 step 9"))
        return ask(f"dates/{name}", text, verdict, comment, source, shown=True, **more)

    for name, iat, reason in (
        ("issued-300-after", RECEIVED + 300, ""),
        ("issued-301-after", RECEIVED + 301, "dates.not_yet"),
    ):
        text = _HOME.text(iat=iat)
        yield case(name, text, reason, "clocks may differ by 300 s, no more")
    delay = 2_592_000
    for name, iat, reason in (
        ("registered-after-30-days", RECEIVED - delay, ""),
        ("registered-later", RECEIVED - delay - 1, "dates.backdated"),
    ):
        yield case(name, _HOME.text(iat=iat), reason, "30 days where the list says nothing")
    for name, iat, reason in (
        ("max-delay", RECEIVED - 3_600, ""),
        ("max-delay-and-one", RECEIVED - 3_601, "dates.backdated"),
    ):
        text = _by(KEYS, RECEIVED, "/next", iat=iat)
        yield case(name, text, reason, "the body has an hour only")
    comment = "over from its own second on"
    for name, exp, reason in (
        ("exp-later", AT + 1, ""),
        ("exp-now", AT, "dates.expired"),
        ("exp-before", AT - 1, "dates.expired"),
    ):
        text = _HOME.text(**{**_SPECIAL, "exp": exp})
        yield case(name, text, reason, comment)
    comment = "registered after the list was signed"
    text = _by(0, _AFTER, **_SPECIAL, exp=AT)
    yield case("exp-after-k", text, "", comment, verdict="INDETERMINATE dates.expired",
               source="§6.3")  # fmt: skip
    text = _by(0, PUBLISHED, **_SPECIAL, exp=AT)
    yield case("exp-at-k", text, "dates.expired", comment, source="§6.3")
    text = _HOME.text(PUBLISHED + 100, iat=PUBLISHED + 500)
    yield case("not-yet-after-k", text, "dates.not_yet", "never softened", source="§6.3")
    text = _HOME.text(_AFTER, iat=_AFTER - delay - 1)
    yield case("backdated-after-k", text, "dates.backdated", "never softened", source="§6.3")
    text = _HOME.text(**{**_SPECIAL, "exp": PUBLISHED + 60})
    late = PUBLISHED + 8 * DAY
    yield case("exp-knowledge-old", text, "", "expired after K, and the knowledge is too old",
               verdict="INDETERMINATE dates.expired", at=late, source="§6.3")  # fmt: skip
    text = _HOME.text(**{**_SPECIAL, "exp": PUBLISHED})
    yield case("exp-by-k", text, "dates.expired", "expired by K: nothing can change that",
               at=late, source="§6.3")  # fmt: skip


def _status() -> Iterator[Case]:
    def case(name: str, index: int, verdict: str, comment: str, **changes: Any) -> Case:
        t = changes.pop("t", RECEIVED)
        at = changes.pop("at", AT)
        if not isinstance(t, int):
            raise TypeError("a time is in seconds")
        text = _HOME.text(t, iat=t, status_index=index, **changes)
        source = "§5.4, §6.2 step 10"
        return ask(f"status/{name}", text, verdict, comment, source, at=at, shown=True)

    revoked, suspended = "INVALID status.revoked", "INVALID status.suspended"
    yield case("valid-neighbour", 70_031, "VALID", "the entry beside a revoked one")
    yield case("revoked", 70_032, revoked, "entry 1")
    yield case("suspended", 70_033, suspended, "entry 2")
    yield case("superseded", 70_034, "INVALID status.superseded", "entry 3")
    yield case("last-entry", 1_048_575, revoked, "the last entry of the list")
    unknown = "INDETERMINATE status.unknown"
    yield case("outside", 1_048_576, unknown, "the list has no such entry")
    yield case("far-outside", 4_294_967_295, unknown, "the list has no such entry")
    uri = f"https://{_HOME.host}/status/9"
    yield case("no-list", 70_031, unknown, "a list that is not there", status_uri=uri)
    two = f"https://{_HOME.host}/status/2"
    old = PUBLISHED - 2 * DAY
    comment = "the same index in another list is another certificate"
    yield ask("status/other-list",
              _HOME.text(old, iat=old, status_index=70_032, status_uri=two),
              "VALID freshness.stale", comment, "§6.2 step 10")  # fmt: skip
    comment = "registered after the list was signed: it may hold again"
    yield case("suspended-at-k", 70_033, suspended, comment, t=PUBLISHED)
    yield case("suspended-after-k", 70_033, unknown, comment, t=_AFTER)
    yield case("revoked-after-k", 70_032, revoked, "revocation is never softened", t=_AFTER)
    yield case("superseded-after-k", 70_034, "INVALID status.superseded", "nor this", t=_AFTER)
    comment = "the knowledge is too old"
    late = PUBLISHED + 7 * DAY
    yield case("suspended-old", 70_033, unknown, comment, at=late)
    yield case("revoked-old", 70_032, revoked, "revocation is never softened", at=late)
    early = PUBLISHED - 301
    comment = "the clock is behind"
    yield case("suspended-clock", 70_033, unknown, comment, at=early)
    yield case("revoked-clock", 70_032, revoked, "revocation is never softened", at=early)


def _numbers() -> Iterator[Case]:
    def case(name: str, comment: str, *, holds: bool = False, **changes: Any) -> Case:
        verdict = "VALID" if holds else "INVALID number.inconsistent"
        text = _HOME.text(**changes)
        return ask(f"number/{name}", text, verdict, comment, "§6.2 step 11, §9", shown=True)

    yield case("level", "the number says level 1", certificate_number="Y000031000101261000001")
    yield case("year", "the number says 2025", certificate_number="Y000031000101253000001")
    yield case(
        "prefix", "the number is another body's", certificate_number="Y000031000999263000001"
    )
    yield case("pattern", "a digit is missing", certificate_number="Y00003100010126300001")
    yield case("special", "built as the rule says", holds=True, **_SPECIAL, exp=AT + DAY)
    wrong = {**_SPECIAL, "certificate_number": "沪A012025000001", "exp": AT + DAY}
    yield case("special-year", "the number says 2025", **wrong)
