# SPDX-License-Identifier: Apache-2.0
"""The desk's memory: what it intended, signed and got back, in one SQLite file.

    fact    salt, the body that the ledger belongs to, the version of these tables
    tag     holder tags that were computed, so that nobody's is computed twice
    batch   an evaluation batch: its statement exactly as signed, the roster's hashes, the receipt
    item    a certificate: number, status index and payload (the intent), then token, then receipt
    spent   status indexes that turned out to be taken elsewhere
    serial  the last serial number drawn, by prefix, year and level
    release what a second person released, and the hashes of the claims that it covers
    print   a certificate that was printed: when, in which form, the SHA-256 of the file
    change, act, acted, head    what was ordered about certificates, the statements as signed, the
            certificates that they name, and the last statement about each subject
    record  certificates issued before this system

Nothing leaves the desk before it is in here: the intent is committed before the signature is
made, the token before it is submitted, the receipt before a code is written. So a run may be
killed anywhere, and the next one finishes the same certificates under the same numbers and gets
the same receipts.

It holds no document number: a person is a PBKDF2 of the number under the ledger's own salt, which
slows a search down and does not prevent it.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from credential.errors import ConflictError
from issuer import ledger_file
from issuer.act_table import ActTable
from issuer.item_table import ItemTable
from issuer.ledger_file import translated
from issuer.ledger_jobs import JobTables
from issuer.record_table import RecordTable
from issuer.records import Batch, Item
from issuer.release_table import ReleaseTable

PERSON_ROUNDS: Final = 1_000  # of PBKDF2: a third of a millisecond


class Ledger(ItemTable, ReleaseTable, JobTables, ActTable, RecordTable):
    """An open ledger; use it in a `with` block."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self.path = path
        self._salt = bytes(self.fact("salt"))

    @classmethod
    def open(cls, path: Path, body: str, salt: Callable[[int], bytes]) -> Self:
        """Open a body's ledger, or begin one.

        Args:
            path: The file; it is made with mode 0600.
            body: The body's identifier: a ledger belongs to one body.
            salt: Gives random bytes, for a new ledger.

        Raises:
            UnavailableError: `ledger.unavailable`, `ledger.busy` or `ledger.full`.
            MalformedError: `ledger.unreadable`.
            ConflictError: `ledger.body`.
        """
        ledger = cls(ledger_file.connect(path, body, salt), path)
        if bytes(ledger.fact("body")) != body.encode():
            ledger.close()
            message = f"{path.name} is the ledger of another body: name this body's with --ledger"
            raise ConflictError("ledger.body", message)
        return ledger

    def close(self) -> None:
        """Let another process open it."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything in the block, or nothing.

        Raises:
            UnavailableError: `ledger.full` or `ledger.unavailable`.
        """
        with translated(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def fact(self, name: str) -> bytes:
        """Read one of the ledger's own values."""
        row = self._connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return bytes(row[0])

    def person(self, document: str) -> bytes:
        """Give the name under which the ledger knows a document number, 16 bytes.

        Args:
            document: `<type>:<number>` in its canonical form.
        """
        return person(self._salt, document)

    def roster(self, content: bytes) -> bytes:
        """Give the digest under which the ledger knows a roster, 32 bytes."""
        return hashlib.sha256(self._salt + content).digest()

    @property
    def salt(self) -> bytes:
        """The ledger's salt, for a process that computes persons."""
        return self._salt

    def tags(self) -> dict[tuple[bytes, str], str]:
        """Read every tag computed so far, by person and folded name."""
        rows = self._connection.execute("SELECT person, name, tag FROM tag")
        return {(bytes(person), name): tag for person, name, tag in rows}

    def keep_tags(self, tags: dict[tuple[bytes, str], str]) -> None:
        """Remember tags."""
        with self.transaction():
            self._connection.executemany(
                "INSERT OR REPLACE INTO tag VALUES (?, ?, ?)",
                [(person, name, tag) for (person, name), tag in tags.items()],
            )

    def batches_of(self, roster: bytes) -> list[Batch]:
        """Find the batches that were prepared for a roster, by route."""
        return self._batches("roster = ? ORDER BY route", roster)

    def batch_named(self, batch: str) -> Batch | None:
        """Find a batch by its identifier."""
        return next(iter(self._batches("batch = ?", batch)), None)

    def _batches(self, condition: str, value: object) -> list[Batch]:
        columns = "batch, roster, route, payload, signature, attachment, receipt, leaf_salt"
        statement = f"SELECT {columns} FROM batch WHERE {condition}"  # noqa: S608  # two constants
        return [Batch(*row) for row in self._connection.execute(statement, (value,))]

    def prepare(self, batches: Iterable[tuple[Batch, Sequence[Item]]]) -> None:
        """Store signed batch statements with their rows, before they are sent."""
        with self.transaction():
            for batch, items in batches:
                self._connection.execute(
                    "INSERT INTO batch (batch, roster, route, payload, signature, attachment) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        batch.batch,
                        batch.roster,
                        batch.route,
                        batch.payload,
                        batch.signature,
                        batch.attachment,
                    ),
                )
                self._connection.executemany(
                    "INSERT INTO item (batch, line, person, kind, occupation, level) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    [(i.batch, i.line, i.person, i.kind, i.occupation, i.level) for i in items],
                )

    def filed(self, batch: str, receipt: str, leaf_salt: str) -> None:
        """Store the registry's receipt for a batch."""
        with self.transaction():
            self._connection.execute(
                "UPDATE batch SET receipt = ?, leaf_salt = ? WHERE batch = ?",
                (receipt, leaf_salt, batch),
            )

    def forget(self, batch: str) -> None:
        """Drop a batch that the registry refused: nothing was issued on it, nothing can be."""
        with self.transaction():
            self._connection.execute("DELETE FROM item WHERE batch = ?", (batch,))
            self._connection.execute("DELETE FROM release WHERE batch = ?", (batch,))
            self._connection.execute(
                "DELETE FROM batch WHERE batch = ? AND receipt IS NULL", (batch,)
            )

    def indexes(self) -> set[tuple[str, int]]:
        """Read every status index that may not be drawn again."""
        return set(
            self._connection.execute(
                "SELECT list, idx FROM item WHERE idx NOT NULL UNION SELECT list, idx FROM spent"
            )
        )

    def last_serial(self, prefix: str, year: int, level: str) -> int:
        """Read the last serial number that was drawn; 0 before the first."""
        row = self._connection.execute(
            "SELECT last FROM serial WHERE prefix = ? AND year = ? AND level = ?",
            (prefix, year, level),
        ).fetchone()
        return 0 if row is None else int(row[0])

    def keep_serial(self, prefix: str, year: int, level: str, last: int) -> None:
        """Move a serial number on; inside the transaction that stores what was drawn."""
        self._connection.execute(
            "INSERT OR REPLACE INTO serial VALUES (?, ?, ?, ?)", (prefix, year, level, last)
        )

    def spend(self, list_: str, index: int) -> None:
        """Mark an index as taken elsewhere; inside a transaction."""
        self._connection.execute("INSERT OR IGNORE INTO spent VALUES (?, ?)", (list_, index))


def person(salt: bytes, document: str) -> bytes:
    """Compute the name of a document number under a ledger's salt, 16 bytes."""
    return hashlib.pbkdf2_hmac("sha256", document.encode(), salt, PERSON_ROUNDS, 16)
