# SPDX-License-Identifier: Apache-2.0
"""A desk that is made to be killed: a process that forks a child for every run.

Reads one JSON object a line: folder, url, and how the child ends: `event`, the number of the step
at which it sends itself SIGKILL (before or after each transaction, request and file), or
`micros`, the time after which a timer ends it wherever it is, or `bytes`, beyond which no file
can grow, as on a full disk. Answers with the child's signal or exit code, and the number of steps
it came through.
"""

import itertools
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from credential.errors import SealError
from issuer import desk, issue, results, submit
from issuer.ledger import Ledger
from issuer.submit import Registry
from tests.issuer import world

CHUNK = 2
FULL = ("ledger.full", "output.unwritable")


def instrument(at: int | None, counter: Path) -> None:
    """Send SIGKILL at the step of that number."""
    steps = itertools.count()

    def step() -> None:
        number = next(steps)
        if number == at:
            os.kill(os.getpid(), signal.SIGKILL)
        counter.write_text(str(number + 1))

    def around(act: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*given: Any, **named: Any) -> Any:
            step()
            value = act(*given, **named)
            step()
            return value

        return watched

    whole = Ledger.transaction

    @contextmanager
    def transaction(self: Ledger) -> Iterator[None]:
        step()
        with whole(self):
            yield
            step()  # everything is written and nothing is committed
        step()

    Ledger.transaction = transaction  # type: ignore[method-assign]  # the test's own process
    submit.post = around(submit.post)
    results.write = around(results.write)
    for name in ("CHUNK", "MAX_ITEMS"):
        vars(issue)[name] = CHUNK  # several transactions and requests for a few rows


def run(folder: Path, url: str) -> None:
    """File and issue the roster in the folder, or go on with it."""
    registry = Registry(url, lambda _: None, submit.post)
    order = world.order(folder / "r.csv", world.filing())
    # Another time in every run: what is signed again would be seen as another certificate.
    means = world.means(world.AT + int.from_bytes(os.urandom(2)))
    with Ledger.open(folder / "ledger.sqlite", world.BODY, os.urandom) as ledger:
        desk.file(order, ledger, registry, world.STATEMENT_KEY, means, "B1")
        keys = (world.CERTIFICATE_KEY, world.SUBMIT_KEY)
        desk.issue_roster(order, ledger, registry, keys, folder / "out", means)


def child(asked: dict[str, Any]) -> int:
    """Do one run; gives the exit code if it lives to the end."""
    folder = Path(asked["folder"])
    instrument(asked.get("event"), folder / "steps")
    if micros := asked.get("micros"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, micros / 1_000_000)
    if limit := asked.get("bytes"):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        run(folder, asked["url"])
    except SealError as error:
        return FULL.index(error.code) + 2
    return 0


def main() -> None:
    """Answer requests until standard input ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        steps = Path(asked["folder"]) / "steps"
        steps.write_text("")
        process = os.fork()
        if process == 0:
            os._exit(child(asked))
        _, status = os.waitpid(process, 0)
        ended = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        print(json.dumps({"ended": ended, "steps": int(steps.read_text() or 0)}), flush=True)


if __name__ == "__main__":
    main()
