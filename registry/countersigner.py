# SPDX-License-Identifier: Apache-2.0
"""Signs receipts that nobody waits for, in a thread of the server.

A command on the same machine may store a statement, whose receipt only a process with the receipt
key can sign. So may another worker have died between storing and signing. What is older than the
start of this process was signed when it started.
"""

import logging
import threading
from typing import Final

from credential.errors import SealError
from registry import database, log, store_log
from registry.service import Registry

PERIOD: Final = 15.0  # seconds
_SOME: Final = 1_000  # leaves in one go
_MARGIN: Final = 10_000  # leaves that were being signed by others when this process started
_LOG: Final = logging.getLogger("registry.countersigner")


class Countersigner:
    """Looks for leaves without a receipt, from the place on below which all have theirs."""

    def __init__(self, registry: Registry) -> None:
        """Look from the end of the log on."""
        self._registry = registry
        with database.read(registry.engine) as connection:
            self._from = max(0, store_log.tail(connection).size - _MARGIN)

    def look(self) -> int:
        """Sign what has no receipt.

        Returns:
            How many had none.

        Raises:
            UnavailableError: `registry.…`
        """
        registry, total = self._registry, 0
        while True:
            with database.read(registry.engine) as connection:
                size = store_log.tail(connection).size
                some = store_log.unsigned_leaves(connection, limit=_SOME, start=self._from)
            if not some:
                self._from = max(self._from, size - _MARGIN)
                return total
            log.countersign(registry.engine, registry.signers, some, registry.marks)
            total += len(some)

    def run(self, stop: threading.Event, period: float = PERIOD) -> None:
        """Look again and again until told to stop."""
        while not stop.wait(period):
            try:
                self.look()
            except SealError as error:
                _LOG.warning("receipts wait", extra={"code": error.code})
