# SPDX-License-Identifier: Apache-2.0
"""Work on all cores, for what is slow on one: tags and symbols.

Workers are fresh processes: a forked one would share the ledger's open file. They are given their
tasks in memory, never on a command line, and end when the process that started them ends, even when
that was killed.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, get_context, parent_process
from typing import Final, TypeVar

from credential.errors import UnavailableError

FEW: Final = 40  # tasks of 25 ms: starting workers takes as long as these
CHUNK: Final = 16

T = TypeVar("T")
R = TypeVar("R")


def each(
    work: Callable[[T], R], tasks: Sequence[T], *, cores: int | None = None, few: int = FEW
) -> Iterator[R]:
    """Yield what a module's function makes of each task, in order, on all cores if it is worth it.

    Raises:
        UnavailableError: `workers.ended`.
    """
    count = min(cores or os.cpu_count() or 1, len(tasks))
    if count <= 1 or len(tasks) <= few:
        yield from map(work, tasks)
        return
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_end_too)
    try:
        yield from pool.map(work, tasks, chunksize=CHUNK)
    except BrokenProcessPool:
        message = "a worker process ended by itself, perhaps for want of memory: run again"
        raise UnavailableError("workers.ended", message) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _end_too() -> None:
    """End this worker when the process that started it ends, however it does."""
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
