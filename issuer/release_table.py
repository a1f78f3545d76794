# SPDX-License-Identifier: Apache-2.0
"""The ledger's part about two people: above which size, and what a second person has released."""

import sqlite3
from contextlib import AbstractContextManager

from credential.errors import ConflictError


class ReleaseTable:
    """Methods of `issuer.ledger.Ledger`."""

    _connection: sqlite3.Connection

    def transaction(self) -> AbstractContextManager[None]:
        """Commit everything in the block, or nothing."""
        raise NotImplementedError

    @property
    def release_above(self) -> int | None:
        """How many certificates need no second person; None where nobody asks for one."""
        row = self._connection.execute(
            "SELECT value FROM fact WHERE name = 'release_above'"
        ).fetchone()
        return None if row is None else int(row[0])

    def lower_release(self, above: int) -> None:
        """Ask for a second person above a number of certificates, from now on.

        Raises:
            ConflictError: `release.threshold`.
        """
        kept = self.release_above
        if kept is not None and above > kept:
            message = f"this ledger asks for a second person above {kept}: that is never raised"
            raise ConflictError("release.threshold", message)
        if above != kept:
            with self.transaction():
                self._connection.execute(
                    "INSERT OR REPLACE INTO fact VALUES ('release_above', ?)", (b"%d" % above,)
                )

    def releases(self, batch: str) -> list[tuple[str, bytes]]:
        """Read a batch's releases, each with the hashes that it covers, 32 bytes each."""
        found = "SELECT token, covered FROM release WHERE batch = ?"
        return [
            (token, bytes(covered)) for token, covered in self._connection.execute(found, (batch,))
        ]

    def keep_release(self, batch: str, token: str, covered: bytes) -> None:
        """Store a release, before anything is signed on it."""
        with self.transaction():
            self._connection.execute(
                "INSERT OR REPLACE INTO release VALUES (?, ?, ?)", (batch, token, covered)
            )
