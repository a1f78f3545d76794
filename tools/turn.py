# SPDX-License-Identifier: Apache-2.0
"""One process at a time looks for what the tests need, and installs it where it is missing.

The suite runs in several processes. Without this, two of them would install the same package at
once, or the second would find a program of which the first has not yet unpacked the libraries.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def taken() -> Iterator[None]:
    """Wait for whoever of this checkout is at it; the system ends a turn when its holder dies."""
    with Path(__file__).open("rb") as lock:  # this very file: there is nothing to make or clean up
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
