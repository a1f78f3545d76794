# SPDX-License-Identifier: Apache-2.0
"""Signing lists and publishing: derived from statements, read again, never falling or halved."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from credential import base64url, envelope, root
from credential.errors import SealError
from credential.root import Root
from credential.snapshot import Snapshot
from registry import database, files, fsck, lists, peers, publish, store_published
from registry.publish import Published
from registry.settings import assemble
from tests.registry import backends
from tests.registry.backends import Backend
from tests.registry.test_admission import submit
from tests.registry.world import DAY, PEOPLE, START, URL, World, key


def sign(world: World) -> None:
    lists.sign_lists(world.registry, world.list, world.status)


def publish_now(world: World) -> Published:
    sign(world)
    return publish.publish(world.registry, world.publish, world.log)


def published(world: World) -> Snapshot:
    data = (world.settings.published / "snapshot.json").read_bytes()
    return Snapshot.from_bytes(data, world.settings.anchor)


def refused(world: World) -> str:
    with pytest.raises(SealError) as caught:
        publish.publish(world.registry, world.publish, world.log)
    return caught.value.code


def test_a_publication_is_what_a_verifier_reads(world: World) -> None:
    one, two, three = (world.first.claims(person) for person in PEOPLE[:3])
    submit(world, *(world.first.sign(claims) for claims in (one, two, three)))
    world.first.change("revoke", one)
    world.first.change("suspend", two)
    done = publish_now(world)
    home = published(world).home
    assert (home.manifest.sequence, home.checkpoint.size) == (done.sequence, done.size) == (1, 24)
    listed = home.status_lists[f"{URL}/status/1"]
    assert [listed.status(claims.status_index) for claims in (one, two, three)] == [1, 2, 0]
    assert sum(map(int.bit_count, listed.bits)) == 2
    body = home.trust_list.body(world.first.code)
    assert body is not None
    assert body.key(world.first.certificate.kid, "certificate") is not None
    assert [catalogue.scheme for catalogue in home.catalogues] == ["lyg2020"]


def test_sequence_and_version_rise_and_catalogues_stay(world: World) -> None:
    publish_now(world)
    first = published(world).home
    world.clock.now += 10
    publish_now(world)
    second = published(world).home
    assert (first.manifest.sequence, second.manifest.sequence) == (1, 2)
    assert (first.trust_list.version, second.trust_list.version) == (1, 2)
    assert first.texts.catalogues == second.texts.catalogues


def test_a_list_is_not_older_than_what_it_knows(world: World) -> None:
    """What is admitted after a signing is never before the list's own time."""
    world.clock.now += 10
    sign(world)
    world.clock.now -= 4
    submit(world, world.first.issue(PEOPLE[0]))
    with database.read(world.registry.engine) as connection:
        iat = store_published.lists(connection)["trust_list"].iat
        latest = connection.execute(text("select max(t) from leaves")).scalar_one()
    assert latest >= iat == START + 10


def test_the_signer_believes_no_view(world: World) -> None:
    """Law 3: an intruder in the tables can neither revoke nor reinstate, nor enter a body."""
    claims = world.first.claims(PEOPLE[0])
    submit(world, world.first.sign(claims))
    world.first.change("revoke", claims)
    backends.intrude(
        world.registry.engine,
        "delete from statuses",
        "insert into bodies values ('91310115MA1K3YJ99X', 'EVIL')",
        "delete from kids",
    )
    publish_now(world)
    home = published(world).home
    assert home.status_lists[f"{URL}/status/1"].status(claims.status_index) == 1
    assert len(home.trust_list.bodies) == 2


@pytest.mark.parametrize(
    "edit",
    [
        "update statements set payload = x'7b7d' where type='body'",
        "update statements set signatures = replace(signatures, '.', '.A') where type='filing'",
        "update statements set payload = randomblob(90) where type='key'",
        "delete from statements where type='authority'",
    ],
)
def test_the_signer_signs_nothing_that_does_not_bear_its_signatures(
    world: World, edit: str
) -> None:
    backends.intrude(world.registry.engine, edit)
    with pytest.raises(SealError) as caught:
        sign(world)
    assert caught.value.code == "registry.corrupt"


def test_keys_of_other_roles_or_roots_sign_nothing(world: World) -> None:
    for list_key, status_key in ((world.status, world.list), (key("list", "x"), world.status)):
        with pytest.raises(SealError) as caught:
            lists.sign_lists(world.registry, list_key, status_key)
        assert caught.value.code == "registry.key"
    sign(world)
    for publish_key, log_key in ((world.log, world.publish), (key("publish", "x"), world.log)):
        with pytest.raises(SealError) as caught:
            publish.publish(world.registry, publish_key, log_key)
        assert caught.value.code == "registry.key"


def test_nothing_is_published_without_lists_or_with_old_ones(world: World) -> None:
    assert refused(world) == "publish.unsigned"
    sign(world)
    world.clock.now += DAY
    publish.publish(world.registry, world.publish, world.log)
    world.clock.now += 1
    assert refused(world) == "publish.stale"
    sign(world)
    publish.publish(world.registry, world.publish, world.log)


def test_a_database_that_was_restored_from_an_old_copy_publishes_nothing(
    world: World, backend: Backend, tmp_path: Path
) -> None:
    sign(world)
    world.registry.engine.dispose()
    copy = tmp_path / "copy"
    copy.mkdir()
    backend.copy(world.folder, copy)
    submit(world, world.first.issue(PEOPLE[0]))
    publish_now(world)
    world.registry.engine.dispose()
    backend.restore(copy, world.folder)
    world.registry = world.open()
    assert refused(world) == "publish.rollback"
    with pytest.raises(SealError) as caught:
        submit(world, world.first.issue(PEOPLE[1]))
    assert caught.value.code == "registry.restored"
    # Not even after somebody took the marks away and let it grow to the same length.
    world.settings.marks.unlink()
    (world.settings.published / "snapshot.json").rename(tmp_path / "away")
    world.registry = world.open()
    world.registry.marks.begin(world.registry.engine)
    submit(world, world.first.issue(PEOPLE[1]))
    sign(world)
    (tmp_path / "away").rename(world.settings.published / "snapshot.json")
    assert refused(world) == "publish.rollback"
    world.registry = world.open()
    with pytest.raises(SealError) as caught:
        submit(world, world.first.issue(PEOPLE[2]))
    assert caught.value.code == "registry.diverged"


def test_a_revocation_is_never_undone(world: World, tmp_path: Path) -> None:
    """Not even by somebody who holds the status key and the database."""
    claims = world.first.claims(PEOPLE[0])
    submit(world, world.first.sign(claims))
    with database.read(world.registry.engine) as connection:
        assert store_published.last_publication(connection) is None
    sign(world)
    with database.read(world.registry.engine) as connection:
        old = store_published.lists(connection)["status_lists/1"]
    world.first.change("revoke", claims)
    publish_now(world)
    with database.write(world.registry.engine) as connection:
        connection.execute(
            text("update signed_lists set token = :token where name = 'status_lists/1'"),
            {"token": old.token},
        )
    assert refused(world) == "publish.rollback"


def test_a_damaged_publication_is_not_taken_for_none(world: World) -> None:
    publish_now(world)
    file = world.settings.published / "snapshot.json"
    file.write_bytes(file.read_bytes()[:-100])
    assert refused(world) == "publish.damaged"


@pytest.mark.parametrize("step", ["parts", "commit", "snapshot", "head", "status"])
def test_a_publisher_that_dies_leaves_the_old_or_the_new(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Killed inside this process at each durable step; the next publication is whole and newer."""
    publish_now(world)
    before = published(world).home.manifest.sequence
    submit(world, world.first.issue(PEOPLE[0]))
    world.clock.now += 10
    sign(world)
    replace, insert = files.replace, store_published.insert_publication

    def dies(path: Path, content: bytes) -> None:
        named = {"snapshot.json": "snapshot", "head.json": "head"}.get(path.name, path.parent.name)
        if named == step:
            raise KeyboardInterrupt
        replace(path, content)

    def dies_in_commit(*args: Any) -> None:
        insert(*args)
        if step == "commit":
            raise KeyboardInterrupt

    monkeypatch.setattr(files, "replace", dies)
    monkeypatch.setattr(store_published, "insert_publication", dies_in_commit)
    with pytest.raises(KeyboardInterrupt):
        publish.publish(world.registry, world.publish, world.log)
    monkeypatch.undo()
    whole = published(world).home  # reads and judges all of it
    assert whole.manifest.sequence in {before, before + 1}
    for part in whole.manifest.parts:
        assert (world.settings.published / "parts" / part.sha256).is_file()
    world.clock.now += 10
    publish_now(world)
    assert published(world).home.manifest.sequence > whole.manifest.sequence
    head = json.loads((world.settings.published / "head.json").read_bytes())
    assert head["manifest"] == published(world).home.texts.manifest
    fsck.fsck(world.registry)


def test_of_publishers_at_once_each_has_a_number_of_its_own(world: World) -> None:
    sign(world)
    done: list[int] = []
    registries = [world.open() for _ in range(6)]
    threads = [
        threading.Thread(
            target=lambda one=one: done.append(
                publish.publish(one, world.publish, world.log).sequence
            )
        )
        for one in registries
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [1, 2, 3, 4, 5, 6]
    assert published(world).home.manifest.sequence == 6


def test_of_list_signers_at_once_one_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    backends.hurry(world.registry.engine)  # SQLite's writer waits for our reader
    sign(world)
    real = store_published.lists

    def slow(connection: Any) -> Any:
        found = real(connection)
        monkeypatch.undo()
        world.clock.now += 1
        sign(world)  # somebody else, between our reading and our writing
        return found

    monkeypatch.setattr(store_published, "lists", slow)
    with pytest.raises(SealError) as caught:
        sign(world)
    assert caught.value.code in {"registry.conflict", "registry.unavailable"}


def test_a_full_disk_leaves_what_was_published(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_now(world)
    before = (world.settings.published / "snapshot.json").read_bytes()
    sign(world)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert refused(world) == "publish.disk"
    monkeypatch.undo()
    assert (world.settings.published / "snapshot.json").read_bytes() == before
    assert not list(world.settings.published.glob("**/.part-*"))


def test_old_parts_go_when_nobody_can_want_them(world: World) -> None:
    for _ in range(4):
        world.clock.now += 10
        publish_now(world)
    kept = {file.name for file in (world.settings.published / "parts").iterdir()}
    named = {part.sha256 for part in published(world).home.manifest.parts}
    assert named < kept
    assert len(kept) <= 2 * len(named)


# Peers --------------------------------------------------------------------------------------------


@pytest.fixture
def pair(tmp_path: Path) -> tuple[World, World]:
    """Two regions; the first names the second in its second root."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    theirs = World(
        tmp_path / "two", region="320000", host="jy.js320.example", salt="js", peers=()
    ).found()
    anchor = theirs.settings.anchor.partition(":")[2]
    ours = World(tmp_path / "one", peers=(("320000", anchor),)).found()
    return ours, theirs


def test_a_peer_is_published_beside_us(pair: tuple[World, World]) -> None:
    ours, theirs = pair
    publish_now(theirs)
    data = (theirs.settings.published / "snapshot.json").read_bytes()
    bag = peers.import_peer(ours.registry, data)
    assert bag.region == "320000"
    done = publish_now(ours)
    assert done.rejected_peers == ()
    assert set(published(ours).peers) == {"320000"}
    head = json.loads((ours.settings.published / "head.json").read_bytes())
    assert head["peers"]["320000"]["manifest"] == bag.texts.manifest
    for part in bag.manifest.parts:
        assert (ours.settings.published / "parts" / part.sha256).is_file()


def test_an_older_publication_of_a_peer_replaces_no_newer_one(pair: tuple[World, World]) -> None:
    ours, theirs = pair
    publish_now(theirs)
    old = (theirs.settings.published / "snapshot.json").read_bytes()
    theirs.clock.now += 10
    publish_now(theirs)
    new = (theirs.settings.published / "snapshot.json").read_bytes()
    peers.import_peer(ours.registry, new)
    with pytest.raises(SealError) as caught:
        peers.import_peer(ours.registry, old)
    assert caught.value.code == "peer.rollback"
    peers.import_peer(ours.registry, new)


def test_a_stranger_is_no_peer_and_a_cut_file_none_either(
    pair: tuple[World, World], world: World
) -> None:
    ours, theirs = pair
    publish_now(theirs)
    data = (theirs.settings.published / "snapshot.json").read_bytes()
    with pytest.raises(SealError) as caught:
        peers.import_peer(world.registry, data)
    assert caught.value.code == "snapshot.anchor"
    for cut in (0, 100, len(data) // 2, len(data) - 1):
        with pytest.raises(SealError) as caught:
            peers.import_peer(ours.registry, data[:cut])
        assert caught.value.code == "snapshot.malformed"


def test_a_bad_peer_never_blocks_us(pair: tuple[World, World]) -> None:
    ours, theirs = pair
    publish_now(theirs)
    peers.import_peer(ours.registry, (theirs.settings.published / "snapshot.json").read_bytes())
    with database.write(ours.registry.engine) as connection:
        (bag,) = store_published.bags(connection).values()
        broken = bag.replace(b'"manifest":"ey', b'"manifest":"eX')
        store_published.put_bag(connection, "320000", START, broken)
    done = publish_now(ours)
    assert [region for region, _ in done.rejected_peers] == ["320000"]
    assert published(ours).peers == {}


# Roots --------------------------------------------------------------------------------------------


def test_a_new_root_with_new_keys_carries_on(world: World) -> None:
    publish_now(world)
    world.list, world.status = key("list", "new"), key("status", "new")
    newer: Root = world.make_root(version=2)
    chain = [*map(list, world.settings.chain), root.sign(world.root_keys[1:], newer)]
    world.settings = assemble(
        database=world.settings.database,
        chain=chain,
        anchor=world.settings.anchor,
        published=world.settings.published,
    )
    world.registry = world.open()
    world.clock.now += 10
    publish_now(world)
    home = published(world).home
    assert home.root.version == 2
    kid = envelope.read(home.texts.trust_list, envelope.TRUST_LIST).kid
    assert kid == world.list.kid
    fsck.fsck(world.registry)


def test_the_survivors_of_a_stolen_epoch_are_published(world: World) -> None:
    outcomes = world.first.submit_all([world.first.issue(PEOPLE[0])])
    stolen = world.receipt
    world.receipt = key("receipt", "second", epoch=2)
    newer = world.make_root(version=2, distrusted={"1": stolen})
    chain = [*map(list, world.settings.chain), root.sign(world.root_keys[1:], newer)]
    world.settings = assemble(
        database=world.settings.database,
        chain=chain,
        anchor=world.settings.anchor,
        published=world.settings.published,
    )
    world.registry = world.open()
    publish_now(world)
    home = published(world).home
    token = getattr(outcomes[0], "receipt", "")
    honest = base64url.decode(token.rpartition(".")[2])
    assert home.is_survivor(1, honest)
    assert not home.is_survivor(1, stolen.sign(b"a forged receipt"))
    again = world.first.submit_all([world.first.issue(PEOPLE[1])])
    assert envelope.read(getattr(again[0], "receipt", ""), envelope.RECEIPT).kid == "2"
