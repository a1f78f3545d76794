# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §1.2."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import canonical
from credential.errors import MalformedError

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner),
    max_leaves=6,
)


def _depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


@given(VALUES.filter(lambda value: _depth(value) <= canonical.MAX_DEPTH))
def test_what_is_written_is_read_back(value: object) -> None:
    data = canonical.encode(value)
    assert canonical.parse(data) == value
    assert json.loads(data) == value


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}',
        '{"a":1,"\\u0061":2}',
        "NaN",
        "-Infinity",
        "1.0",
        "1e3",
        "1e400",
        "9007199254740992",
        "-9007199254740992",
        "1" * 5000,
        '"\\ud800"',
        '["\\udc00\\ud800"]',
        '\ufeff"a"',
        "[" * 100_000,
        "[" * 9 + "]" * 9,
        '{"a":' * 9 + "1" + "}" * 9,
        "01",
        "+1",
        "'a'",
        '"a',
        "[1,]",
        '{"a":1}x',
        "",
        '"\t"',
        "nul",
    ],
)
def test_not_strict_json(text: str) -> None:
    with pytest.raises(MalformedError) as caught:
        canonical.parse(text.encode("utf-8", "surrogatepass"))
    assert caught.value.code == "malformed.token"


@pytest.mark.parametrize(
    "data", [b'"\xff"', b'"\xed\xa0\x80"', b'"\xc0\x80"', b"\x00", b"\xfe\xff"]
)
def test_not_utf_8(data: bytes) -> None:
    with pytest.raises(MalformedError) as caught:
        canonical.parse(data)
    assert caught.value.code == "malformed.token"


@pytest.mark.parametrize(
    "text", [' {"a":1}', '{"a": 1}', '"\\u0041"', '"\\/"', "-0", '{"a":1}\n', '"\\u001F"']
)
def test_strict_but_not_canonical(text: str) -> None:
    with pytest.raises(MalformedError) as caught:
        canonical.parse(text.encode())
    assert caught.value.code == "malformed.profile"
    canonical.parse(text.encode(), canonical=False)


@pytest.mark.parametrize("depth", [1, 8])
def test_nesting_up_to_the_bound(depth: int) -> None:
    canonical.parse(b"[" * depth + b"]" * depth)
