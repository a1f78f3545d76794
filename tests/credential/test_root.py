# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §5.1."""

import pytest

from credential import canonical, envelope, root
from credential.errors import SealError
from credential.key_record import KeyRecord
from credential.root import Root
from keys.signing_key import SigningKey
from tests.credential.world import BEGIN, World, sign

WORLD = World()
ROOT = WORLD.home.root
PEOPLE = [SigningKey.from_seed("root", f"310000/{n}".encode()) for n in range(3)]
NEW_PEOPLE = [SigningKey.from_seed("root", f"310000/new/{n}".encode()) for n in range(3)]


def _members(**changes: object) -> bytes:
    members = canonical.parse(ROOT.to_bytes())
    assert isinstance(members, dict)
    return canonical.encode({**members, **changes})


def _records(keys: list[SigningKey]) -> tuple[KeyRecord, ...]:
    return tuple(KeyRecord(key.kid, key.public, "root", BEGIN, ROOT.expires) for key in keys)


def _code(chain: list[list[str]], anchor: str) -> str:
    with pytest.raises(SealError) as caught:
        root.verify_chain(chain, anchor)
    return caught.value.code


def test_a_root_comes_back_as_it_was() -> None:
    payload = ROOT.to_bytes()
    read = Root.from_bytes(payload)
    assert read == ROOT
    assert read.to_bytes() == payload
    assert read.key("receipt", "1") is not None
    assert read.key("status", "1") is None


KEYS = [record.to_members() for record in ROOT.keys]
LONG = {**KEYS[3], "to": BEGIN + 366 * 86_400 + 1}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"region": "31000"}, "malformed.profile"),
        ({"version": 0}, "malformed.profile"),
        ({"environment": "staging"}, "malformed.profile"),
        ({"threshold": 0}, "malformed.profile"),
        ({"threshold": 4}, "malformed.profile"),
        ({"hosts": []}, "malformed.profile"),
        ({"hosts": ["a.example", "a.example"]}, "malformed.profile"),
        ({"hosts": ["A.example"]}, "malformed.profile"),
        ({"expires": BEGIN}, "malformed.profile"),
        ({"keys": []}, "malformed.profile"),
        ({"keys": [{**each, "to": None} for each in KEYS]}, "malformed.profile"),
        ({"keys": [*KEYS[:3], {**KEYS[3], "distrusted": False}]}, "malformed.profile"),
        ({"keys": [*KEYS[:3], {**KEYS[3], "distrusted_after": 1}]}, "malformed.profile"),
        ({"keys": [*KEYS[:3], LONG]}, "malformed.profile"),
        ({"keys": [*KEYS, KEYS[0]]}, "snapshot.duplicate_key"),
        ({"keys": [*KEYS, {**KEYS[4], "role": "log"}]}, "snapshot.duplicate_key"),
        ({"peers": [{"region": "310000", "root_sha256": "0" * 64}]}, "malformed.profile"),
        ({"peers": [{"region": "320000", "root_sha256": "0" * 64}] * 2}, "malformed.profile"),
        ({"peers": [{"region": "320000", "root_sha256": "0" * 63}]}, "malformed.profile"),
        ({"extra": 1}, "malformed.profile"),
    ],
)
def test_roots_that_are_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(SealError) as caught:
        Root.from_bytes(_members(**change))
    assert caught.value.code == code


def test_an_epoch_stands_once() -> None:
    other = SigningKey.from_seed("receipt", b"other", epoch=1)
    twice = ROOT._replace(
        keys=(*ROOT.keys, KeyRecord("1", other.public, "receipt", BEGIN, BEGIN + 1))
    )
    with pytest.raises(SealError, match="kid stands twice"):
        Root.from_bytes(twice.to_bytes())


def test_a_distrusted_root_key_does_not_raise_the_threshold() -> None:
    people = (ROOT.keys[0]._replace(distrusted=True), *ROOT.keys[1:])
    with pytest.raises(SealError, match="threshold"):
        Root.from_bytes(ROOT._replace(threshold=3, keys=people).to_bytes())


@pytest.mark.parametrize(
    "anchor",
    ["", "310000", "310000:" + "A" * 64, "310000:" + "0" * 63, "010000:" + "0" * 64, "x" * 71],
)
def test_what_is_no_anchor(anchor: str) -> None:
    with pytest.raises(SealError) as caught:
        root.parse_anchor(anchor)
    assert caught.value.code == "snapshot.anchor"


# Thresholds -------------------------------------------------------------------------------------


def test_two_of_three_is_enough() -> None:
    for one, other in ((0, 1), (1, 2), (2, 0)):
        chain = [root.sign([PEOPLE[one], PEOPLE[other]], ROOT)]
        assert root.verify_chain(chain, root.anchor_of(ROOT)) == (ROOT,)


@pytest.mark.parametrize(
    "signers",
    [
        [PEOPLE[0]],
        [PEOPLE[0], PEOPLE[0]],  # one person twice
        [PEOPLE[0], NEW_PEOPLE[0]],
        [PEOPLE[0], SigningKey.from_seed("status", b"310000")],  # a key of another role
    ],
)
def test_less_than_the_threshold(signers: list[SigningKey]) -> None:
    chain = [[sign(key, envelope.ROOT, ROOT.to_bytes()) for key in signers]]
    assert _code(chain, root.anchor_of(ROOT)) == "snapshot.threshold"


def test_a_malleated_second_signature_is_no_second_person() -> None:
    token = root.sign([PEOPLE[0]], ROOT)[0]
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    unverified = envelope.read(token, envelope.ROOT)
    s = order - int.from_bytes(unverified.signature[32:])
    other = unverified._replace(signature=unverified.signature[:32] + s.to_bytes(32))
    other.verify(PEOPLE[0].public)  # it holds
    assert other.token != token
    assert _code([[token, other.token]], root.anchor_of(ROOT)) == "snapshot.threshold"


def test_a_bad_signature_beside_enough_good_ones_is_passed_over() -> None:
    tokens = root.sign(PEOPLE, ROOT)
    chain = [[tokens[0][:-4] + "AAAA", *tokens[1:]]]
    assert root.verify_chain(chain, root.anchor_of(ROOT)) == (ROOT,)


def test_a_distrusted_person_does_not_count() -> None:
    marked = ROOT._replace(keys=(ROOT.keys[0]._replace(distrusted=True), *ROOT.keys[1:]))
    anchor = root.anchor_of(marked)
    assert _code([root.sign(PEOPLE[:2], marked)], anchor) == "snapshot.threshold"
    assert root.verify_chain([root.sign(PEOPLE[1:], marked)], anchor) == (marked,)


def test_signatures_over_different_payloads() -> None:
    other = ROOT._replace(expires=ROOT.expires + 1)
    chain = [[*root.sign(PEOPLE[:1], ROOT), *root.sign(PEOPLE[1:2], other)]]
    with pytest.raises(SealError, match="different payloads"):
        root.verify_chain(chain, root.anchor_of(ROOT))


@pytest.mark.parametrize("chain", [[], [[]], [["x"]], [[root.sign(PEOPLE, ROOT)[0]] * 33]])
def test_chains_that_are_none(chain: list[list[str]]) -> None:
    assert _code(chain, root.anchor_of(ROOT)) in {"malformed.profile", "malformed.token"}


# Succession -------------------------------------------------------------------------------------


def _second(**changes: object) -> Root:
    return ROOT._replace(**{"version": 2, **changes})  # type: ignore[arg-type]  # members of Root


OTHER_EPOCH = SigningKey.from_seed("receipt", b"another", epoch=1)
EPOCH_2 = KeyRecord(
    "2", SigningKey.from_seed("receipt", b"2", epoch=2).public, "receipt", BEGIN, BEGIN + 9
)


def _epoch(**changes: object) -> tuple[KeyRecord, ...]:
    return tuple(
        record._replace(**changes) if record.role == "receipt" else record  # type: ignore[arg-type]  # members
        for record in ROOT.keys
    )


@pytest.mark.parametrize(
    "second",
    [
        _second(version=3),
        _second(version=1),
        _second(environment="production"),
        _second(region="330000"),
        _second(start=BEGIN - 1),
        _second(hosts=("new.sh310.example",)),
        _second(keys=tuple(each for each in ROOT.keys if each.role != "receipt")),
        _second(keys=_epoch(start=BEGIN + 1)),
        _second(keys=_epoch(end=BEGIN + 1)),
        _second(keys=_epoch(key=OTHER_EPOCH.public)),
        _second(keys=_epoch(kid="9")),
        _second(keys=tuple(r._replace(role="log") if r.role == "status" else r for r in ROOT.keys)),
    ],
)
def test_successions_that_are_refused(second: Root) -> None:
    chain = [root.sign(PEOPLE, ROOT), root.sign(PEOPLE, second)]
    assert _code(chain, root.anchor_of(ROOT)) == "snapshot.root"


@pytest.mark.parametrize(
    "second",
    [
        _second(),
        _second(start=BEGIN + 5, expires=ROOT.expires + 5),
        _second(hosts=("new.sh310.example", *ROOT.hosts)),
        _second(keys=_epoch(distrusted=True)),
        _second(keys=(*ROOT.keys, EPOCH_2)),
        _second(keys=tuple(each for each in ROOT.keys if each.role != "status")),
        _second(peers=()),
    ],
)
def test_successions_that_are_taken(second: Root) -> None:
    chain = [root.sign(PEOPLE, ROOT), root.sign(PEOPLE, second)]
    assert root.verify_chain(chain, root.anchor_of(ROOT))[-1] == second


def test_an_epochs_mark_stays() -> None:
    marked, clean = _second(keys=_epoch(distrusted=True)), _second(version=3)
    chain = [root.sign(PEOPLE, each) for each in (ROOT, marked, clean)]
    assert _code(chain, root.anchor_of(ROOT)) == "snapshot.root"


def _handover(signers: list[SigningKey]) -> list[list[str]]:
    """Hand the region to new people, with these signatures."""
    others = tuple(each for each in ROOT.keys if each.role != "root")
    second = _second(keys=(*_records(NEW_PEOPLE), *others))
    return [root.sign(PEOPLE, ROOT), root.sign(signers, second)]


def test_old_and_new_people_sign_a_handover() -> None:
    both = _handover([*PEOPLE[:2], *NEW_PEOPLE[:2]])
    assert root.verify_chain(both, root.anchor_of(ROOT))[-1].version == 2


@pytest.mark.parametrize(
    "signers",
    [NEW_PEOPLE, PEOPLE, [*PEOPLE[:1], *NEW_PEOPLE], [*PEOPLE, *NEW_PEOPLE[:1]]],
)
def test_neither_old_nor_new_people_alone_hand_over(signers: list[SigningKey]) -> None:
    assert _code(_handover(signers), root.anchor_of(ROOT)) == "snapshot.threshold"


# Anchors ----------------------------------------------------------------------------------------


def test_any_version_can_be_the_anchor_and_earlier_ones_are_not_judged() -> None:
    second, third = _second(), _second(version=3)
    chain = [root.sign(PEOPLE, each) for each in (ROOT, second, third)]
    for each in (ROOT, second, third):
        assert root.verify_chain(chain, root.anchor_of(each))[-1] == third
    chain[0] = root.sign(NEW_PEOPLE, ROOT)
    assert root.verify_chain(chain, root.anchor_of(second))[-1] == third
    assert _code(chain, root.anchor_of(ROOT)) == "snapshot.threshold"


def test_later_versions_are_judged_whatever_the_anchor() -> None:
    chain = [root.sign(PEOPLE, ROOT), root.sign(PEOPLE[:1], _second())]
    for each in (ROOT, _second()):
        assert _code(chain, root.anchor_of(each)) == "snapshot.threshold"


def test_a_chain_without_the_anchor() -> None:
    chain = [root.sign(PEOPLE, ROOT)]
    assert _code(chain, "310000:" + "0" * 64) == "snapshot.anchor"
    assert _code(chain, root.anchor_of(ROOT).replace("310000:", "320000:")) == "snapshot.anchor"


def test_the_chain_is_bounded() -> None:
    world = World()
    anchor = world.anchor
    for _ in range(63):
        world.home.succeed()
    assert len(root.verify_chain(world.home.chain, anchor)) == 64
    world.home.succeed()
    assert _code([list(each) for each in world.home.chain], anchor) == "malformed.profile"
