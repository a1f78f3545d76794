# SPDX-License-Identifier: Apache-2.0
"""Status indexes: drawn at random among the unused ones of the body's blocks (docs/format.md §5.4).

At random, so that neighbours in a list say nothing about who was certified when; never the same one
twice, whatever became of the certificate. The registry allots the blocks, so two desks of different
bodies cannot meet; two desks of one body can, and then the registry says so and another is drawn.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from credential.errors import ConflictError


@dataclass(frozen=True, slots=True)
class Block:
    """A run of entries of one status list that belongs to the body."""

    list: str
    first: int
    count: int


class Indexes:
    """The unused indexes of some blocks."""

    def __init__(
        self,
        blocks: Iterable[Block],
        used: set[tuple[str, int]],
        below: Callable[[int], int],
    ) -> None:
        """Begin with what is used.

        Args:
            blocks: What the registry allotted.
            used: (list, index) that may not be drawn.
            below: Gives a random number from 0 to below its argument.
        """
        self._blocks = tuple(blocks)
        self._below = below
        self._size = sum(block.count for block in self._blocks)
        self._used = {pair for pair in used if self._holds(pair)}
        self._rest: list[tuple[str, int]] | None = None

    def _holds(self, pair: tuple[str, int]) -> bool:
        name, index = pair
        return any(b.list == name and b.first <= index < b.first + b.count for b in self._blocks)

    @property
    def left(self) -> int:
        """How many are unused."""
        return self._size - len(self._used)

    def demand(self, count: int) -> None:
        """Return if that many are left.

        Raises:
            ConflictError: `indexes.exhausted`.
        """
        if count > self.left:
            message = (
                f"{count} status indexes are needed and {self.left} are left: "
                "ask the registry for another block and use its new filing file"
            )
            raise ConflictError("indexes.exhausted", message)

    def draw(self) -> tuple[str, int]:
        """Draw one, which is used from now on.

        Raises:
            ConflictError: `indexes.exhausted`.
        """
        self.demand(1)
        pair = self._dense() if len(self._used) * 2 > self._size else self._sparse()
        self._used.add(pair)
        return pair

    def _sparse(self) -> tuple[str, int]:
        while (pair := self._at(self._below(self._size))) in self._used:
            pass
        return pair

    def _dense(self) -> tuple[str, int]:
        """Draw from a list of the rest, once more than half is used."""
        if self._rest is None:
            every = (self._at(offset) for offset in range(self._size))
            self._rest = [pair for pair in every if pair not in self._used]
        at = self._below(len(self._rest))
        self._rest[at], self._rest[-1] = self._rest[-1], self._rest[at]
        return self._rest.pop()

    def _at(self, offset: int) -> tuple[str, int]:
        for block in self._blocks:
            if offset < block.count:
                return block.list, block.first + offset
            offset -= block.count
        raise AssertionError("an offset beyond the blocks")
