# SPDX-License-Identifier: Apache-2.0
"""A region under the full gate: directory, standard and plan in order, and what spoils them."""

from dataclasses import dataclass
from typing import Any

from tests.registry.entries import ENTRIES, STATION
from tests.registry.world import (
    AUTHORITY_CODE,
    BRICKLAYER,
    DAY,
    PEOPLE,
    START,
    URL,
    YEAR,
    Desk,
    Person,
    World,
    key,
)

AUTHORITY = f"{URL}/authorities/{AUTHORITY_CODE}"
OFFICE = f"{URL}/authorities/11310000MB2F30022R"
ASSESSOR = f"{URL}/assessors/A-001"
STANDARD = f"{URL}/standards/GF-1"
DRAFT: dict[str, Any] = {
    "form": "enterprise",
    "title": "砌筑工评价规范",
    "version": "2026",
    "sha256": "cd" * 32,
    "body": "91310115MA1K3YJ12X",
    "occupations": [{"code": BRICKLAYER, "levels": ["4", "3"]}],
}
EXAMINED = START + 2 * DAY
DAYS = {"from": "2026-09-23", "to": "2026-09-24"}


@dataclass
class Examined:
    """A world and what a batch there stands on."""

    world: World

    @property
    def desk(self) -> Desk:
        return self.world.first

    @property
    def plan(self) -> str:
        return f"{self.desk.id}/plans/2026"

    @property
    def papers(self) -> dict[str, Any]:
        return {
            "plan": self.plan,
            "standards": [STANDARD],
            "station": STATION,
            "assessors": [ASSESSOR],
        }

    def planned(self, headcount: int = 12) -> dict[str, Any]:
        item = {"kind": "skill_level", "occupation": BRICKLAYER, "levels": ["4", "3"]}
        items = [{**item, "headcount": headcount}]
        return {"year": 2026, "items": items, "recipients": [AUTHORITY, OFFICE]}

    def appoint_office(self) -> None:
        """Appoint human resources of the region, beside the authority that there is."""
        world = self.world
        said = {"name": "示例市人社局", "region": "310000", "fields": ["human_resources"]}
        world.state("authority", OFFICE, said)
        self.office = key("statement", "office")
        keys = [world.lead, world.lead_two]
        world.state("key", OFFICE, world.key_body(self.office, OFFICE), keys)

    def step(self, step: str, by: str) -> None:
        """Move the standard on."""
        signer = self.office if by == OFFICE else self.world.authority
        said = {"step": step, "from": START, "document": f"标〔2026〕{step}"}
        self.world.state("standard_step", STANDARD, said, [signer], by)

    def receive(self, by: str) -> None:
        """Confirm the plan."""
        signer = self.office if by == OFFICE else self.world.authority
        self.world.state("plan_receipt", self.plan, {"document": "收1"}, [signer], by)

    def file_plan(self, headcount: int = 12) -> None:
        self.world.state(
            "plan", self.plan, self.planned(headcount), [self.desk.statement], self.desk.id
        )

    def file_batch(self, number: str, people: list[Person], **papers: Any) -> None:
        said = {name: one for name, one in {**self.papers, **papers}.items() if one is not ...}
        self.desk.file_batch(number, people, **DAYS, papers=said)

    def close(self, number: str, passed: int, failed: int, absent: int) -> None:
        said = {"passed": passed, "failed": failed, "absent": absent}
        subject = f"{self.desk.id}/batches/{number}"
        self.world.state("batch_close", subject, said, [self.desk.statement], self.desk.id)

    def issue(self, person: Person, batch: str, **changes: Any) -> Any:
        text = self.desk.issue(person, batch, **{"evaluated_on": "2026-09-23", **changes})
        return self.desk.submit_all([text])[0]


def examined(world: World, *, ready: bool = True) -> Examined:
    """Put everything in order and the gate to full, and let two days pass."""
    made = Examined(world)
    made.appoint_office()
    desk = made.desk
    roles = {"roles": ["employer"], "audience": "own", "document": "备1"}
    world.state("body_roles", desk.id, roles, [world.lead])
    for name in ("station", "assessor"):
        subject, said = ENTRIES[name]
        world.state(name, subject, {**said, "to": START + YEAR}, [world.lead])
    world.state("gate", f"{URL}/gate", {"from": START + DAY, "level": "full"}, [world.lead])
    if ready:
        world.state("standard", STANDARD, DRAFT, [desk.statement], desk.id)
        made.step("reviewed", AUTHORITY)
        made.step("filed", OFFICE)
        made.step("in_force", AUTHORITY)
        made.file_plan()
        made.receive(AUTHORITY)
        made.receive(OFFICE)
    world.clock.now = EXAMINED
    return made


MAY = {
    "standard": "lead authority body",
    "standard_step": "lead authority",
    "plan": "body",
    "plan_receipt": "lead authority",
    "competition": "lead",
    "national_list": "lead",
    "batch_close": "body",
}
"""Who may make a statement of each type."""

COMPETITION: dict[str, Any] = {
    "name": "砌筑工技能大赛",
    "tier": "city",
    "organiser": "示例协会",
    "year": 2026,
    "occupations": [{"code": BRICKLAYER, "levels": ["3"]}],
    "ranks": 3,
    "from": "2026-09-23",
    "to": "2026-09-24",
    "document": "赛1",
}


def acceptable(world: World, type_: str) -> tuple[str, dict[str, Any]]:
    """Make what comes before, and give subject and body of a statement that may follow."""
    desk, signed = world.first, ([world.first.statement], world.first.id)
    plan = Examined(world).plan
    planned = {**Examined(world).planned(), "recipients": [URL, AUTHORITY]}
    if type_ == "standard_step":
        world.state("standard", STANDARD, DRAFT, *signed)
    if type_ == "plan_receipt":
        world.state("plan", plan, planned, *signed)
    return {
        "standard": (STANDARD, DRAFT),
        "standard_step": (STANDARD, {"step": "reviewed", "from": START, "document": "审1"}),
        "plan": (plan, planned),
        "plan_receipt": (plan, {"document": "收1"}),
        "competition": (f"{URL}/competitions/J-1", COMPETITION),
        "national_list": (
            f"{URL}/national-list",
            {"from": START, "codes": [BRICKLAYER], "document": "目录"},
        ),
        "batch_close": (f"{desk.id}/batches/B1", {"passed": 9, "failed": 1, "absent": 0}),
    }[type_]


__all__ = ["PEOPLE", "Examined", "examined"]
