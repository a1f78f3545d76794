# SPDX-License-Identifier: Apache-2.0
"""A long list in pieces, each of which is one transaction or one request."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def of(items: Sequence[T], size: int) -> Iterator[tuple[int, Sequence[T]]]:
    """Yield slices with how many items are done after each."""
    for start in range(0, len(items), size):
        chunk = items[start : start + size]
        yield start + len(chunk), chunk
