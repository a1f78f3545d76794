# SPDX-License-Identifier: Apache-2.0
"""No sequence of snapshots rolls back: honest, replayed, restored from a backup, or slipped.

A registry lives on while files of every origin are offered to one verifier. Whatever is accepted,
what the verifier has once known to be withdrawn stays withdrawn, and its answers about the past
stay the same or get stricter.
"""

import copy
from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from credential.body import Body
from credential.errors import SealError
from credential.filing import Standing
from credential.key_record import KeyRecord
from credential.scope import scope_of, standing_at
from credential.snapshot import Bag, Snapshot
from tests.credential.world import BEGIN, OCCUPATIONS, PUBLISHED, Registry, World
from verifier import trusted

STEP = 3_600
INDEXES = (65_536, 70_031, 100_000)
Change = Callable[[Registry], object]


def _now(home: Registry) -> int:
    return home.trust_list.iat


def _standing(state: str, back: int = 0) -> Change:
    def change(home: Registry) -> None:
        start = _now(home) - back
        past = tuple(each for each in home.body.standing if each.start < start)
        home.set_body(standing=(*past, Standing(start, state, "人社函〔2026〕9号")))

    return change


def _cut_filing(back: int = 0) -> Change:
    def change(home: Registry) -> None:
        at = _now(home) - back
        kept = [
            each if each.end is not None and each.end <= at else each._replace(end=at)
            for each in home.body.filings
            if each.start < at
        ]
        grant = home.body.filings[0].grants[0]._replace(levels=("5",))
        kept.append(home.body.filings[0]._replace(start=at, end=None, grants=(grant,), void=None))
        home.set_body(filings=tuple(kept))

    return change


def _void_filing(document: str | None) -> Change:
    def change(home: Registry) -> None:
        first, *others = home.body.filings
        home.set_body(filings=(first._replace(void=document), *others))

    return change


def _distrust(after: int | None) -> Change:
    def change(home: Registry) -> None:
        first, *others = home.body.keys
        home.set_body(keys=(first._replace(distrusted_after=after), *others))

    return change


def _new_key(back: int = 0) -> Change:
    def change(home: Registry) -> None:
        key = home.key("certificate", f"/{len(home.body.keys)}/{home.sequence}")
        record = KeyRecord(key.kid, key.public, "certificate", _now(home) - back, None)
        home.set_body(keys=(*home.body.keys, record))

    return change


def _drop_key(home: Registry) -> None:
    home.set_body(keys=home.body.keys[:-1])


def _status(index: int, value: int) -> Change:
    def change(home: Registry) -> None:
        home.statuses["1"] = {**home.statuses["1"], index: value}

    return change


def _grow_log(home: Registry) -> None:
    size = home.checkpoint.size + 1
    home.checkpoint = home.checkpoint._replace(size=size, root=size.to_bytes(32))


def _add_list(home: Registry) -> None:
    home.statuses[str(len(home.statuses) + 1)] = {}


HONEST: tuple[Change, ...] = (
    lambda home: None,
    _standing("active"),
    _standing("rectifying"),
    _new_key(),
    _grow_log,
    _add_list,
    lambda home: home.succeed(),
)
WITHDRAWALS: tuple[Change, ...] = (
    _standing("suspended"),
    _cut_filing(),
    _void_filing("人社撤〔2026〕1号"),
    _distrust(PUBLISHED),
    _distrust(BEGIN),
)
GIVEN_BACK: tuple[Change, ...] = (
    _standing("active", back=2 * STEP),
    _cut_filing(back=2 * STEP),
    _void_filing(None),
    _distrust(PUBLISHED + STEP),
    _distrust(None),
    _new_key(back=2 * STEP),
)
SLIPS: tuple[Change, ...] = (
    _drop_key,
    lambda home: home.statuses.pop("2", None),
    lambda home: home.set_list(bodies=()),
    lambda home: home.set_body(max_delay=1),
    lambda home: setattr(home, "catalogues", []),
)


def _answers(body: Body | None, t: int) -> tuple[bool, ...]:
    """What a verdict asks about this time: standing, scope at two levels, and each first key."""
    if body is None:
        return (False,) * 6
    covered = (
        scope_of(body, "skill_level", OCCUPATIONS[0].code, level, "310115", t, "310000").reason
        for level in ("5", "3")
    )
    keys = (
        record.holds(t) and (record.distrusted_after is None or t < record.distrusted_after)
        for record in body.keys[:3]
    )
    return (standing_at(body, t).reason is None, *(each is None for each in covered), *keys)


class Histories(RuleBasedStateMachine):
    """One verifier, one registry, everything that was ever published."""

    @initialize()
    def begin(self) -> None:
        self.world = World()
        self.world.with_peer = False
        self.anchor = self.world.anchor
        self.code = self.world.home.body.code
        self.files = [self.world.data()]
        self.backups = [self._copy()]
        self.state = trusted.replace(None, self.files[0], self.anchor)
        self.known: dict[int, tuple[bool, ...]] = {}
        self.final: set[int] = set()
        self.learn()

    def _copy(self) -> World:
        world = copy.copy(self.world)
        world.home = copy.copy(self.world.home)
        world.home.statuses = dict(world.home.statuses)
        world.home.past = list(world.home.past)
        return world

    def learn(self) -> None:
        """Note what is known about the past, and what is final."""
        bag = self.state.home
        body = bag.trust_list.body(self.code)
        for t in range(PUBLISHED - 6 * STEP, bag.trust_list.iat, STEP // 2):
            self.known[t] = _answers(body, t)
        listed = bag.status_lists["https://jy.sh310.example/status/1"]
        self.final |= {index for index in INDEXES if listed.status(index) in (1, 3)}

    def offer(self, data: bytes) -> bool:
        before = self.state
        try:
            self.state = trusted.replace(before, data, self.anchor)
        except SealError:
            self.state = before
            return False
        self._compare(before.home, self.state.home)
        self.learn()
        return True

    def _compare(self, before: Bag, after: Bag) -> None:
        assert after.manifest.sequence >= before.manifest.sequence
        assert after.trust_list.version >= before.trust_list.version
        assert after.manifest.iat >= before.manifest.iat
        assert after.checkpoint.size >= before.checkpoint.size
        assert len(after.roots) >= len(before.roots)
        assert before.status_lists.keys() <= after.status_lists.keys()
        assert len(after.catalogues) >= len(before.catalogues)
        body = after.trust_list.body(self.code)
        for t, known in self.known.items():
            for was, now in zip(known, _answers(body, t), strict=True):
                assert was or not now  # nothing refused about the past is ever granted later

    @rule(change=st.sampled_from(HONEST))
    def publish(self, change: Change) -> None:
        self.world.home.next(STEP)
        change(self.world.home)
        self.files.append(self.world.data())
        self.backups.append(self._copy())
        assert self.offer(self.files[-1])

    @rule(change=st.sampled_from(WITHDRAWALS))
    def withdraw(self, change: Change) -> None:
        self.slip(change)

    @rule(change=st.sampled_from(GIVEN_BACK))
    def give_back(self, change: Change) -> None:
        self.slip(change)

    @rule(index=st.sampled_from(INDEXES), value=st.integers(0, 3))
    def set_status(self, index: int, value: int) -> None:
        self.slip(_status(index, value))

    @rule(change=st.sampled_from(SLIPS))
    def drop(self, change: Change) -> None:
        self.slip(change)

    def slip(self, change: Change) -> None:
        """Publish what may be wrong; what is refused was never published."""
        before = self._copy()
        self.world.home.next(STEP)
        change(self.world.home)
        if self.offer(self.world.data()):
            self.files.append(self.world.data())
            self.backups.append(self._copy())
        else:
            self.world = before

    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(0, len(self.files) - 1))
        accepted = self.offer(self.files[number])
        assert accepted == (self.files[number] == self.files[-1])

    @rule(data=st.data(), ahead=st.integers(0, 3))
    def restore_a_backup(self, data: st.DataObject, ahead: int) -> None:
        """An operator restores an older state and publishes on, under numbers that rise."""
        number = data.draw(st.integers(0, len(self.backups) - 1))
        current, self.world = self._copy(), copy.copy(self.backups[number])
        self.world = self._copy()
        steps = len(self.backups) - number + ahead - 1
        for _ in range(steps):
            self.world.home.next(STEP)
        if self.offer(self.world.data()):
            self.files.append(self.world.data())
            self.backups.append(self._copy())
        else:
            self.world = current

    @rule(at=st.integers(0, 20_000), flip=st.integers(1, 255))
    def damage(self, at: int, flip: int) -> None:
        last = self.files[-1]
        at %= len(last)
        before = self.state.home.manifest
        self.offer(last[:at] + bytes([last[at] ^ flip]) + last[at + 1 :])
        assert self.state.home.manifest == before

    @rule(data=st.data())
    def cut(self, data: st.DataObject) -> None:
        last = self.files[-1]
        assert not self.offer(last[: data.draw(st.integers(0, len(last) - 1))])

    @rule()
    def restart(self) -> None:
        """What is stored and read again is the same state."""
        self.state = Snapshot.from_bytes(self.state.to_bytes(), self.anchor)

    @invariant()
    def what_is_final_stays_final(self) -> None:
        listed = self.state.home.status_lists["https://jy.sh310.example/status/1"]
        assert all(listed.status(index) in (1, 3) for index in self.final)


Histories.TestCase.settings = settings(max_examples=60, stateful_step_count=15)
TestHistories = Histories.TestCase


@pytest.mark.long
def test_a_thousand_histories() -> None:
    class Longer(Histories):
        """The same, for longer."""

    Longer.TestCase.settings = settings(max_examples=1_000, stateful_step_count=30)
    Longer.TestCase("runTest").runTest()
