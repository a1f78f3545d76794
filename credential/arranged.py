# SPDX-License-Identifier: Apache-2.0
"""JSON that a person has written: its members may stand in any order, and everything else holds.

    said = arranged(value, lambda: read(value))

What is signed has one order, and its readers demand it. A file from which a payload is made is not
signed: where a reader finds the right members in another order, they are put in its order, in the
value itself, and it reads again. It decides nothing else: a member too many, too few or of another
form is refused by the reader.
"""

from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from credential.members import MisorderedError

T = TypeVar("T")

MAX_TURNS: Final = 1_000
"""Objects, or lists of objects, that may be in another order."""


def arranged(value: object, read: Callable[[], T]) -> T:
    """Read a value whose members may stand in any order; afterwards they stand in the reader's.

    Args:
        value: What was parsed; objects inside it are rearranged.
        read: Reads it.

    Raises:
        SealError: What `read` raises.
    """
    for _ in range(MAX_TURNS):
        try:
            return read()
        except MisorderedError as error:
            for each in _like(value, error.members):
                _put(each, error.order)
    return read()


def _like(value: object, found: dict[str, object]) -> list[dict[str, object]]:
    """Give an object, and those beside it in its list that have the same members."""
    for each in _lists(value):
        if any(one is found for one in each):
            return [one for one in each if isinstance(one, dict) and one.keys() == found.keys()]
    return [found]


def _lists(value: object) -> Iterator[list[object]]:
    if isinstance(value, dict | list):
        if isinstance(value, list):
            yield value
        for each in value.values() if isinstance(value, dict) else value:
            yield from _lists(each)


def _put(members: dict[str, object], order: tuple[str, ...]) -> None:
    there = {name: members[name] for name in order}
    members.clear()
    members.update(there)
