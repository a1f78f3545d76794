# SPDX-License-Identifier: Apache-2.0
"""Take in what a peer region publishes, to publish it beside our own.

The file is judged against the anchor that our own root names for that region, before it is stored
and again at every publication. An older one does not replace a newer one. A verifier keeps the last
good bag of each peer by rules of its own; a bad file here never blocks ours.
"""

from credential import canonical, snapshot
from credential.bag import Bag
from credential.errors import SealError, UntrustedError
from credential.members import Members
from credential.snapshot import Snapshot
from credential.texts import NAMES, Texts
from registry import database, store_published
from registry.service import Registry


def import_peer(registry: Registry, data: bytes) -> Bag:
    """Judge and store the home region of a peer's snapshot.

    Args:
        registry: Ours.
        data: The peer's `snapshot.json`.

    Returns:
        What was stored.

    Raises:
        UntrustedError: `peer.rollback`, an older publication than the one that is stored;
            `snapshot.anchor` where our root names no such peer; what else refuses it.
        MalformedError: `snapshot.…`
    """
    region = Snapshot.from_bytes(data).region
    digest = dict(registry.settings.root.peers).get(region)
    if digest is None:
        message = f"our root names no peer {region}: name it in the next root version first"
        raise UntrustedError("snapshot.anchor", message)
    bag = Snapshot.from_bytes(data, f"{region}:{digest}").home
    with database.write(registry.engine) as connection:
        stored = store_published.bags(connection).get(region)
        if stored is not None and (before := _read(region, stored)) is not None:
            _demand_newer(bag, before)
        content = canonical.encode(bag.texts.to_members())
        store_published.put_bag(connection, region, registry.clock(), content)
    return bag


def _read(region: str, stored: bytes) -> Texts | None:
    try:
        value = canonical.parse(stored, canonical=False)
        return Texts.from_members(Members.of(value, f"peer {region}", NAMES))
    except SealError:
        return None  # whatever it was, it protects nothing


def _demand_newer(bag: Bag, before: Texts) -> None:
    try:
        old = Snapshot.from_bytes(snapshot.assemble(before)).home
    except SealError:
        return
    if bag.manifest.sequence < old.manifest.sequence or len(bag.roots) < len(old.roots):
        raise UntrustedError("peer.rollback", "a newer publication of this peer is stored already")
