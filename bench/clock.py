# SPDX-License-Identifier: Apache-2.0
"""Timing two things in turns, so that whatever else the machine does falls on both.

A ratio of rates from one run says something on any machine; an absolute time does not.
"""

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

ROUNDS: Final = 7


@dataclass(frozen=True, slots=True)
class Pair:
    """Best times of one operation and of what it is measured against."""

    subject: float
    """Seconds an operation."""
    limit: float
    """Seconds an operation of the limit or peer."""

    @property
    def ratio(self) -> float:
        """Rate of the subject over the rate of the limit: 1.0 would be no cost of our own."""
        return self.limit / self.subject


def side_by_side(
    subject: Callable[[], object], limit: Callable[[], object], *, each: int, rounds: int = ROUNDS
) -> Pair:
    """Run both in turns and keep the best of each.

    Args:
        subject: Does `each` operations.
        limit: Does `each` operations of the limit.
        each: How many operations one call does.
        rounds: How many turns.
    """
    best = [float("inf"), float("inf")]
    subject()
    limit()
    for _ in range(rounds):
        for index, run in enumerate((subject, limit)):
            gc.collect()
            start = time.perf_counter()
            run()
            best[index] = min(best[index], time.perf_counter() - start)
    return Pair(best[0] / each, best[1] / each)


def rate(run: Callable[[], object], *, each: int, rounds: int = 3) -> float:
    """Give the best rate of one operation, per second."""
    return 1 / side_by_side(run, lambda: None, each=each, rounds=rounds).subject
