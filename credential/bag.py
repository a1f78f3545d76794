# SPDX-License-Identifier: Apache-2.0
"""One region's bag of a snapshot, judged (docs/format.md §5.6).

Read in this order, so that nothing is looked at before somebody answers for it:

1. the chain of roots against the anchor;
2. the manifest, under a `publish` key of the last root;
3. digest and length of every part against the manifest: none missing, none besides;
4. every part under a key of its own role whose window holds the part's `iat`;
5. what belongs together: region, hosts, ages, keys that stand once only.

A bag that exists has passed all of it. How old it is and whether its root has expired is for the
verdict to say, since that depends on the time of asking.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, NamedTuple, Protocol, TypeVar

from credential import envelope, root
from credential.catalogue import Catalogue
from credential.checkpoint import Checkpoint
from credential.errors import MalformedError, UntrustedError
from credential.key_record import refuse_shared
from credential.manifest import Manifest
from credential.root import Root
from credential.status_list import StatusList
from credential.survivors import Survivors
from credential.texts import Texts
from credential.trust_list import TrustList

MAX_AGE: Final = 7 * 86_400  # seconds from iat to exp: manifest, trust list, status lists
MAX_CATALOGUE_AGE: Final = 366 * 86_400  # seconds


class _Dated(Protocol):
    @property
    def iat(self) -> int:
        """Seconds since 1970."""


D = TypeVar("D", bound=_Dated)


class Bag(NamedTuple):
    """What one region says, all of it authentic."""

    roots: tuple[Root, ...]
    """Every version, the last in force."""
    root: Root
    """The last version."""
    digests: tuple[str, ...]
    """SHA-256 of each version's payload, 64 hex digits."""
    manifest: Manifest
    trust_list: TrustList
    catalogues: tuple[Catalogue, ...]
    status_lists: Mapping[str, StatusList]
    """By URI."""
    survivors: Mapping[int, Survivors]
    """By epoch."""
    checkpoint: Checkpoint
    texts: Texts
    """As they came."""

    @property
    def region(self) -> str:
        """The region's code."""
        return self.root.region

    @property
    def hosts(self) -> tuple[str, ...]:
        """The current host first."""
        return self.root.hosts

    def is_survivor(self, epoch: int, signature: bytes) -> bool:
        """Tell whether a receipt of a distrusted epoch is honest."""
        listed = self.survivors.get(epoch)
        return listed is not None and listed.contains(signature)

    def thumbprints(self) -> frozenset[bytes]:
        """Give every key of the region's last root and trust list."""
        records = (*self.root.keys, *self.trust_list.keys())
        return frozenset(record.key.thumbprint for record in records)


def judge(texts: Texts, anchor: str | None) -> Bag:
    """Judge a region's texts.

    Args:
        texts: As read.
        anchor: `REGION:HEX`; None to hold the chain against its own first version, which shows that
            the texts agree with each other and nothing else.

    Raises:
        MalformedError: `snapshot.malformed`, `snapshot.anchor` or `snapshot.duplicate_key`.
        UntrustedError: `snapshot.…`
    """
    with naming("root"):
        if anchor is None:  # an empty one is no anchor, and is refused as such
            anchor = root.anchor_of(root.read_chain(texts.chain[:1])[0])
        roots = root.verify_chain(texts.chain, anchor)
    last = roots[-1]
    manifest = _open(last, "manifest", texts.manifest, envelope.MANIFEST, Manifest.from_bytes)
    _compare(manifest, texts)
    bag = Bag(
        roots=roots,
        root=last,
        digests=tuple(root.sha256(each.to_bytes()) for each in roots),
        manifest=manifest,
        trust_list=_open(
            last, "trust_list", texts.trust_list, envelope.TRUST_LIST, TrustList.from_bytes
        ),
        catalogues=tuple(
            _open(last, f"catalogues/{n}", text, envelope.CATALOGUE, Catalogue.from_bytes)
            for n, text in enumerate(texts.catalogues)
        ),
        status_lists={
            uri: _open(last, uri, text, envelope.STATUS_LIST, StatusList.from_bytes)
            for uri, text in texts.status_lists.items()
        },
        survivors={epoch: _survivors(last, epoch, text) for epoch, text in texts.survivors.items()},
        checkpoint=_open(
            last, "checkpoint", texts.checkpoint, envelope.CHECKPOINT, Checkpoint.from_bytes
        ),
        texts=texts,
    )
    _demand_one_region(bag)
    _demand_ages(bag)
    refuse_shared((*last.keys, *bag.trust_list.keys()), f"region {bag.region}")
    return bag


@contextmanager
def naming(where: str) -> Iterator[None]:
    """Turn what is wrong with a text into what is wrong with the snapshot, and say where."""
    try:
        yield
    except (MalformedError, UntrustedError) as error:
        if error.code.startswith("snapshot."):
            raise
        message = f"{where}: {error}; fetch the snapshot again"
        if error.code.startswith("malformed."):
            raise MalformedError("snapshot.malformed", message) from None
        raise UntrustedError("snapshot.signature", message) from None


def _open(last: Root, where: str, text: str, typ: str, read: Callable[[bytes], D]) -> D:
    """Verify a part under the key of its role, then read it."""
    role = envelope.ROLE_OF_TYP[typ]
    with naming(where):
        unverified = envelope.read(text, typ)
        record = last.key(role, unverified.kid)
        if record is None or record.distrusted:
            raise UntrustedError(
                "snapshot.signature", f"{where}: not signed by a {role} key of the root in force"
            )
        unverified.verify(record.key)
        value = read(unverified.payload)
        if not record.holds(value.iat):
            raise UntrustedError(
                "snapshot.signature", f"{where}: iat lies outside the window of its {role} key"
            )
        return value


def _compare(manifest: Manifest, texts: Texts) -> None:
    here = texts.parts()
    listed = {part.name for part in manifest.parts}
    if [part.name for part in here] != [part.name for part in manifest.parts]:
        odd = sorted(listed.symmetric_difference(part.name for part in here))
        raise _wrong_part(f"the manifest and the parts differ: {', '.join(odd) or 'their order'}")
    for part, expected in zip(here, manifest.parts, strict=True):
        if part != expected:
            raise _wrong_part(f"{part.name} is not the text that the manifest lists")


def _survivors(last: Root, epoch: int, text: str) -> Survivors:
    record = last.key("receipt", str(epoch))
    if record is None or not record.distrusted:
        raise _wrong_part(f"survivors of epoch {epoch}, which the root does not distrust")
    with naming(f"survivors/{epoch}"):
        return Survivors.decode(text)


def _demand_one_region(bag: Bag) -> None:
    region, hosts = bag.region, set(bag.hosts)
    iss = f"https://{bag.hosts[0]}"
    lists = bag.trust_list
    regions = {bag.manifest.region, lists.region, *(each.region for each in bag.catalogues)}
    if regions != {region}:
        raise _wrong_host(f"a part is of another region than {region}")
    issuers = {bag.manifest.iss, lists.iss, bag.checkpoint.iss}
    if issuers | {each.iss for each in bag.catalogues} != {iss}:
        raise _wrong_host(f"a part is by another registry than {iss}")
    for uri, status_list in bag.status_lists.items():
        if status_list.uri != uri:
            raise _wrong_part(f"the list {status_list.uri} stands under {uri}")
        if status_list.host not in hosts:
            raise _wrong_host(f"the list {uri} is under no host of the root")
    owners = {body.host for body in lists.bodies} | {each.host for each in lists.authorities}
    if not owners <= hosts:
        odd = ", ".join(sorted(owners - hosts))
        raise _wrong_host(f"a body or authority is under {odd}, which the root does not list")
    if len({catalogue.scheme for catalogue in bag.catalogues}) != len(bag.catalogues):
        raise _wrong_part("two catalogues of one scheme")


def _demand_ages(bag: Bag) -> None:
    spans = [bag.manifest.exp - bag.manifest.iat, bag.trust_list.exp - bag.trust_list.iat]
    spans += [each.exp - each.iat for each in bag.status_lists.values()]
    if max(spans) > MAX_AGE:
        raise _too_long("a part is valid for more than 7 days")
    for catalogue in bag.catalogues:
        if catalogue.exp - catalogue.iat > MAX_CATALOGUE_AGE:
            raise _too_long("a catalogue is valid for more than 366 days")


def _wrong_part(what: str) -> UntrustedError:
    return UntrustedError("snapshot.part", f"{what}; fetch the snapshot again")


def _wrong_host(what: str) -> UntrustedError:
    return UntrustedError("snapshot.host", f"{what}; tell the registry")


def _too_long(what: str) -> UntrustedError:
    return UntrustedError("snapshot.ages", f"{what}; tell the registry")
