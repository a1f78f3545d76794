# SPDX-License-Identifier: Apache-2.0
"""One desk in a process of its own, timed: `python -m bench.desk_run FOLDER URL [--print]`.

The folder has what `bench.desk_world` put there. Prints one JSON object: seconds of each act, and
the most memory that this process and its largest worker had, in MB.
"""

import contextlib
import json
import os
import secrets
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bench import desk_world
from issuer import codes, desk, given, issue, look
from issuer.desk import Means, Order
from issuer.ledger import Ledger
from issuer.submit import Registry
from tests.registry.world import START

T = TypeVar("T")


def _timed(spent: dict[str, float], name: str, act: Callable[..., T]) -> Callable[..., T]:
    def timed(*arguments: object, **named: object) -> T:
        start = time.perf_counter()
        try:
            return act(*arguments, **named)
        finally:
            spent[name] = spent.get(name, 0.0) + time.perf_counter() - start

    return timed


class _Watch(threading.Thread):
    """Looks at the most memory that this process and its workers had, in MB; of Linux alone.

    The figures of `getrusage` are at least those of whoever started a process, these are its own.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.workers: dict[str, float] = {}
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(0.2):
            for listed in Path("/proc/self/task").glob("*/children"):
                for pid in listed.read_text().split():
                    self.workers[pid] = max(_most(Path("/proc", pid)), self.workers.get(pid, 0.0))

    def figures(self) -> tuple[float, float]:
        """Give that of this process, and that of its largest worker."""
        self._ended.set()
        self.join()
        return _most(Path("/proc/self")), max(self.workers.values(), default=0.0)


def _most(process: Path) -> float:
    with contextlib.suppress(OSError):  # it has ended meanwhile
        for line in (process / "status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def run(folder: Path, url: str, *, printing: bool) -> dict[str, float]:
    """File, issue and, if asked, print the roster in the folder."""
    spent: dict[str, float] = {}
    watch = _Watch()
    watch.start()
    for name in ("draw", "sign_all", "submit"):
        setattr(issue, name, _timed(spent, name, getattr(issue, name)))
    vars(desk)["look"] = _timed(spent, "look", look.look)
    vars(codes)["write"] = _timed(spent, "codes", codes.write)
    filing = given.read_filing(folder / desk_world.FILING)
    roster = folder / desk_world.ROSTER
    order = Order.of(roster, "skill_level", None, filing, without_tags=False)
    means = Means(lambda: START, secrets.token_bytes, secrets.randbelow)
    registry = Registry.at(url, time.sleep)
    statement, certificate, submit = desk_world.keys()
    start = time.perf_counter()
    with Ledger.open(folder / desk_world.LEDGER, filing.body.id, os.urandom) as ledger:
        desk.file(order, ledger, registry, statement, means, "B1")
        spent["file"] = time.perf_counter() - start
        done = desk.issue_roster(
            order, ledger, registry, (certificate, submit), folder / "out", means
        )
        spent["registered"] = float(len(done.registered))
        if printing:
            from issuer import print_job
            from issuer.typeface import Typeface

            started = time.perf_counter()
            read = print_job.read(roster, "skill_level", filing)
            sheet = print_job.Sheet(Typeface.of())
            made = print_job.run(read, ledger, filing, folder / "printed", sheet, at=START)
            spent["print"] = time.perf_counter() - started
            spent["printed"] = float(made.made)
    spent["all"] = time.perf_counter() - start
    spent["memory"], spent["worker"] = watch.figures()
    spent["workers"] = float(os.cpu_count() or 1)
    return spent


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), sys.argv[2], printing="--print" in sys.argv[3:])))
