# SPDX-License-Identifier: Apache-2.0
"""Ports for servers in processes of their own, which must be told where to listen.

A port that the system gives (0) and that is closed again may be taken by anybody before the server
listens: by a connection of another test, say, since the suite runs in several processes. These are
below the range out of which systems give ports, and each process has its own.
"""

import itertools
import os
import socket
from typing import Final

_FIRST: Final = 20_000
_EACH: Final = 1_000
"""How many each process has; Linux gives ports from 32,768 on, macOS from 49,152."""
_OURS: Final = _FIRST + _EACH * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 10)
# Two suites on one machine begin at different places.
_next = itertools.count(os.getpid() * 7)


def free() -> int:
    """Find a port of loopback at which nothing listens."""
    for _ in range(_EACH):
        port = _OURS + next(_next) % _EACH
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise AssertionError("every port is taken")
