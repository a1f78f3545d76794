# SPDX-License-Identifier: Apache-2.0
"""The ledger's part about what came after: changes, their statements, and the heads of subjects."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Final, NamedTuple

from credential.errors import ConflictError
from issuer.act import Act, Certificate, Change

SECOND_ABOVE: Final = 20  # certificates of one change that one person may act on alone

TABLES: Final = """
CREATE TABLE change (
    change TEXT PRIMARY KEY, type TEXT NOT NULL, reason TEXT NOT NULL, second INTEGER NOT NULL,
    consent TEXT
) WITHOUT ROWID;
CREATE TABLE act (
    act INTEGER PRIMARY KEY, change TEXT NOT NULL REFERENCES change, type TEXT NOT NULL,
    subject TEXT NOT NULL, payload BLOB NOT NULL, signatures TEXT NOT NULL,
    receipt TEXT, leaf_salt TEXT, problem TEXT
);
CREATE INDEX act_change ON act (change);
CREATE TABLE acted (
    act INTEGER NOT NULL REFERENCES act, kind TEXT NOT NULL, number TEXT NOT NULL,
    PRIMARY KEY (kind, number, act)
) WITHOUT ROWID;
CREATE INDEX acted_act ON acted (act);
CREATE TABLE head (subject TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;
"""

# Of an item: what was revoked or superseded counts no more, whoever did it.
GONE: Final = (
    "EXISTS (SELECT 1 FROM acted JOIN act USING (act) WHERE acted.kind = item.kind AND "
    "acted.number = item.number AND ((act.receipt NOT NULL AND act.type IN "
    "('revoke', 'revoke_bulk', 'supersede')) OR "
    "(act.type <> 'revoke_bulk' AND act.problem LIKE '%\"status.final\"%')))"
)
_COLUMNS: Final = (
    "act.act, act.change, act.type, act.subject, act.payload, act.signatures, act.receipt, "
    "act.leaf_salt, act.problem"
)


class Ordered(NamedTuple):
    """A change as a list shows it."""

    change: str
    type: str
    reason: str
    needs_second: bool
    certificates: int
    waiting: int
    """Statements that the registry has not answered for."""
    refused: int


class ActTable:
    """Methods of `issuer.ledger.Ledger`."""

    _connection: sqlite3.Connection

    def transaction(self) -> AbstractContextManager[None]:
        """Commit everything in the block, or nothing."""
        raise NotImplementedError

    @property
    def second_above(self) -> int:
        """How many certificates one person may revoke or suspend in one go."""
        row = self._connection.execute(
            "SELECT value FROM fact WHERE name = 'second_above'"
        ).fetchone()
        return SECOND_ABOVE if row is None else int(row[0])

    def lower_second(self, above: int) -> None:
        """Ask for a second person above a number of certificates, from now on.

        Raises:
            ConflictError: `act.threshold`.
        """
        kept = self.second_above
        if above > kept or above < 0:
            message = f"this ledger asks for a second person above {kept}: that is never raised"
            raise ConflictError("act.threshold", message)
        with self.transaction():
            self._connection.execute(
                "INSERT OR REPLACE INTO fact VALUES ('second_above', ?)", (b"%d" % above,)
            )

    def order(self, change: Change, acts: Iterable[Act]) -> list[Act]:
        """Store a change with its signed statements, before any of them is sent."""
        with self.transaction():
            self._connection.execute(
                "INSERT INTO change VALUES (?, ?, ?, ?, ?)",
                (change.change, change.type, change.reason, change.needs_second, change.consent),
            )
            for each in acts:
                signatures = json.dumps(each.signatures)
                cursor = self._connection.execute(
                    "INSERT INTO act (change, type, subject, payload, signatures) "
                    "VALUES (?, ?, ?, ?, ?)",
                    (each.change, each.type, each.subject, each.payload, signatures),
                )
                self._connection.executemany(
                    "INSERT INTO acted VALUES (?, ?, ?)",
                    [(cursor.lastrowid, *certificate) for certificate in each.certificates],
                )
        return self.acts_of_change(change.change)

    def change_named(self, change: str) -> Change | None:
        """Find a change."""
        row = self._connection.execute(
            "SELECT change, type, reason, second, consent FROM change WHERE change = ?", (change,)
        ).fetchone()
        return None if row is None else Change(row[0], row[1], row[2], bool(row[3]), row[4])

    def ordered(self, most: int) -> list[Ordered]:
        """List changes, the newest first."""
        rows = self._connection.execute(
            "SELECT change.change, change.type, reason, second, (SELECT COUNT(*) FROM acted "
            "JOIN act AS one USING (act) WHERE one.change = change.change), "
            "SUM(receipt IS NULL AND problem IS NULL), SUM(problem NOT NULL) "
            "FROM change JOIN act USING (change) GROUP BY change.change "
            "ORDER BY MIN(act.act) DESC LIMIT ?",
            (most,),
        )
        return [Ordered(row[0], row[1], row[2], bool(row[3]), *row[4:]) for row in rows]

    def acts_of_change(self, change: str) -> list[Act]:
        """Read the statements of a change."""
        return self._acts("act.change = ?", (change,))

    def act_at(self, act: int) -> Act:
        """Read one statement by its place."""
        (found,) = self._acts("act.act = ?", (act,))
        return found

    def open_acts(self) -> list[Act]:
        """Read every statement that the registry has not answered for."""
        return self._acts("act.receipt IS NULL AND act.problem IS NULL", ())

    def accepted_acts(self) -> list[Act]:
        """Read every statement that the registry has accepted."""
        return self._acts("act.receipt NOT NULL", ())

    def acts_about(self, certificate: Certificate) -> list[Act]:
        """Read the statements about one certificate, in their order."""
        condition = "act.act IN (SELECT act FROM acted WHERE kind = ? AND number = ?)"
        # Of the certificates of a bulk revocation only this one is read: it is asked for each.
        return self._acts(condition, certificate, (certificate,))

    def predecessor(self, kind: str, number: str) -> str | None:
        """Find the certificate that one has superseded."""
        rows = self._connection.execute(
            "SELECT acted.number, act.payload FROM act JOIN acted USING (act) "
            "WHERE act.type = 'supersede' AND acted.kind = ? AND act.receipt NOT NULL "
            "AND instr(act.payload, ?)",
            (kind, number.encode()),
        )
        for old, payload in rows:
            if json.loads(payload)["body"]["by"] == number:
                return str(old)
        return None

    def _acts(
        self,
        condition: str,
        values: Sequence[object],
        only: tuple[Certificate, ...] | None = None,
    ) -> list[Act]:
        found = f"SELECT {_COLUMNS} FROM act WHERE {condition} ORDER BY act.act"  # noqa: S608  # constants
        listed = "SELECT kind, number FROM acted WHERE act = ? ORDER BY kind, number"
        acts = []
        for act, change, type_, subject, payload, signatures, *answer in self._connection.execute(
            found, values
        ).fetchall():
            certificates = only or tuple(self._connection.execute(listed, (act,)))
            tokens = tuple(json.loads(signatures))
            acts.append(Act(act, change, type_, subject, payload, tokens, certificates, *answer))
        return acts

    def keep_consent(self, change: str, consent: str) -> None:
        """Store a second person's consent, before anything is sent on it."""
        with self.transaction():
            self._connection.execute(
                "UPDATE change SET consent = ? WHERE change = ?", (consent, change)
            )

    def sign_again(self, act: Act) -> None:
        """Replace a statement that was never accepted, or add a signature to it."""
        with self.transaction():
            self._connection.execute(
                "UPDATE act SET payload = ?, signatures = ?, problem = NULL "
                "WHERE act = ? AND receipt IS NULL",
                (act.payload, json.dumps(act.signatures), act.act),
            )

    def accept_act(self, act: Act, receipt: str, leaf_salt: str, subjects: Iterable[str]) -> None:
        """Store the receipt of a statement, which is now the last one about its subjects."""
        with self.transaction():
            self._connection.execute(
                "UPDATE act SET receipt = ?, leaf_salt = ?, problem = NULL WHERE act = ?",
                (receipt, leaf_salt, act.act),
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO head VALUES (?, ?)",
                [(subject, act.digest) for subject in subjects],
            )

    def refuse_act(self, act: Act, problem: str) -> None:
        """Store the registry's refusal of a statement."""
        with self.transaction():
            self._connection.execute(
                "UPDATE act SET problem = ? WHERE act = ? AND receipt IS NULL", (problem, act.act)
            )

    def withdraw(self, change: str) -> None:
        """Drop a change of which nothing was sent."""
        with self.transaction():
            inside = "act IN (SELECT act FROM act WHERE change = ?)"
            self._connection.execute(f"DELETE FROM acted WHERE {inside}", (change,))  # noqa: S608  # constant
            self._connection.execute("DELETE FROM act WHERE change = ?", (change,))
            self._connection.execute("DELETE FROM change WHERE change = ?", (change,))

    def head(self, subject: str) -> str | None:
        """Read the digest of the last statement about a subject that the desk knows of."""
        row = self._connection.execute(
            "SELECT digest FROM head WHERE subject = ?", (subject,)
        ).fetchone()
        return None if row is None else str(row[0])

    def learn_head(self, subject: str, digest: str) -> None:
        """Store the digest of a statement that somebody else made."""
        with self.transaction():
            self._connection.execute("INSERT OR REPLACE INTO head VALUES (?, ?)", (subject, digest))
