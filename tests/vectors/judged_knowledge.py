# SPDX-License-Identifier: Apache-2.0
"""Verdicts about how old the knowledge is (docs/format.md §6.2 step 15, §6.3)."""

from collections.abc import Iterator
from typing import Any

from credential import carrier
from tests.vectors.asking import ask
from tests.vectors.case import Case
from tests.vectors.world import (
    AT,
    DAY,
    HOME,
    PEER,
    PUBLISHED,
    RECEIVED,
    Steady,
    file,
    peer,
    slim,
    usual,
)

_HOME, _PEER = usual(), peer()
_STALE, _OLD = "VALID freshness.stale", "INDETERMINATE freshness.expired"
_CLOCK = "INDETERMINATE freshness.clock"
_WEEK = 7 * DAY


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield from _ages()
    yield from _clocks()
    yield from _other_lists()
    yield from _anchors()
    yield from _parts()
    yield from _ends()
    yield from _order()


def _case(name: str, verdict: str, comment: str, text: str = "", **more: Any) -> Case:
    text = text or _HOME.text()
    name, source = f"freshness/{name}", "§6.2 step 15"
    return ask(name, text, verdict, comment, source, **more)


def _ages() -> Iterator[Case]:
    for name, age, verdict in (
        ("day-before", DAY - 1, "VALID"),
        ("day", DAY, _STALE),
        ("day-after", DAY + 1, _STALE),
        ("week-before", _WEEK - 1, _STALE),
        ("week", _WEEK, _OLD),
        ("week-after", _WEEK + 1, _OLD),
        ("year", 366 * DAY, _OLD),
    ):
        yield _case(name, verdict, "24 h are stale, 7 days too old", at=PUBLISHED + age)
    for name, age, most, verdict in (
        ("max-age-before", 3_599, 3_600, "VALID"),
        ("max-age", 3_600, 3_600, _OLD),
        ("max-age-zero", 0, 0, _OLD),
        ("max-age-large", _WEEK, 366 * DAY, _OLD),
        ("max-age-of-two-days", 2 * DAY - 1, 2 * DAY, _STALE),
    ):
        comment = "who asks may want fresher knowledge, never older"
        yield _case(name, verdict, comment, at=PUBLISHED + age, max_age=most)


def _clocks() -> Iterator[Case]:
    comment = "knowledge from the future: the clock is wrong; 300 s are forgiven"
    yield _case("clock-300", "VALID", comment, at=PUBLISHED - 300)
    yield _case("clock-301", _CLOCK, comment, at=PUBLISHED - 301)
    comment = "a receipt from the future: the clock is wrong; 300 s are forgiven"
    for name, t, verdict in (
        ("receipt-300", AT + 300, "VALID"),
        ("receipt-301", AT + 301, _CLOCK),
    ):
        yield _case(name, verdict, comment, _HOME.text(t, iat=t))
    forged = _HOME.parts(AT + 301, iat=AT).but(receipt_signature=bytes(64))
    comment = "the time of a receipt that does not hold says nothing about the clock"
    yield _case("receipt-forged", "INVALID receipt.invalid", comment, forged.text(),
                marks={"freshness": "pass"})  # fmt: skip
    comment = "a fail comes before any doubt about the knowledge"
    text = _HOME.text(status_index=70_032)
    yield _case("revoked-and-old", "INVALID status.revoked", comment, text, at=PUBLISHED + _WEEK,
                marks={"freshness": "unknown freshness.expired"})  # fmt: skip


def _other_lists() -> Iterator[Case]:
    two = f"https://{HOME}/status/2"
    listed = PUBLISHED - 30 * 3_600
    t = listed - 60
    text = _HOME.text(t, iat=t, status_uri=two)
    comment = "the certificate's list is older than the rest"
    yield _case("list-stale", _STALE, comment, text)
    until = PUBLISHED + 2 * 3_600
    yield _case("list-before-exp", _STALE, comment, text, at=until - 1)
    comment = "the certificate's list is over"
    yield _case("list-exp", _OLD, comment, text, at=until)
    comment = "another list is over, which says nothing about this certificate"
    yield _case("other-list-exp", "VALID", comment, at=until)
    comment = "registered after its list was signed"
    text = _HOME.text(status_uri=two, status_index=70_033)
    yield _case("list-before-receipt", "INDETERMINATE status.unknown", comment, text)
    forged = _HOME.parts(status_uri=two).but(signature=bytes(64)).text()
    comment = "a list that a forger names makes nothing stale"
    yield _case("list-of-a-forger", "INVALID signature.invalid", comment, forged,
                marks={"freshness": "pass"})  # fmt: skip
    older = slim("320000", PEER)
    older.iat = PUBLISHED - 2 * DAY
    older.set_list(iat=PUBLISHED - 2 * DAY, exp=PUBLISHED + 5 * DAY)
    older.list_times = {"1": (PUBLISHED, PUBLISHED + _WEEK)}
    older.exp = PUBLISHED + 5 * DAY
    home = slim()
    home.set_list(recognitions=usual().trust_list.recognitions)
    home.peers(older)
    there: dict[str, Any] = {
        "snapshot": "peer-older.json",
        "anchor": home.anchor,
        "data": file(home, older),
    }
    t = PUBLISHED - 3 * DAY
    theirs = _PEER.text(t, iat=t)
    yield _case("peer-stale", _STALE, "the peer's knowledge counts for its own", theirs, **there)
    yield _case("peer-not-ours", "VALID", "and for nobody else's", **there)
    yield _case("peer-expired", _OLD, "the peer's is over", theirs, at=PUBLISHED + 5 * DAY, **there)
    theirs = _PEER.text(RECEIVED, level="1", certificate_number="Y000032000101261000001")
    comment = "registered after the peer's list was signed"
    yield _case("peer-before-receipt", "INDETERMINATE recognition.unknown", comment, theirs,
                **there)  # fmt: skip


def _anchors() -> Iterator[Case]:
    unanchored = "INDETERMINATE freshness.unanchored"
    skipped = dict.fromkeys(
        (
            *("issuer", "key", "signature", "receipt", "standing", "scope", "dates", "status"),
            *("number", "recognition"),
        ),
        "skipped",
    )
    comment = "nobody has said whose roots these are: nothing is believed"
    marks = {"carrier": "pass", **skipped}
    yield _case("unanchored", unanchored, comment, anchor=None, marks=marks, shown=False)
    forged = _HOME.parts().but(signature=bytes(64)).text()
    yield _case("unanchored-forged", unanchored, comment, forged, anchor=None, marks=marks,
                shown=False)  # fmt: skip
    broken = _HOME.text()[:-1]
    comment = "what cannot be read needs no anchor to be refused"
    yield _case("unanchored-broken", "INVALID malformed.carrier", comment, broken, anchor=None,
                marks=skipped, shown=False)  # fmt: skip


def _parts() -> Iterator[Case]:
    def case(name: str, home: Steady, comment: str) -> Case:
        return _case(name, _STALE, comment, snapshot=f"{name}.json", anchor=home.anchor,
                     data=file(home), at=PUBLISHED + 60)  # fmt: skip

    old, end = PUBLISHED - DAY, PUBLISHED + DAY
    home = slim()
    home.set_list(iat=old, exp=end)
    yield case("list-older", home, "the trust list alone is a day old")
    home = slim()
    home.manifest = lambda one: one._replace(iat=old, exp=end)
    yield case("manifest-older", home, "the manifest alone is a day old")
    home = slim()
    home.list_times = {"1": (old, end)}
    yield case("status-older", home, "the status list alone is a day old")


def _ends() -> Iterator[Case]:
    end = PUBLISHED + 1_800

    def case(name: str, home: Steady, comment: str) -> Iterator[Case]:
        there: dict[str, Any] = {
            "snapshot": f"{name}.json",
            "anchor": home.anchor,
            "data": file(home),
        }
        yield _case(f"{name}-before", "VALID", comment, at=end - 1, **there)
        yield _case(name, _OLD, comment, at=end, **there)

    home = slim()
    home.set_root(expires=end)
    yield from case("root-ends", home, "the last root expires")
    home = slim()
    home.exp = end
    yield from case("manifest-ends", home, "manifest and lists are over")
    home = slim()
    home.set_list(exp=end)
    yield from case("list-ends", home, "the trust list is over")
    home = slim()
    home.catalogues = [home.catalogues[0]._replace(exp=end)]
    yield from case("catalogue-ends", home, "a catalogue is over")


def _order() -> Iterator[Case]:
    comment = "no receipt, revoked, number wrong: the first fail is the reason"
    token = _HOME.certificate(status_index=70_032, certificate_number="X1")
    text = carrier.text_form(token, None)
    marks = {
        "receipt": "fail receipt.missing",
        "standing": "skipped",
        "dates": "skipped",
        "status": "fail status.revoked",
        "number": "fail number.inconsistent",
        "recognition": "skipped",
    }
    yield ask("verdict/first-fail", text, "INVALID receipt.missing", comment, "§6.1", marks=marks)
    comment = "a doubt and a fail: the fail counts"
    text = _HOME.text(status_index=1_048_576, certificate_number="X1")
    marks = {"status": "unknown status.unknown", "number": "fail number.inconsistent"}
    verdict = "INVALID number.inconsistent"
    yield ask("verdict/doubt-and-fail", text, verdict, comment, "§6.1", marks=marks)
    comment = "two doubts: the first is the reason"
    text = _HOME.text(status_index=1_048_576)
    yield ask("verdict/two-doubts", text, "INDETERMINATE status.unknown", comment, "§6.1",
              at=PUBLISHED + _WEEK, marks={"freshness": "unknown freshness.expired"})  # fmt: skip
