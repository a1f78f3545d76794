# SPDX-License-Identifier: Apache-2.0
"""Roles × targets × acts, each cell of the table; and where things belong."""

import itertools
from typing import Any

import pytest

from credential.statement_bodies import PROFILES
from registry.console.access import ADMINISTRATOR, COMMON, ROLES, Limit, Target, Viewer
from registry.console.targets import target_of
from tests.registry.entries import APPLICATION, APPLIED, ENTRIES, STATION
from tests.registry.examined import AUTHORITY, OFFICE, STANDARD, examined
from tests.registry.test_statements import directory
from tests.registry.world import START, World

AT = START
MINE, OTHERS = "https://h.example/bodies/A", "https://h.example/bodies/B"
ME = "https://h.example/authorities/X"
TARGETS = {
    "inside": Target("310115", frozenset({"construction"}), frozenset({MINE}), frozenset({ME})),
    "other body": Target("310115", bodies=frozenset({OTHERS})),
    "other region": Target("320505", frozenset({"construction"}), frozenset({OTHERS})),
    "other field": Target("310115", frozenset({"landscaping"}), frozenset({OTHERS})),
    "common": COMMON,
}
WIDE = {"inside", "other body", "common"}
SEES: dict[str, set[str]] = {
    "lead": WIDE,
    "official": WIDE,
    "intake": WIDE,
    "supervisor": WIDE,
    "auditor": WIDE,
    "guidance": {"inside", "common"},
    "body_staff": {"inside", "common"},
    "administrator": set(),
}
"""What each role sees, limited to Pudong and construction."""
SAMPLE_ACTS = {
    "gate": {"lead"},
    "standing": {"lead", "official"},
    "body_void": {"lead", "official"},
    "acceptance": {"lead", "official", "intake"},
    "application": {"lead", "official", "intake", "body_staff"},
    "review": {"lead", "official"},
    "plan_receipt": {"lead", "official", "guidance"},
    "plan": {"body_staff"},
    "batch": {"body_staff"},
    "revoke": {"lead", "official", "body_staff"},
    "erase": {"lead", "official"},
}


def viewer(role: str, **changes: Any) -> Viewer:
    party = {"body_staff": MINE, "official": ME, "intake": ME, "guidance": ME}.get(role)
    values: dict[str, Any] = {
        "limits": (Limit("310115", frozenset({"construction"})),),
        "party": party,
        "until": AT + 1 if role == "auditor" else None,
        **changes,
    }
    return Viewer(frozenset({role}), **values)


def test_the_table_names_every_role() -> None:
    assert set(SEES) == set(ROLES)


@pytest.mark.parametrize(("role", "name"), list(itertools.product(ROLES, TARGETS)))
def test_what_each_role_sees(role: str, name: str) -> None:
    assert viewer(role).sees(TARGETS[name], AT) == (name in SEES[role])


@pytest.mark.parametrize(("role", "type_"), list(itertools.product(ROLES, sorted(PROFILES))))
def test_nobody_acts_on_what_they_do_not_see(role: str, type_: str) -> None:
    one = viewer(role)
    reached = {name for name, target in TARGETS.items() if one.may(type_, target, AT)}
    assert reached <= SEES[role]
    if role != "lead":
        assert "common" not in reached
    if type_ in SAMPLE_ACTS:
        assert ("inside" in reached) == (role in SAMPLE_ACTS[type_])


@pytest.mark.parametrize("role", ROLES)
def test_who_may_ask_for_a_document_number(role: str) -> None:
    allowed = {name for name, target in TARGETS.items() if viewer(role).unmasks(target, AT)}
    assert allowed == ({"inside", "other body"} if role in {"lead", "official"} else set())


@pytest.mark.parametrize("role", sorted(set(ROLES) - {ADMINISTRATOR}))
def test_an_administrator_has_no_other_role_beside_it(role: str) -> None:
    both = Viewer(frozenset({role, ADMINISTRATOR}), party=ME, until=AT + 1)
    assert not any(both.sees(target, AT) for target in TARGETS.values())
    assert both.acts(AT) == frozenset()


def test_an_auditor_has_an_end_and_nothing_after_it() -> None:
    assert viewer("auditor").sees(COMMON, AT)
    assert not viewer("auditor").sees(COMMON, AT + 1)
    assert not viewer("auditor", until=None).sees(COMMON, AT)


@pytest.mark.parametrize("role", ["official", "intake", "guidance", "body_staff"])
def test_who_acts_for_nobody_sees_nothing(role: str) -> None:
    assert not viewer(role, party=None).sees(COMMON, AT)


def test_all_limits_hold_together() -> None:
    pair = (Limit("310000"), Limit("310115"))
    assert viewer("official", limits=pair).sees(TARGETS["inside"], AT)
    assert not viewer("official", limits=(*pair, Limit("310104"))).sees(TARGETS["inside"], AT)


# Where things belong ------------------------------------------------------------------------------


def test_everything_in_a_region_has_its_place(world: World) -> None:
    made = examined(world)
    world.state("application", APPLICATION, {**APPLIED, "applicant": "91310115MA1K3YJ99A"})
    for name in ("unit", "operator"):
        world.state(name, *ENTRIES[name], [world.lead])
    known = directory(world)
    body = frozenset({world.first.id})

    def place(subject: str) -> tuple[str | None, frozenset[str], frozenset[str]] | None:
        target = target_of(known, subject)
        return None if target is None else (target.region, target.bodies, target.recipients)

    nobody = frozenset[str]()
    assert place(world.first.id) == ("310115", body, nobody)
    assert place(f"{world.first.id}/batches/B1") == ("310115", body, nobody)
    assert place(made.plan) == ("310115", body, frozenset({AUTHORITY, OFFICE}))
    assert place(STATION) == ("310115", body, nobody)
    assert place(STANDARD) == ("310115", body, nobody)
    assert place(ENTRIES["unit"][0]) == ("310115", nobody, nobody)
    applied = frozenset({f"{world.url}/bodies/91310115MA1K3YJ99A"})
    assert place(APPLICATION) == ("310115", applied, nobody)
    assert target_of(known, AUTHORITY) is COMMON
    assert target_of(known, f"{world.url}/gate") is COMMON


@pytest.mark.parametrize(
    "end",
    [
        *("", "/bodies/91310115MA1K3YJ99A", "/stations/none", "/standards/none", "/elsewhere/1"),
        *("/applications/none", "/competitions/none", "/bodies/91310115MA1K3YJ12X/plans/none"),
    ],
)
def test_what_is_not_known_has_no_place(world: World, end: str) -> None:
    assert target_of(directory(world), world.url + end) is None


def test_a_body_under_two_authorities_is_seen_by_both_and_by_no_third(world: World) -> None:
    fields = {"construction": "11310000MB2F30031A", "human_resources": "11310000MB2F30032B"}
    known = directory(world).copy()
    events = known.history[world.first.id]
    for field, code in fields.items():
        name = f"{world.url}/authorities/{code}"
        world.state("authority", name, {"name": "主管", "region": "310115", "fields": [field]})
    known.history = dict(directory(world).history)
    by = [f"{world.url}/authorities/{code}" for code in fields.values()]
    entered, filed = (next(e for e in events if e.type == type_) for type_ in ("body", "filing"))
    known.history[world.first.id] = (entered._replace(by=by[0]), filed._replace(by=by[1]))
    target = target_of(known, world.first.id)
    assert target is not None
    seen = {
        field: viewer("supervisor", limits=(Limit("310115", frozenset({field})),)).sees(target, AT)
        for field in (*fields, "landscaping")
    }
    assert seen == {"construction": True, "human_resources": True, "landscaping": False}
