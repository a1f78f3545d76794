# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §5.5."""

import hashlib

import pytest

from credential import canonical
from credential.errors import MalformedError
from credential.manifest import Manifest, Part, is_ordered

NAMES = (
    *("trust_list", "catalogues/0", "catalogues/1", "status_lists/1", "status_lists/10"),
    *("status_lists/2", "survivors/2", "survivors/10", "checkpoint"),
)
MANIFEST = Manifest(
    "https://jy.sh310.example",
    "310000",
    812,
    100,
    200,
    tuple(Part.of(name, f"text of {name}") for name in NAMES),
)


def test_a_manifest_comes_back_as_it_was() -> None:
    payload = MANIFEST.to_bytes()
    assert Manifest.from_bytes(payload) == MANIFEST
    assert Manifest.from_bytes(payload).to_bytes() == payload


def test_a_part_is_described_by_digest_and_length() -> None:
    assert Part.of("checkpoint", "abc") == Part("checkpoint", hashlib.sha256(b"abc").hexdigest(), 3)


@pytest.mark.parametrize(
    ("names", "is_right"),
    [
        (NAMES, True),
        (("trust_list", "checkpoint"), True),
        (NAMES[:-1], False),
        (NAMES[1:], False),
        (tuple(reversed(NAMES)), False),
        (("trust_list", "trust_list", "checkpoint"), False),
        (("trust_list", "checkpoint", "checkpoint"), False),
        (("trust_list", "catalogues/1", "checkpoint"), False),
        (("trust_list", "catalogues/0", "catalogues/0", "checkpoint"), False),
        (("trust_list", "status_lists/2", "status_lists/1", "checkpoint"), False),
        (("trust_list", "status_lists/1", "catalogues/0", "checkpoint"), False),
        (("trust_list", "survivors/10", "survivors/2", "checkpoint"), False),
        ((), False),
    ],
)
def test_the_order_of_parts(names: tuple[str, ...], is_right: bool) -> None:
    assert is_ordered(names) == is_right


def _part(**changes: object) -> dict[str, object]:
    return {"name": "trust_list", "sha256": "0" * 64, "length": 1, **changes}


LAST = _part(name="checkpoint")


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://a/b"},
        {"region": 310000},
        {"sequence": 0},
        {"sequence": "812"},
        {"exp": 100},
        {"parts": []},
        {"parts": [LAST, _part()]},
        {"parts": [_part(sha256="0" * 63 + "A"), LAST]},
        {"parts": [_part(length=-1), LAST]},
        {"parts": [_part(length=(64 << 20) + 1), LAST]},
        {"parts": [_part(), _part(name="catalogues/00"), LAST]},
        {"parts": [_part(), _part(name="status_lists/A"), LAST]},
        {"parts": [_part(), _part(name="survivors/0"), LAST]},
        {"parts": [_part(), _part(name="secrets/1"), LAST]},
        {"parts": [_part(), {**LAST, "url": "x"}]},
        {"extra": 1},
    ],
)
def test_payloads_that_are_refused(change: dict[str, object]) -> None:
    members = canonical.parse(MANIFEST.to_bytes())
    assert isinstance(members, dict)
    with pytest.raises(MalformedError) as caught:
        Manifest.from_bytes(canonical.encode({**members, **change}))
    assert caught.value.code == "malformed.profile"
