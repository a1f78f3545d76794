# SPDX-License-Identifier: Apache-2.0
"""The clerk: one thread that has the ledger, does one act after the other, and answers between.

    clerk.ask(lambda ledger: ledger.numbered(n))     a page's question, answered in milliseconds
    clerk.begin("job", "issue", act)                 minutes of work, told of through `running`

The ledger has one owner (`issuer.ledger_file`), so pages never open it themselves. While an act
runs their questions are answered between two of its transactions: whenever it tells of progress,
and while it waits for the registry. Between acts the ledger is closed, for the command line.

An act may be cut off anywhere, by a kill or by `stop`: the ledger knows how to go on.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from credential.errors import ConflictError, SealError, UnavailableError
from issuer.ledger import Ledger

T = TypeVar("T")
PATIENCE: Final = 10.0  # seconds that a page waits for an answer
_TICK: Final = 0.05  # seconds between two looks for questions while an act waits
_log: Final = logging.getLogger(__name__)


class StoppedError(Exception):
    """The desk is being closed: the act ends where it is."""


@dataclass(frozen=True, slots=True)
class Running:
    """How far an act is."""

    job: str
    act: str
    what: str = ""
    """One of `issuer.progress.WORDS`; empty at the beginning and in the queue."""
    done: int = 0
    of: int = 0
    is_waiting: bool = False
    """Another act runs before it."""


@dataclass(frozen=True, slots=True)
class Work:
    """What an act works with."""

    ledger: Ledger
    step: Callable[[str, int, int], None]
    pause: Callable[[float], None]
    """Waits some seconds, answering meanwhile."""


Act = Callable[[Work], None]
Ended = Callable[[str, SealError | None], None]
"""Told the job and, where the act failed, why."""


@dataclass(frozen=True, slots=True)
class _Ask:
    question: Callable[[Ledger], Any]
    answer: "Future[Any]"


class Clerk:
    """A desk's only worker; `start` it, and `stop` it in the end."""

    def __init__(self, open_ledger: Callable[[], Ledger], ended: Ended) -> None:
        self._open = open_ledger
        self._ended = ended
        self._changed = threading.Condition()
        self._asks: deque[_Ask] = deque()
        self._acts: deque[tuple[Running, Act]] = deque()
        self._running: Running | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._live, name="clerk", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """End after the transaction that is under way."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join(30)

    def ask(self, question: Callable[[Ledger], T], patience: float = PATIENCE) -> T:
        """Put a question to the ledger; it must be quick and change nothing slowly.

        Raises:
            UnavailableError: `desk.busy` where it is not answered in time; or what it raises.
        """
        asked = _Ask(question, Future())
        with self._changed:
            self._asks.append(asked)
            self._changed.notify_all()
        try:
            answer: T = asked.answer.result(patience)
        except LateError:
            asked.answer.cancel()
            message = "the desk is in the middle of something: look again in a moment"
            raise UnavailableError("desk.busy", message) from None
        return answer

    def begin(self, job: str, name: str, act: Act) -> None:
        """Do an act as soon as those before it are done.

        Raises:
            ConflictError: `desk.running`, the job has one under way.
        """
        with self._changed:
            if any(each.job == job for each in self._known()):
                raise ConflictError("desk.running", "this roster is being worked on already")
            self._acts.append((Running(job, name, is_waiting=True), act))
            self._changed.notify_all()

    def running(self, job: str) -> Running | None:
        """Tell how far a job's act is; None where it has none."""
        with self._changed:
            return next((each for each in self._known() if each.job == job), None)

    def wait(self, job: str, seconds: float) -> bool:
        """Wait until a job has no act under way; tells whether that is so."""
        with self._changed:
            return self._changed.wait_for(
                lambda: all(each.job != job for each in self._known()), seconds
            )

    def _known(self) -> list[Running]:
        now = [self._running] if self._running else []
        return [*now, *(waiting for waiting, _ in self._acts)]

    def _live(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._asks or self._acts or self._stopping)
                if self._stopping:
                    return
                act = None
                if not self._asks:
                    waiting, act = self._acts.popleft()
                    self._running = Running(waiting.job, waiting.act)
            if act is None:
                self._answer_alone()
            else:
                self._do(act)

    def _answer_alone(self) -> None:
        try:
            with self._open() as ledger:
                self._answer(ledger)
        except SealError as error:
            while self._asks:
                _settle(self._asks.popleft().answer, error)

    def _answer(self, ledger: Ledger) -> None:
        while self._asks:
            asked = self._asks.popleft()
            if not asked.answer.set_running_or_notify_cancel():
                continue
            try:
                asked.answer.set_result(asked.question(ledger))
            except Exception as error:  # noqa: BLE001  # the asking thread raises it again
                asked.answer.set_exception(error)

    def _do(self, act: Act) -> None:
        running = self._running
        if running is None:
            raise RuntimeError("no act is under way")
        failed: SealError | None = None
        stopped = False
        try:
            with self._open() as ledger:
                act(self._work(ledger, running))
        except SealError as error:
            failed = error
        except StoppedError:
            stopped = True
        except Exception:  # noqa: BLE001  # an edge: what nobody foresaw must not end the thread
            _log.exception("an act failed", extra={"act": running.act})
            failed = UnavailableError("internal", "a fault of the desk itself: report it")
        if not stopped:  # else the job still says that it was under way
            self._ended(running.job, failed)
        with self._changed:
            self._running = None
            self._changed.notify_all()

    def _work(self, ledger: Ledger, running: Running) -> Work:
        def between() -> None:
            self._answer(ledger)
            if self._stopping:
                raise StoppedError

        def step(what: str, done: int, of: int) -> None:
            with self._changed:
                self._running = Running(running.job, running.act, what, done, of)
            between()

        def pause(seconds: float) -> None:
            until = time.monotonic() + seconds
            while (left := until - time.monotonic()) > 0:
                between()
                time.sleep(min(_TICK, left))

        return Work(ledger, step, pause)


def _settle(answer: "Future[Any]", error: Exception) -> None:
    if answer.set_running_or_notify_cancel():
        answer.set_exception(error)
