# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §5.2, §6.2 step 12."""

from itertools import product

import pytest

from credential import recognition
from credential.errors import MalformedError
from credential.recognition import Equivalence, Judged, Recognition, Term

TERM = Term(
    "skill_level",
    (
        Equivalence("js2020:7", "lyg2020:39", "same"),
        Equivalence("js2020:7", "lyg2020:40", "broader"),
        Equivalence("js2020:8", "lyg2020:60", "narrower"),
    ),
    ("4", "3"),
)
AGREEMENT = Recognition(
    region="320000",
    document="沪苏人社〔2026〕3号",
    start=1_000,
    end=2_000,
    issued_from=500,
    issued_until=1_500,
    existing="keep",
    national=False,
    terms=(TERM,),
)


def _judge(
    *agreements: Recognition,
    kind: str = "skill_level",
    occupation: str = "js2020:7",
    level: str | None = "3",
    t: int = 1_200,
    at: int = 1_700,
) -> Judged:
    return recognition.judge(agreements or (AGREEMENT,), kind, occupation, level, t, at)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({}, None),
        ({"t": 500}, None),
        ({"t": 1_499}, None),
        ({"t": 499}, "recognition.expired"),
        ({"t": 1_500}, "recognition.expired"),
        ({"at": 1_000}, None),
        ({"at": 999}, "recognition.none"),
        ({"at": 1_999}, None),
        ({"at": 2_000}, None),  # ended, but keeps what was registered before
        ({"kind": "specialised_skill"}, "recognition.kind"),
        ({"occupation": "js2020:9"}, "recognition.occupation"),
        ({"occupation": "lyg2020:39"}, "recognition.occupation"),  # ours, not theirs
        ({"occupation": "js2020:8"}, "recognition.occupation"),  # narrower
        ({"level": "2"}, "recognition.level"),
        ({"level": None}, "recognition.level"),
    ],
)
def test_what_an_agreement_covers(asked: dict[str, object], reason: str | None) -> None:
    found = _judge(**asked)  # type: ignore[arg-type]  # a table of arguments
    assert found.reason == reason
    assert (found.term == TERM) == (reason is None)
    assert (found.agreement is None) == (reason == "recognition.none")


def test_after_its_end() -> None:
    open_window = AGREEMENT._replace(issued_until=None)
    dropped = AGREEMENT._replace(existing="drop")
    assert _judge(open_window, t=2_000, at=2_100).reason == "recognition.expired"
    assert _judge(open_window, t=1_999, at=2_100).reason is None
    assert _judge(dropped, at=1_999).reason is None
    assert _judge(dropped, at=2_000).reason == "recognition.expired"
    assert _judge(dropped._replace(end=None), at=2**32 - 1).reason is None


def test_the_reason_is_that_of_the_agreement_which_came_furthest() -> None:
    gone = AGREEMENT._replace(document="gone", existing="drop", end=1_600)
    lower = AGREEMENT._replace(document="lower", terms=(TERM._replace(levels=("5",)),))
    other = AGREEMENT._replace(document="other", terms=(TERM._replace(kind="industry_skill"),))
    for agreements in ((gone, lower, other), (other, lower, gone)):
        found = _judge(*agreements)
        assert found.reason == "recognition.level"
        assert found.agreement == lower
    assert _judge(gone, other).reason == "recognition.kind"
    assert _judge(gone).reason == "recognition.expired"
    assert _judge(gone, lower, other, AGREEMENT).agreement == AGREEMENT


def test_without_agreements_or_terms() -> None:
    assert recognition.judge((), "skill_level", "a1:1", "3", 1, 1).reason == "recognition.none"
    assert _judge(AGREEMENT._replace(terms=())).reason == "recognition.kind"


def test_one_term_must_meet_all_three() -> None:
    terms = (TERM._replace(levels=("5",)), TERM._replace(occupations=()))
    assert _judge(AGREEMENT._replace(terms=terms)).reason == "recognition.level"


def test_our_codes_for_theirs() -> None:
    assert TERM.ours("js2020:7") == ("lyg2020:39", "lyg2020:40")
    assert TERM.ours("js2020:8") == ()
    everything = TERM._replace(occupations=None)
    assert everything.ours("js2020:8") == ("js2020:8",)
    assert _judge(AGREEMENT._replace(terms=(everything,)), occupation="x1:1").reason is None


def test_levels_times_regions_times_dates() -> None:
    levels = ("apprentice", "5", "4", "3", "2", "1", "special", "chief", None)
    times = (499, 500, 1_499, 1_500)
    asking = (999, 1_000, 1_999, 2_000)
    for level, t, at, keeps in product(levels, times, asking, ("keep", "drop")):
        agreement = AGREEMENT._replace(existing=keeps)
        is_recognised = (
            level in ("4", "3") and 500 <= t < 1_500 and (1_000 <= at < 2_000 or keeps == "keep")
        ) and at >= 1_000
        assert (_judge(agreement, level=level, t=t, at=at).reason is None) == is_recognised


@pytest.mark.parametrize(
    "value",
    [
        AGREEMENT,
        AGREEMENT._replace(end=None, issued_until=None, existing="drop", national=True, terms=()),
        AGREEMENT._replace(terms=(TERM._replace(occupations=None, levels=()),)),
    ],
)
def test_agreements_come_back_as_they_were(value: Recognition) -> None:
    assert Recognition.from_members(value.to_members()) == value


def _term(**changes: object) -> dict[str, object]:
    return {"terms": [{**TERM.to_members(), **changes}]}


PAIR = {"theirs": "a1:1", "ours": "a1:2", "relation": "same"}


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"region": "32"}, "region"),
        ({"document": " x"}, "document"),
        ({"to": 1_000}, "to"),
        ({"issued_until": 500}, "issued_until"),
        ({"issued_from": None}, "issued_from"),
        ({"existing": "maybe"}, "existing"),
        ({"national": False}, "members|national"),
        (_term(kind="x"), "kind"),
        (_term(occupations="**"), "occupations"),
        (_term(occupations=[PAIR, {**PAIR, "relation": "broader"}]), "same pair twice"),
        (_term(occupations=[{**PAIR, "relation": "alike"}]), "relation"),
        (_term(levels=["6"]), "levels"),
    ],
)
def test_agreements_that_are_refused(change: dict[str, object], match: str) -> None:
    with pytest.raises(MalformedError, match=match) as caught:
        Recognition.from_members({**AGREEMENT.to_members(), **change})
    assert caught.value.code == "malformed.profile"
