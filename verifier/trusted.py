# SPDX-License-Identifier: Apache-2.0
"""When a new snapshot replaces the one in force (docs/format.md §5.7).

A client of The Update Framework, over bytes and pure: `replace` gives the snapshot to keep, or
raises and the old one stays in force. For each region the new bag must

1. be good by itself, against the anchor (`Snapshot.from_bytes`);
2. extend the chain of roots that is known;
3. not fall back in manifest `sequence` and `iat`, trust-list `version` and `iat`, catalogue
   `version`, the `iat` of each status list, checkpoint `size`;
4. say the same where the number is the same;
5. drop no body, catalogue, status list or survivors;
6. keep what is revoked or superseded so;
7. tell the same past (`verifier.past`).

Rules 3 to 7 start again for what a role signs where the roots since then have replaced all keys of
that role at once: else a thief who has published sequence 2⁵³ − 1 would have stopped us for ever.

Each peer is a state of its own. A peer's bag that breaks a rule, or is missing, leaves that peer's
last good bag in force with the reason beside it, as long as our root still names its root. An old
snapshot under another anchor is no state: the new one is taken as a first.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from credential.bag import Bag
from credential.errors import SealError, UntrustedError
from credential.root import Root, parse_anchor
from credential.snapshot import MAX_BYTES, Snapshot, demand_apart
from verifier import past

_CONFLICT: Final = "snapshot.conflict"
_ROLLBACK: Final = "snapshot.rollback"
_VANISHED: Final = "snapshot.vanished"
_REWRITTEN: Final = "snapshot.rewritten"


def replace(old: Snapshot | None, new_data: bytes, anchor: str) -> Snapshot:
    """Decide about a new file.

    Args:
        old: The snapshot in force; None before the first.
        new_data: The file that arrived.
        anchor: `REGION:HEX`, given by people.

    Returns:
        What is in force from now on; its `to_bytes` is to be stored.

    Raises:
        MalformedError: `snapshot.…`; the old snapshot stays in force.
        UntrustedError: `snapshot.…`; the old snapshot stays in force.
    """
    new = Snapshot.from_bytes(new_data, anchor)
    if old is None or not old.anchored or not _holds(old.home, *parse_anchor(anchor)):
        return new
    demand_newer(old.home, new.home)
    known = {  # without those that were judged from a root which ours no longer names
        region: old.peers[region]
        for region, digest in new.home.root.peers
        if region in old.peers and _holds(old.peers[region], region, digest)
    }
    peers: dict[str, Bag] = {}
    rejected = dict(new.rejected_peers)
    for region, _ in new.home.root.peers:
        chosen, reason = _choose(region, known, new.peers.get(region))
        if reason is not None:
            rejected.setdefault(region, reason)
        if chosen is None:
            continue
        try:
            demand_apart(chosen, (new.home, *peers.values()))
        except SealError as error:
            rejected[region] = error.code
        else:
            peers[region] = chosen
    kept = Snapshot(new.home, peers, rejected, anchor)
    if len(kept.to_bytes()) > MAX_BYTES:
        fitting = {region: bag for region, bag in peers.items() if bag is new.peers.get(region)}
        kept = Snapshot(new.home, fitting, rejected, anchor)
    return kept


def demand_newer(old: Bag, new: Bag) -> None:
    """Return if a region's bag may replace an older one of the same region.

    Raises:
        UntrustedError: `snapshot.rollback`, `snapshot.conflict`, `snapshot.vanished` or
            `snapshot.rewritten`.
    """
    _compare_chains(old, new)
    versions = new.roots[len(old.roots) - 1 :]
    if not _starts_again(versions, "publish"):
        _compare_publications(old, new)
    if not _starts_again(versions, "list"):
        _compare_lists(old, new)
        past.demand_same(old.trust_list, new.trust_list)
    if not _starts_again(versions, "status"):
        _compare_statuses(old, new)
    if not _starts_again(versions, "log"):
        sizes = old.checkpoint.size, new.checkpoint.size
        _demand_rising("the log's size", *sizes, old.checkpoint.root == new.checkpoint.root)


def _choose(
    region: str, known: Mapping[str, Bag], fresh: Bag | None
) -> tuple[Bag | None, str | None]:
    """Choose between a peer's last good bag and its new one; with the reason against the new."""
    last = known.get(region)
    if fresh is None:
        return last, None if last is None else _VANISHED
    try:
        # What another peer has had all along cannot be claimed by this one.
        demand_apart(fresh, (bag for other, bag in known.items() if other != region))
        if last is not None:
            demand_newer(last, fresh)
    except SealError as error:
        return last, error.code
    return fresh, None


def _holds(bag: Bag, region: str, digest: str) -> bool:
    return bag.region == region and digest in bag.digests


def _starts_again(versions: tuple[Root, ...], role: str) -> bool:
    """Tell whether a version among these has replaced every key of a role."""
    return any(
        {record.key for record in before.keys_of(role)}.isdisjoint(
            record.key for record in after.keys_of(role) if not record.distrusted
        )
        for before, after in pairwise(versions)
    )


def _compare_chains(old: Bag, new: Bag) -> None:
    shared = min(len(old.digests), len(new.digests))
    if old.digests[:shared] != new.digests[:shared]:
        raise UntrustedError(_CONFLICT, "the root has another history than the one that is known")
    if len(new.digests) < len(old.digests):
        raise UntrustedError(_ROLLBACK, "the chain of roots is shorter than the one that is known")


def _compare_publications(old: Bag, new: Bag) -> None:
    sequences = old.manifest.sequence, new.manifest.sequence
    _demand_rising("the manifest's sequence", *sequences, old.manifest == new.manifest)
    _demand_not_earlier("the manifest", old.manifest.iat, new.manifest.iat)
    if not old.survivors.keys() <= new.survivors.keys():
        raise UntrustedError(_VANISHED, "the honest receipts of a distrusted epoch are gone")


def _compare_lists(old: Bag, new: Bag) -> None:
    versions = old.trust_list.version, new.trust_list.version
    _demand_rising("the trust list's version", *versions, old.trust_list == new.trust_list)
    _demand_not_earlier("the trust list", old.trust_list.iat, new.trust_list.iat)
    by_scheme = {catalogue.scheme: catalogue for catalogue in new.catalogues}
    for catalogue in old.catalogues:
        later = by_scheme.get(catalogue.scheme)
        if later is None:
            raise UntrustedError(_VANISHED, f"the catalogue {catalogue.scheme} is gone")
        name = f"the version of catalogue {catalogue.scheme}"
        _demand_rising(name, catalogue.version, later.version, catalogue == later)


def _compare_statuses(old: Bag, new: Bag) -> None:
    for uri, listed in old.status_lists.items():
        later = new.status_lists.get(uri)
        if later is None:
            raise UntrustedError(_VANISHED, f"the status list {uri} is gone")
        _demand_not_earlier(uri, listed.iat, later.iat)
        if not later.keeps_final(listed):
            raise UntrustedError(_REWRITTEN, f"{uri}: what was revoked or superseded is not so now")


def _demand_rising(what: str, old: int, new: int, is_same: bool) -> None:  # noqa: FBT001 # private
    if new < old:
        raise UntrustedError(_ROLLBACK, f"{what} falls from {old} to {new}: keep the old snapshot")
    if new == old and not is_same:
        raise UntrustedError(_CONFLICT, f"{what} is {old} twice, with different contents")


def _demand_not_earlier(what: str, old: int, new: int) -> None:
    if new < old:
        raise UntrustedError(_ROLLBACK, f"{what} is older than the one in force")
