# SPDX-License-Identifier: Apache-2.0
"""What the statements say, found out again from nothing: signatures are verified, no view is read.

The list signer signs what comes out of this, and `fsck` compares the views with it. A row that does
not bear its signatures, or that would not have been accepted where it stands, stops both with
`registry.corrupt` and its place in the log.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from credential import certificate, statement, statement_bodies
from credential.errors import SealError, UntrustedError
from credential.root import Root
from credential.statement_bodies import DIRECTORY, STATUS, Erase
from registry import (
    authority,
    changes,
    erasure,
    status_changes,
    status_rules,
    store_certificates,
    store_statements,
)
from registry.change import Change, locate
from registry.directory import Directory
from registry.status_changes import Lookup
from registry.store_certificates import Row
from registry.store_statements import Record

T = TypeVar("T")


@dataclass(slots=True)
class Replay:
    """The registry's state after some statements."""

    directory: Directory
    states: dict[int, tuple[int, str]] = field(default_factory=dict)
    """Status and actor of each certificate that is not valid, by log index."""
    places: dict[int, tuple[str, int]] = field(default_factory=dict)
    """List URI and index of those certificates, as their tokens say."""
    erased: set[int] = field(default_factory=set)
    """Certificates whose erasure has been stated, by log index."""
    textless: set[int] = field(default_factory=set)
    """Certificates without a text of which something was stated."""

    @classmethod
    def start(cls, roots: Sequence[Root]) -> "Replay":
        """Begin with nothing but the roots."""
        return cls(Directory.empty(roots))

    def step(self, lookup: Lookup, record: Record) -> Change:
        """Take account of one statement.

        Raises:
            UntrustedError: `registry.corrupt`.
        """
        try:
            return self._step(lookup, record)
        except SealError as error:
            raise corrupt(record.log_index, f"the statement is not acceptable: {error}") from error

    def _step(self, lookup: Lookup, record: Record) -> Change:
        signed = statement.read(list(record.signatures))
        if signed.payload != record.payload:
            raise corrupt(record.log_index, "the payload is not the one that was signed")
        read = statement_bodies.read(signed.statement)
        change = locate(lookup, self.directory, signed, read)
        authority.authorise(self.directory, signed, read, record.t, change.targets)
        if read.profile.effect == DIRECTORY:
            changes.apply(self.directory, signed.statement, read, record.t)
            self.directory.size = record.log_index + 1
        elif read.profile.effect == STATUS and change.affected is not None:
            moves = status_changes.decide(
                self.directory, signed.statement, change.affected, self.states
            )
            for row, state in moves:
                if not row.token:
                    self.textless.add(row.log_index)
                self.places[row.log_index] = place_of(row, self.directory)
                status = status_rules.STATUS_OF_STATE[state]
                if status:
                    self.states[row.log_index] = status, signed.statement.iss
                else:
                    self.states.pop(row.log_index, None)
        elif isinstance(read.said, Erase) and change.affected is not None:
            erasure.check_place(change.affected.rows[0], read.said)
            self.erased.add(change.affected.rows[0].log_index)
        return change

    def statuses(self) -> dict[str, dict[int, int]]:
        """Give status by index by list URI, of every certificate that is not valid."""
        found: dict[str, dict[int, int]] = {}
        for log_index, (status, _) in self.states.items():
            uri, index = self.places[log_index]
            found.setdefault(uri, {})[index] = status
        return found


def place_of(row: Row, directory: Directory) -> tuple[str, int]:
    """Read list URI and index out of a certificate as it was signed.

    Of one that has been erased the row says it, with which the statement of its erasure agrees.

    Raises:
        UntrustedError: `registry.corrupt`, the row says something else than the token.
    """
    if not row.token:
        return f"https://{directory.lists[row.list]}/status/{row.list}", row.idx
    _, claims = certificate.read(row.token)
    said = (claims.host, claims.kind, claims.certificate_number, claims.body_code)
    if said != (row.host, row.kind, row.number, row.body):
        raise corrupt(row.log_index, "the row does not say what its certificate says")
    return claims.status_uri, claims.status_index


def replay(connection: Connection, roots: Sequence[Root], *, end: int) -> Replay:
    """Take account of every statement before an index of the log.

    Raises:
        UntrustedError: `registry.corrupt`.
    """
    state = Replay.start(roots)
    lookup = partial(store_certificates.find, connection)
    for record in list(store_statements.walk(connection, end=end)):
        state.step(lookup, record)
    for log_index in sorted(state.textless - state.erased):
        raise corrupt(log_index, "tokens: the row is missing, and no statement erased it")
    return state


def corrupt(log_index: int, what: str) -> UntrustedError:
    """Make the error that names a row of the log."""
    return UntrustedError("registry.corrupt", f"log index {log_index}: {what}")


def explained(log_index: int, table: str, act: Callable[[], T]) -> T:
    """Do something with a row; whatever refuses it becomes the error that names it.

    Raises:
        UntrustedError: `registry.corrupt`.
    """
    try:
        return act()
    except SealError as error:
        raise corrupt(log_index, f"{table}: {error} [{error.code}]") from error
