# SPDX-License-Identifier: Apache-2.0
"""The full gate at the registry: filed and admitted with papers in order, refused without."""

import itertools
from typing import Any

import pytest

from credential.errors import SealError
from credential.filing_file import FilingFile
from registry import database, fsck, office, replay, store_log
from registry.log import Acknowledged
from tests.registry import entries
from tests.registry.entries import STATION
from tests.registry.examined import (
    ASSESSOR,
    AUTHORITY,
    COMPETITION,
    DRAFT,
    MAY,
    OFFICE,
    PEOPLE,
    STANDARD,
    Examined,
    acceptable,
    examined,
)
from tests.registry.test_statements import PARTIES, keys_of, refused
from tests.registry.world import BRICKLAYER, DAY, START, URL, World


@pytest.fixture
def ready(world: World) -> Examined:
    return examined(world)


def code(act: Any, *given: Any, **named: Any) -> str:
    try:
        outcome = act(*given, **named)
    except SealError as error:
        return error.code
    return outcome.code if isinstance(outcome, SealError) else "accepted"


def test_with_everything_in_order_a_batch_is_filed_issued_and_closed(ready: Examined) -> None:
    ready.file_batch("B2", PEOPLE[:4])
    for person in PEOPLE[:2]:
        assert isinstance(ready.issue(person, "B2"), Acknowledged)
    assert code(ready.close, "B2", 1, 3, 0) == "batch.results"
    assert code(ready.close, "B2", 3, 0, 0) == "batch.headcount"
    ready.close("B2", 3, 1, 0)
    assert code(ready.close, "B2", 3, 1, 0) == "batch.closed"
    assert code(ready.issue, PEOPLE[2], "B2") == "batch.closed"
    assert code(ready.close, "B9", 1, 0, 0) == "batch.unknown"
    assert fsck.fsck(ready.world.registry).certificates == 2


def test_what_the_log_says_is_what_the_server_judges_by(ready: Examined) -> None:
    ready.file_batch("B2", PEOPLE[:4])
    ready.close("B2", 4, 0, 0)
    registry = ready.world.registry
    with database.read(registry.engine) as connection:
        tail = store_log.tail(connection)
        served = registry.directory(connection, tail)
        told = replay.replay(connection, registry.settings.roots, end=tail.size).directory
    assert told.history == served.history
    assert told.history[f"{ready.desk.id}/batches/B2"][-1].type == "batch_close"


def test_a_batch_without_papers_is_refused_from_the_day_on(world: World) -> None:
    desk = world.first
    made = examined(world)
    found = code(desk.file_batch, "B2", PEOPLE[:2], **{"from": "2026-09-23", "to": "2026-09-24"})
    assert found == "gate.papers"
    # Filed before the gate was full, and asked for after: papers are missing all the same.
    assert code(made.issue, PEOPLE[0], "B1", evaluated_on="2026-09-12") == "gate.papers"


@pytest.mark.parametrize(
    ("papers", "expected"),
    [
        ({"plan": ...}, "gate.plan"),
        ({"standards": ...}, "gate.standard"),
        ({"station": ...}, "gate.station"),
        ({"assessors": ...}, "gate.assessor"),
        ({"station": f"{URL}/stations/PD-99"}, "gate.station"),
        ({"assessors": [f"{URL}/assessors/A-099"]}, "gate.assessor"),
        ({"standards": [f"{URL}/standards/GF-9"]}, "gate.standard"),
        ({"operator": f"{URL}/operators/ks-9"}, "gate.operator"),
        ({"supervisor": ASSESSOR}, "gate.supervisor"),
    ],
)
def test_a_batch_that_could_not_be_issued_is_not_filed(
    ready: Examined, papers: dict[str, Any], expected: str
) -> None:
    ordered = ("plan", "standards", "station", "assessors", "supervisor", "operator")
    named = {**ready.papers, **papers}
    said = {name: named[name] for name in ordered if name in named}
    assert code(ready.file_batch, "B2", PEOPLE[:2], **said) == expected


def test_a_plan_has_room_for_so_many(ready: Examined) -> None:
    ready.file_batch("B2", PEOPLE[:6])
    ready.file_batch("B3", PEOPLE[:6])
    assert code(ready.file_batch, "B4", PEOPLE[:1]) == "gate.plan_headcount"
    ready.file_plan(13)
    assert code(ready.file_batch, "B4", PEOPLE[:1]) == "gate.plan_unreceived"
    ready.receive(AUTHORITY)
    assert code(ready.file_batch, "B4", PEOPLE[:1]) == "gate.plan_unreceived"
    ready.receive(OFFICE)
    ready.file_batch("B4", PEOPLE[:1])


def test_a_station_that_is_suspended_stops_what_comes_after(ready: Examined) -> None:
    ready.file_batch("B2", PEOPLE[:4])
    world = ready.world
    world.clock.now += DAY
    said = {"from": world.clock.now, "state": "suspended", "document": "停1", "notice": "公告"}
    world.state("entry_standing", STATION, said, [world.lead])
    days = ("2026-09-23", "2026-09-24", "2026-09-23")  # the second on the day itself
    texts = [
        ready.desk.issue(person, "B2", evaluated_on=day)
        for person, day in zip(PEOPLE[:3], days, strict=True)
    ]
    told = ready.desk.submit_all(texts)
    codes = [each.code if isinstance(each, SealError) else "accepted" for each in told]
    assert codes == ["accepted", "gate.station_standing", "accepted"]
    assert code(ready.file_batch, "B3", PEOPLE[:2]) == "gate.station_standing"


def test_a_level_beyond_assessor_and_standard_is_refused(ready: Examined) -> None:
    plans = [{"code": BRICKLAYER, "levels": ["5"]}]
    found = code(
        ready.desk.file_batch,
        "B2",
        PEOPLE[:2],
        **{"from": "2026-09-23", "to": "2026-09-24", "occupations": plans, "papers": ready.papers},
    )
    assert found == "gate.plan_scope"


def test_a_desk_is_told_what_the_gate_is_asked_of(ready: Examined) -> None:
    world = ready.world
    told = office.filing_file(world.registry, ready.desk.id, "none")
    again = FilingFile.from_bytes(told.to_bytes())
    assert again == told
    known = again.examination
    assert known is not None
    assert known.is_full_at(world.clock.now)
    assert known.subjects("stations") == [STATION]
    assert known.subjects("plans") == [ready.plan]
    with database.read(world.registry.engine) as connection:
        directory = world.registry.directory(connection, store_log.tail(connection))
    for subject, events in known.histories.items():
        kept = [e for e in directory.history[subject] if e.type in {*MAY, *entries.MAY}]
        assert [e for e in events if e.type != "key_end"] == kept
    # The other body has no filing for anything else, and its own plans.
    other = office.filing_file(world.registry, world.other.id, "none").examination
    assert other is not None
    assert other.subjects("plans") == []


@pytest.mark.parametrize(("type_", "party"), list(itertools.product(MAY, PARTIES)))
def test_every_type_may_be_made_by_those_who_answer_for_it(
    world: World, type_: str, party: str
) -> None:
    subject, body = acceptable(world, type_)
    iss, keys = keys_of(world, party)
    if party in MAY[type_].split():
        world.state(type_, subject, body, keys, iss)
    else:
        assert refused(world, type_, subject, body, keys, iss) == "statement.actor"


# Standards, plans and competitions ----------------------------------------------------------------


def test_a_standard_goes_step_by_step_through_two_hands(world: World) -> None:
    made = examined(world, ready=False)
    desk = world.first
    assert code(made.step, "reviewed", AUTHORITY) == "standard.unknown"
    other = {**DRAFT, "body": world.other.code}
    signed = ([desk.statement], desk.id)
    assert code(world.state, "standard", STANDARD, other, *signed) == "statement.actor"
    world.state("standard", STANDARD, DRAFT, *signed)
    assert code(world.state, "standard", STANDARD, DRAFT, *signed) == "standard.version"
    assert code(made.step, "filed", OFFICE) == "standard.state"
    assert code(made.step, "in_force", AUTHORITY) == "standard.state"
    made.step("reviewed", AUTHORITY)
    assert code(made.step, "filed", AUTHORITY) == "standard.actor"
    made.step("filed", OFFICE)
    assert code(made.step, "reviewed", AUTHORITY) == "standard.state"
    made.step("in_force", AUTHORITY)
    # A new version begins anew, and the old one serves until the new one does.
    world.state("standard", STANDARD, {**DRAFT, "version": "2027"}, *signed)
    made.file_plan()
    made.receive(AUTHORITY)
    made.receive(OFFICE)
    made.file_batch("B2", PEOPLE[:2])
    world.clock.now += DAY
    world.state(
        "standard_step",
        STANDARD,
        {"step": "withdrawn", "from": START, "document": "废1"},
        [world.authority],
        AUTHORITY,
    )
    assert code(made.file_batch, "B3", PEOPLE[:2]) == "accepted"  # the draft was withdrawn


def test_a_plan_is_confirmed_by_the_two_it_names(world: World) -> None:
    made = examined(world, ready=False)
    assert code(made.receive, AUTHORITY) == "plan.unknown"
    stranger = {
        **made.planned(),
        "recipients": [AUTHORITY, f"{URL}/authorities/11310000MB2F3009XX"],
    }
    signed = ([world.first.statement], world.first.id)
    assert code(world.state, "plan", made.plan, stranger, *signed) == "authority.unknown"
    made.file_plan()
    made.receive(AUTHORITY)
    assert code(made.receive, AUTHORITY) == "plan.received"
    lead = code(world.state, "plan_receipt", made.plan, {"document": "收"}, [world.lead])
    assert lead == "plan.recipient"
    foreign = ([world.other.statement], world.other.id)
    assert code(world.state, "plan", made.plan, made.planned(), *foreign) == "statement.actor"


def test_a_competition_that_has_begun_stays_as_it_was_filed(world: World) -> None:
    subject = f"{URL}/competitions/J-1"
    world.state("competition", subject, COMPETITION, [world.lead])
    world.state("competition", subject, {**COMPETITION, "ranks": 6}, [world.lead])
    world.clock.now += 2 * DAY
    again = {**COMPETITION, "ranks": 9}
    assert code(world.state, "competition", subject, again, [world.lead]) == "competition.begun"
