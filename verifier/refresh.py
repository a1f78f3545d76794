# SPDX-License-Identifier: Apache-2.0
"""Put a new snapshot together from the registry's parts, loading only those that changed.

    GET URL/head.json        root, manifest and peers of the snapshot (docs/format.md §5.6)
    GET URL/parts/<sha256>   a part's text, unless the old snapshot has it already
    GET URL/snapshot.json    all of it, from a registry that has no head.json

A manifest says here what to ask for, and nothing more: whether any of it is to be believed is
decided afterwards, by `verifier.trusted`, over the bytes that this module puts together.
"""

import hashlib
from typing import Final, NoReturn

from credential import canonical, envelope
from credential.errors import MalformedError, UnavailableError
from verifier.fetch import Fetch, check_url

MAX_SNAPSHOT: Final = 64 << 20  # bytes
MAX_HEAD: Final = 16 << 20  # bytes
MAX_PARTS: Final = 4096  # of one region

Json = dict[str, object]


def refresh(registry: str, get: Fetch, old: bytes | None) -> bytes:
    """Load what the registry publishes now.

    Args:
        registry: Its base URL.
        get: How to load.
        old: The snapshot in force, whose parts need not be loaded again.

    Returns:
        A snapshot, unverified.

    Raises:
        MalformedError: `fetch.url` or `fetch.malformed`.
        UnavailableError: `fetch.absent` or `fetch.unavailable`.
    """
    base = check_url(registry)
    try:
        head = _object(get(f"{base}/head.json", MAX_HEAD))
    except UnavailableError as error:
        if error.code != "fetch.absent":
            raise
        return get(f"{base}/snapshot.json", MAX_SNAPSHOT)
    store = _Parts(base, get, {} if old is None else _texts(_object(old)))
    peers = head.get("peers")
    if not isinstance(peers, dict):
        _refuse("head.json has no peers")
    whole = {
        **store.bag(head),
        "peers": {region: store.bag(_mapping(peer)) for region, peer in peers.items()},
    }
    return canonical.encode(whole)


class _Parts:
    """The parts by digest: those at hand, and those still to be loaded, all within one bound."""

    def __init__(self, base: str, get: Fetch, at_hand: dict[str, str]) -> None:
        self._base, self._get, self._at_hand = base, get, at_hand
        self._left = MAX_SNAPSHOT

    def bag(self, head: Json) -> Json:
        """Fill one region's members, in the order of the format."""
        manifest = head.get("manifest")
        if not isinstance(manifest, str):
            _refuse("no manifest")
        payload = envelope.read(manifest, envelope.MANIFEST).payload
        listed = _mapping(canonical.parse(payload)).get("parts")
        if not isinstance(listed, list) or len(listed) > MAX_PARTS:
            _refuse("the manifest lists no parts, or too many")
        texts = [(str(_mapping(part).get("name")), self._text(_mapping(part))) for part in listed]
        survivors = {name.partition("/")[2]: text for name, text in texts if "survivors/" in name}
        lists = [text for name, text in texts if name.startswith("status_lists/")]
        return {
            "root": head.get("root"),
            "manifest": manifest,
            "trust_list": dict(texts).get("trust_list"),
            "catalogues": [text for name, text in texts if name.startswith("catalogues/")],
            "status_lists": {_uri(text): text for text in lists},
            **({"survivors": survivors} if survivors else {}),
            "checkpoint": dict(texts).get("checkpoint"),
        }

    def _text(self, part: Json) -> str:
        digest, length = part.get("sha256"), part.get("length")
        if not isinstance(digest, str) or type(length) is not int:
            _refuse("a part without digest and length")
        if len(digest) != hashlib.sha256().digest_size * 2 or not digest.isalnum():
            _refuse("a digest that is none")
        self._left -= length
        if length < 0 or self._left < 0:
            _refuse("the parts are larger than a snapshot may be")
        text = self._at_hand.get(digest)
        if text is None:
            data = self._get(f"{self._base}/parts/{digest}", length)
            if hashlib.sha256(data).hexdigest() != digest:
                _refuse("a part is not what its digest says")
            text = self._at_hand[digest] = data.decode("ascii", "replace")
        return text


def _texts(snapshot: Json) -> dict[str, str]:
    """Return every text of a snapshot by its digest, wherever it stands."""
    found: dict[str, str] = {}
    todo: list[object] = [snapshot]
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            found[hashlib.sha256(value.encode()).hexdigest()] = value
        elif isinstance(value, dict):
            todo += value.values()
        elif isinstance(value, list):
            todo += value
    return found


def _uri(token: str) -> str:
    payload = envelope.read(token, envelope.STATUS_LIST).payload
    return str(_mapping(canonical.parse(payload)).get("sub"))


def _object(data: bytes) -> Json:
    return _mapping(canonical.parse(data, canonical=False))


def _mapping(value: object) -> Json:
    if not isinstance(value, dict):
        _refuse("not a JSON object")
    return value


def _refuse(what: str) -> NoReturn:
    raise MalformedError("fetch.malformed", f"the registry's answer cannot be used: {what}")
