# SPDX-License-Identifier: Apache-2.0
"""Rebuild everything from what was signed, compare, and name the first row that disagrees.

    each leaf        indexes without gaps, times that do not fall, one content of its type, its
    digest,
                     its salted commitment, its receipt under the epoch's key
    each statement   its signatures, by somebody who might make it, where it stands
    each certificate its signature by a key that was in force, its columns, standing and scope then
    the tree         the root of every checkpoint that was published
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
    admission,
    canonical,
    certificate,
    envelope,
    leaf,
    merkle,
    roster_commitment,
    scope,
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
                rebuild = self._certificates if kind == leaf.CERTIFICATE else self._statements
                rebuild(chunk)
                counts[kind] += len(chunk)
                for size in range(chunk[0].leaf.log_index + 1, self.tree.size + 1):
                    self._compare(size, published)
        self._tail()
        stray_rows(
            self.real,
            {
                "leaves": self.tree.size,
                "certificates": counts[leaf.CERTIFICATE],
                "statements": counts[leaf.STATEMENT],
                "receipts": self.tree.size - self.unsigned,
                "salts": self.tree.size - self.erased,
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
        for stored in chunk:
            row = rows.get(stored.leaf.log_index)
            if row is None:
                raise corrupt(stored.leaf.log_index, "certificates: the row is missing")
            held.append(self._certificate(stored, row, batch_salts))
        slots = [one.slot for one in held if one.slot is not None]
        known = set(store_batches.held(self.scratch, slots))
        renewed = [
            Held(one.row, one.seat, one.slot, one.until, renews=one.slot in known) for one in held
        ]
        explained(
            chunk[0].leaf.log_index,
            "certificates",
            lambda: views.certificates(self.scratch, renewed),
        )

    def _certificate(self, stored: Stored, row: Row, batch_salts: dict[int, bytes]) -> Held:
        index, t = row.log_index, stored.leaf.t
        unverified, claims = explained(index, "certificates", partial(certificate.read, row.token))
        body = self.state.directory.body_of(claims.iss)
        record = None if body is None else body.key(unverified.kid, "certificate")
        if body is None or record is None or not record.holds(t):
            raise corrupt(index, "certificates: its key was not in force then")
        explained(index, "certificates", partial(unverified.verify, record.key))
        said = Row.of(index, row.token, unverified, claims, row.batch)
        leafed = (stored.leaf.digest, stored.leaf.host)
        if said != row or (unverified.digest, claims.host) != leafed:
            raise corrupt(index, "certificates: the columns are not what was signed")
        asked = (claims.kind, claims.occupation_code, claims.level, claims.region)
        region = self.state.directory.root.region
        for finding in (scope.standing_at(body, t), scope.scope_of(body, *asked, t, region)):
            # An annulment reaches back, and is no fault of what was admitted before it.
            if finding.reason not in {None, "standing.void"} and not finding.void:
                raise corrupt(index, f"certificates: {finding.reason} at its receipt's time")
        salt = batch_salts.get(row.batch)
        if salt is None:
            raise corrupt(index, "certificates: its batch is no batch")
        entry = roster_commitment.entry(salt, claims.name, claims.holder_tag)
        until = admission.renewable_from(claims)
        return Held(row, (row.batch, entry), admission.slot(claims), until)

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
        tail = store_log.tail(self.real)
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
        return _Check(registry, real, scratch).run()


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
