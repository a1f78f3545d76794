# SPDX-License-Identifier: Apache-2.0
"""The record of what a run prints: certificate, form, time and file, kept in the ledger.

A certificate is recorded after its page was read back and its file stands whole. A run may be
killed between the two: the next one finds a file that is not recorded, reads it back and records
it. So every recorded print was good, and every good print is recorded once.
"""

import hashlib
from collections.abc import Iterable
from types import TracebackType
from typing import Final, Self

from issuer.ledger import Ledger
from issuer.ledger_jobs import Print
from issuer.records import Item

MANY: Final = 100  # prints in a transaction

Known = frozenset[bytes]
"""SHA-256 of the files recorded for a certificate in one form."""


def digest(file: bytes) -> bytes:
    """Give what is recorded of a file, 32 bytes."""
    return hashlib.sha256(file).digest()


class PrintRecord:
    """What is recorded while a run prints; use it in a `with` block, which ends by recording."""

    def __init__(self, ledger: Ledger, at: int) -> None:
        self._ledger = ledger
        self._at = at
        self._made: list[Print] = []
        self._found: list[Print] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Also where a later page failed: the earlier ones are good.
        self.flush()

    def known(self, items: Iterable[Item], form: str) -> dict[tuple[str, int], Known]:
        """Find what is recorded: (batch, row) to the files in this form."""
        found: dict[tuple[str, int], set[bytes]] = {}
        for batch in {item.batch for item in items}:
            for each in self._ledger.prints(batch):
                if each.form == form:
                    found.setdefault((each.batch, each.line), set()).add(each.file)
        return {place: frozenset(files) for place, files in found.items()}

    def add(self, items: Iterable[Item], form: str, file: bytes, *, is_new: bool) -> None:
        """Note a file.

        Args:
            items: The certificates that it shows.
            form: Such as `a4`.
            file: Its SHA-256.
            is_new: It was made by this run.
        """
        prints = self._made if is_new else self._found
        prints += (Print(item.batch, item.line, form, self._at, file) for item in items)
        if len(prints) >= MANY:
            self.flush()

    def flush(self) -> None:
        """Record what is noted."""
        # A crash before these lines: the files are there, and the next run records them.
        if self._made:
            self._ledger.printed(self._made)
        if self._found:
            self._ledger.printed(self._found, found=True)
        self._made, self._found = [], []
