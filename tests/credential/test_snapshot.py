# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §5.6: what is refused, and what a refused peer does not touch."""

import json
from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import base64url, snapshot
from credential.errors import MalformedError, SealError
from credential.key_record import KeyRecord
from credential.manifest import Part
from credential.snapshot import MAX_BYTES, MAX_PEER, Snapshot
from credential.survivors import Survivors
from tests.credential.world import BEGIN, END, PUBLISHED, WEEK, Registry, World

Change = Callable[[Registry], object]

WORLD = World()
DATA = WORLD.data()
ANCHOR = WORLD.anchor


def _code(world: World, anchor: str | None = None) -> str:
    with pytest.raises(SealError) as caught:
        world.snapshot(anchor)
    return caught.value.code


def _refusal_of_bytes(data: bytes) -> str:
    with pytest.raises(SealError) as caught:
        Snapshot.from_bytes(data, ANCHOR)
    return caught.value.code


def _with(**members: object) -> bytes:
    return json.dumps({**json.loads(DATA), **members}).encode()


# The file ---------------------------------------------------------------------------------------


def test_a_snapshot_comes_back_as_it_was() -> None:
    read = Snapshot.from_bytes(DATA, ANCHOR)
    assert read.to_bytes() == DATA
    assert read.anchored
    assert (read.anchor, read.region) == (ANCHOR, "310000")
    assert list(read.peers) == ["320000"]
    assert read.rejected_peers == {}
    assert read.bag_of_host("jy.sh310.example") is read.home
    assert read.bag_of_host("jy.js320.example") is read.peers["320000"]
    assert read.bag_of_host("other.example") is None
    assert read.home.root.environment == "test"


def test_white_space_is_allowed() -> None:
    pretty = json.dumps(json.loads(DATA), indent=2, ensure_ascii=False).encode()
    assert Snapshot.from_bytes(pretty, ANCHOR).to_bytes() == DATA


def test_every_cut_is_refused() -> None:
    for end in {*range(0, len(DATA), 97), *range(len(DATA) - 200, len(DATA))}:
        assert _refusal_of_bytes(DATA[:end]) == "snapshot.malformed"


@given(st.integers(0, len(DATA) - 1), st.integers(1, 255))
def test_no_changed_byte_gives_another_snapshot(at: int, flip: int) -> None:
    changed = DATA[:at] + bytes([DATA[at] ^ flip]) + DATA[at + 1 :]
    try:
        read = Snapshot.from_bytes(changed, ANCHOR)
    except SealError as error:
        assert error.code.startswith("snapshot.")  # noqa: PT017 # both ends are right
    else:
        # A change within the peer costs the peer; a signature of a root may be one too many.
        assert read.home.manifest == WORLD_SNAPSHOT.home.manifest
        assert read.home.trust_list == WORLD_SNAPSHOT.home.trust_list


WORLD_SNAPSHOT = WORLD.snapshot()


@given(st.binary(max_size=400))
def test_arbitrary_bytes(data: bytes) -> None:
    assert _refusal_of_bytes(data) == "snapshot.malformed"


def test_size_is_bounded_before_reading() -> None:
    assert _refusal_of_bytes(bytes(MAX_BYTES + 1)) == "snapshot.too_large"


@pytest.mark.parametrize(
    "data",
    [
        b"[]",
        b"{}",
        b"\xef\xbb\xbf" + DATA,
        DATA + DATA,
        DATA[:-1] + b',"more":1}',
        DATA.replace(b'{"root":', b'{"root":[],"root":', 1),
        json.dumps(dict(reversed(json.loads(DATA).items()))).encode(),
        _with(root=[]),
        _with(root=[["x"]] * 65),
        _with(root=[[1]]),
        _with(manifest=None),
        _with(manifest="é"),
        _with(trust_list=["x"]),
        _with(catalogues={}),
        _with(status_lists=[]),
        _with(status_lists={"x": "y"}),
        _with(checkpoint=1.5),
        _with(peers=[]),
        _with(peers={"32": {}}),
        _with(peers={f"{number}": {} for number in range(320_000, 320_065)}),
        json.dumps({k: v for k, v in json.loads(DATA).items() if k != "peers"}).encode(),
    ],
)
def test_files_that_are_not_of_the_format(data: bytes) -> None:
    assert _refusal_of_bytes(data) == "snapshot.malformed"


def test_survivors_are_absent_rather_than_empty() -> None:
    members = json.loads(DATA)
    wrong: tuple[object, ...] = ({}, {"0": ""}, {"x": ""}, [])
    for survivors in wrong:
        ordered = {**members}
        last = {name: ordered.pop(name) for name in ("checkpoint", "peers")}
        data = json.dumps({**ordered, "survivors": survivors, **last}).encode()
        assert _refusal_of_bytes(data) == "snapshot.malformed"


# The anchor -------------------------------------------------------------------------------------


def test_without_an_anchor_it_can_be_looked_at() -> None:
    looked_at = Snapshot.from_bytes(DATA)
    assert not looked_at.anchored
    assert looked_at.anchor is None
    assert looked_at.home.trust_list == WORLD_SNAPSHOT.home.trust_list
    broken = World()
    broken.home.after["checkpoint"] = lambda text: text[:-4]
    with pytest.raises(SealError, match="checkpoint"):
        Snapshot.from_bytes(broken.data())


def test_an_empty_anchor_is_none() -> None:
    """An unset variable must not make whatever arrives its own anchor."""
    with pytest.raises(MalformedError) as caught:
        Snapshot.from_bytes(DATA, "")
    assert caught.value.code == "snapshot.anchor"


def test_another_anchor_or_a_planted_root() -> None:
    assert _code(World(), "310000:" + "0" * 64) == "snapshot.anchor"
    assert _code(World(), WORLD.peer.anchor) == "snapshot.anchor"
    assert _code(World(), "310000") == "snapshot.anchor"
    planted = World()
    planted.home.set_root(expires=planted.home.root.expires + 1)
    assert _refusal_of_bytes(planted.data()) == "snapshot.anchor"


def test_a_chain_from_an_older_anchor() -> None:
    world = World()
    world.home.succeed(expires=world.home.root.expires + 5)
    read = Snapshot.from_bytes(world.data(), ANCHOR)
    assert [each.version for each in read.home.roots] == [1, 2]
    assert read.home.root.version == 2


def test_a_threshold_that_is_not_met() -> None:
    world = World()
    world.home.root_signers = world.home.root_signers[:1] * 2
    assert _code(world) == "snapshot.threshold"


# Deviations of our own region -------------------------------------------------------------------


def _sign_with(role: str, key: Callable[[Registry], str]) -> Change:
    def change(home: Registry) -> None:
        home.signers[role] = home.key(key(home))

    return change


def _stranger(role: str) -> Change:
    def change(home: Registry) -> None:
        home.signers[role] = home.key(role, "/stranger")

    return change


def _set(**changes: object) -> Change:
    def change(home: Registry) -> None:
        for name, value in changes.items():
            setattr(home, name, value)

    return change


def _list(**changes: object) -> Change:
    return lambda home: home.set_list(**changes)


def _catalogue(**changes: object) -> Change:
    def change(home: Registry) -> None:
        home.catalogues = [home.catalogues[0]._replace(**changes)]  # type: ignore[arg-type]  # members

    return change


def _checkpoint(**changes: object) -> Change:
    def change(home: Registry) -> None:
        home.checkpoint = home.checkpoint._replace(**changes)  # type: ignore[arg-type]  # members

    return change


def _manifest(**changes: object) -> Change:
    def change(home: Registry) -> None:
        home.manifest = lambda made: made._replace(**changes)  # type: ignore[arg-type]  # members

    return change


def _window(role: str, start: int, end: int) -> Change:
    return lambda home: home.mark(role, start=start, end=end)


def _text(when: str, name: str, change: Callable[[str], str]) -> Change:
    def alter(home: Registry) -> None:
        getattr(home, when)[name] = change

    return alter


def _shorter(text: str) -> str:
    return text[:-4]


def _other_payload(text: str) -> str:
    header, payload, signature = text.split(".")
    data = base64url.decode(payload).replace(b'"iat":', b'"iat": ')
    return f"{header}.{base64url.encode(data)}.{signature}"


PARTS = ("trust_list", "catalogues/0", "status_lists/1", "checkpoint")
ROLE_OF_PART = dict(zip(PARTS, ("list", "list", "status", "log"), strict=True))


@pytest.mark.parametrize("signer", ["status", "list", "publish", "log", "statement", "root"])
@pytest.mark.parametrize("role", ["status", "list", "publish", "log"])
def test_no_key_signs_for_another_role(role: str, signer: str) -> None:
    world = World()
    world.home.signers[role] = (
        world.home.root_signers[0] if signer == "root" else world.home.key(signer)
    )
    if role == "publish" and signer != role:
        with pytest.raises(RuntimeError):  # the signing side does not even let itself
            world.data()
    elif signer == role:
        assert world.snapshot().anchored
    else:
        assert _code(world) == "snapshot.signature"


@pytest.mark.parametrize("role", ["status", "list", "publish", "log"])
@pytest.mark.parametrize(
    "change",
    [
        _stranger,
        lambda role: lambda home: home.mark(role, distrusted=True),
        lambda role: _window(role, BEGIN, BEGIN + 1),
        lambda role: _window(role, PUBLISHED + 1, PUBLISHED + 2),
    ],
)
def test_a_key_that_may_not_sign_now(role: str, change: Callable[[str], Change]) -> None:
    world = World()
    change(role)(world.home)
    assert _code(world) == "snapshot.signature"


def test_a_window_includes_its_beginning_and_not_its_end() -> None:
    world = World()
    world.home.mark("status", start=PUBLISHED, end=PUBLISHED + 1)
    assert world.snapshot().anchored
    world.home.mark("status", start=PUBLISHED - 1, end=PUBLISHED)
    assert _code(world) == "snapshot.signature"


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    ("when", "change", "code"),
    [
        ("after", _shorter, "snapshot.part"),
        ("after", lambda text: text + "A", "snapshot.part"),
        ("after", lambda text: "", "snapshot.part"),
        ("before", lambda text: text + "=", "snapshot.malformed"),
        ("before", lambda text: text + "A", "snapshot.signature"),
        ("before", lambda text: text[:-8] + "AAAAAAAA", "snapshot.signature"),
        ("before", _other_payload, "snapshot.signature"),
        ("before", lambda text: "not a token", "snapshot.malformed"),
    ],
)
def test_a_changed_part(part: str, when: str, change: Callable[[str], str], code: str) -> None:
    world = World()
    _text(when, part, change)(world.home)
    assert _code(world) == code


def test_a_changed_manifest() -> None:
    world = World()
    world.home.after["manifest"] = lambda text: text[:-8] + "AAAAAAAA"
    assert _code(world) == "snapshot.signature"
    world.home.after["manifest"] = lambda text: "x"
    assert _code(world) == "snapshot.malformed"


def test_no_mixture_of_two_publications() -> None:
    old, new = World(), World()
    new.home.next()
    new.home.catalogues = [new.home.catalogues[0]._replace(version=4)]
    texts = {"old": old.home.texts(), "new": new.home.texts()}
    names = ("manifest", "trust_list", "catalogues", "status_lists", "checkpoint")
    for count in range(1, len(names)):
        for taken in combinations(names, count):
            mixed = texts["new"]._replace(**{name: getattr(texts["old"], name) for name in taken})
            assert _refusal_of_bytes(snapshot.assemble(mixed)) == "snapshot.part"


@pytest.mark.parametrize(
    "listing",
    [
        lambda parts: tuple(part for part in parts if part.name != "status_lists/2"),
        lambda parts: (*parts[:-1], Part("survivors/1", "0" * 64, 0), parts[-1]),
        lambda parts: (parts[0]._replace(sha256="0" * 64), *parts[1:]),
        lambda parts: (parts[0]._replace(length=parts[0].length + 1), *parts[1:]),
    ],
)
def test_the_manifest_lists_exactly_the_parts(
    listing: Callable[[tuple[Part, ...]], tuple[Part, ...]],
) -> None:
    world = World()
    world.home.listing = listing
    assert _code(world) == "snapshot.part"


def test_a_part_that_is_absent_or_besides() -> None:
    texts = World().home.texts()
    lists = dict(texts.status_lists)
    uri, text = lists.popitem()
    for wrong in (
        texts._replace(catalogues=()),
        texts._replace(catalogues=texts.catalogues * 2),
        texts._replace(status_lists=lists),
        texts._replace(status_lists={uri: text, **lists}),  # another order
        texts._replace(survivors={1: ""}),
    ):
        assert _refusal_of_bytes(snapshot.assemble(wrong)) == "snapshot.part"


def test_lists_stand_under_their_own_name() -> None:
    texts = World().home.texts()
    one, two = texts.status_lists
    swapped = {one: texts.status_lists[two], two: texts.status_lists[one]}
    world = World()
    world.home.listing = lambda _: texts._replace(status_lists=swapped).parts()
    manifest = world.home.texts().manifest
    wrong = texts._replace(status_lists=swapped, manifest=manifest)
    assert _refusal_of_bytes(snapshot.assemble(wrong)) == "snapshot.part"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_list(region="320000"), "snapshot.host"),
        (_catalogue(region="320000"), "snapshot.host"),
        (_manifest(region="320000"), "snapshot.host"),
        (_list(iss="https://jy.js320.example"), "snapshot.host"),
        (_catalogue(iss="https://jy.js320.example"), "snapshot.host"),
        (_checkpoint(iss="https://jy.js320.example"), "snapshot.host"),
        (_manifest(iss="https://jy.js320.example"), "snapshot.host"),
        (_manifest(exp=PUBLISHED + WEEK + 1), "snapshot.ages"),
        (_list(exp=PUBLISHED + WEEK + 1), "snapshot.ages"),
        (_set(list_times={"2": (PUBLISHED, PUBLISHED + WEEK + 1)}), "snapshot.ages"),
        (_catalogue(exp=BEGIN + 366 * 86_400 + 1), "snapshot.ages"),
        (_manifest(exp=PUBLISHED), "snapshot.malformed"),
        (_set(survivors={1: Survivors(b"")}), "snapshot.part"),  # of an epoch that is trusted
        (_set(survivors={2: Survivors(b"")}), "snapshot.part"),  # of no epoch
    ],
)
def test_deviations_that_are_refused(change: Change, code: str) -> None:
    world = World()
    change(world.home)
    assert _code(world) == code


def test_two_catalogues_of_one_scheme() -> None:
    world = World()
    world.home.catalogues *= 2
    assert _code(world) == "snapshot.part"
    other = world.home.catalogues[0]._replace(scheme="gbm2022", occupations=())
    world.home.catalogues[1] = other
    assert [each.scheme for each in world.snapshot().home.catalogues] == ["lyg2020", "gbm2022"]


@pytest.mark.parametrize("owner", ["bodies", "authorities"])
def test_an_owner_under_a_foreign_host(owner: str) -> None:
    world = World()
    first = getattr(world.home.trust_list, owner)[0]
    moved = first._replace(id=first.id.replace("jy.sh310", "jy.js320"))
    world.home.set_list(**{owner: (moved,)})
    assert _code(world) == "snapshot.host"


def test_a_retired_host_keeps_its_lists_and_bodies() -> None:
    world = World()
    new = "neu.sh310.example"
    world.home.set_root(hosts=(new, world.home.host))
    world.home.set_list(iss=f"https://{new}")
    _catalogue(iss=f"https://{new}")(world.home)
    _checkpoint(iss=f"https://{new}")(world.home)
    read = world.snapshot()
    assert read.bag_of_host(new) is read.bag_of_host("jy.sh310.example") is read.home
    assert "https://jy.sh310.example/status/1" in read.home.status_lists
    world.home.set_root(hosts=(new,))
    assert _code(world) == "snapshot.host"


def test_a_key_of_the_root_is_not_a_bodys() -> None:
    world = World()
    stolen = next(record for record in world.home.root.keys if record.role == "statement")
    record = KeyRecord(stolen.kid, stolen.key, "statement", BEGIN, None)
    world.home.set_body(keys=(*world.home.body.keys, record))
    assert _code(world) == "snapshot.duplicate_key"


def test_survivors_of_a_distrusted_epoch() -> None:
    world = World()
    world.home.mark("receipt", distrusted=True)
    honest, other = bytes(64), bytes([1]) * 64
    world.home.survivors = {1: Survivors.of([honest])}
    home = world.snapshot().home
    assert home.is_survivor(1, honest)
    assert not home.is_survivor(1, other)
    assert not home.is_survivor(2, honest)
    world.home.survivors = {1: Survivors(bytes([2]) * 16 + bytes([1]) * 16)}
    assert _code(world) == "snapshot.malformed"


def test_how_long_it_is_good_is_not_judged_here() -> None:
    world = World()
    world.home.set_root(expires=BEGIN + 1)
    assert world.snapshot().home.root.expires < END


def test_a_refusal_says_where() -> None:
    world = World()
    world.home.before["catalogues/0"] = lambda text: "x"
    with pytest.raises(MalformedError, match=r"catalogues/0: .*fetch the snapshot again"):
        world.snapshot()


# Peers ------------------------------------------------------------------------------------------


def _rejected(world: World) -> dict[str, str]:
    read = world.snapshot()
    assert read.home.manifest.sequence == 812
    assert dict(read.peers) == {}
    return dict(read.rejected_peers)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_stranger("status"), "snapshot.signature"),
        (_text("after", "trust_list", _shorter), "snapshot.part"),
        (_text("before", "trust_list", lambda text: "x"), "snapshot.malformed"),
        (_list(exp=PUBLISHED + WEEK + 1), "snapshot.ages"),
        (_list(region="310000"), "snapshot.host"),
        (lambda peer: peer.set_root(threshold=1), "snapshot.anchor"),
        (lambda peer: peer.root_signers.pop(), "snapshot.threshold"),
        (lambda peer: peer.succeed(environment="demo"), "snapshot.root"),
    ],
)
def test_a_bad_peer_is_left_out_and_never_blocks_ours(change: Change, code: str) -> None:
    world = World()
    change(world.peer)
    assert _rejected(world) == {"320000": code}


def test_a_peer_that_our_root_does_not_name() -> None:
    world = World()
    world.home.set_root(peers=())
    assert _rejected(world) == {"320000": "snapshot.anchor"}
    world.name_peer()
    world.peer_name = "330000"
    assert _rejected(world) == {"330000": "snapshot.anchor"}
    world.peer_name = "310000"
    assert _rejected(world) == {"310000": "snapshot.anchor"}


@pytest.mark.parametrize("value", [None, [], {}, {"root": []}])
def test_a_peer_that_is_none(value: object) -> None:
    read = Snapshot.from_bytes(_with(peers={"320000": value}), ANCHOR)
    assert read.rejected_peers == {"320000": "snapshot.malformed"}
    assert read.home.manifest.sequence == 812


def test_peers_do_not_nest() -> None:
    peer = {**json.loads(DATA)["peers"]["320000"], "peers": {}}
    read = Snapshot.from_bytes(_with(peers={"320000": peer}), ANCHOR)
    assert read.rejected_peers == {"320000": "snapshot.malformed"}


def test_a_peer_is_bounded() -> None:
    peer = json.loads(DATA)["peers"]["320000"]
    peer["checkpoint"] = "x" * MAX_PEER
    read = Snapshot.from_bytes(_with(peers={"320000": peer}), ANCHOR)
    assert read.rejected_peers == {"320000": "snapshot.too_large"}


def test_a_peer_with_our_host() -> None:
    world = World()
    world.peer.succeed(hosts=(world.peer.host, world.home.host))
    assert _rejected(world) == {"320000": "snapshot.host"}


@pytest.mark.parametrize("record", [WORLD.home.body.keys[0], WORLD.home.root.keys[-1]])
def test_a_peer_with_our_key(record: KeyRecord) -> None:
    world = World()
    role = "certificate" if record.role == "certificate" else "statement"
    shared = KeyRecord(record.kid, record.key, role, BEGIN, None)
    world.peer.set_body(keys=(*world.peer.body.keys, shared))
    assert _rejected(world) == {"320000": "snapshot.duplicate_key"}


def test_a_rejected_peer_is_not_written_again() -> None:
    world = World()
    world.peer.after["checkpoint"] = _shorter
    assert json.loads(world.snapshot().to_bytes())["peers"] == {}
