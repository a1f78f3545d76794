# SPDX-License-Identifier: Apache-2.0
"""A person's JSON in any order: the same value, in the order that is signed; and nothing else."""

import json
import random
from functools import partial
from typing import Any

import pytest

from credential.arranged import MAX_TURNS, arranged
from credential.errors import MalformedError
from credential.members import Members


def read(value: object) -> tuple[str, ...]:
    """Read `{"a", "b"?, "list": [{"x", "y"}…]}`; give what stands at each `y`."""
    members = Members.of(value, "file", "a b? list")
    items = members.raw("list")
    assert isinstance(items, list)
    return tuple(Members.of(one, "item", "x y").text("y") for one in items)


def shuffled(value: Any, rng: random.Random) -> Any:
    if isinstance(value, dict):
        names = list(value)
        rng.shuffle(names)
        return {name: shuffled(value[name], rng) for name in names}
    return [shuffled(one, rng) for one in value] if isinstance(value, list) else value


GOOD: dict[str, Any] = {"a": 1, "b": 2, "list": [{"x": n, "y": str(n)} for n in range(2_000)]}


def test_any_order_becomes_the_readers() -> None:
    rng = random.Random(7)
    for good in (GOOD, {"a": 1, "list": GOOD["list"][:2]}, {"a": 1, "list": []}):
        written = shuffled(good, rng)
        assert arranged(written, partial(read, written)) == read(good)
        assert json.dumps(written) == json.dumps(good)


@pytest.mark.parametrize(
    "bad",
    [
        {"list": [], "a": 1, "c": 2},
        {"list": []},
        {"list": [{"y": "1"}], "a": 1},
        {"list": [{"y": "", "x": 1}], "a": 1},
        {"list": [1], "a": 1},
        [],
    ],
)
def test_everything_else_is_refused_as_ever(bad: object) -> None:
    with pytest.raises(MalformedError) as caught:
        arranged(bad, lambda: read(bad))
    assert caught.value.code == "malformed.profile"


def test_a_reader_of_its_own_copy_comes_to_an_end() -> None:
    turns = []

    def copying() -> object:
        turns.append(1)
        return Members.of({"b": 1, "a": 2}, "copy", "a b")

    with pytest.raises(MalformedError):
        arranged({}, copying)
    assert len(turns) == MAX_TURNS + 1
