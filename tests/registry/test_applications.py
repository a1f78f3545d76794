# SPDX-License-Identifier: Apache-2.0
"""From application to filing: the steps, who takes them, what is due when, what may be filed."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.said_directory import Holidays
from registry import as_of, fsck
from registry.applications import Application, application_of, due
from registry.working_days import Calendar, day_of, shipped
from tests.registry.entries import APPLICATION, APPLIED, GRANT, RULES
from tests.registry.test_statements import directory, keys_of, refused
from tests.registry.world import DAY, START, URL, YEAR, World

ACCEPTED = {"result": "accepted"}
PASSED = {"result": "passed", "reviewer": "陆知远"}
NUMBER = "沪人社备〔2026〕8号"
HELD = "沪人社备〔2026〕7号"


def filing(**changes: Any) -> dict[str, Any]:
    members = {
        "number": NUMBER,
        "from": START,
        "to": START + YEAR,
        "districts": ["310115"],
        "grants": [GRANT],
        "application": APPLICATION,
        **changes,
    }
    return {name: value for name, value in members.items() if value is not ...}


def apply(world: World, **changes: Any) -> None:
    members = {**APPLIED, **changes}
    order = [
        "applicant",
        "name",
        "region",
        "form",
        "audience",
        "kind",
        "number",
        "districts",
        "grants",
        "documents",
    ]
    body = {name: members[name] for name in order if name in members}
    world.state("application", APPLICATION, body)


def reviewed(world: World, **changes: Any) -> None:
    apply(world, **changes)
    world.state("acceptance", APPLICATION, ACCEPTED)
    world.state("review", APPLICATION, PASSED)


def found(world: World) -> Application:
    application = application_of(APPLICATION, directory(world).history[APPLICATION])
    assert application is not None
    return application


def test_from_application_to_filing_with_every_actor(world: World) -> None:
    iss, keys = keys_of(world, "body")
    world.state("application", APPLICATION, APPLIED, keys[:1], iss)
    world.clock.now += DAY
    by, officials = keys_of(world, "authority")
    world.state("acceptance", APPLICATION, ACCEPTED, officials[:1], by)
    world.clock.now += DAY
    world.state("review", APPLICATION, PASSED, officials[1:], by)
    assert found(world).step == "filing"
    world.state("filing", world.first.id, filing(**{"from": world.clock.now}))
    done = found(world)
    assert (done.state, done.number, done.step) == ("filed", NUMBER, None)
    assert [(event.type, event.by, event.t) for event in done.events] == [
        ("application", iss, START),
        ("acceptance", by, START + DAY),
        ("review", by, START + 2 * DAY),
        ("filing", URL, START + 2 * DAY),
    ]
    body = directory(world).bodies[world.first.code]
    assert NUMBER in {one.number for one in body.filings}
    assert fsck.fsck(world.registry).statements > 4


@pytest.mark.parametrize(
    ("before", "type_", "body"),
    [
        ((), "acceptance", ACCEPTED),
        ((), "review", PASSED),
        (("application",), "application", APPLIED),
        (("application",), "review", PASSED),
        (("application", "acceptance"), "acceptance", ACCEPTED),
        (("application", "acceptance"), "application", APPLIED),
        (("application", "acceptance", "review"), "review", PASSED),
        (("application", "refused"), "application", APPLIED),
        (("application", "refused"), "acceptance", ACCEPTED),
    ],
)
def test_a_step_out_of_turn_is_refused(
    world: World, before: tuple[str, ...], type_: str, body: dict[str, Any]
) -> None:
    steps: dict[str, tuple[str, dict[str, Any]]] = {
        "application": ("application", APPLIED),
        "acceptance": ("acceptance", ACCEPTED),
        "review": ("review", PASSED),
        "refused": ("acceptance", {"result": "refused", "reason": "不属本机关受理"}),
    }
    for name in before:
        world.state(steps[name][0], APPLICATION, steps[name][1])
    expected = "application.state" if before else "application.unknown"
    assert refused(world, type_, APPLICATION, body) == expected


def test_a_returned_application_is_handed_in_again_by_the_same_applicant(world: World) -> None:
    apply(world)
    world.state("acceptance", APPLICATION, {"result": "returned", "reason": "缺章程"})
    assert found(world).step == "correction"
    other = {**APPLIED, "applicant": world.other.code}
    assert refused(world, "application", APPLICATION, other) == "application.applicant"
    apply(world, documents=[{"name": "章程.pdf", "sha256": "1" * 64}])
    world.state("acceptance", APPLICATION, ACCEPTED)
    back = {"result": "returned", "reviewer": "陆知远", "reason": "场地不足"}
    world.state("review", APPLICATION, back)
    assert found(world).state == "returned"


def test_intake_enters_an_application_for_a_body_that_is_not_there_yet(world: World) -> None:
    reviewed(world, applicant="91310115MA1K3YJ13X", name="新机构")
    fresh = f"{URL}/bodies/91310115MA1K3YJ13X"
    assert refused(world, "filing", fresh, filing()) == "body.unknown"
    body = {"name": "新机构", "prefix": "", "region": "310115", "document": NUMBER}
    world.state("body", fresh, body)
    world.state("filing", fresh, filing())
    assert found(world).state == "filed"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"grants": [{**GRANT, "levels": ["4"]}]}, None),
        ({"grants": [{**GRANT, "levels": ["2"]}]}, "application.scope"),
        ({"grants": [{**GRANT, "levels": []}]}, "application.scope"),
        ({"grants": [{**GRANT, "kind": "industry_skill"}]}, "application.scope"),
        ({"grants": [{**GRANT, "occupations": ["lyg2020:21"]}]}, "application.scope"),
        ({"grants": []}, "application.scope"),
        ({"districts": ["310000"]}, "application.scope"),
        ({"number": HELD}, "application.scope"),
        ({"application": f"{URL}/applications/none"}, "application.unknown"),
    ],
)
def test_a_filing_says_what_was_reviewed_or_less(
    world: World, changes: dict[str, Any], expected: str | None
) -> None:
    reviewed(world)
    if expected is None:
        world.state("filing", world.first.id, filing(**changes))
        again = refused(world, "filing", world.first.id, filing(number="沪人社备〔2026〕10号"))
        assert again == "application.state"
    else:
        assert refused(world, "filing", world.first.id, filing(**changes)) == expected
        assert found(world).state == "reviewed"


def test_a_filing_is_for_the_applicant_and_after_the_review(world: World) -> None:
    apply(world)
    assert refused(world, "filing", world.first.id, filing()) == "application.state"
    world.state("acceptance", APPLICATION, ACCEPTED)
    world.state("review", APPLICATION, PASSED)
    assert refused(world, "filing", world.other.id, filing()) == "application.applicant"


def test_a_withdrawal_names_the_filing_and_ends_it(world: World) -> None:
    world.state("filing", world.first.id, filing(number=HELD, application=...))
    reviewed(world, kind="withdraw", number=HELD, grants=[])
    wrong = filing(number=HELD)
    assert refused(world, "filing", world.first.id, wrong) == "application.scope"
    world.clock.now += DAY
    world.state("filing", world.first.id, filing(number=HELD, grants=[]))
    ended = [one for one in directory(world).bodies[world.first.code].filings if one.number == HELD]
    assert [one.end for one in ended] == [world.clock.now]
    assert found(world).state == "filed"


def test_a_renewal_keeps_the_number(world: World) -> None:
    reviewed(world, kind="renew", number=HELD)
    other = filing(number="沪人社备〔2026〕10号")
    assert refused(world, "filing", world.first.id, other) == "application.scope"
    world.state("filing", world.first.id, filing(number=HELD, to=START + 2 * YEAR))
    assert found(world).number == HELD


def test_under_a_full_gate_nothing_is_filed_without_an_application(world: World) -> None:
    direct = filing(application=...)
    world.state("gate", f"{URL}/gate", {"from": START + DAY, "level": "full"})
    world.state("filing", world.first.id, direct)  # not yet
    world.clock.now += DAY
    later = filing(application=..., number="沪人社备〔2026〕9号")
    assert refused(world, "filing", world.first.id, later) == "application.required"
    world.state("filing", world.first.id, filing(application=..., grants=[]))  # ending needs none
    reviewed(world)
    world.state("filing", world.first.id, filing(number="沪人社备〔2026〕11号"))


def test_a_social_organisation_is_selected_before_it_is_filed_for_the_public(world: World) -> None:
    reviewed(world, form="social_organisation", audience="public")
    assert refused(world, "filing", world.first.id, filing()) == "selection.required"
    selection = {"from": START, "to": None, "document": "遴选1"}
    world.state("selection", world.first.id, selection)
    world.state("filing", world.first.id, filing())
    assert found(world).state == "filed"


# What is due --------------------------------------------------------------------------------------

SHIPPED = Calendar.of({})


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 3, "2026-10-10"),  # a Saturday worked for the holiday
        ("2026-02-13", 2, "2026-02-24"),  # the first of them is such a Saturday
        ("2025-01-24", 1, "2025-01-26"),  # a Sunday worked
        ("2026-11-20", 5, "2026-11-27"),
    ],
)
def test_working_days_know_the_holidays(day: str, count: int, expected: str) -> None:
    found = SHIPPED.after(date.fromisoformat(day), count)
    assert found == (date.fromisoformat(expected), True)


def test_a_year_nobody_stated_is_counted_by_its_week_days_and_said_so() -> None:
    assert SHIPPED.after(date(2031, 9, 30), 1) == (date(2031, 10, 1), False)
    stated = Calendar.of({2031: Holidays(("2031-10-01",), (), "通知")})
    assert stated.after(date(2031, 9, 30), 1) == (date(2031, 10, 2), True)


@given(st.dates(date(2025, 1, 1), date(2026, 11, 1)), st.integers(1, 30))
def test_the_days_counted_are_exactly_those_worked(day: date, count: int) -> None:
    end, _ = SHIPPED.after(day, count)
    between = [date.fromordinal(n) for n in range(day.toordinal() + 1, end.toordinal() + 1)]
    assert sum(map(SHIPPED.is_worked, between)) == count
    assert SHIPPED.is_worked(end)


def test_the_years_that_come_with_the_program_are_sound() -> None:
    for year, one in shipped().items():
        off, work = ([date.fromisoformat(day) for day in days] for days in (one.off, one.work))
        assert {day.year for day in (*off, *work)} == {year}
        assert all(day.weekday() >= 5 for day in work)
        assert not set(off) & set(work)


def test_what_is_due_follows_the_stated_terms_and_holidays(world: World) -> None:
    apply(world)
    rows = list(as_of.application_rows(directory(world), START))
    assert [(row["step"], row["due"], row["overdue"]) for row in rows] == [
        ("acceptance", "2026-09-29", False)
    ]
    world.state("deadlines", *RULES["deadlines"])
    off = {"off": ["2026-09-22"], "work": [], "document": "通知"}
    world.state("holidays", f"{URL}/holidays/2026", off)
    (row,) = as_of.application_rows(directory(world), START + 4 * DAY)
    assert (row["due"], row["overdue"]) == ("2026-09-24", True)
    filed = found(world)._replace(state="filed")
    assert due(filed, as_of.terms_of(directory(world)), SHIPPED, START) is None
    assert day_of(START + DAY).isoformat() == "2026-09-22"
