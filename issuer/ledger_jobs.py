# SPDX-License-Identifier: Apache-2.0
"""The ledger's part about jobs: what was handed in, what was printed, how far each batch is.

A print is recorded only after its code was read back from the page, so a record says that such a
file was good. What is recorded of it is the certificate, the form, the time, the SHA-256 of the
file, and whether that certificate had been printed in this form before.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from issuer.records import Item

# Refusals after which another number, index or time is drawn: see `issuer.issue`.
_COUNTS: Final = """
SELECT b.batch, b.route, b.roster, b.receipt NOT NULL, min(i.kind), count(i.line),
    count(i.payload), count(i.token), count(coalesce(i.sent, i.receipt)), count(i.receipt),
    count(i.line) FILTER (WHERE i.token IS NULL AND i.problem IS NULL),
    count(i.token) FILTER (WHERE coalesce(i.sent, i.receipt, i.problem) IS NULL),
    count(i.token) FILTER (WHERE coalesce(i.receipt, i.problem) IS NULL),
    count(i.problem) FILTER (WHERE i.receipt IS NULL),
    count(i.problem) FILTER (
        WHERE i.receipt IS NULL AND json_extract(i.problem, '$.code') IN
            ('status.taken', 'status.not_yours', 'number.taken', 'number.reserved',
             'dates.backdated')
    ),
    count(i.receipt) FILTER (
        WHERE EXISTS (SELECT 1 FROM print p WHERE p.batch = i.batch AND p.line = i.line)
    )
FROM batch b LEFT JOIN item i USING (batch) GROUP BY b.batch ORDER BY b.rowid
"""


@dataclass(frozen=True, slots=True)
class Print:
    """One certificate printed once."""

    batch: str
    line: int
    """The sheet's row."""
    form: str
    """`a4`, `volume`, `card`, `sticker` or what else the printer calls its sheet."""
    at: int
    """Seconds since 1970."""
    file: bytes
    """SHA-256 of the file, 32 bytes; a volume's is the same for all of its pages."""
    again: bool = False
    """The certificate had been printed in this form before; the ledger finds that out."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many certificates of a batch have come how far."""

    batch: str
    route: str
    roster: bytes
    """Digest of the roster under the ledger's salt."""
    is_filed: bool
    kind: str | None
    """None for a batch without rows."""
    rows: int
    drawn: int
    signed: int
    submitted: int
    """Handed in at least once, answered or not."""
    registered: int
    unsigned: int
    """Neither signed nor refused."""
    unsent: int
    """Signed and never handed in."""
    waiting: int
    """Signed and without an answer, handed in or not."""
    refused: int
    """By the registry, the last time."""
    curable: int
    """Of those, how many may be admitted when they are drawn again."""
    printed: int


class JobTables:
    """Methods of `issuer.ledger.Ledger`."""

    _connection: sqlite3.Connection

    def transaction(self) -> AbstractContextManager[None]:
        """Commit everything in the block, or nothing."""
        raise NotImplementedError

    def sending(self, items: Iterable[Item], at: int) -> None:
        """Note that certificates are about to be handed in, before they are."""
        with self.transaction():
            self._connection.executemany(
                "UPDATE item SET sent = ? WHERE batch = ? AND line = ?",
                [(at, each.batch, each.line) for each in items],
            )

    def printed(self, prints: Iterable[Print], *, found: bool = False) -> None:
        """Record what was printed and read back.

        Args:
            prints: Each certificate in each form once.
            found: The files were there already; those that are recorded are not recorded again.
        """
        rows = [(p.batch, p.line, p.form, p.at, p.file) for p in prints]
        known = (
            "WHERE NOT EXISTS (SELECT 1 FROM print WHERE batch = ?1 AND line = ?2 AND form = ?3 "
            "AND file = ?5)"
        )
        with self.transaction():
            self._connection.executemany(
                "INSERT INTO print (batch, line, form, at, file, again) "  # noqa: S608  # constants
                "SELECT ?1, ?2, ?3, ?4, ?5, EXISTS "
                "(SELECT 1 FROM print WHERE batch = ?1 AND line = ?2 AND form = ?3)"
                + (known if found else ""),
                rows,
            )

    def prints(self, batch: str, line: int | None = None) -> list[Print]:
        """Read what was printed of a batch, or of one of its certificates, in the order of time."""
        rows = self._connection.execute(
            "SELECT batch, line, form, at, file, again FROM print "
            "WHERE batch = ?1 AND (?2 IS NULL OR line = ?2) ORDER BY id",
            (batch, line),
        )
        return [
            Print(name, row, form, at, bytes(file), bool(again))
            for name, row, form, at, file, again in rows
        ]

    def counts(self) -> list[Counts]:
        """Count how far every batch is, in the order in which they were prepared."""
        return [
            Counts(batch, route, bytes(roster), bool(filed), *rest)
            for batch, route, roster, filed, *rest in self._connection.execute(_COUNTS)
        ]

    def sizes(self, roster: bytes) -> list[tuple[str, str, int, int]]:
        """Count the rows and the registered ones of a roster's batches: name, route, both."""
        rows = self._connection.execute(
            "SELECT batch, route, count(line), count(i.receipt) FROM batch b "
            "LEFT JOIN item i USING (batch) WHERE roster = ? GROUP BY batch ORDER BY route",
            (roster,),
        )
        return [(batch, route, size, done) for batch, route, size, done in rows]
