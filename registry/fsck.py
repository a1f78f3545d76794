# SPDX-License-Identifier: Apache-2.0
"""Rebuild everything from what was signed, compare, and name the first row that disagrees.

    each leaf        indexes without gaps, times that do not fall, one content of its type, its
    digest,
                     its salted commitment, its receipt under the epoch's key
    each statement   its signatures, by somebody who might make it, where it stands
    each certificate its signature by a key that was in force, its columns, standing and scope then
    the tree         the root of every checkpoint that was published, and of every mark
    the lists        the statuses that the last signed lists show
    the views        every row of every view table, rebuilt in memory by the code that made them

Nothing is repaired: a registry that disagrees with itself stops, and people look.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby, islice
from typing import Final

from sqlalchemy import Connection, create_engine, select

from credential import (
    canonical,
    envelope,
    leaf,
    merkle,
    status_list,
)
from credential.checkpoint import Checkpoint
from credential.errors import SealError
from credential.merkle import Range
from credential.roster_commitment import Commitment
from credential.statement_bodies import Batch
from credential.status_list import StatusList
from registry import (
    database,
    erasure,
    fsck_certificates,
    store_batches,
    store_certificates,
    store_log,
    store_published,
    store_statements,
    views,
)
from registry.fsck_views import compare_view, stray_rows
from registry.replay import Replay, corrupt, explained
from registry.service import Registry
from registry.store_certificates import Row
from registry.store_log import Stored
from registry.store_published import SignedList
from registry.store_statements import Record
from registry.tables import (
    VIEWS,
    metadata,
    publications,
)
from registry.views import Held

GROUP: Final = 1_000  # certificates that are rebuilt at once


@dataclass(frozen=True, slots=True)
class Report:
    """What was found to agree."""

    leaves: int
    certificates: int
    statements: int
    unsigned: int
    """Leaves whose receipt a crash left unsigned; the next start signs them."""
    erased: int
    """Leaves whose salt was destroyed."""
    root: bytes
    """Of the tree over all leaves, 32 bytes."""


class _Check:
    """One run: the real database, a scratch one beside it, and the state so far."""

    def __init__(self, registry: Registry, real: Connection, scratch: Connection) -> None:
        self.settings = registry.settings
        self.real, self.scratch = real, scratch
        self.state = Replay.start(registry.settings.roots)
        self.tree = Range()
        self.lookup = partial(store_certificates.find, scratch)
        self.lists = store_published.lists(real)
        self.roots: dict[int, bytes] = {}
        self.time = 0
        self.unsigned = self.erased = 0
        self.texts = 0

    def run(self) -> Report:
        """Check everything."""
        columns = select(publications.c.size, publications.c.checkpoint)
        published = dict(self.real.execute(columns).all())
        self._compare(0, published)
        counts = {leaf.CERTIFICATE: 0, leaf.STATEMENT: 0}
        for kind, group in groupby(_walk(self.real), key=lambda stored: stored.leaf.kind):
            for chunk in _chunks(group):
                for stored in chunk:
                    self._leaf(stored)
                store_log.take_digests(self.scratch, [stored.leaf for stored in chunk])
                rebuild = self._certificates if kind == leaf.CERTIFICATE else self._statements
                rebuild(chunk)
                counts[kind] += len(chunk)
                for size in range(chunk[0].leaf.log_index + 1, self.tree.size + 1):
                    self._compare(size, published)
        self._tail()
        erasure.settle(self.scratch, self.real)
        stray_rows(
            self.real,
            {
                "leaves": self.tree.size,
                "certificates": counts[leaf.CERTIFICATE],
                "statements": counts[leaf.STATEMENT],
                "receipts": self.tree.size - self.unsigned,
                "salts": self.tree.size - self.erased,
                "tokens": self.texts,
            },
        )
        for table in VIEWS:
            compare_view(self.scratch, self.real, table)
        return Report(
            self.tree.size,
            counts[leaf.CERTIFICATE],
            counts[leaf.STATEMENT],
            self.unsigned,
            self.erased,
            self.tree.root(),
        )

    def _leaf(self, stored: Stored) -> None:
        row = stored.leaf
        index = row.log_index
        if index != self.tree.size:
            raise corrupt(self.tree.size, "leaves: the row is missing")
        if row.t < self.time:
            raise corrupt(index, "leaves: the time falls")
        if row.host not in self.settings.root.hosts:
            raise corrupt(index, "leaves: the host is not one of the root's")
        payload = row.receipt.payload()
        if not row.salt:
            if not store_certificates.erased_among(self.real, [index]):
                raise corrupt(index, "salts: the row is missing")
            self.erased += 1
        elif leaf.commitment(row.salt, payload) != row.commitment:
            raise corrupt(index, "leaves: the commitment is not that of receipt and salt")
        self._receipt(stored)
        self.time = row.t
        self.tree = self.tree.append(merkle.leaf_hash(leaf.entry(row.kind, row.t, row.commitment)))
        self.roots[self.tree.size] = self.tree.root()

    def _receipt(self, stored: Stored) -> None:
        if stored.signature is None:
            self.unsigned += 1
            return
        row = stored.leaf
        record = self.settings.root.key("receipt", str(row.epoch))
        if record is None or not record.holds(row.t):
            raise corrupt(row.log_index, "leaves: the epoch was not in force at this time")
        try:
            row.receipt.unverified(stored.signature).verify(record.key)
        except SealError:
            raise corrupt(row.log_index, "receipts: the signature does not hold") from None

    def _statements(self, chunk: list[Stored]) -> None:
        records = store_statements.at(self.real, [stored.leaf.log_index for stored in chunk])
        rosters = store_statements.attachments_of(self.real, list(records))
        for stored in chunk:
            index = stored.leaf.log_index
            record = records.get(index)
            if record is None:
                raise corrupt(index, "statements: the row is missing")
            self._statement(stored, record, rosters.get(index))

    def _statement(self, stored: Stored, record: Record, attachment: str | None) -> None:
        index = stored.leaf.log_index
        change = self.state.step(self.lookup, record)
        said = change.statement
        columns = (said.iss, said.jti, said.type, said.subject)
        if columns != (record.iss, record.jti, record.type, record.subject):
            raise corrupt(index, "statements: the columns are not what was signed")
        if change.signed.digest != stored.leaf.digest:
            raise corrupt(index, "leaves: the digest is not that of the statement")
        roster = None
        if attachment is None and isinstance(change.read.said, Batch):
            raise corrupt(index, "attachments: the row is missing")
        if attachment is not None:
            roster = explained(index, "attachments", partial(_roster, attachment))
            if roster.root != getattr(change.read.said, "roster", None):
                raise corrupt(index, "attachments: not the roster that the statement names")
        explained(
            index,
            "statements",
            lambda: views.statement(self.scratch, self.state.directory, change, index, roster),
        )

    def _certificates(self, chunk: list[Stored]) -> None:
        rows = store_certificates.at(self.real, [stored.leaf.log_index for stored in chunk])
        batches = {row.batch for row in rows.values()}
        batch_salts = store_batches.salts_of_batches(self.scratch, batches)
        held: list[Held] = []
        bare: list[Row] = []
        for stored in chunk:
            row = rows.get(stored.leaf.log_index)
            if row is None:
                raise corrupt(stored.leaf.log_index, "certificates: the row is missing")
            if not row.token:
                bare.append(row)
                continue
            held.append(fsck_certificates.judge(self.state.directory, stored, row, batch_salts))
        fsck_certificates.take_over(self.scratch, self.real, bare)
        self.texts += len(held)
        slots = [one.slot for one in held if one.slot is not None]
        known = set(store_batches.held(self.scratch, slots))
        renewed = [
            Held(one.row, one.seat, one.slot, one.until, renews=one.slot in known) for one in held
        ]
        if renewed:
            explained(
                chunk[0].leaf.log_index,
                "certificates",
                lambda: views.certificates(self.scratch, renewed),
            )

    def _compare(self, size: int, published: dict[int, str]) -> None:
        """Compare with what was published and signed when the log had this size."""
        if size in published:
            token = published[size]
            said = Checkpoint.from_bytes(envelope.read(token, envelope.CHECKPOINT).payload)
            root = self.roots.get(size, Range().root())
            if (said.size, said.root) != (size, root):
                raise corrupt(size, "publications: the checkpoint is not of this log")
        if size == self.tree.size:
            for each in self.lists.values():
                if each.size == size and each.name.startswith("status_lists/"):
                    self._list(each)

    def _list(self, signed: SignedList) -> None:
        payload = envelope.read(signed.token, envelope.STATUS_LIST).payload
        said = StatusList.from_bytes(payload)
        bits = status_list.put(status_list.blank(), self.state.statuses().get(said.uri, {}))
        if bytes(bits) != said.bits:
            raise corrupt(signed.size, f"signed_lists: {signed.name} shows other statuses")

    def _tail(self) -> None:
        tail = store_log.tail_anywhere(self.real)
        directory = self.state.directory.size
        if (tail.size, tail.directory) != (self.tree.size, directory) or tail.t < self.time:
            raise corrupt(self.tree.size, "log_tail: not the end of the log")


def fsck(registry: Registry) -> Report:
    """Check a registry against itself.

    Raises:
        UntrustedError: `registry.corrupt`, with the first row that disagrees.
        UnavailableError: `registry.unavailable`.
    """
    scratch_engine = create_engine("sqlite://")
    metadata.create_all(scratch_engine)
    with database.read(registry.engine) as real, scratch_engine.connect() as scratch:
        check = _Check(registry, real, scratch)
        report = check.run()
    if registry.settings.marks.exists():
        _compare_marks(registry, check.roots)
    return report


def _compare_marks(registry: Registry, roots: dict[int, bytes]) -> None:
    """Compare with the marks; what they say beyond the log is not for `fsck` to judge."""
    for mark in registry.marks.walk(0):
        if roots.get(mark.size, mark.root) != mark.root:
            raise corrupt(mark.size, "marks: the log is not the one that was acknowledged")


def _walk(connection: Connection) -> Iterator[Stored]:
    """Read the leaves in pieces, so that other reads can go between."""
    start = 0
    while piece := store_log.leaves_from(connection, start, GROUP):
        yield from piece
        start = piece[-1].leaf.log_index + 1


def _chunks(group: Iterator[Stored]) -> Iterator[list[Stored]]:
    while chunk := list(islice(group, GROUP)):
        yield chunk


def _roster(attachment: str) -> Commitment:
    return Commitment.from_members(canonical.parse(attachment.encode(), canonical=False))
