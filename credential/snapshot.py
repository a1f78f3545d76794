# SPDX-License-Identifier: Apache-2.0
"""The snapshot: everything that a verdict needs to know, in one file (docs/format.md §5.6).

    {"root":[[jws,…],…],"manifest":jws,"trust_list":jws,"catalogues":[jws,…],"status_lists":{uri:jws},
     "survivors"?:{epoch:base64url},"checkpoint":jws,"peers":{region: the same without "peers"}}

It is judged once, against an anchor that people gave, and then asked as often as you like. Without
an anchor it can be looked at, and nothing in it is believed (`anchored` is false).

A peer is judged against the anchor that our own root names for it. A peer's bag that is refused is
left out with its reason and never blocks ours; keys and hosts are each of one region only, and of
two peers that claim the same the one with the lower region code is kept.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final, NamedTuple, Self

from credential import bag as bags
from credential import canonical, texts
from credential.bag import Bag, naming
from credential.errors import MalformedError, SealError, UntrustedError
from credential.members import Members, is_region, refuse
from credential.root import MAX_PEERS
from credential.texts import Texts

__all__ = ["MAX_BYTES", "MAX_PEER", "Bag", "Snapshot", "Texts", "assemble"]

MAX_BYTES: Final = 64 << 20  # of the file
MAX_PEER: Final = 8 << 20  # characters of all texts of one peer


class _Snapshot(NamedTuple):
    home: Bag
    """The anchor's region."""
    peers: Mapping[str, Bag]
    """By region, rising."""
    rejected_peers: Mapping[str, str]
    """Region and code of each peer whose bag was refused."""
    anchor: str | None
    """`REGION:HEX`, what all rests on; None: nothing here is to be believed."""


class Snapshot(_Snapshot):
    """What a verifier knows."""

    @cached_property
    def by_host(self) -> Mapping[str, Bag]:
        """The bags of all regions."""
        all_bags = (self.home, *self.peers.values())
        return {host: bag for bag in all_bags for host in bag.hosts}

    @property
    def anchored(self) -> bool:
        """Whether it was judged against an anchor."""
        return self.anchor is not None

    @property
    def region(self) -> str:
        """The home region."""
        return self.home.region

    def bag_of_host(self, host: str) -> Bag | None:
        """Find the region that a host belongs to."""
        return self.by_host.get(host)

    def to_bytes(self) -> bytes:
        """Write the file: ours, and every peer that was accepted."""
        return assemble(self.home.texts, {one: bag.texts for one, bag in self.peers.items()})

    @classmethod
    def from_bytes(cls, data: bytes, anchor: str | None = None) -> Self:
        """Read and judge a file.

        Args:
            data: The file; white space between its members is allowed.
            anchor: `REGION:HEX` as it was published; None to look without believing.

        Raises:
            MalformedError: `snapshot.malformed`, `snapshot.too_large`, `snapshot.duplicate_key`, or
                `snapshot.anchor` where the anchor is none.
            UntrustedError: `snapshot.anchor`, `snapshot.threshold`, `snapshot.root`,
                `snapshot.signature`, `snapshot.part`, `snapshot.ages` or `snapshot.host`.
        """
        if len(data) > MAX_BYTES:
            message = f"a snapshot has at most {MAX_BYTES:,} bytes"
            raise MalformedError("snapshot.too_large", message)
        with naming("snapshot"):
            value = canonical.parse(data, canonical=False)
            members = Members.of(value, "snapshot", f"{texts.NAMES} peers")
            home_texts = Texts.from_members(members)
            peers = _peers(members)
        home = bags.judge(home_texts, anchor)
        accepted: dict[str, Bag] = {}
        rejected: dict[str, str] = {}
        for region in sorted(peers):
            try:
                accepted[region] = judge_peer(home, region, peers[region], accepted.values())
            except SealError as error:
                rejected[region] = error.code
        return cls(home, accepted, rejected, anchor)


def judge_peer(home: Bag, region: str, value: object, others: Iterable[Bag]) -> Bag:
    """Judge a peer's members of a snapshot.

    Args:
        home: Our bag, whose root names the peer's anchor.
        region: The peer's.
        value: What stands under it.
        others: The peers that are accepted already.

    Raises:
        MalformedError: `snapshot.…`
        UntrustedError: `snapshot.…`
    """
    digest = dict(home.root.peers).get(region)
    if digest is None:
        message = f"our root names no peer {region}: an agreement comes before its certificates"
        raise UntrustedError("snapshot.anchor", message)
    with naming(f"peer {region}"):
        peer = Texts.from_members(Members.of(value, f"peer {region}", texts.NAMES))
    if peer.length() > MAX_PEER:
        message = f"the texts of peer {region} are longer than {MAX_PEER:,} characters"
        raise MalformedError("snapshot.too_large", message)
    judged = bags.judge(peer, f"{region}:{digest}")
    demand_apart(judged, (home, *others))
    return judged


def demand_apart(peer: Bag, others: Iterable[Bag]) -> None:
    """Return if a peer shares neither host nor key with other regions.

    Raises:
        UntrustedError: `snapshot.host` or `snapshot.duplicate_key`.
    """
    keys = peer.thumbprints()
    for other in others:
        if not set(peer.hosts).isdisjoint(other.hosts):
            message = f"regions {peer.region} and {other.region} claim the same host"
            raise UntrustedError("snapshot.host", message)
        if not keys.isdisjoint(other.thumbprints()):
            message = f"regions {peer.region} and {other.region} have the same key"
            raise UntrustedError("snapshot.duplicate_key", message)


def assemble(home: Texts, peers: Mapping[str, Texts] | None = None) -> bytes:
    """Put a file together from signed texts; judging it is left to `Snapshot.from_bytes`."""
    by_region = sorted((peers or {}).items())
    members = {region: peer.to_members() for region, peer in by_region}
    return canonical.encode({**home.to_members(), "peers": members})


def _peers(members: Members) -> dict[str, object]:
    peers = members.raw("peers")
    if not isinstance(peers, dict) or len(peers) > MAX_PEERS or not all(map(is_region, peers)):
        refuse(members.at("peers"), f"not an object of at most {MAX_PEERS} regions")
    return peers
