# SPDX-License-Identifier: Apache-2.0
"""Signatures on all cores: the arithmetic of a signature runs outside Python's lock.

A request of a thousand certificates is cut into one part for each worker; small requests, which are
most, stay on the thread that serves them.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

MIN_PART: Final = 64  # items below which another thread costs more than it gives
MAX_WORKERS: Final = 8

T = TypeVar("T")
R = TypeVar("R")

_COUNT: Final = min(MAX_WORKERS, os.cpu_count() or 1)
_POOL: Final = ThreadPoolExecutor(_COUNT, thread_name_prefix="signatures")


def spread(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """Do the same to every item, and give the results in order.

    Args:
        work: May be called from several threads; what it raises is raised here.
        items: Any number.
    """
    parts = min(_COUNT, len(items) // MIN_PART)
    if parts < 2:
        return [work(item) for item in items]
    size = -(-len(items) // parts)
    rest = [
        _POOL.submit(_part, work, items[start : start + size])
        for start in range(size, len(items), size)
    ]
    results = _part(work, items[:size])
    for one in rest:
        results += one.result()
    return results


def _part(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    return [work(item) for item in items]
