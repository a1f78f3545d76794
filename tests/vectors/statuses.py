# SPDX-License-Identifier: Apache-2.0
"""Status lists (docs/format.md §5.4)."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from credential import base64url, status_list
from credential.status_list import BYTES
from tests.vectors import deflate
from tests.vectors.case import Case, Members

_TOKEN, _PROFILE = {"code": "malformed.token"}, {"code": "malformed.profile"}
_URI = "https://jy.sh310.example/status/1"
_EMPTY = deflate.sparse(bytes(BYTES))


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield from _bits()
    yield from _streams()
    yield from _members()


def _payload(stream: bytes, **changes: Any) -> str:
    inner = {"bits": 2, "lst": base64url.encode(stream)}
    members = {"sub": _URI, "iat": 100, "exp": 200, "status_list": inner, **changes}
    return json.dumps(members, separators=(",", ":"))


def _case(
    name: str, payload: str, comment: str, expect: Members = _PROFILE, at: Sequence[int] = (0,)
) -> Case:
    return Case(
        f"status_list/{name}",
        comment,
        "docs/format.md §5.4; Token Status List §4",
        "status_list",
        {"payload": payload, "indexes": list(at)},
        expect,
    )


def _bits() -> Iterator[Case]:
    # The draft's example of two bits: its first twelve entries are the bytes c9 44 f9.
    draft = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
    bits = bytes.fromhex("c944f9") + bytes(BYTES - 3)
    yield _case(
        "draft-example",
        _payload(deflate.sparse(bits)),
        "the least significant bits are the first entry",
        {"statuses": [*draft, 0]},
        range(13),
    )
    last = bytes(BYTES - 1) + b"\x40"
    comment = "the highest bits of the last byte are the last entry"
    payload = _payload(deflate.sparse(last))
    ends = (0, 1_048_572, 1_048_575, 1_048_576, 4_294_967_295)
    yield _case("last-entry", payload, comment, {"statuses": [0, 0, 1, None, None]}, ends)
    yield _case("empty", _payload(_EMPTY), "everything is valid", {"statuses": [0]})
    spread = {0: 1, 3: 2, 4: 3, 1_023: 1, 70_031: 2, 524_288: 3}
    bits = bytes(status_list.put(status_list.blank(), spread))
    comment = "entries all over the list"
    at = (0, 1, 3, 4, 5, 1_022, 1_023, 70_030, 70_031, 524_288)
    found = {"statuses": [1, 0, 2, 3, 0, 0, 1, 0, 2, 3]}
    yield _case("spread", _payload(deflate.sparse(bits)), comment, found, at)


def _streams() -> Iterator[Case]:
    for name, stream, comment in (
        ("short", deflate.sparse(bytes(BYTES - 1)), "a byte too few"),
        ("long", deflate.sparse(bytes(BYTES + 1)), "a byte too many"),
        ("half", deflate.sparse(bytes(BYTES // 2)), "a list of one bit an entry"),
        ("bomb", deflate.sparse(bytes(8 * BYTES)), "far too many: read no further than a list"),
        ("raw-deflate", _EMPTY[2:-4], "no zlib around it"),
        ("cut", _EMPTY[:-5], "the end is missing"),
        ("checksum", _EMPTY[:-1] + bytes((_EMPTY[-1] ^ 1,)), "another checksum"),
        ("no-checksum", _EMPTY[:-4], "no checksum"),
        ("and-more", _EMPTY + b"\0", "a byte behind the stream"),
        ("twice", _EMPTY + _EMPTY, "a second stream"),
        ("dictionary", b"\x78\xbb" + bytes(4) + _EMPTY[2:], "a preset dictionary"),
        ("gzip", b"\x1f\x8b\x08" + bytes(7) + _EMPTY[2:], "another wrapper"),
        ("empty-text", b"", "nothing at all"),
    ):
        yield _case(name, _payload(stream), comment)
    bad = _payload(_EMPTY).replace('"lst":"', '"lst":"=')
    yield _case("padding", bad, "no base64url", _TOKEN)
    plus = _payload(_EMPTY).replace('"lst":"e', '"lst":"+')
    yield _case("plain-base64", plus, "another alphabet", _TOKEN)


def _members() -> Iterator[Case]:
    lst = base64url.encode(_EMPTY)
    for bits in (1, 4, 8, 3, 0):
        inner = {"bits": bits, "lst": lst}
        comment = "two bits an entry, no other width"
        yield _case(f"bits-{bits}", _payload(_EMPTY, status_list=inner), comment)
    text = {"bits": "2", "lst": lst}
    yield _case("bits-text", _payload(_EMPTY, status_list=text), "an integer")
    uri = {"bits": 2, "lst": lst, "aggregation_uri": "https://a.example"}
    yield _case("aggregation", _payload(_EMPTY, status_list=uri), "a member of the draft, not ours")
    number = {"bits": 2, "lst": 1}
    yield _case("lst-number", _payload(_EMPTY, status_list=number), "text")
    yield _case("sub-other", _payload(_EMPTY, sub="https://jy.sh310.example/x/1"), "no status URI")
    yield _case("sub-http", _payload(_EMPTY, sub=_URI.replace("https", "http")), "no status URI")
    yield _case("exp-not-after", _payload(_EMPTY, exp=100), "an end that is not after iat")
    yield _case("ttl", _payload(_EMPTY, ttl=1), "a member of the draft, not ours")
