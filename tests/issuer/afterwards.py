# SPDX-License-Identifier: Apache-2.0
"""A desk that has issued some certificates at a real registry, and goes on from there."""

import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

from fastapi.testclient import TestClient

from credential.errors import UnavailableError
from credential.filing_file import FilingFile
from issuer import act_post, desk, status_change
from issuer.act import State
from issuer.desk import Means, Order
from issuer.ledger import Ledger
from issuer.records import Item
from issuer.submit import Answer
from issuer.submit import Registry as Address
from keys.signing_key import SigningKey
from registry import app, database, lists, office, store_certificates
from tests.issuer.sheets import Value, csv_file, row
from tests.registry.world import DAY, START, World


def evaluated(serial: int, **changes: Value) -> list[Value]:
    """Make a row of somebody who was evaluated before the registry's day."""
    return row(serial, **{"考核日期": "2026-09-12", **changes})


class Bureau:
    """The first body's desk, with two people."""

    def __init__(
        self, folder: Path, world: World, client: TestClient, tags: str = "required"
    ) -> None:
        self.folder, self.world, self.client = folder, world, client
        made = office.filing_file(world.registry, world.first.id, tags)
        self.filing = FilingFile.from_bytes(made.to_bytes())
        self.path = folder / "ledger.sqlite"
        self.roster = folder / "r.csv"
        self.lost = 0
        """How many answers get lost from now on."""
        self.submit: SigningKey | None = None
        """To ask the registry with, before two people sign."""
        self.cut = False
        """The line to the registry is dead."""
        self.sent: list[bytes] = []
        self.random = Random(7)
        self.error: UnavailableError | None = None
        """Why the last change was not sent."""
        self.changes: set[str] = set()
        """That the last numbers belong to."""
        self.address = Address("https://x", lambda _: None, self.post)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        if self.cut:
            raise ConnectionRefusedError
        self.sent.append(body)
        answer = self.client.post(url.removeprefix("https://x"), content=body, headers=headers)
        if self.lost:
            self.lost -= 1
            raise ConnectionResetError
        return Answer(answer.status_code, answer.headers.get("Retry-After"), answer.content)

    @property
    def at(self) -> int:
        return self.world.clock.now

    def means(self) -> Means:
        return Means(self.world.clock, os.urandom, self.random.randrange, cores=1)

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        with Ledger.open(self.path, self.world.first.id, os.urandom) as ledger:
            yield ledger

    def order(self, roster: Path) -> Order:
        return Order.of(roster, "skill_level", None, self.filing, without_tags=False)

    def issue(self, table: Sequence[Sequence[Value]], batch: str = "B9") -> list[str]:
        """File and issue; gives the numbers in the order of the sheet."""
        self.roster = csv_file(self.folder / f"{batch}.csv", table)
        return self.issue_file(self.roster, batch)

    def issue_file(self, roster: Path, batch: str) -> list[str]:
        keys = (self.world.first.certificate, self.world.first.submit)
        order, out = self.order(roster), self.folder / "out"
        with self.ledger() as ledger:
            desk.file(order, ledger, self.address, self.world.first.statement, self.means(), batch)
            outcome = desk.issue_roster(order, ledger, self.address, keys, out, self.means())
        assert outcome.refusals == ()
        return [item.number or "" for item in outcome.registered]

    def desk(self, ledger: Ledger, *, online: bool = True, key: bool = True) -> act_post.Desk:
        return act_post.Desk(
            ledger,
            self.filing,
            self.address if online else None,
            self.world.first.statement if key else None,
            self.at,
            os.urandom,
            self.submit,
        )

    def change(
        self, type_: str, numbers: Sequence[str], reason: str = "fraud 弄虚作假", **how: bool
    ) -> list[tuple[str, str | None]]:
        """Order and send; gives outcome and code of each number."""
        with self.ledger() as ledger:
            decisions = status_change.decide(ledger, type_, numbers)
            acting = self.desk(ledger, **how)
            self.error = acting.carry_out(type_, decisions, reason)
            told = acting.outcomes(decisions)
            self.changes = {change for *_, change in told if change}
        return [(outcome, code) for _, outcome, code, _ in told]

    def state(self, number: str) -> str:
        """Give the state that the desk knows."""
        with self.ledger() as ledger:
            return State.of(ledger.acts_about(("skill_level", number))).name

    def status(self, number: str) -> int:
        """Give the status that the registry has."""
        with database.read(self.world.registry.engine) as connection:
            (found,) = store_certificates.named(connection, number)
            statuses = store_certificates.statuses_of(connection, [found.log_index])
        return statuses.get(found.log_index, (0, ""))[0]

    def item(self, number: str) -> Item:
        with self.ledger() as ledger:
            found = ledger.numbered(number)
        assert found is not None
        return found


def issued(folder: Path, rows: int) -> list[str]:
    """Make a registry and a ledger in which some certificates were issued, for `reopened`."""
    world = World(folder).found()
    world.clock.now = START + DAY
    lists.sign_lists(world.registry, world.list, world.status)
    with TestClient(app.build(world.registry)) as client:
        numbers = Bureau(folder, world, client).issue([evaluated(n) for n in range(rows)])
    world.registry.engine.dispose()
    return numbers


@contextmanager
def reopened(folder: Path, before: Path) -> Iterator[Bureau]:
    """Go on a day later with a copy of what `issued` left."""
    folder.mkdir(exist_ok=True)
    for name in ("registry.db", "published.marks", "ledger.sqlite"):
        (folder / name).write_bytes((before / name).read_bytes())
    world = World(folder, jtis=itertools.count(1_000_000))
    world.clock.now = START + 2 * DAY
    with TestClient(app.build(world.registry)) as client:
        yield Bureau(folder, world, client)
    world.registry.engine.dispose()
