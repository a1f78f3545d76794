# SPDX-License-Identifier: Apache-2.0
"""The ledger's part about certificates on their way: intended, signed, answered.

A batch may have a hundred thousand of them with everything that was signed, so whoever goes through
one reads it in pieces.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Final

from issuer.act_table import GONE
from issuer.records import Item

FEW: Final = 500  # certificates that are in memory at a time, of a batch of any length
COLUMNS: Final = (
    "batch, line, person, kind, occupation, level, number, list, idx, payload, token, receipt, "
    "leaf_salt, problem"
)
"""Of table `item`, as `Item` has them."""


class ItemTable:
    """Methods of `issuer.ledger.Ledger`."""

    _connection: sqlite3.Connection

    def transaction(self) -> AbstractContextManager[None]:
        """Commit everything in the block, or nothing."""
        raise NotImplementedError

    def items(self, batch: str) -> list[Item]:
        """Read a batch's certificates in the sheet's order."""
        return list(self.each(batch))

    def each(self, batch: str) -> Iterator[Item]:
        """Yield a batch's certificates in the sheet's order, and hold few of them at a time.

        What is written between two of them is seen by those that follow.
        """
        statement = (
            f"SELECT {COLUMNS} FROM item WHERE batch = ? AND line > ? "  # noqa: S608  # a constant
            f"ORDER BY line LIMIT {FEW}"
        )
        last = -1
        while rows := self._connection.execute(statement, (batch, last)).fetchall():
            for row in rows:
                yield Item(*row)
            last = rows[-1][1]

    def some(self, batch: str, lines: Sequence[int]) -> list[Item]:
        """Read the certificates of some rows of the sheet, which must be there, in that order."""
        statement = (
            f"SELECT {COLUMNS} FROM item WHERE batch = ? "  # noqa: S608  # a constant
            "AND line IN (SELECT value FROM json_each(?))"
        )
        rows = self._connection.execute(statement, (batch, json.dumps(list(lines))))
        found = {row[1]: Item(*row) for row in rows}
        return [found[line] for line in lines]

    def count(self, batch: str) -> int:
        """Count a batch's certificates."""
        counted = self._connection.execute("SELECT count(*) FROM item WHERE batch = ?", (batch,))
        return int(counted.fetchone()[0])

    def numbered(self, number: str) -> Item | None:
        """Find a certificate by its number, of whatever kind."""
        statement = f"SELECT {COLUMNS} FROM item WHERE number = ?"  # noqa: S608  # a constant
        row = self._connection.execute(statement, (number,)).fetchone()
        return None if row is None else Item(*row)

    def held(self, people: Iterable[bytes]) -> dict[tuple[bytes, str, str, str], str]:
        """Find what persons have: (person, kind, occupation, level) to its batch.

        What was revoked or superseded is left out: they may get it again.
        """
        held: dict[tuple[bytes, str, str, str], str] = {}
        found = (
            "SELECT kind, occupation, level, batch FROM item "  # noqa: S608  # two constants
            f"WHERE person = ? AND receipt NOT NULL AND NOT {GONE}"
        )
        for person in people:
            rows = self._connection.execute(found, (person,))
            held.update({(person, kind, code, level): batch for kind, code, level, batch in rows})
        return held

    def has_number(self, kind: str, number: str) -> bool:
        """Tell whether a certificate number is in use here, or was before this system."""
        used = " UNION ALL ".join(
            f"SELECT 1 FROM {table} WHERE kind = ?1 AND number = ?2"  # noqa: S608  # constants
            for table in ("item", "record")
        )
        return self._connection.execute(used, (kind, number)).fetchone() is not None

    def intend(self, items: Iterable[Item]) -> None:
        """Store number, index and claims; inside a transaction, before anything is signed.

        A token that was signed over other claims is dropped with them, and what became of it.
        """
        self._connection.executemany(
            "UPDATE item SET number = ?, list = ?, idx = ?, payload = ?, token = NULL, "
            "sent = NULL, problem = NULL WHERE batch = ? AND line = ? AND receipt IS NULL",
            [(i.number, i.list, i.index, i.payload, i.batch, i.line) for i in items],
        )

    def keep_tokens(self, items: Iterable[Item]) -> None:
        """Store what was signed, before it is submitted."""
        with self.transaction():
            self._connection.executemany(
                "UPDATE item SET token = ? WHERE batch = ? AND line = ? AND payload = ?",
                [(i.token, i.batch, i.line, i.payload) for i in items],
            )

    def keep_answers(self, items: Iterable[Item]) -> None:
        """Store receipts and refusals as the registry gave them."""
        with self.transaction():
            self._connection.executemany(
                "UPDATE item SET receipt = ?, leaf_salt = ?, problem = ? "
                "WHERE batch = ? AND line = ?",
                [(i.receipt, i.leaf_salt, i.problem, i.batch, i.line) for i in items],
            )
