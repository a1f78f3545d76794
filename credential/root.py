# SPDX-License-Identifier: Apache-2.0
"""The root: who speaks for a region, signed by k of n people offline (docs/format.md §5.1).

    {"region":"310000","version":2,"environment":"production","threshold":2,"hosts":["HOST"],
     "from":n,"expires":n,"keys":[{"kid":"…","jwk":{…},"role":"root","from":n,"to":n},…],"peers":[…]}

A region's roots are a chain, version 1 first. Of a chain that holds the anchor

- every version is read, and counts one more than the one before;
- from the anchor's version on each is signed by its own threshold, and each later one by the
  threshold of the one before as well, so that neither old nor new people alone can take it over;
- region and environment stay, `from` does not fall, a host once listed stays, an epoch stays as it
  is but for its mark, and no key changes its role.

A key that a version marks as distrusted does not count towards that version's threshold.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple, Self

from credential import canonical, envelope
from credential.errors import MalformedError, UntrustedError
from credential.key_record import ROOT_ROLES, KeyRecord, refuse_shared
from credential.members import Members, is_host, refuse
from keys.signer import Signer

MAX_CHAIN: Final = 64  # versions
MAX_SIGNATURES: Final = 32  # of one version
MAX_KEYS: Final = 512
MAX_HOSTS: Final = 16
MAX_PEERS: Final = 64
MAX_EPOCH_WINDOW: Final = 366 * 86_400  # seconds
MAX_VERSION: Final = 2**32 - 1

ENVIRONMENTS: Final = ("demo", "test", "production")

_ANCHOR: Final = re.compile("([1-9][0-9]{5}):([0-9a-f]{64})")


class _Root(NamedTuple):
    region: str
    version: int
    environment: str
    """`demo`, `test` or `production`: whatever is not production certifies nothing."""
    threshold: int
    """How many root keys sign."""
    hosts: tuple[str, ...]
    """The current one first, then retired ones."""
    start: int
    expires: int
    keys: tuple[KeyRecord, ...]
    peers: tuple[tuple[str, str], ...]
    """Region and SHA-256 of a root payload of each peer, by rising region."""


class Root(_Root):
    """One version of a region's root."""

    @cached_property
    def by_name(self) -> Mapping[tuple[str, str], KeyRecord]:
        """The keys by role and kid."""
        return {(record.role, record.kid): record for record in self.keys}

    def key(self, role: str, kid: str) -> KeyRecord | None:
        """Find a key."""
        return self.by_name.get((role, kid))

    def keys_of(self, role: str) -> tuple[KeyRecord, ...]:
        """Give the keys of a role, distrusted ones too."""
        return tuple(record for record in self.keys if record.role == role)

    def to_bytes(self) -> bytes:
        """Write the payload."""
        return canonical.encode(
            {
                "region": self.region,
                "version": self.version,
                "environment": self.environment,
                "threshold": self.threshold,
                "hosts": list(self.hosts),
                "from": self.start,
                "expires": self.expires,
                "keys": [record.to_members() for record in self.keys],
                "peers": [
                    {"region": region, "root_sha256": digest} for region, digest in self.peers
                ],
            }
        )

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """Read a payload.

        Raises:
            MalformedError: `malformed.token`, `malformed.profile` or `snapshot.duplicate_key`.
        """
        names = "region version environment threshold hosts from expires keys peers"
        members = Members.of(canonical.parse(payload), "root", names)
        region = members.region("region")
        start, expires = members.time("from"), members.time("expires")
        if expires <= start:
            refuse(members.at("expires"), "not after from")
        keys = _keys(members)
        own = sum(record.role == "root" and not record.distrusted for record in keys)
        return cls(
            region=region,
            version=members.integer("version", 1, MAX_VERSION),
            environment=members.choice("environment", ENVIRONMENTS),
            threshold=members.integer("threshold", 1, own),
            hosts=_hosts(members),
            start=start,
            expires=expires,
            keys=keys,
            peers=_peers(members, region),
        )


def sha256(payload: bytes) -> str:
    """Hash a root's payload for an anchor, 64 lower-case hex digits."""
    return hashlib.sha256(payload).hexdigest()


def anchor_of(root: Root) -> str:
    """Write the anchor of a root, `REGION:HEX`."""
    return f"{root.region}:{sha256(root.to_bytes())}"


def parse_anchor(text: str) -> tuple[str, str]:
    """Split an anchor into region and hex digest.

    Raises:
        MalformedError: `snapshot.anchor`.
    """
    match = _ANCHOR.fullmatch(text)
    if match is None:
        message = "an anchor is REGION:HEX: six digits, a colon, 64 lower-case hex digits"
        raise MalformedError("snapshot.anchor", message)
    return match[1], match[2]


def sign(keys: Iterable[Signer], root: Root) -> list[str]:
    """Sign a version, one compact JWS for each key."""
    payload = root.to_bytes()
    return [envelope.sign(key, envelope.ROOT, payload) for key in keys]


def read_chain(chain: Sequence[Sequence[str]]) -> tuple[Root, ...]:
    """Read every version without judging a signature.

    Raises:
        MalformedError: `malformed.token`, `malformed.profile` or `snapshot.duplicate_key`.
        UntrustedError: `snapshot.root`.
    """
    if not 1 <= len(chain) <= MAX_CHAIN:
        refuse("root", f"not a chain of 1 to {MAX_CHAIN} versions")
    roots = tuple(Root.from_bytes(_payload(tokens)) for tokens in chain)
    for number, root in enumerate(roots, 1):
        if root.version != number:
            raise _broken(f"version {root.version} stands where version {number} belongs")
    return roots


def verify_chain(chain: Sequence[Sequence[str]], anchor: str) -> tuple[Root, ...]:
    """Read a chain and judge it from the anchor's version on.

    Args:
        chain: Every version from 1, the compact JWS of each.
        anchor: `REGION:HEX`, of any version.

    Returns:
        Every version; the last is in force.

    Raises:
        MalformedError: `malformed.token`, `malformed.profile` or `snapshot.duplicate_key`;
            `snapshot.anchor` where the anchor is none.
        UntrustedError: `snapshot.anchor`, `snapshot.threshold` or `snapshot.root`.
    """
    region, digest = parse_anchor(anchor)
    roots = read_chain(chain)
    payloads = [sha256(root.to_bytes()) for root in roots]
    if roots[0].region != region or digest not in payloads:
        raise UntrustedError(
            "snapshot.anchor",
            f"no root here is the anchor {anchor}: compare it with the one that was published",
        )
    first = payloads.index(digest)
    for tokens, signed in zip(chain[first:], roots[first:], strict=True):
        _demand(tokens, signed, by=signed)
    for tokens, (old, new) in zip(chain[first + 1 :], pairwise(roots[first:]), strict=True):
        _demand(tokens, new, by=old)
        _demand_succession(old, new)
    return roots


def _demand(tokens: Sequence[str], signed: Root, by: Root) -> None:
    """Demand the threshold of one version's root keys on a version."""
    held: set[bytes] = set()
    for token in tokens:
        unverified = envelope.read(token, envelope.ROOT)
        record = by.key("root", unverified.kid)
        if record is None or record.distrusted:
            continue
        try:
            unverified.verify(record.key)
        except UntrustedError:
            continue  # one bad signature must not stop those that hold
        held.add(record.key.thumbprint)
    if len(held) < by.threshold:
        raise UntrustedError(
            "snapshot.threshold",
            f"root version {signed.version} has {len(held)} of the {by.threshold} signatures that"
            f" version {by.version} demands",
        )


def _demand_succession(old: Root, new: Root) -> None:
    if (new.region, new.environment) != (old.region, old.environment):
        raise _broken("region and environment never change")
    if new.start < old.start:
        raise _broken(f"version {new.version} begins before version {old.version}")
    if not set(old.hosts) <= set(new.hosts):
        raise _broken("a host that was listed is missing")
    for record in old.keys_of("receipt"):
        kept = new.key("receipt", record.kid)
        if (
            kept is None
            or (kept.key, kept.start, kept.end) != (record.key, record.start, record.end)
            or (record.distrusted and not kept.distrusted)
        ):
            raise _broken(f"receipt epoch {record.kid} is missing or was changed")
    roles = {record.key.thumbprint: record.role for record in old.keys}
    if any(roles.get(record.key.thumbprint, record.role) != record.role for record in new.keys):
        raise _broken("a key has changed its role")


def _payload(tokens: Sequence[str]) -> bytes:
    if not 1 <= len(tokens) <= MAX_SIGNATURES:
        refuse("root", f"not 1 to {MAX_SIGNATURES} signatures of a version")
    payloads = {envelope.read(token, envelope.ROOT).payload for token in tokens}
    if len(payloads) != 1:
        refuse("root", "the signatures of a version are over different payloads")
    return payloads.pop()


def _keys(members: Members) -> tuple[KeyRecord, ...]:
    keys = tuple(
        KeyRecord.from_members(one, f"root.keys[{n}]", ROOT_ROLES)
        for n, one in enumerate(members.items("keys", 1, MAX_KEYS))
    )
    refuse_shared(keys, "root")
    if len({(record.role, record.kid) for record in keys}) != len(keys):
        refuse("root.keys", "a kid stands twice in one role")
    for record in keys:
        if record.end is None or record.distrusted_after is not None:
            refuse("root.keys", "a root's key has an end, and is distrusted wholly or not at all")
        if record.role == "receipt" and record.end - record.start > MAX_EPOCH_WINDOW:
            refuse("root.keys", "a receipt epoch lasts at most 366 days")
    return keys


def _hosts(members: Members) -> tuple[str, ...]:
    hosts = members.items("hosts", 1, MAX_HOSTS)
    if not all(map(is_host, hosts)) or len(set(map(str, hosts))) != len(hosts):
        refuse(members.at("hosts"), "not distinct hosts of a registry")
    return tuple(map(str, hosts))


def _peers(members: Members, own: str) -> tuple[tuple[str, str], ...]:
    peers = []
    for n, one in enumerate(members.items("peers", 0, MAX_PEERS)):
        peer = Members.of(one, f"root.peers[{n}]", "region root_sha256")
        peers.append((peer.region("region"), peer.hex_digest("root_sha256")))
    regions = [region for region, _ in peers]
    if own in regions or any(later <= region for region, later in pairwise(regions)):
        refuse(members.at("peers"), "regions do not rise, or the root's own is among them")
    return tuple(peers)


def _broken(what: str) -> UntrustedError:
    return UntrustedError("snapshot.root", f"the chain of roots is broken: {what}")
