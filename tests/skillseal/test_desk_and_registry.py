# SPDX-License-Identifier: Apache-2.0
"""The desk of one body against its region's registry: they meet over HTTP and nowhere else."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

import pytest
from fastapi.testclient import TestClient

from credential import carrier, identity_number
from credential.filing_file import FilingFile
from issuer import desk
from issuer.desk import Means, Order
from issuer.ledger import Ledger
from issuer.outcomes import Outcome
from issuer.submit import Answer
from issuer.submit import Registry as Address
from registry import app, lists, office
from tests.issuer.sheets import Value, csv_file, row, rows
from tests.registry.world import DAY, START, World

ROWS = 6


class Desk:
    """The first body's desk."""

    def __init__(self, folder: Path, world: World, client: TestClient) -> None:
        self.folder, self.world, self.client = folder, world, client
        self.made = FilingFile.from_bytes(
            office.filing_file(world.registry, world.first.id, "required").to_bytes()
        )
        self.roster = csv_file(folder / "r.csv", [evaluated(serial) for serial in range(ROWS)])
        self.ledger = folder / "ledger.sqlite"
        self.lost = 0
        self.address = Address("https://x", lambda _: None, self.post)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        answer = self.client.post(url.removeprefix("https://x"), content=body, headers=headers)
        if self.lost:
            self.lost -= 1
            raise ConnectionResetError
        return Answer(answer.status_code, answer.headers.get("Retry-After"), answer.content)

    def means(self) -> Means:
        random = Random(7)
        return Means(self.world.clock, os.urandom, random.randrange, cores=1)

    def order(self) -> Order:
        return Order.of(self.roster, "skill_level", None, self.made, without_tags=False)

    def file(self, name: str = "B9") -> None:
        with Ledger.open(self.ledger, self.world.first.id, os.urandom) as ledger:
            key = self.world.first.statement
            desk.file(self.order(), ledger, self.address, key, self.means(), name)

    def issue(self) -> Outcome:
        keys = (self.world.first.certificate, self.world.first.submit)
        out = self.folder / "out"
        with Ledger.open(self.ledger, self.world.first.id, os.urandom) as ledger:
            return desk.issue_roster(self.order(), ledger, self.address, keys, out, self.means())


def evaluated(serial: int, level: str = "三级") -> list[Value]:
    return row(serial, 考核日期="2026-09-12", 技能等级=level)


@pytest.fixture
def at_desk(tmp_path: Path) -> Iterator[Desk]:
    world = World(tmp_path).found()
    world.clock.now = START + DAY
    lists.sign_lists(world.registry, world.list, world.status)
    with TestClient(app.build(world.registry, anchor=True)) as client:
        yield Desk(tmp_path, world, client)


def test_a_roster_is_filed_registered_and_written(at_desk: Desk) -> None:
    at_desk.file()
    outcome = at_desk.issue()
    assert (outcome.refusals, outcome.unreachable) == ((), None)
    assert len(outcome.registered) == ROWS
    with Ledger.open(at_desk.ledger, at_desk.world.first.id, os.urandom) as ledger:
        items = [
            item for each in outcome.registered for item in ledger.some(each.batch, [each.line])
        ]
    for item in items:
        text = (at_desk.folder / "out" / f"{item.number}.txt").read_text()
        carried = carrier.decode(text)
        assert (carried.certificate, carried.receipt) == (item.token, item.receipt)


def test_answers_that_were_lost_come_again_the_same(at_desk: Desk) -> None:
    at_desk.lost = 2
    at_desk.file()
    at_desk.lost = 4
    first = at_desk.issue()
    assert len(first.registered) == ROWS
    at_desk.ledger.rename(at_desk.folder / "lost.sqlite")
    (at_desk.folder / "lost.sqlite").rename(at_desk.ledger)
    assert at_desk.issue().registered == first.registered


def test_a_desk_that_lost_its_ledger_doubles_nobody(at_desk: Desk) -> None:
    at_desk.file()
    assert len(at_desk.issue().registered) == ROWS
    at_desk.ledger.unlink()
    at_desk.file("B10")
    outcome = at_desk.issue()
    assert outcome.registered == ()
    assert {refusal.code for refusal in outcome.refusals} == {"person.duplicate"}
    assert outcome.refused == ROWS


def test_two_desks_of_one_body_share_numbers_and_indexes(at_desk: Desk, tmp_path: Path) -> None:
    at_desk.file()
    at_desk.issue()
    folder = tmp_path / "second"
    folder.mkdir()
    second = Desk(folder, at_desk.world, at_desk.client)
    csv_file(second.roster, [evaluated(serial) for serial in range(ROWS, 2 * ROWS)])
    second.file("B11")
    # It draws the same serials and, with the same chance, the same indexes as the first.
    outcome = second.issue()
    assert (outcome.refusals, len(outcome.registered)) == ((), ROWS)
    numbers = {item.number for item in outcome.registered}
    assert {number[-6:] for number in numbers if number} == {f"{n:06}" for n in range(7, 13)}


def test_the_registry_and_the_desk_refuse_with_the_same_code(at_desk: Desk) -> None:
    csv_file(at_desk.roster, [evaluated(0), evaluated(1, "一级")])
    at_desk.file()
    assert [each.code for each in at_desk.issue().refusals] == ["scope.level"]


def test_fictional_people_only() -> None:
    for cells in rows(ROWS):
        assert identity_number.normalise(1, str(cells[1])).startswith("310199")
