# SPDX-License-Identifier: Apache-2.0
"""Entries with their history: who enters them, how they stand, as of any time, and how rated."""

import itertools
import json
from typing import Any

import pytest

from credential import said_directory, statement_bodies
from credential.entries import Event, Step, entry_of, moved, steps_of
from credential.errors import SealError
from credential.said_directory import RatingFormula
from registry import as_of, database, fsck, lists
from registry.directory import Directory
from registry.rating import rate
from skillseal.main import main
from tests.registry.entries import APPLICATION, ENTRIES, MAY, ORDER, RULES, STATION, acceptable
from tests.registry.test_statements import PARTIES, directory, keys_of, refused
from tests.registry.world import DAY, START, URL, World

PASSED = {"result": "passed", "document": "复查1"}


def known(world: World, at: int) -> Directory:
    with database.read(world.registry.engine) as connection:
        return as_of.as_of(connection, world.settings.roots, at)


def shown(world: World, kind: str, at: int) -> list[dict[str, Any]]:
    return list(as_of.rows(known(world, at), kind, at))


@pytest.mark.parametrize(("type_", "party"), list(itertools.product(MAY, PARTIES)))
def test_every_type_is_made_by_those_who_answer_for_it(
    world: World, type_: str, party: str
) -> None:
    subject, body = acceptable(world, type_)
    iss, keys = keys_of(world, party)
    if party in MAY[type_].split():
        world.state(type_, subject, body, keys, iss)
    else:
        assert refused(world, type_, subject, body, keys, iss) == "statement.actor"


def test_an_authority_enters_nothing_outside_its_region(world: World) -> None:
    iss, keys = keys_of(world, "authority")
    subject, body = ENTRIES["station"]
    elsewhere = {**body, "region": "310104"}
    assert refused(world, "station", subject, elsewhere, keys, iss) == "statement.actor"
    world.state("station", subject, elsewhere, [world.lead])
    assert refused(world, "station", subject, body, keys, iss) == "statement.actor"  # nor takes it
    order = refused(world, "entry_standing", subject, ORDER, keys, iss)
    assert order == "statement.actor"


def test_the_state_machine_of_an_entry(world: World) -> None:
    stand = {"from": START, "state": "active", "document": "令"}
    assert refused(world, "entry_standing", STATION, ORDER) == "entry.unknown"
    world.state("station", *ENTRIES["station"])
    assert refused(world, "recheck", STATION, PASSED) == "recheck.none"
    world.state("entry_standing", STATION, ORDER)
    assert refused(world, "entry_standing", STATION, stand) == "standing.recheck"
    world.clock.now += 1
    world.state("recheck", STATION, PASSED)
    world.clock.now += 1
    world.state("entry_standing", STATION, ORDER)
    world.clock.now += 1
    world.state("recheck", STATION, {**PASSED, "result": "failed"})
    assert steps_of(directory(world).history[STATION])[-1].state == "suspended"
    world.clock.now += 1
    world.state("entry_standing", STATION, stand)
    removed = {**stand, "state": "removed", "notice": "弄虚作假，清出目录"}
    one_key = refused(world, "entry_standing", STATION, removed, [world.lead])
    assert one_key == "statement.signatures"
    world.state("entry_standing", STATION, removed)
    assert refused(world, "entry_standing", STATION, stand) == "standing.removed"
    assert refused(world, "station", *ENTRIES["station"]) == "standing.removed"
    (row,) = shown(world, "stations", world.clock.now)
    assert row["state"] == "removed"
    assert row["notices"] == [
        {"from": world.clock.now, "notice": "弄虚作假，清出目录", "document": "令"}
    ]
    assert fsck.fsck(world.registry).statements > 10


def test_a_body_is_rechecked_too_and_the_trust_list_has_it(world: World) -> None:
    body = {**ORDER, "may_issue": False}
    body = {name: body[name] for name in ("from", "state", "document", "may_issue", "until")}
    world.state("standing", world.first.id, body)
    lift = {"from": START, "state": "active", "document": "令"}
    assert refused(world, "standing", world.first.id, lift) == "standing.recheck"
    world.clock.now += DAY
    world.state("recheck", world.first.id, PASSED)
    stood = directory(world).body_of(world.first.id)
    assert stood is not None
    assert [(one.state, one.may_issue) for one in stood.standing[-2:]] == [
        ("rectifying", False),
        ("active", None),
    ]
    token = lists.sign_lists(world.registry, world.list, world.status)[0].token
    assert '"until"' not in token  # the format of the trust list has no deadline
    assert fsck.fsck(world.registry).statements > 0


def test_a_directory_as_of_any_time(world: World) -> None:
    world.clock.now = START + DAY
    for type_, (subject, body) in ENTRIES.items():
        world.state(type_, subject, body)
    supervisor = {**ENTRIES["assessor"][1], "role": "supervisor", "occupations": [], "cap": None}
    world.state("assessor", f"{URL}/assessors/S-001", supervisor)
    world.clock.now = START + 2 * DAY
    world.state("entry_standing", STATION, ORDER)
    world.state("station", STATION, {**ENTRIES["station"][1], "name": "浦东第一站点"})
    assert known(world, world.clock.now).history == directory(world).history
    assert STATION not in known(world, START).history
    assert shown(world, "stations", START) == []
    (before,) = shown(world, "stations", START + DAY)
    assert (before["name"], before["state"], before["overdue"]) == ("浦东示范站点", "active", False)
    (after,) = shown(world, "stations", START + 11 * DAY)
    assert (after["name"], after["state"]) == ("浦东第一站点", "rectifying")
    assert after["overdue"] is True
    assert after["since"] == START + DAY
    (gone,) = shown(world, "stations", START + 400 * DAY)
    assert gone["state"] == "expired"
    for kind, name in (
        ("assessors", "沈砚秋"),
        ("supervisors", "沈砚秋"),
        ("units", "示例绿化管理指导站"),
        ("operators", "示例考务服务公司"),
    ):
        (row,) = shown(world, kind, START + DAY)
        assert row["name"] == name
        json.dumps(row)


def test_roles_and_selection_of_a_body(world: World) -> None:
    social = {"roles": ["social_organisation"], "audience": "public", "document": "备"}
    assert refused(world, "body_roles", world.first.id, social) == "selection.required"
    world.state("body_roles", world.first.id, {**social, "audience": "own"})
    world.state("selection", world.first.id, {"from": START, "to": START + DAY, "document": "遴"})
    world.state("body_roles", world.first.id, {**social, "roles": ["school", *social["roles"]]})
    row = next(
        one for one in shown(world, "bodies", world.clock.now) if one["id"] == world.first.id
    )
    assert (row["roles"], row["audience"]) == (["school", "social_organisation"], "public")
    assert row["selected"] is True
    world.clock.now = START + DAY
    assert refused(world, "body_roles", world.first.id, social) == "selection.required"


def test_the_end_of_a_key_is_brought_forward_and_never_back(world: World) -> None:
    kid = world.first.certificate.kid
    end = {"kid": kid, "to": START + DAY, "document": "换钥"}
    world.state("key_end", world.first.id, end)
    assert directory(world).owners[kid].record.end == START + DAY
    assert refused(world, "key_end", world.first.id, {**end, "to": START + 2 * DAY}) == "key.window"
    unknown = {**end, "kid": world.other.submit.kid}
    assert refused(world, "key_end", world.first.id, unknown) == "key.unknown"
    world.clock.now += 100
    world.state("key_end", world.first.id, {**end, "to": 5})  # not before it was said
    assert directory(world).owners[kid].record.end == START + 100


def test_a_station_names_a_body_that_is_there_and_is_not_over(world: World) -> None:
    subject, body = ENTRIES["station"]
    stranger = {**body, "body": "91310115MA1K3YJ13X"}
    assert refused(world, "station", subject, stranger) == "body.unknown"
    assert refused(world, "station", subject, {**body, "from": 1, "to": 2}) == "entry.window"


# Rating -------------------------------------------------------------------------------------------

FORMULA = RatingFormula(
    100,
    365,
    (("rectifying", -10), ("overdue", -20), ("recheck_passed", 5), ("suspended", -30)),
    (("A", 90), ("B", 70), ("C", 50), ("D", 0)),
    "评分1",
)
UNIT = said_directory.Unit("站", "绿化", "310115", "文", 0, None)


def history(*said: tuple[int, Any]) -> list[Event]:
    return [Event(0, URL, "unit", UNIT), *(Event(t, URL, "", what) for t, what in said)]


def stand(t: int, state: str, until: int | None = None) -> tuple[int, Any]:
    return t, said_directory.EntryStanding(t, state, "令", until, None)


def test_a_rating_is_computed_and_explained() -> None:
    events = history(
        stand(DAY, "rectifying", 3 * DAY), (4 * DAY, said_directory.Recheck("passed", "复"))
    )
    assert rate(FORMULA, events, 0)[:2] == ("A", 100)
    assert rate(FORMULA, events, 2 * DAY)[:2] == ("A", 90)
    late = rate(FORMULA, events, 4 * DAY - 1)
    assert (late.grade, late.points) == ("B", 70)
    assert [(one.event, one.points) for one in late.reasons] == [
        ("rectifying", -10),
        ("overdue", -20),
    ]
    assert rate(FORMULA, events, 4 * DAY).points == 75
    assert rate(FORMULA, events, 1_000 * DAY) == ("A", 100, ())  # nothing counts for ever


def test_a_rating_falls_to_the_last_grade_and_forgets_what_was_only_announced() -> None:
    many = history(*(stand(n * DAY, "suspended") for n in range(1, 6)))
    assert rate(FORMULA, many, 9 * DAY)[:2] == ("D", -50)
    announced = said_directory.EntryStanding(9 * DAY, "suspended", "令", None, None)
    taken_back = history((DAY, announced), stand(2 * DAY, "active"))
    assert rate(FORMULA, taken_back, 20 * DAY).points == 100


def test_an_order_announced_for_later_is_lifted_by_a_recheck_alone() -> None:
    steps = (Step(0, "active", "a"), Step(10, "rectifying", "b", 20))
    lift = said_directory.EntryStanding(15, "active", "c", None, None)
    with pytest.raises(SealError) as caught:
        moved(steps, lift, 5)
    assert caught.value.code == "standing.recheck"
    taken_back = said_directory.EntryStanding(0, "active", "c", None, None)
    assert moved(steps, taken_back, 5)[-1].state == "active"  # before it began


def test_a_history_without_particulars_is_no_entry() -> None:
    assert entry_of(f"{URL}/units/x", ()) is None
    assert steps_of(()) == ()


# The commands -------------------------------------------------------------------------------------


@pytest.fixture
def settings(world: World) -> str:
    (world.folder / "root.json").write_text(json.dumps([list(one) for one in world.settings.chain]))
    text = {
        "database": world.settings.database,
        "root": "root.json",
        "published": "published",
        "anchor": world.settings.anchor,
    }
    file = world.folder / "registry.toml"
    file.write_text("\n".join(f'{name} = "{value}"' for name, value in text.items()))
    return str(file)


def test_the_directory_on_the_command_line(
    world: World, settings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world.state("rating_formula", *RULES["rating_formula"])
    world.state("station", *ENTRIES["station"])
    world.state("entry_standing", STATION, ORDER)
    ask = ["registry", "directory", "--settings", settings, "--kind", "stations"]
    assert main([*ask, "--at", "2026-09-20"]) == 0
    assert capsys.readouterr().out == ""
    assert main([*ask, "--at", "2026-12-01"]) == 0
    out = capsys.readouterr().out
    assert "rectifying" in out
    assert "B" in out
    assert "整改逾期" in out
    assert main([*ask, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == STATION
    assert main([*ask, "--at", "yesterday"]) == 2
    assert "input.time" in capsys.readouterr().err


def test_the_applications_on_the_command_line(
    world: World, settings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world.state("application", *acceptable(world, "application"))
    ask = ["registry", "applications", "--settings", settings]
    assert main([*ask, "--at", "2026-09-25T09:00:00+08:00"]) == 0
    assert "acceptance by 2026-09-29" in capsys.readouterr().out
    assert main([*ask, "--overdue", "--at", "2026-09-29"]) == 0
    assert capsys.readouterr().out == ""
    assert main([*ask, "--overdue", "--json", "--at", "2026-09-30"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == APPLICATION


def test_profiles_of_what_is_entered() -> None:
    for type_, (subject, body) in ENTRIES.items():
        said = statement_bodies.PROFILES[type_].read(body)
        assert isinstance(said, said_directory.Entered)
        assert entry_of(subject, [Event(0, URL, type_, said)]) is not None
