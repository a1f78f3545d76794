# SPDX-License-Identifier: Apache-2.0
"""A desk that is made to be killed: a process that forks a child for every run.

Reads one JSON object a line: folder, url, and how the child ends: `event`, the number of the step
at which it sends itself SIGKILL (before or after each transaction, request and file), or
`micros`, the time after which a timer ends it wherever it is, or `bytes`, beyond which no file
can grow, as on a full disk, or `named`, a state of a job, before or (`after`) behind whose commit
it sends itself SIGKILL. With `whole` two people issue, and the certificates are printed too.
Answers with the child's signal or exit code, the number of steps it came through, and its time.
"""

import itertools
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from credential.errors import SealError
from credential.filing_file import FilingFile
from issuer import desk, hand_in, issue, print_job, print_record, release, results, submit
from issuer.ledger import Ledger
from issuer.print_job import Sheet
from issuer.submit import Registry
from keys.signing_key import SigningKey
from tests.issuer import printing, world

CHUNK = 2
FULL = ("ledger.full", "output.unwritable")
SECOND = SigningKey.from_seed("statement", b"second person")
COMMITS = {
    "prepared": "prepare",
    "released": "keep_release",
    "signed": "keep_tokens",
    "submitted": "sending",
    "registered": "keep_answers",
    "printed": "printed",
}
"""The state of a job, and what commits it."""


def filing() -> FilingFile:
    """Give the filing file of a body with two people."""
    ours = (world.CERTIFICATE_KEY, world.STATEMENT_KEY, world.SUBMIT_KEY, SECOND)
    return world.filing(keys=tuple(map(world.record, ours)))


def kill_at(name: str, *, after: bool) -> None:
    """Send SIGKILL before or behind the first commit of a state."""
    commit = getattr(Ledger, COMMITS[name])

    def deadly(*given: Any, **named: Any) -> None:
        if after:
            commit(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(Ledger, COMMITS[name], deadly)


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
    # Several transactions and requests for a few rows.
    vars(issue).update(CHUNK=CHUNK, MAX_ITEMS=CHUNK)
    vars(hand_in)["MAX_ITEMS"] = vars(print_record)["MANY"] = CHUNK


def run(folder: Path, url: str, *, whole: bool) -> None:
    """File, issue and, of the whole, print the roster in the folder, or go on with it."""
    registry = Registry(url, lambda _: None, submit.post)
    given = filing()
    order = world.order(folder / "r.csv", given)
    # Another time in every run: what is signed again would be seen as another certificate.
    means = world.means(world.AT + int.from_bytes(os.urandom(2)))
    keys = (world.CERTIFICATE_KEY, world.SUBMIT_KEY)
    with Ledger.open(folder / "ledger.sqlite", world.BODY, os.urandom) as ledger:
        if whole:
            ledger.lower_release(0)
        desk.file(order, ledger, registry, world.STATEMENT_KEY, means, "B1")
        done = desk.issue_roster(order, ledger, registry, keys, folder / "out", means)
        while done.unreleased:  # what is drawn again must be released again
            proposed = release.propose(ledger, given, "B1", means.at())
            signed = release.sign(SECOND, proposed.payload)
            release.accept(ledger, given, proposed, signed, means.at())
            done = desk.issue_roster(order, ledger, registry, keys, folder / "out", means)
        if whole:
            roster = print_job.read(order.roster, order.kind, given)
            sheet = Sheet(printing.typeface(), volumes=True)
            out = folder / "printed"
            print_job.run(roster, ledger, given, out, sheet, cores=1, at=means.at())


def child(asked: dict[str, Any]) -> int:
    """Do one run; gives the exit code if it lives to the end."""
    folder = Path(asked["folder"])
    instrument(asked.get("event"), folder / "steps")
    if name := asked.get("named"):
        kill_at(name, after=asked["after"])
    if micros := asked.get("micros"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, micros / 1_000_000)
    if limit := asked.get("bytes"):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        run(folder, asked["url"], whole=asked.get("whole", False))
    except SealError as error:
        return FULL.index(error.code) + 2
    return 0


def main() -> None:
    """Answer requests until standard input ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        steps = Path(asked["folder"]) / "steps"
        steps.write_text("")
        if asked.get("whole"):
            printing.typeface()  # read once, not in every child
        start = time.monotonic()
        process = os.fork()
        if process == 0:
            os._exit(child(asked))
        _, status = os.waitpid(process, 0)
        ended = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        took = int((time.monotonic() - start) * 1_000_000)
        answer = {"ended": ended, "steps": int(steps.read_text() or 0), "micros": took}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
