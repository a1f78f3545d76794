# SPDX-License-Identifier: Apache-2.0
"""The drill: yesterday's copy is restored, and no number, index or receipt is used twice.

docs/operations.md says how it is done by hand.
"""

import signal
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest

from credential import base64url
from credential.certificate import Claims
from credential.errors import SealError
from credential.feed import Fed
from credential.roster_commitment import Commitment
from registry import backup, database, feed, fsck, publish, refeed, restore, store_certificates
from registry.log import Acknowledged
from registry.refeed import Outcome
from tests import forked
from tests.registry.backends import Backend, intrude, url_of
from tests.registry.test_admission import acknowledged, submit
from tests.registry.test_publish import publish_now, published
from tests.registry.world import DAY, PEOPLE, World, key, subject_of

ROOT = Path(__file__).parents[2]


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(SealError) as caught:
        act()
    return caught.value.code


@dataclass
class Day:
    """What a body did after the copy was made, and what its desk kept of it."""

    world: World
    texts: list[str] = field(default_factory=list)
    answers: list[Acknowledged] = field(default_factory=list)
    claims: list[Claims] = field(default_factory=list)
    lines: list[bytes] = field(default_factory=list)

    def note(self, answer: Acknowledged, **content: object) -> None:
        salt = base64url.decode(answer.salt)
        self.lines.append(Fed(answer.receipt, salt, **content).to_line())  # type: ignore[arg-type]  # as named below

    def work(self) -> None:
        """Admit, file a batch, change statuses, publish twice."""
        world, desk = self.world, self.world.first
        self.admit(PEOPLE[1], PEOPLE[2])
        desk_key = [desk.statement]
        self.state("suspend", self.claims[0], {"reason": "复核"})
        self.state("revoke", self.claims[1], {"reason": "差错更正"})
        commitment = Commitment.of(b"s" * 16, [(p.name, p.tag) for p in PEOPLE[5:]])
        body = {
            "kind": "skill_level",
            "route": "examination",
            "occupations": [{"code": "lyg2020:39", "levels": ["4", "3"]}],
            "region": desk.region,
            "from": "2026-09-01",
            "to": "2026-09-20",
            "headcount": 5,
            "roster": base64url.encode(commitment.root),
        }
        from credential import statement_bodies
        from registry import statements

        tokens = world.sign(
            "batch", statement_bodies.batch_subject(desk.id, "B2"), body, desk_key, desk.id
        )
        attachment = commitment.to_members()
        answer = statements.accept(world.registry, tokens, attachment)
        self.note(answer, statement=tuple(tokens), attachment=attachment)
        publish_now(world)
        self.admit(PEOPLE[5], PEOPLE[6], batch="B2")
        # A statement of the authority, which no desk has: the registry's own feed has it.
        world.state("suspend", subject_of(self.claims[3]), {"reason": "复核"}, [world.lead])
        publish_now(world)
        self.admit(PEOPLE[3])

    def admit(self, *people: object, batch: str = "B1") -> None:
        claims = [self.world.first.claims(person, batch) for person in people]  # type: ignore[arg-type]  # Person
        texts = [self.world.first.sign(one) for one in claims]
        for text, answer in zip(texts, self.world.first.submit_all(texts), strict=True):
            self.answers.append(acknowledged(answer))
            self.note(self.answers[-1], certificate=text)
        self.texts += texts
        self.claims += claims

    def state(self, type_: str, claims: Claims, body: dict[str, object]) -> None:
        from registry import statements

        desk = self.world.first
        tokens = self.world.sign(type_, subject_of(claims), body, [desk.statement], desk.id)
        answer = statements.accept(self.world.registry, tokens)
        self.note(answer, statement=tuple(tokens))


@dataclass
class Loss:
    """A registry whose database is lost, and what there is to put it back from."""

    day: Day
    report: fsck.Report
    statuses: dict[int, tuple[int, str]]
    desk: Path
    office: Path

    def feed(self, *files: Path) -> Outcome:
        return refeed.refeed(self.day.world.registry, files)


@pytest.fixture
def loss(world: World, backend: Backend) -> Loss:
    submit(world, world.first.issue(PEOPLE[0]))
    publish_now(world)
    backup.backup(world.registry, world.folder / "copy")
    start = fsck.fsck(world.registry).leaves
    world.clock.now += DAY // 2
    day = Day(world)
    day.work()
    desk, office = world.folder / "desk.feed", world.folder / "office.feed"
    desk.write_bytes(b"".join(day.lines))
    office.write_bytes(b"".join(feed.walk(world.registry, start, feed.Feed())))
    report, statuses = fsck.fsck(world.registry), statuses_of(world)
    world.registry.engine.dispose()
    if backend.name == "sqlite":
        (world.folder / "registry.db").unlink()
    else:
        backend.prepare(world.folder)
    world.settings = replace(world.settings, database=url_of(world.folder))
    registry, _ = restore.restore(world.settings, world.folder / "copy", clock=world.clock)
    registry.engine.dispose()
    world.registry = world.open()
    return Loss(day, report, statuses, desk, office)


def statuses_of(world: World) -> dict[int, tuple[int, str]]:
    with database.read(world.registry.engine) as connection:
        return store_certificates.statuses_of(connection, range(1_000))


def _by_hand(loss: Loss) -> None:
    """A key that no root names signs nothing, and what was signed is answered as it was."""
    world, receipt = loss.day.world, loss.day.world.receipt
    world.receipt = key("receipt", "of the drill", epoch=255)
    world.registry.engine.dispose()
    world.registry = world.open()
    assert world.first.submit_all(loss.day.texts) == loss.day.answers
    fresh = world.first.issue(PEOPLE[4])
    assert refusal(lambda: submit(world, fresh)) == "registry.receipt_key"
    world.receipt = receipt


def test_the_drill(loss: Loss) -> None:
    """Refused until everything is back; then everything is as it was."""
    day, world = loss.day, loss.day.world
    fresh = world.first.issue(PEOPLE[4])
    assert refusal(lambda: submit(world, fresh)) == "registry.restored"
    assert refusal(lambda: submit(world, day.texts[0])) == "registry.restored"
    assert refusal(lambda: world.first.file_batch("B3", PEOPLE)) == "registry.restored"
    assert refusal(lambda: publish_now(world)) == "registry.restored"
    # The desk's ledger alone lacks what the authority stated: told, and still refused.
    outcome = loss.feed(loss.desk)
    index = day.answers[3].log_index
    assert outcome.gaps == [(index + 1, index + 1)]
    assert outcome.size == index + 1
    assert refusal(lambda: submit(world, fresh)) == "registry.restored"
    assert refusal(lambda: world.first.file_batch("B3", PEOPLE)) == "registry.restored"
    outcome = loss.feed(loss.desk, loss.office)
    assert (outcome.size, outcome.gaps) == (loss.report.leaves, [])
    _by_hand(loss)
    world.registry.engine.dispose()
    world.registry = world.open()
    assert fsck.fsck(world.registry) == loss.report
    assert statuses_of(world) == loss.statuses
    # The same receipts, and nothing that was used can be used again.
    again = [acknowledged(one) for one in world.first.submit_all(day.texts[:3])]
    assert again == day.answers[:3]
    assert world.first.submit_all(day.texts) == day.answers
    for old in day.claims:
        number = old.certificate_number
        same = world.first.issue(PEOPLE[4], certificate_number=number, status_index=5_000)
        assert submit(world, same) == ["number.taken"]
        drawn = world.first.issue(PEOPLE[4], status_index=old.status_index)
        assert submit(world, drawn) == ["status.taken"]
    assert submit(world, fresh) == ["admitted"]
    assert fsck.fsck(world.registry).leaves == loss.report.leaves + 1
    before = published(world).home
    world.clock.now += 10
    publish_now(world)
    after = published(world).home
    assert after.manifest.sequence > before.manifest.sequence
    assert after.trust_list.version > before.trust_list.version
    publish.compare(before, after)


KILLED = """
import os, signal, sys
from pathlib import Path
from registry import refeed, store_log
from tests.registry.world import World
world = World(Path(sys.argv[1]))
left, move = int(sys.argv[2]), store_log.move_tail

def dies(*args):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return move(*args)

store_log.move_tail = dies
refeed.refeed(world.registry, [Path(sys.argv[3])])
"""


def test_killed_while_it_is_fed_it_goes_on(loss: Loss) -> None:
    world = loss.day.world
    world.registry.engine.dispose()
    for step in (1, 3):
        words = ["-c", KILLED, world.folder, step, loss.office]
        assert forked.run(words) == -signal.SIGKILL
    outcome = loss.feed(loss.office)
    assert outcome.before == loss.report.leaves - (outcome.size - outcome.before)
    assert outcome.before > loss.day.answers[0].log_index  # two intervals had been committed
    assert fsck.fsck(world.registry) == loss.report
    assert world.first.submit_all(loss.day.texts) == loss.day.answers


def test_feeds_that_lie_are_told_and_nothing_of_them_is_kept(loss: Loss) -> None:
    world = loss.day.world
    lines = loss.office.read_bytes().splitlines(keepends=True)
    first, second = (Fed.from_line(line[:-1]) for line in lines[:2])
    lies = {
        "salt": replace(first, salt=bytes(16)).to_line(),
        "receipt": replace(first, receipt=first.receipt[:-8] + "AAAAAAAA").to_line(),
        "swapped": replace(first, certificate=second.certificate).to_line(),
        "another place": replace(first, receipt=second.receipt).to_line(),
        "no line": b'{"receipt":1}\n',
    }
    before = fsck.fsck(world.registry)
    for name, lie in lies.items():
        file = world.folder / "lie.feed"
        file.write_bytes(lie + b"".join(lines[1:]))
        wanted = "refeed.mark" if name == "salt" else "refeed.line"
        assert refusal(partial(loss.feed, file)) == wanted
        assert fsck.fsck(world.registry) == before
        assert refusal(lambda: submit(world, loss.day.texts[0])) == "registry.restored"
    # A receipt that was signed when the copy was made, and not yet stored, comes back as it was.
    loss.feed(loss.office)
    lost = loss.day.answers[0].log_index
    intrude(world.registry.engine, f"delete from receipts where log_index = {lost}")
    assert loss.feed(loss.desk).receipts == 1
    assert fsck.fsck(world.registry) == loss.report
    assert world.first.submit_all(loss.day.texts) == loss.day.answers
