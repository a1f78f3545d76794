# SPDX-License-Identifier: Apache-2.0
"""One desk in a process of its own, timed: `python -m bench.desk_run FOLDER URL [--print]`.

The folder has what `bench.desk_world` put there. Prints one JSON object: seconds of each act, and
the most memory that this process and its largest worker had, in MB.
"""

import json
import os
import resource
import secrets
import sys
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


def run(folder: Path, url: str, *, printing: bool) -> dict[str, float]:
    """File, issue and, if asked, print the roster in the folder."""
    spent: dict[str, float] = {}
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
    spent["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # MB on Linux
    # Of the largest worker; there is one for each core.
    spent["worker"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    spent["workers"] = float(os.cpu_count() or 1)
    return spent


if __name__ == "__main__":
    print(json.dumps(run(Path(sys.argv[1]), sys.argv[2], printing="--print" in sys.argv[3:])))
