# SPDX-License-Identifier: Apache-2.0
"""Several processes that serve one registry from one socket.

The kernel gives each new connection to a process that waits for one. They share nothing but the
database, in which every invariant stands: one that dies takes nothing with it but the requests that
it was answering, whose senders send them again. The parent does nothing but replace the dead and
pass on the order to stop; it holds no connection and starts no thread, so that forking is safe.
"""

import logging
import os
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Final

GRACE_SECONDS: Final = 15  # for requests under way, when all are told to stop
PAUSE_SECONDS: Final = 1.0  # between a death and its replacement: a database may be away
_TICK: Final = 0.1
_LOG: Final = logging.getLogger("registry.processes")


class Processes:
    """The parent of some worker processes."""

    def __init__(self, work: Callable[[], None], count: int) -> None:
        """Start nothing yet.

        Args:
            work: What each process does until SIGTERM; it is called after the fork.
            count: How many there shall be.
        """
        self._work = work
        self._count = count
        self._running: set[int] = set()
        self._stopping = False

    def run(self) -> None:
        """Start them, replace those that die, and return when told to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for _ in range(self._count):
            self._start()
        while not self._stopping:
            died = self._reap()
            if died and not self._stopping:
                time.sleep(PAUSE_SECONDS)
            while len(self._running) < self._count and not self._stopping:
                self._start()
            time.sleep(_TICK)
        self._end()

    def _start(self) -> None:
        child = os.fork()
        if child:
            self._running.add(child)
            _LOG.info("worker started", extra={"worker": child})
            return
        code = 1
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            self._work()
            code = 0
        except BaseException:  # noqa: BLE001  # whatever it is, this process must not go on as a parent
            _LOG.exception("worker failed")
        finally:
            os._exit(code)

    def _reap(self) -> int:
        died = 0
        for child in list(self._running):
            found, status = os.waitpid(child, os.WNOHANG)
            if found:
                self._running.discard(child)
                died += 1
                code = os.waitstatus_to_exitcode(status)
                level = logging.INFO if self._stopping else logging.WARNING
                _LOG.log(level, "worker ended", extra={"worker": child, "code": code})
        return died

    def _end(self) -> None:
        for child in self._running:
            os.kill(child, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while self._running and time.monotonic() < deadline:
            self._reap()
            time.sleep(_TICK)
        for child in self._running:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
