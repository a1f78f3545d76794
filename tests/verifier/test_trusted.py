# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §5.7: what may replace a snapshot."""

from collections.abc import Callable

import pytest

from credential.errors import SealError
from credential.filing import Filing, Standing
from credential.key_record import KeyRecord
from credential.manifest import MAX_SEQUENCE
from credential.snapshot import Snapshot
from credential.status_list import REVOKED, SUPERSEDED, SUSPENDED, VALID
from credential.survivors import Survivors
from tests.credential.world import BEGIN, PUBLISHED, WEEK, Registry, World
from verifier import trusted

LATER = PUBLISHED + 600
"""After the first publication."""
EARLIER = PUBLISHED - 600


def _code(old: Snapshot, data: bytes, anchor: str) -> str:
    with pytest.raises(SealError) as caught:
        trusted.replace(old, data, anchor)
    return caught.value.code


def _second(change: Callable[[Registry], object]) -> tuple[Snapshot, bytes, str]:
    """Publish twice, with a change between: the first snapshot, the second file, the anchor."""
    world = World()
    anchor, old = world.anchor, world.snapshot()
    world.home.next()
    change(world.home)
    return old, world.data(), anchor


def _accepts(change: Callable[[Registry], object]) -> Snapshot:
    old, data, anchor = _second(change)
    kept = trusted.replace(old, data, anchor)
    assert kept.to_bytes() == data
    return kept


def _refuses(change: Callable[[Registry], object]) -> str:
    old, data, anchor = _second(change)
    return _code(old, data, anchor)


def test_the_first_snapshot_is_taken() -> None:
    world = World()
    assert trusted.replace(None, world.data(), world.anchor).to_bytes() == world.data()


def test_the_same_file_again_is_quietly_kept() -> None:
    world = World()
    old = world.snapshot()
    assert trusted.replace(old, world.data(), world.anchor).to_bytes() == world.data()


def test_the_next_publication_is_taken() -> None:
    assert _accepts(lambda home: None).home.manifest.sequence == 813


def test_an_older_one_is_refused() -> None:
    world = World()
    anchor, data = world.anchor, world.data()
    world.home.next()
    assert _code(world.snapshot(), data, anchor) == "snapshot.rollback"


def test_a_broken_file_is_refused() -> None:
    world = World()
    data = world.data()
    assert _code(world.snapshot(), data[: len(data) // 2], world.anchor) == "snapshot.malformed"


def test_an_unanchored_or_foreign_state_is_none() -> None:
    world = World()
    newer = world.data()
    unbelieved = Snapshot.from_bytes(newer)
    other = World()
    other.home.root = other.home.root._replace(environment="demo")
    for old in (unbelieved, other.snapshot(), Snapshot.from_bytes(world.data(), world.anchor)):
        assert trusted.replace(old, newer, world.anchor).anchor == world.anchor
    other_region = Snapshot(unbelieved.peers["320000"], {}, {}, world.peer.anchor)
    assert trusted.replace(other_region, newer, world.anchor).region == "310000"


# Numbers and contents ---------------------------------------------------------------------------


def _set(**changes: object) -> Callable[[Registry], None]:
    def change(home: Registry) -> None:
        for name, value in changes.items():
            setattr(home, name, value)

    return change


def _catalogue(**changes: object) -> Callable[[Registry], None]:
    def change(home: Registry) -> None:
        home.catalogues = [home.catalogues[0]._replace(**changes)]  # type: ignore[arg-type]  # members

    return change


def _list(**changes: object) -> Callable[[Registry], None]:
    return lambda home: home.set_list(**changes)


def _checkpoint(**changes: object) -> Callable[[Registry], None]:
    def change(home: Registry) -> None:
        home.checkpoint = home.checkpoint._replace(**changes)  # type: ignore[arg-type]  # members

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_set(sequence=811), "snapshot.rollback"),
        (_set(sequence=812), "snapshot.conflict"),
        (_set(iat=PUBLISHED - 1, exp=PUBLISHED), "snapshot.rollback"),
        (_list(version=40), "snapshot.rollback"),
        (_list(version=41), "snapshot.conflict"),
        (_list(iat=PUBLISHED - 1, exp=PUBLISHED), "snapshot.rollback"),
        (_catalogue(version=2), "snapshot.rollback"),
        (_catalogue(occupations=()), "snapshot.conflict"),
        (_set(catalogues=[]), "snapshot.vanished"),
        (_catalogue(scheme="lyg2026", occupations=()), "snapshot.vanished"),
        (_set(statuses={"1": {}}), "snapshot.vanished"),
        (_set(list_times={"2": (PUBLISHED - 1, PUBLISHED)}), "snapshot.rollback"),
        (_checkpoint(root=bytes(32)), "snapshot.conflict"),
        (_list(bodies=()), "snapshot.vanished"),
    ],
)
def test_what_may_not_fall_or_vanish(change: Callable[[Registry], object], code: str) -> None:
    assert _refuses(change) == code


@pytest.mark.parametrize(
    "change",
    [
        _list(version=99),
        _catalogue(version=4, occupations=()),
        _set(statuses={"1": {}, "2": {}, "3": {}}),
        _checkpoint(size=9, root=bytes(32)),
        _list(recognitions=()),
        _list(authorities=()),
        _set(list_times={"2": (PUBLISHED, PUBLISHED + WEEK)}),
    ],
)
def test_what_may_change(change: Callable[[Registry], object]) -> None:
    _accepts(change)


def test_the_log_does_not_shrink() -> None:
    world = World()
    anchor = world.anchor
    world.home.checkpoint = world.home.checkpoint._replace(size=5, root=bytes(32))
    old = world.snapshot()
    world.home.next()
    world.home.checkpoint = world.home.checkpoint._replace(size=4)
    assert _code(old, world.data(), anchor) == "snapshot.rollback"


@pytest.mark.parametrize(
    ("before", "after", "is_taken"),
    [
        *((before, after, before in (VALID, SUSPENDED)) for before in range(4) for after in (0, 2)),
        (REVOKED, SUPERSEDED, True),
        (SUPERSEDED, REVOKED, True),
    ],
)
def test_what_is_final_in_a_status_list_stays_so(before: int, after: int, is_taken: bool) -> None:
    world = World()
    anchor = world.anchor
    world.home.statuses["1"] = {70_031: before}
    old = world.snapshot()
    world.home.next()
    world.home.statuses["1"] = {70_031: after}
    if is_taken:
        kept = trusted.replace(old, world.data(), anchor)
        uri = "https://jy.sh310.example/status/1"
        assert kept.home.status_lists[uri].status(70_031) == after
    else:
        assert _code(old, world.data(), anchor) == "snapshot.rewritten"


# The past ---------------------------------------------------------------------------------------


def _body(**changes: object) -> Callable[[Registry], None]:
    return lambda home: home.set_body(**changes)


def _filing(**changes: object) -> Callable[[Registry], None]:
    def change(home: Registry) -> None:
        filing = home.body.filings[0]._replace(**changes)  # type: ignore[arg-type]  # members
        home.set_body(filings=(filing,))

    return change


def _key(**changes: object) -> Callable[[Registry], None]:
    def change(home: Registry) -> None:
        first, *others = home.body.keys
        home.set_body(keys=(first._replace(**changes), *others))  # type: ignore[arg-type]  # members

    return change


def _new_key(start: int) -> Callable[[Registry], None]:
    def change(home: Registry) -> None:
        key = home.key("certificate", "/new")
        record = KeyRecord(key.kid, key.public, "certificate", start, None)
        home.set_body(keys=(*home.body.keys, record))

    return change


def _new_filing(start: int) -> Callable[[Registry], None]:
    def change(home: Registry) -> None:
        more = home.body.filings[0]._replace(number="8", start=start)
        home.set_body(filings=(*home.body.filings, more))

    return change


def _entry(start: int, state: str) -> Callable[[Registry], None]:
    def change(home: Registry) -> None:
        entry = Standing(start, state, "人社函〔2026〕9号")
        home.set_body(standing=(*home.body.standing, entry))

    return change


def _split(at: int) -> Callable[[Registry], None]:
    def change(home: Registry) -> None:
        filing = home.body.filings[0]
        home.set_body(filings=(filing._replace(end=at), filing._replace(start=at)))

    return change


def _new_body(start: int) -> Callable[[Registry], None]:
    def change(home: Registry) -> None:
        code = "91310115MA1K3YJ99" + "X"
        other = home.body._replace(
            id=f"https://{home.host}/bodies/{code}",
            code=code,
            standing=(Standing(start, "active", "1"),),
            keys=(),
            filings=(),
        )
        bodies = sorted((*home.trust_list.bodies, other), key=lambda body: body.code)
        home.set_list(bodies=tuple(bodies))

    return change


@pytest.mark.parametrize(
    "change",
    [
        _entry(EARLIER, "suspended"),
        _body(standing=()),
        _body(standing=(Standing(BEGIN + 1, "active", "人社备〔2026〕1号"),)),
        _body(keys=()),
        _key(start=BEGIN + 1),
        _key(start=BEGIN - 1),
        _key(end=EARLIER),
        _key(role="submit"),
        _new_key(EARLIER),
        _body(filings=()),
        _filing(start=BEGIN - 1),
        _filing(end=EARLIER),
        _filing(districts=("310115", "310100")),
        _filing(districts=("310100",)),
        _filing(grants=()),
        _filing(number="8"),
        _new_filing(EARLIER),
        _body(max_delay=1),
        _body(max_delay=2_592_001),
        _new_body(EARLIER),
    ],
)
def test_the_past_is_not_rewritten(change: Callable[[Registry], object]) -> None:
    assert _refuses(change) == "snapshot.rewritten"


@pytest.mark.parametrize(
    "change",
    [
        _entry(PUBLISHED, "suspended"),
        _entry(LATER, "removed"),
        _key(end=PUBLISHED),
        _key(end=LATER),
        _key(distrusted_after=BEGIN),
        _new_key(PUBLISHED),
        _new_key(LATER),
        _filing(end=PUBLISHED),
        _filing(void="人社撤〔2026〕1号"),
        _split(PUBLISHED),
        _new_filing(LATER),
        _body(void="人社撤〔2026〕2号"),
        _body(max_delay=2_592_000),  # what absent means
        _body(name="更名试验评价有限公司", blocks=()),
        _new_body(PUBLISHED),
    ],
)
def test_the_future_is_open_and_two_things_reach_back(change: Callable[[Registry], object]) -> None:
    _accepts(change)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (_key(distrusted_after=EARLIER), _key(distrusted_after=None)),
        (_key(distrusted_after=EARLIER), _key(distrusted_after=EARLIER + 1)),
        (_filing(void="1"), _filing(void=None)),
        (_body(void="1"), _body(void=None)),
        (_entry(EARLIER, "removed"), _body(standing=(Standing(BEGIN, "active", "1"),))),
        (_key(end=EARLIER), _key(end=None)),
        (_filing(end=EARLIER), _filing(end=None)),
        (_split(EARLIER), _filing(number="8")),
    ],
)
def test_what_was_withdrawn_does_not_come_back(
    before: Callable[[Registry], object], after: Callable[[Registry], object]
) -> None:
    world = World()
    anchor = world.anchor
    before(world.home)
    old = world.snapshot()
    world.home.next()
    after(world.home)
    assert _code(old, world.data(), anchor) == "snapshot.rewritten"


def test_a_filing_that_only_announces_may_still_change() -> None:
    world = World()
    anchor = world.anchor
    _new_filing(LATER)(world.home)
    _new_key(LATER)(world.home)
    old = world.snapshot()
    world.home.next()
    filings: tuple[Filing, ...] = world.home.body.filings[:1]
    world.home.set_body(filings=filings, keys=world.home.body.keys[:-1])
    assert trusted.replace(old, world.data(), anchor).home.trust_list.version == 42


# Roots ------------------------------------------------------------------------------------------


def _next_root(world: World) -> None:
    world.home.succeed()
    world.home.next()


def test_the_chain_may_grow_with_and_without_a_publication() -> None:
    world = World()
    anchor, old = world.anchor, world.snapshot()
    world.home.succeed()
    grown = trusted.replace(old, world.data(), anchor)
    assert [root.version for root in grown.home.roots] == [1, 2]
    world.home.next()
    assert trusted.replace(grown, world.data(), anchor).home.manifest.sequence == 813


def test_a_shorter_chain_is_a_rollback_whatever_the_publication() -> None:
    world = World()
    anchor = world.anchor
    other = World()
    other.home.next()
    world.home.succeed()
    assert _code(world.snapshot(anchor), other.data(), anchor) == "snapshot.rollback"


def test_two_second_versions_are_a_conflict() -> None:
    world, other = World(), World()
    anchor = world.anchor
    _next_root(world)
    _next_root(other)
    other.home.set_root(expires=world.home.root.expires + 1)
    assert _code(world.snapshot(anchor), other.data(), anchor) == "snapshot.conflict"


def _rotate(world: World, role: str, *, at_once: bool) -> None:
    """Replace a registry role's key, at once or with an overlap of one version."""
    home = world.home
    new = home.key(role, "/new")
    old_keys = home.root.keys
    record = KeyRecord(new.kid, new.public, role, BEGIN, home.root.expires)
    without = tuple(each for each in old_keys if each.role != role)
    if not at_once:
        home.succeed(keys=(*old_keys, record))
    home.succeed(keys=(*without, record))
    home.signers[role] = new


FAST_FORWARD: dict[str, Callable[[Registry], object]] = {
    "publish": _set(sequence=MAX_SEQUENCE),
    "list": lambda home: (_list(version=2**53 - 1)(home), _catalogue(version=2**32 - 1)(home)),
    "status": _set(statuses={"1": {70_031: REVOKED}, "2": {}, "9": {}}),
    "log": _checkpoint(size=2**40, root=bytes(32)),
}


@pytest.mark.parametrize("role", FAST_FORWARD)
@pytest.mark.parametrize("at_once", [True, False])
def test_a_thiefs_numbers_end_with_the_keys_of_the_role(role: str, at_once: bool) -> None:
    world = World()
    anchor = world.anchor
    FAST_FORWARD[role](world.home)
    old = world.snapshot()
    clean = World()
    clean.home.next()
    if role != "publish":
        clean.home.sequence = MAX_SEQUENCE
    assert _code(old, clean.data(), anchor).startswith("snapshot.")
    _rotate(clean, role, at_once=at_once)
    if at_once:
        assert trusted.replace(old, clean.data(), anchor).home.root.version == 2
    else:
        # With an overlap the old key vouched for the new: nothing starts again.
        assert _code(old, clean.data(), anchor).startswith("snapshot.")


def test_a_distrusted_key_does_not_bridge() -> None:
    world = World()
    anchor = world.anchor
    world.home.sequence = MAX_SEQUENCE
    old = world.snapshot()
    clean = World()
    clean.home.next()
    new = clean.home.key("publish", "/new")
    marked = tuple(
        each._replace(distrusted=each.role == "publish") for each in clean.home.root.keys
    )
    record = KeyRecord(new.kid, new.public, "publish", BEGIN, clean.home.root.expires)
    clean.home.succeed(keys=(*marked, record))
    clean.home.signers["publish"] = new
    assert trusted.replace(old, clean.data(), anchor).home.manifest.sequence == 813


def test_survivors_do_not_vanish() -> None:
    world = World()
    anchor = world.anchor
    world.home.mark("receipt", distrusted=True)
    anchor = world.anchor
    world.home.survivors = {1: Survivors.of([bytes(64)])}
    old = world.snapshot()
    world.home.next()
    world.home.survivors = {}
    assert _code(old, world.data(), anchor) == "snapshot.vanished"


# Peers ------------------------------------------------------------------------------------------


def test_a_peer_that_is_gone_or_bad_keeps_its_last_good_bag() -> None:
    world = World()
    anchor, old = world.anchor, world.snapshot()
    last = world.peer.texts()
    world.home.next()
    world.with_peer = False
    gone = trusted.replace(old, world.data(), anchor)
    assert gone.peers["320000"].texts == last
    assert gone.rejected_peers == {"320000": "snapshot.vanished"}
    assert Snapshot.from_bytes(gone.to_bytes(), anchor).peers["320000"].texts == last

    world.with_peer = True
    world.peer.next()
    world.peer.after["checkpoint"] = lambda text: text[:-4]
    bad = trusted.replace(old, world.data(), anchor)
    assert bad.peers["320000"].texts == last
    assert bad.rejected_peers == {"320000": "snapshot.part"}
    assert bad.home.manifest.sequence == 813


def test_a_peer_is_a_state_of_its_own() -> None:
    world = World()
    anchor = world.anchor
    world.peer.next()
    old = world.snapshot()
    world.home.next()
    world.peer.sequence -= 1
    kept = trusted.replace(old, world.data(), anchor)
    assert kept.rejected_peers == {"320000": "snapshot.rollback"}
    assert kept.peers["320000"].manifest.sequence == 813
    world.peer.sequence += 2
    newer = trusted.replace(kept, world.data(), anchor)
    assert newer.rejected_peers == {}
    assert newer.peers["320000"].manifest.sequence == 814


def test_a_peer_that_our_root_no_longer_names_is_dropped() -> None:
    world = World()
    anchor, old = world.anchor, world.snapshot()
    world.home.succeed(peers=())
    world.home.next()
    dropped = trusted.replace(old, world.data(), anchor)
    assert dict(dropped.peers) == {}
    assert dropped.rejected_peers == {"320000": "snapshot.anchor"}


def test_a_peer_that_begins_anew_is_taken_when_our_root_says_so() -> None:
    world = World()
    anchor, old = world.anchor, world.snapshot()
    world.peer.set_root(expires=world.peer.root.expires + 1)
    world.peer.sequence = 1
    world.home.succeed()
    world.name_peer()
    world.home.next()
    anew = trusted.replace(old, world.data(), anchor)
    assert anew.rejected_peers == {}
    assert anew.peers["320000"].manifest.sequence == 1


def test_a_peer_cannot_claim_what_is_ours() -> None:
    world = World()
    anchor, old = world.anchor, world.snapshot()
    world.home.next()
    world.peer.succeed(hosts=(world.peer.host, world.home.host))
    world.peer.next()
    kept = trusted.replace(old, world.data(), anchor)
    assert kept.rejected_peers == {"320000": "snapshot.host"}
    assert kept.peers["320000"].manifest.sequence == 812


def test_a_peer_whose_host_became_ours_is_dropped() -> None:
    world = World()
    anchor, old = world.anchor, world.snapshot()
    world.home.succeed(hosts=(world.home.host, world.peer.host))
    world.home.next()
    world.with_peer = False
    dropped = trusted.replace(old, world.data(), anchor)
    assert dict(dropped.peers) == {}
    assert dropped.rejected_peers == {"320000": "snapshot.host"}


def test_a_peer_that_was_never_seen() -> None:
    world = World()
    world.with_peer = False
    anchor, old = world.anchor, world.snapshot()
    world.home.next()
    without = trusted.replace(old, world.data(), anchor)
    assert (dict(without.peers), dict(without.rejected_peers)) == ({}, {})
    world.with_peer = True
    assert list(trusted.replace(without, world.data(), anchor).peers) == ["320000"]


def test_what_is_kept_can_be_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    anchor, old = world.anchor, world.snapshot()
    world.home.next()
    world.with_peer = False
    data = world.data()
    monkeypatch.setattr(trusted, "MAX_BYTES", len(data) + 1)
    kept = trusted.replace(old, data, anchor)
    assert kept.to_bytes() == data
    assert kept.rejected_peers == {"320000": "snapshot.vanished"}
