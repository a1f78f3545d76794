# SPDX-License-Identifier: Apache-2.0
"""The real server in a process of its own, which tests kill: `python -m tests.registry.server DIR`.

It serves the region of `tests.registry.world` from a folder, on a port that it prints. The variable
FAILPOINT names a moment at which the process kills itself, WORKERS how many processes serve; these
print their numbers.
"""

import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn

from registry import app, log, processes, store_log
from tests.registry.world import World


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm(point: str) -> None:
    """Kill this process at a moment of the two-step receipt."""
    if point == "before_commit":
        insert = store_log.insert_leaves

        def dies_after(*args: Any) -> None:
            insert(*args)
            _die()

        store_log.insert_leaves = dies_after  # type: ignore[assignment] # the same call, then death
    elif point == "before_sign":
        log.countersign = _die  # type: ignore[assignment] # it never returns
    elif point == "before_signature_is_stored":
        store_log.insert_signatures = _die  # type: ignore[assignment] # it never returns
    elif point == "before_answer":
        countersign = log.countersign

        def dies_then(*args: Any) -> None:
            countersign(*args)
            _die()

        log.countersign = dies_then  # type: ignore[assignment] # it never returns


def main() -> None:
    """Serve until killed."""
    workers = int(os.environ.get("WORKERS", "1"))
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    print(listener.getsockname()[1], flush=True)

    def work() -> None:
        world = World(Path(sys.argv[1]))
        _arm(os.environ.get("FAILPOINT", ""))
        if workers > 1:
            os.write(1, b"%d\n" % os.getpid())  # whole, whoever else writes
        config = uvicorn.Config(app.build(world.registry), log_level="critical", access_log=False)
        uvicorn.Server(config).run(sockets=[listener])

    if workers == 1:
        work()
    else:
        processes.PAUSE_SECONDS = 0.0  # type: ignore[misc]  # no test waits
        processes.Processes(work, workers).run()


if __name__ == "__main__":
    main()
