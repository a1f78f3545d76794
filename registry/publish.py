# SPDX-License-Identifier: Apache-2.0
"""Publish: put the signed lists, a checkpoint and a manifest together, read them again, replace.

1. Read lists, log and peers in one transaction: one state of the database.
2. Sign checkpoint and manifest. A crash up to 5 changes nothing.
3. Read the whole with the public parsers, anchor and all: what a verifier would refuse ends here.
4. Compare with what is published: nothing falls, nothing final is undone.
5. Write the parts by digest and fsync. They are new names: nobody looks for them yet.
6. Commit the sequence. A crash here: this number is never used.
7. Rename snapshot.json and fsync the folder: readers see the old or the new, whole.

The publisher distrusts the signers before it. It holds the folder's lock from 1 to 7, and the
sequence is unique in the database, so of two publishers each makes a publication of its own or
none.
"""

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from credential import canonical, envelope, leaf, merkle, snapshot
from credential.bag import Bag
from credential.checkpoint import Checkpoint
from credential.errors import SealError, UnavailableError, UntrustedError
from credential.manifest import Manifest
from credential.members import Members, status_uri
from credential.merkle import Range
from credential.snapshot import Snapshot
from credential.survivors import Survivors
from credential.texts import NAMES, Texts
from keys.signer import Signer
from registry import database, files, store_log, store_published
from registry.lists import LIFETIME, TRUST_LIST, demand_key
from registry.log import next_time
from registry.service import Registry
from registry.store_published import Publication, SignedList

MAX_AGE: Final = 86_400  # seconds that a trust list may be old when it is published
SNAPSHOT: Final = "snapshot.json"
HEAD: Final = "head.json"  # roots and manifests alone: what to ask for part by part


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication came to."""

    sequence: int
    iat: int
    size: int
    """Leaves in the log."""
    rejected_peers: tuple[tuple[str, str], ...]
    """Region and reason of each peer that was left out."""


@dataclass(frozen=True, slots=True)
class _State:
    """One state of the database."""

    lists: dict[str, SignedList]
    tail: store_log.Tail
    tree: Range
    last: Publication | None
    survivors: dict[int, str]
    peers: dict[str, Texts]


def publish(registry: Registry, publish_key: Signer, log_key: Signer) -> Published:
    """Make the next publication.

    Raises:
        UnavailableError: `publish.stale`, `publish.unsigned`, `publish.disk` or `registry.…`
        UntrustedError: `publish.rollback`, or the `snapshot.…` for which a verifier would refuse
            it.
        ConflictError: `registry.conflict`, another publisher took the sequence.
    """
    folder = registry.settings.published
    with files.locked(folder):
        before = _published(folder / SNAPSHOT, registry.settings.anchor)
        with database.read(registry.engine) as connection:
            state = _read(registry, connection)
            if before is not None:
                _demand_same_log(connection, state, before.home.checkpoint)
        registry.marks.demand_of(registry.engine)
        iat = next_time(state.tail, registry.clock())
        root = registry.settings.root
        demand_key(root, publish_key, "publish", iat)
        demand_key(root, log_key, "log", iat)
        _demand_young(state, iat)
        sequence = 1 + max(
            state.last.sequence if state.last else 0,
            before.home.manifest.sequence if before else 0,
        )
        texts = _texts(registry, state, publish_key, log_key, sequence, iat)
        data = snapshot.assemble(texts, state.peers)
        read = Snapshot.from_bytes(data, registry.settings.anchor)
        if read.rejected_peers:
            data = read.to_bytes()
        if before is not None:
            compare(before.home, read.home)
        peers = [bag.texts for bag in read.peers.values()]
        for each in (texts, *peers):
            _write_parts(folder, each)
        publication = Publication(
            sequence, iat, state.tree.size, state.tree.edge, texts.manifest, texts.checkpoint
        )
        with database.write(registry.engine) as connection:
            store_published.insert_publication(connection, publication)
        files.replace(folder / SNAPSHOT, data)
        files.replace(folder / HEAD, head(read))
        _write_lists(folder, texts)
        _prune(folder, read, before)
    rejected = tuple(read.rejected_peers.items())
    return Published(sequence, iat, state.tree.size, rejected)


def _read(registry: Registry, connection: Connection) -> _State:
    tail = store_log.tail(connection)
    last = store_published.last_publication(connection)
    tree = Range(last.size, last.frontier) if last else Range()
    if tree.size > tail.size:
        message = "the log is shorter than what was published: the database is an old copy"
        raise UntrustedError("publish.rollback", message)
    for kind, t, committed in store_log.entries(connection, tree.size, tail.size):
        tree = tree.append(merkle.leaf_hash(leaf.entry(kind, t, committed)))
    survivors = {
        int(record.kid): Survivors.of(
            store_log.signatures_of_epoch(connection, int(record.kid))
        ).encode()
        for record in registry.settings.root.keys_of("receipt")
        if record.distrusted
    }
    peers = {
        region: Texts.from_members(
            Members.of(canonical.parse(bag, canonical=False), f"peer {region}", NAMES)
        )
        for region, bag in store_published.bags(connection).items()
    }
    lists = store_published.lists(connection)
    return _State(lists, tail, tree, last, dict(sorted(survivors.items())), peers)


def _demand_same_log(connection: Connection, state: _State, old: Checkpoint) -> None:
    """Demand that the log begins with the one that was published.

    Raises:
        UntrustedError: `publish.rollback`.
    """
    if state.last is not None and state.last.size == old.size:
        tree = Range(state.last.size, state.last.frontier)
    else:
        tree = Range()
        for kind, t, committed in store_log.entries(connection, 0, old.size):
            tree = tree.append(merkle.leaf_hash(leaf.entry(kind, t, committed)))
    if (tree.size, tree.root()) != (old.size, old.root):
        message = (
            "the log is not the one that was published: the database is another, or an old copy"
        )
        raise UntrustedError("publish.rollback", message)


def _demand_young(state: _State, iat: int) -> None:
    trust_list = state.lists.get(TRUST_LIST)
    if trust_list is None:
        raise UnavailableError(
            "publish.unsigned", "there are no signed lists: run sign-lists first"
        )
    if iat - trust_list.iat > MAX_AGE:
        raise UnavailableError("publish.stale", "the trust list is old: run sign-lists first")


def _texts(
    registry: Registry,
    state: _State,
    publish_key: Signer,
    log_key: Signer,
    sequence: int,
    iat: int,
) -> Texts:
    url = registry.settings.url
    checkpoint = Checkpoint(url, iat, state.tree.size, state.tree.root())
    lists = {
        _uri(each): each.token
        for name, each in sorted(state.lists.items())
        if name.startswith("status_lists/")
    }
    unsigned = Texts(
        chain=registry.settings.chain,
        manifest="",
        trust_list=state.lists[TRUST_LIST].token,
        catalogues=tuple(
            each.token
            for name, each in sorted(state.lists.items())
            if name.startswith("catalogues/")
        ),
        status_lists=lists,
        survivors=state.survivors,
        checkpoint=envelope.sign(log_key, envelope.CHECKPOINT, checkpoint.to_bytes()),
    )
    manifest = Manifest(
        url, registry.settings.root.region, sequence, iat, iat + LIFETIME, unsigned.parts()
    )
    token = envelope.sign(publish_key, envelope.MANIFEST, manifest.to_bytes())
    return unsigned._replace(manifest=token)


def _uri(signed: SignedList) -> str:
    payload = envelope.read(signed.token, envelope.STATUS_LIST).payload
    members = canonical.parse(payload)
    return str(members["sub"]) if isinstance(members, dict) else ""


def _published(file: Path, anchor: str) -> Snapshot | None:
    """Read what is published; a file that nobody could read is as none."""
    try:
        return Snapshot.from_bytes(file.read_bytes(), anchor)
    except FileNotFoundError:
        return None
    except SealError as error:
        message = f"{file} is damaged ({error.code}): restore it, or remove it on purpose"
        raise UnavailableError("publish.damaged", message) from error


def compare(old: Bag, new: Bag) -> None:
    """Return if a publication may follow another.

    Raises:
        UntrustedError: `publish.rollback`.
    """
    missing = old.status_lists.keys() - new.status_lists.keys()
    undone = [
        uri
        for uri, older in old.status_lists.items()
        if uri in new.status_lists and not new.status_lists[uri].keeps_final(older)
    ]
    falls = {
        "the trust list's version falls": new.trust_list.version < old.trust_list.version,
        "the trust list is older": new.trust_list.iat < old.trust_list.iat,
        "the manifest is older": new.manifest.iat < old.manifest.iat,
        "a catalogue vanishes": {each.scheme for each in old.catalogues}
        > {each.scheme for each in new.catalogues},
        "a body vanishes": not old.trust_list.by_code.keys() <= new.trust_list.by_code.keys(),
        "a status list vanishes": bool(missing),
        "a revocation is undone": bool(undone),
    }
    wrong = [what for what, so in falls.items() if so]
    if wrong:
        message = f"{wrong[0]}: the database is not the one that was published from"
        raise UntrustedError("publish.rollback", message)


def _write_parts(folder: Path, texts: Texts) -> None:
    for part, (_, text) in zip(texts.parts(), texts.named(), strict=True):
        files.add(folder / "parts" / part.sha256, text.encode())


def _write_lists(folder: Path, texts: Texts) -> None:
    for uri, text in texts.status_lists.items():
        name = status_uri(uri)[1]
        content = text.encode()
        files.replace(folder / "status" / name, content)
        files.replace(folder / "status" / f"{name}.gz", gzip.compress(content, 9, mtime=0))


def head(read: Snapshot) -> bytes:
    """Write root, manifest and peers of a snapshot without their parts."""

    def of(bag: Bag) -> dict[str, object]:
        return {"root": [list(one) for one in bag.texts.chain], "manifest": bag.texts.manifest}

    peers = {region: of(bag) for region, bag in read.peers.items()}
    return canonical.encode({**of(read.home), "peers": peers})


def _prune(folder: Path, now: Snapshot, before: Snapshot | None) -> None:
    """Keep the parts of this publication and of the last: somebody may be fetching them."""
    bags = [bag for one in (now, before) if one for bag in (one.home, *one.peers.values())]
    keep = {part.sha256 for bag in bags for part in bag.manifest.parts}
    files.prune(folder / "parts", keep)
