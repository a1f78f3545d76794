# SPDX-License-Identifier: Apache-2.0
"""The ledger's part about certificates issued before this system, and looking things up by name.

A record is no certificate: nothing in it is signed, and no verifier knows of it. It is kept so that
its number is never drawn again, and the person's earlier level and certificate are known.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from credential.certificate import Claims
from credential.name import fold
from issuer.item_table import COLUMNS
from issuer.records import Item

TABLES: Final = """
CREATE TABLE record (
    kind TEXT NOT NULL, number TEXT NOT NULL, person BLOB NOT NULL, name TEXT NOT NULL,
    occupation TEXT NOT NULL, occupation_name TEXT NOT NULL, level TEXT NOT NULL,
    issued_on TEXT NOT NULL, form TEXT NOT NULL,
    PRIMARY KEY (kind, number)
) WITHOUT ROWID;
CREATE INDEX record_person ON record (person);
"""
_RECORD: Final = "kind, number, person, name, occupation, occupation_name, level, issued_on, form"


@dataclass(frozen=True, slots=True)
class Record:
    """A certificate that was issued before this system."""

    kind: str
    number: str
    """As it stands on the certificate."""
    person: bytes
    """The ledger's name for the holder's document."""
    name: str
    occupation: str
    """Code; empty where no catalogue knows the occupation."""
    occupation_name: str
    level: str
    """Empty for a kind without levels."""
    issued_on: str
    """YYYY-MM-DD; empty where nobody wrote it down."""
    form: str
    """Which rule the number follows (`issuer.old_number`)."""


class RecordTable:
    """Methods of `issuer.ledger.Ledger`."""

    _connection: sqlite3.Connection

    def transaction(self) -> AbstractContextManager[None]:
        """Commit everything in the block, or nothing."""
        raise NotImplementedError

    def keep_records(self, records: Iterable[Record]) -> None:
        """Store records; one that is there stays as it is."""
        with self.transaction():
            self._connection.executemany(
                "INSERT OR IGNORE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        *(each.kind, each.number, each.person, each.name, each.occupation),
                        *(each.occupation_name, each.level, each.issued_on, each.form),
                    )
                    for each in records
                ],
            )

    def recorded(self, number: str) -> list[Record]:
        """Find records by their number."""
        return self._records("number = ?", number)

    def recorded_of(self, person: bytes) -> list[Record]:
        """Find the records of a person."""
        return self._records("person = ?", person)

    def recorded_as(self, name: str) -> list[Record]:
        """Find records by the holder's name."""
        return [each for each in self._records("?1 = ?1", "") if fold(each.name) == fold(name)]

    def recorded_levels(self, people: Iterable[bytes]) -> dict[tuple[bytes, str, str, str], str]:
        """Find what persons had before this system.

        Returns:
            (person, kind, occupation, level) to the number.
        """
        return {
            (person, each.kind, each.occupation, each.level): each.number
            for person in people
            for each in self.recorded_of(person)
            if each.occupation
        }

    def _records(self, condition: str, value: object) -> list[Record]:
        found = f"SELECT {_RECORD} FROM record WHERE {condition} ORDER BY number"  # noqa: S608  # constants
        return [Record(*row) for row in self._connection.execute(found, (value,))]

    def successor_of(self, record: Record) -> Item | None:
        """Find the signed certificate that took a record's place."""
        found = self._items(
            "person = ? AND kind = ? AND occupation = ? AND level = ? AND receipt NOT NULL "
            "ORDER BY rowid DESC",
            (record.person, record.kind, record.occupation, record.level),
        )
        return next(iter(found), None) if record.occupation else None

    def numbered_all(self, number: str) -> list[Item]:
        """Find certificates by their number, of every kind."""
        return self._items("number = ?", (number,))

    def items_of(self, person: bytes) -> list[Item]:
        """Find the certificates of a person."""
        return self._items("person = ? AND payload NOT NULL ORDER BY rowid", (person,))

    def items_as(self, name: str) -> list[Item]:
        """Find certificates by the holder's name, however it is spelled."""
        wanted = fold(name)
        rows = self._connection.execute("SELECT rowid, payload FROM item WHERE payload NOT NULL")
        found = [row for row, payload in rows if _folded(bytes(payload)) == wanted]
        return [item for row in found for item in self._items("rowid = ?", (row,))]

    def newest(self, most: int, called: str = "") -> list[Item]:
        """Read signed certificates, the last first, of holders whose name has a text in it.

        SQLite looks for the text before anything is parsed: 100,000 certificates take a moment.
        """
        condition = "token NOT NULL"
        if called:
            condition += (
                " AND instr(payload, ?1)"
                " AND instr(json_extract(CAST(payload AS TEXT), '$.name'), CAST(?1 AS TEXT))"
            )
        values = (called.encode(), most) if called else (b"", most)
        return self._items(f"{condition} ORDER BY rowid DESC LIMIT ?2", values)

    def _items(self, condition: str, values: tuple[object, ...]) -> list[Item]:
        found = f"SELECT {COLUMNS} FROM item WHERE {condition}"  # noqa: S608  # constants
        return [Item(*row) for row in self._connection.execute(found, values)]


def _folded(payload: bytes) -> str:
    return fold(Claims.from_bytes(payload).name)
