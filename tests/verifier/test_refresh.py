# SPDX-License-Identifier: Apache-2.0
"""Loading only what changed, within bounds, and believing none of it."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from credential import canonical, envelope
from credential.errors import SealError, UnavailableError
from credential.snapshot import Snapshot
from tests.verifier.world import HOUR, Region, jiangsu, key, shanghai
from verifier import refresh as module
from verifier.refresh import refresh

URL = "https://jy.sh310.example"


class Registry:
    """A registry in memory; counts what is asked for."""

    def __init__(self, region: Region, *, has_head: bool = True) -> None:
        self.region = region
        self.whole = region.data()
        value: dict[str, Any] = json.loads(self.whole)
        peers = {code: self._head(bag) for code, bag in value["peers"].items()}
        self.head = {**self._head(value), "peers": peers}
        self.has_head = has_head
        self.asked: list[str] = []
        bags = (region.texts(), *(peer.texts() for peer in region.peers))
        self.parts = {
            hashlib.sha256(text.encode()).hexdigest(): text
            for bag in bags
            for _, text in bag.named()
        }

    @staticmethod
    def _head(bag: dict[str, Any]) -> dict[str, Any]:
        return {name: bag[name] for name in ("root", "manifest")}

    def __call__(self, url: str, most: int) -> bytes:
        assert url.startswith(f"{URL}/")
        path = url.removeprefix(f"{URL}/")
        self.asked.append(path)
        if path == "snapshot.json":
            return self.whole
        if path == "head.json" and self.has_head:
            return canonical.encode(self.head)
        text = self.parts.get(path.removeprefix("parts/"))
        if text is None:
            raise UnavailableError("fetch.absent", path)
        assert len(text) <= most
        return text.encode()


def refused(registry: Registry, old: bytes | None = None) -> str:
    with pytest.raises(SealError) as refusal:
        refresh(URL, registry, old)
    return refusal.value.code


def test_the_parts_give_the_whole() -> None:
    registry = Registry(shanghai(jiangsu()))
    loaded = refresh(URL + "/", registry, None)
    assert loaded == registry.whole
    assert Snapshot.from_bytes(loaded, registry.region.anchor).rejected_peers == {}
    assert "snapshot.json" not in registry.asked


def test_survivors_are_loaded_too() -> None:
    region = shanghai()
    receipt = region.issue().receipt
    epoch = region.root().keys[-1]._replace(distrusted=True)
    registry = Registry(replace(region, epochs=(epoch,), survivors={3: (receipt,)}))
    assert refresh(URL, registry, None) == registry.whole


def test_only_what_changed_is_loaded() -> None:
    before = Registry(shanghai(jiangsu()))
    after = Registry(replace(before.region, iat=before.region.iat + HOUR))
    loaded = refresh(URL, after, before.whole)
    assert loaded == after.whole
    peer = {hashlib.sha256(text.encode()).hexdigest() for _, text in jiangsu().texts().named()}
    assert len(after.asked) == 1 + 4
    assert not {path.removeprefix("parts/") for path in after.asked} & peer


def test_nothing_new_is_one_question() -> None:
    registry = Registry(shanghai(jiangsu()))
    assert refresh(URL, registry, registry.whole) == registry.whole
    assert registry.asked == ["head.json"]


def test_a_registry_without_a_head_gives_the_whole_file() -> None:
    registry = Registry(shanghai(), has_head=False)
    assert refresh(URL, registry, None) == registry.whole
    assert registry.asked == ["head.json", "snapshot.json"]


def test_a_registry_that_does_not_answer_is_not_asked_for_more() -> None:
    def silent(url: str, most: int) -> bytes:
        raise UnavailableError("fetch.unavailable", "silent")

    with pytest.raises(UnavailableError, match="silent") as refusal:
        refresh(URL, silent, None)
    assert refusal.value.code == "fetch.unavailable"


def test_a_part_that_is_gone_is_reported() -> None:
    registry = Registry(shanghai())
    registry.parts.clear()
    assert refused(registry) == "fetch.absent"


def test_a_part_that_is_another_is_refused() -> None:
    registry = Registry(shanghai())
    for digest, text in registry.parts.items():
        registry.parts[digest] = text[:-1]
    assert refused(registry) == "fetch.malformed"


def manifest(*parts: object) -> str:
    payload = canonical.encode({"parts": list(parts)})
    return envelope.sign(key("publish", "310000"), envelope.MANIFEST, payload)


DIGEST = "a" * 64


@pytest.mark.parametrize(
    "head",
    [
        [],
        {},
        {"peers": []},
        {"peers": {}, "root": []},
        {"peers": {}, "root": [], "manifest": 7},
        {"peers": {}, "root": [], "manifest": "x"},
        {"peers": {"320000": []}, "root": [], "manifest": manifest()},
        {"peers": {}, "root": [], "manifest": manifest("part")},
        {"peers": {}, "root": [], "manifest": manifest({})},
        {"peers": {}, "root": [], "manifest": manifest({"sha256": DIGEST, "length": "1"})},
        {"peers": {}, "root": [], "manifest": manifest({"sha256": DIGEST, "length": -1})},
        {"peers": {}, "root": [], "manifest": manifest({"sha256": DIGEST, "length": 2**27})},
        {"peers": {}, "root": [], "manifest": manifest({"sha256": "../../etc", "length": 1})},
        {"peers": {}, "root": [], "manifest": manifest({"sha256": "../" * 21 + "a", "length": 1})},
        {"peers": {}, "root": [], "manifest": manifest(*[{}] * 5_000)},
    ],
)
def test_a_head_that_cannot_be_used_is_refused(head: Any) -> None:
    registry = Registry(shanghai())
    registry.head = head
    assert refused(registry) in {"fetch.malformed", "malformed.token"}
    assert registry.asked == ["head.json"]


def test_a_list_that_is_none_is_refused() -> None:
    text = "x"
    digest = hashlib.sha256(text.encode()).hexdigest()
    registry = Registry(shanghai())
    registry.parts[digest] = text
    part = {"name": "status_lists/1", "sha256": digest, "length": 1}
    registry.head = {"peers": {}, "root": [], "manifest": manifest(part)}
    assert refused(registry) == "malformed.token"


def test_all_parts_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SNAPSHOT", 1_000)
    assert refused(Registry(shanghai())) == "fetch.malformed"


def test_a_wrong_address_is_not_asked() -> None:
    with pytest.raises(SealError) as refusal:
        refresh("http://jy.sh310.example", Registry(shanghai()), None)
    assert refusal.value.code == "fetch.url"
