# SPDX-License-Identifier: Apache-2.0
"""Work on all cores, for what is slow on one: tags and symbols.

Workers are fresh processes: a forked one would share the ledger's open file. They are given their
tasks in memory, never on a command line, and end when the process that started them ends, even when
that was killed.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import connection, get_context, parent_process
from typing import Final, TypeVar

from credential.errors import UnavailableError

FEW: Final = 40  # tasks of 25 ms: starting workers takes as long as these
CHUNK: Final = 16  # tasks that a worker is given at a time
PIECE: Final = 16  # of those that are handed over together
AHEAD: Final = 2  # such pieces that wait while one is worked on

T = TypeVar("T")
R = TypeVar("R")


def each(
    work: Callable[[T], R], tasks: Iterable[T], *, cores: int | None = None, few: int = FEW
) -> Iterator[R]:
    """Yield what a module's function makes of each task, in order, on all cores if it is worth it.

    Args:
        work: What is done.
        tasks: To what; drawn as workers come to them, so that they need not fit into memory.
        cores: How many to use; all of them if None.
        few: Up to so many tasks are done here.

    Raises:
        UnavailableError: `workers.ended`.
    """
    left = iter(tasks)
    first = list(islice(left, max(few + 1, 2)))
    count = min(cores or os.cpu_count() or 1, len(first))
    if count <= 1 or len(first) <= few:
        yield from map(work, chain(first, left))
        return
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_end_too)
    pieces = _pieces(chain(first, left))
    try:
        given: deque[Iterator[R]] = deque()
        for piece in pieces:
            given.append(pool.map(work, piece, chunksize=CHUNK))
            if len(given) > AHEAD:
                yield from given.popleft()
        while given:
            yield from given.popleft()
    except BrokenProcessPool:
        message = "a worker process ended by itself, perhaps for want of memory: run again"
        raise UnavailableError("workers.ended", message) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _pieces(tasks: Iterator[T]) -> Iterator[list[T]]:
    while piece := list(islice(tasks, CHUNK * PIECE)):
        yield piece


def _end_too() -> None:
    """End this worker when the process that started it ends, however it does."""
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
