# SPDX-License-Identifier: Apache-2.0
"""A desk under the full gate of a real registry: what is named, asked of the rules, and closed."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from credential.errors import ConflictError
from credential.statement import Statement
from issuer import close, desk, papers
from issuer.check import Report
from issuer.ledger import Ledger
from issuer.outcomes import Outcome
from issuer.papers import Named
from registry import app, database, lists, store_statements
from tests.issuer.afterwards import Bureau
from tests.issuer.refusals import code_of
from tests.issuer.sheets import Value, csv_file, row
from tests.registry.entries import STATION
from tests.registry.examined import ASSESSOR, STANDARD, Examined, examined
from tests.registry.world import DAY, World

NAMED = Named(station="PD-01", assessors=("A-001",))


def result(serial: int, **changes: Value) -> list[Value]:
    return row(serial, **{"考核日期": "2026-09-23", **changes})


class Office(Bureau):
    """The first body's desk, and what its batches stand on."""

    def named_order(self, table: Sequence[Sequence[Value]], named: Named) -> desk.Order:
        path = csv_file(self.folder / "r.csv", table)
        return replace(self.order(path), papers=papers.identified(self.filing, named))

    def look(self, table: Sequence[Sequence[Value]], named: Named = NAMED) -> Report:
        return desk.looked(self.named_order(table, named), self.at)[1]

    def codes(self, table: Sequence[Sequence[Value]], named: Named = NAMED) -> list[str]:
        return [each.code for each in self.look(table, named).refusals]

    def file(self, table: Sequence[Sequence[Value]], named: Named = NAMED) -> None:
        order, first = self.named_order(table, named), self.world.first
        with self.ledger() as ledger:
            desk.file(order, ledger, self.address, first.statement, self.means(), "B9")

    def go_on(self) -> Outcome:
        keys = (self.world.first.certificate, self.world.first.submit)
        order = self.order(self.folder / "r.csv")
        with self.ledger() as ledger:
            return desk.issue_roster(
                order, ledger, self.address, keys, self.folder / "out", self.means()
            )

    def close(self, failed: int = 0, absent: int = 0) -> str:
        with self.ledger() as ledger:
            return self._close(ledger, failed, absent)

    def _close(self, ledger: Ledger, failed: int, absent: int) -> str:
        said = close.results(ledger, "B9", failed, absent)
        key = self.world.first.statement
        return close.close(
            *(ledger, self.address, self.filing, key, "B9", said), at=self.at, random=os.urandom
        )


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    world = World(tmp_path).found()
    examined(world)
    world.clock.now += DAY
    lists.sign_lists(world.registry, world.list, world.status)
    with TestClient(app.build(world.registry)) as client:
        yield Office(tmp_path, world, client, tags="none")


def test_a_batch_with_its_papers_is_filed_issued_and_closed(office: Office) -> None:
    office.file([result(0), result(1)])
    with database.read(office.world.registry.engine) as connection:
        (filed,) = store_statements.about(connection, [f"{office.world.first.id}/batches/B9"])
    # Plan and standard left no choice, and were not named.
    assert Statement.from_bytes(filed.payload).body["papers"] == {
        "plan": Examined(office.world).plan,
        "standards": [STANDARD],
        "station": STATION,
        "assessors": [ASSESSOR],
    }
    assert len(office.go_on().registered) == 2
    assert office.close()
    with pytest.raises(ConflictError, match="closed already") as caught:
        office.close()
    assert caught.value.code == "batch.closed"


def test_results_add_up_before_a_batch_is_closed(office: Office) -> None:
    office.file([result(n) for n in range(3)])
    for failed, absent in ((-1, 0), (0, -1), (4, 0)):
        with pytest.raises(Exception, match="have a certificate") as caught:
            office.close(failed, absent)
        assert getattr(caught.value, "code", "") == "close.results"
    office.go_on()
    assert code_of(office.close, 1, 0) == "close.results"
    with office.ledger() as ledger:
        assert code_of(close.results, ledger, "B1", 0, 0) == "batch.unknown"


def test_what_is_signed_is_handed_in_first(office: Office) -> None:
    office.file([result(0)])
    office.cut = True
    assert len(office.go_on().waiting) == 1
    assert code_of(office.close) == "close.waiting"


def test_without_papers_nothing_is_filed(office: Office) -> None:
    table = [result(0)]
    assert office.codes(table, Named()) == []  # nothing named yet: the rows are not to blame
    assert code_of(office.file, table, Named()) == "papers.missing"


def test_the_desk_refuses_what_the_registry_would(office: Office) -> None:
    assert office.codes([result(0)]) == []
    assert office.codes([result(0)], Named(station="PD-01")) == ["gate.assessor"]
    assert office.codes([result(0)], Named(assessors=("A-001",))) == ["gate.station"]
    assert office.codes([result(0)], replace(NAMED, station="PD-9")) == ["gate.station"]
    assert office.codes([result(0)], replace(NAMED, plan="2025")) == ["gate.plan_unreceived"]
    assert office.codes([result(0)], replace(NAMED, standards=("X",))) == ["gate.standard"]
    table = [result(0), result(1, 考核日期="2026-09-20"), result(2, 技能等级="五级")]
    report = office.look(table)
    assert [(each.row, each.code) for each in report.refusals] == [
        (3, "gate.plan_unreceived"),  # before the plan was confirmed
        (4, "gate.plan_scope"),
    ]
    assert [each.row for each in report.accepted] == [2]


def test_evidence_is_named_by_its_hash(office: Office, tmp_path: Path) -> None:
    basis = tmp_path / "名单.pdf"
    assert code_of(papers.identified, office.filing, Named(basis=basis)) == "papers.basis"
    basis.write_bytes(b"")
    assert code_of(papers.identified, office.filing, Named(basis=basis)) == "papers.basis"
    basis.write_bytes(b"evidence")
    named = papers.identified(office.filing, Named(basis=basis))
    assert named is not None
    assert named.basis == hashlib.sha256(b"evidence").hexdigest()


def test_what_may_be_named_is_listed_with_its_state(office: Office) -> None:
    found = {(each.what, each.id, each.state) for each in papers.choices(office.filing, office.at)}
    assert found == {
        ("station", "PD-01", "active"),
        ("assessor", "A-001", "active"),
        ("standard", "GF-1", "in_force"),
        ("plan", "2026", "received"),
    }
