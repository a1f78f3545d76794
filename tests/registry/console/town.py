# SPDX-License-Identifier: Apache-2.0
"""A region with two bodies in two districts; whatever is the second one's says CANARY."""

from dataclasses import dataclass
from typing import Any

from console.account import Account
from registry.console.sight import Sight, look
from tests.registry.entries import APPLIED, ENTRIES
from tests.registry.examined import AUTHORITY, OFFICE, examined
from tests.registry.world import PEOPLE, START, URL, YEAR, Desk, Person, World

CANARY = "CANARY"
HOLDER = Person("金丝雀", "Abz_")
APPLICATION, OTHERS_APPLICATION = f"{URL}/applications/2026-0001", f"{URL}/applications/CANARY-1"
STATION, OTHERS_STATION = ENTRIES["station"][0], f"{URL}/stations/CANARY-1"
ROLES: dict[str, dict[str, Any]] = {
    "lead": {"jurisdiction": "310115"},
    "official": {},
    "intake": {},
    "guidance": {},
    "supervisor": {"jurisdiction": "310115"},
    "auditor": {"jurisdiction": "310115", "until": START + 2 * YEAR},
    "body_staff": {},
    "administrator": {},
}
"""Accounts of Pudong, one for each role."""


@dataclass
class Town(World):
    """A region as founded, with what each of the two bodies has there."""

    def enter(self, desk: Desk) -> None:
        if desk is self.first:
            super().enter(desk)
            return
        body = {
            "name": f"{CANARY}评价中心",
            "prefix": desk.prefix,
            "region": desk.region,
            "document": f"{CANARY}1",
        }
        self.state("body", desk.id, body)
        for one in (desk.certificate, desk.submit, desk.statement, desk.second):
            self.state("key", desk.id, self.key_body(one, desk.id))
        self.state("filing", desk.id, self.filing(desk, number=f"{CANARY}8号"))
        self.state("blocks", desk.id, {"list": "1", "first": desk.first, "count": 2_048})

    def settle(self) -> None:
        """Let both bodies issue, apply and file what they have."""
        self.first.file_batch("B1", PEOPLE)
        self.first.submit_all([self.first.issue(person) for person in PEOPLE[:3]])
        other = self.other
        other.file_batch(f"{CANARY}-B", [HOLDER])
        other.submit_all([other.issue(HOLDER, f"{CANARY}-B")])
        name = {"name": f"{CANARY}站点", "body": other.code, "region": other.region}
        self.state("station", OTHERS_STATION, {**ENTRIES["station"][1], **name}, [self.lead])
        for type_ in ("assessor", "unit", "operator"):
            subject, body = ENTRIES[type_]
            changes = {"name": f"{CANARY}{type_}", "region": other.region}
            place = f"{subject.rpartition('/')[0]}/{CANARY}-2"
            self.state(type_, place, {**body, **changes}, [self.lead])
        asked = {"applicant": other.code, "name": CANARY, "region": other.region}
        self.state("application", OTHERS_APPLICATION, {**APPLIED, **asked})
        self.state("application", APPLICATION, APPLIED)
        standard = {
            "form": "enterprise",
            "title": f"{CANARY}规范",
            "version": "1",
            "sha256": "ab" * 32,
            "body": other.code,
            "occupations": [{"code": "lyg2020:39", "levels": ["3"]}],
        }
        self.state("standard", f"{URL}/standards/{CANARY}", standard, [other.statement], other.id)
        made = examined(self)
        plan = f"{other.id}/plans/{CANARY}"
        said = {**made.planned(), "recipients": [OFFICE, URL]}
        self.state("plan", plan, said, [other.statement], other.id)

    def account(self, role: str) -> Account:
        """Give an account of Pudong."""
        return Account(f"{role.replace('_', '.')}.pd", "示例", frozenset({role}), **ROLES[role])

    def party(self, role: str) -> str | None:
        """Tell for whom an account acts."""
        acting = {"official": AUTHORITY, "intake": AUTHORITY, "guidance": AUTHORITY}
        return self.first.id if role == "body_staff" else acting.get(role)

    def see(self, role: str, see: Any) -> Any:
        """Look as an account does."""

        def inside(sight: Sight) -> Any:
            return see(sight)

        return look(self.registry, self.account(role), self.party(role), inside)
