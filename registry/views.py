# SPDX-License-Identifier: Apache-2.0
"""Keep the views in step with what was signed, when it is accepted and when `fsck` rebuilds.

Each view carries the unique keys of an invariant, so that the database refuses what two requests at
once could break: a kid, a prefix, a cell of a status list, a batch's number, a seat, a person's
slot.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from credential.errors import ConflictError
from credential.roster_commitment import Commitment
from credential.statement_bodies import CELL, Batch, Blocks, Body, Erase, Key
from registry import erasure, status_changes, store_batches, store_certificates, store_statements
from registry.change import Change
from registry.directory import Directory
from registry.store_batches import BatchRow
from registry.store_certificates import Row


class Held(NamedTuple):
    """What an admitted certificate takes beside its number and its index."""

    row: Row
    seat: tuple[int, bytes]
    """Batch and entry of its roster."""
    slot: bytes | None
    """Of the person, where there is a holder tag."""
    until: int | None
    """From when the slot may be renewed."""
    renews: bool = False
    """Whether the slot is held by a certificate that may be renewed now."""


def statement(
    connection: Connection,
    directory: Directory,
    change: Change,
    log_index: int,
    roster: Commitment | None,
) -> None:
    """Move the views for a statement that has just been stored.

    Args:
        connection: The transaction that stored it.
        directory: With the statement applied.
        change: The statement and what it acts on.
        log_index: Its leaf.
        roster: For a batch.

    Raises:
        ConflictError: A status cannot move so, or a batch's number is taken.
        UntrustedError: `statement.actor`.
        MalformedError: `erase.place`.
    """
    said, subject = change.read.said, change.statement.subject
    if isinstance(said, Erase) and change.affected is not None:
        erasure.apply(connection, change.affected.rows[0], said, log_index)
    elif change.affected is not None:
        status_changes.apply(connection, directory, change.statement, change.read, change.affected)
    elif isinstance(said, Key):
        store_statements.insert_kid(
            connection, said.key.kid, said.key.thumbprint, subject, said.role
        )
    elif isinstance(said, Body):
        store_statements.insert_body(connection, subject[-18:], said.prefix)
    elif isinstance(said, Blocks):
        cells = range(said.first // CELL, (said.first + said.count) // CELL)
        store_statements.insert_cells(connection, said.list, cells, subject[-18:])
    elif isinstance(said, Batch) and roster is not None:
        _batch(connection, change, said, log_index, roster)
    store_statements.move_heads(connection, change.subjects, change.signed.digest)


def _batch(
    connection: Connection, change: Change, said: Batch, log_index: int, roster: Commitment
) -> None:
    code, number = change.read.subject["owner"][-18:], change.read.subject["batch"]
    if store_batches.find_batches(connection, code, [number]):
        raise ConflictError("batch.known", "a batch of this number has been filed: take another")
    row = BatchRow(log_index, code, number, said.headcount, 0, roster.salt)
    store_batches.insert_batch(connection, row, Counter(roster.entries))


def certificates(connection: Connection, held: Sequence[Held]) -> None:
    """Store certificates that have just been given their leaves, and take what they take."""
    store_certificates.insert_certificates(connection, [each.row for each in held])
    store_batches.take_seats(connection, [each.seat for each in held])
    store_batches.give_up(
        connection, [each.slot for each in held if each.slot is not None and each.renews]
    )
    slots = [(each.slot, each.row.log_index, each.until) for each in held if each.slot is not None]
    if slots:
        store_batches.hold(connection, slots)
