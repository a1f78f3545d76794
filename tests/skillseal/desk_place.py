# SPDX-License-Identifier: Apache-2.0
"""A desk with its pages over a real registry under the full gate; its line can be cut."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from issuer.submit import Answer
from keys import key_file
from registry import app, database, lists, office, store_certificates
from tests.issuer import world as desk_world
from tests.issuer.sheets import HEADINGS, Value, csv_file, row
from tests.issuer.web.visitor import Visitor, visiting
from tests.issuer.world import FakeRegistry
from tests.registry.examined import examined
from tests.registry.world import DAY, World

SECRET = desk_world.PASSPHRASE.decode()
PICKED = {"station": "PD-01", "assessor:A-001": "on", "plan": "2026", "standard:GF-1": "on"}


@dataclass
class Line(FakeRegistry):
    """The line to a real registry, which can be cut."""

    client: TestClient | None = None
    is_cut: bool = False

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        if self.is_cut:
            raise ConnectionResetError
        assert self.client is not None
        path = "/" + url.split("/", 3)[3]
        sent = {k: v for k, v in headers.items() if k in ("Authorization", "Content-Type")}
        answer = self.client.post(path, content=body, headers=sent)
        return Answer(answer.status_code, answer.headers.get("Retry-After"), answer.content)


@dataclass
class Place:
    """A desk, its registry, and who sits there."""

    folder: Path
    world: World
    line: Line
    visitor: Visitor

    def upload(self, *rows: list[Value], more: tuple[str, ...] = ()) -> str:
        roster = csv_file(self.folder / "r.csv", rows, (*HEADINGS, *more))
        return self.visitor.upload(roster).text

    def choose(self, **changes: str) -> str:
        picked = {**PICKED, **changes}
        form = {name: value for name, value in picked.items() if value}
        visitor = self.visitor
        answer = visitor.post(f"{visitor.at}/papers", {"x": ("", b"")}, **form)
        assert visitor.site.clerk.wait(visitor.job, 30)
        return visitor.get(visitor.at).text if answer.url.path == visitor.at else answer.text

    def issue(self) -> str:
        self.visitor.act("file", secret_statement=SECRET)
        return self.visitor.act("issue", secret_certificate=SECRET).text

    def status_of(self, number: str) -> int:
        with database.read(self.world.registry.engine) as connection:
            (found,) = store_certificates.named(connection, number)
            statuses = store_certificates.statuses_of(connection, [found.log_index])
        return statuses.get(found.log_index, (0, ""))[0]


def result(serial: int, **changes: Value) -> list[Value]:
    return row(serial, **{"考核日期": "2026-09-23", **changes})


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One region for all tests; each has its own people and rosters."""
    tmp_path = tmp_path_factory.mktemp("place")
    world = World(tmp_path).found()
    examined(world)
    world.clock.now += DAY
    lists.sign_lists(world.registry, world.list, world.status)
    filing = office.filing_file(world.registry, world.first.id, "none")
    (tmp_path / "filing.json").write_bytes(filing.to_bytes())
    for key in (world.first.certificate, world.first.submit, world.first.statement):
        key_file.create(tmp_path / f"{key.role}.key", key, desk_world.PASSPHRASE)
    with TestClient(app.build(world.registry)) as client:
        line = Line(client=client)
        with visiting(tmp_path, fake=line, clock=world.clock) as visitor:
            yield Place(tmp_path, world, line, visitor)
