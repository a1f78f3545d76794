# SPDX-License-Identifier: Apache-2.0
"""Put back what was acknowledged after a copy was made: each leaf at its place, with its receipt.

    read       every line of every feed (`credential.feed`); its receipt must be this registry's
    interval   the leaves between two marks, in one transaction: a gap stops before it
    compare    the tree with the mark's root, before anything of the interval is committed
    end        at the last mark nothing is missing, and the registry goes on

The marks have the root of the tree after each commit, so whatever is put back is proven to be what
was acknowledged, salt and all; a feed that lies is found at the first mark after the lie. Killed
anywhere, the next run goes on at the last interval that was committed.

Nothing here is judged again by the rules of admission: that was done when the receipt was signed.
Signatures, columns and views are made and compared by the code with which `fsck` rebuilds them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection

from credential import leaf, merkle, statement_bodies
from credential.certificate import Claims
from credential.envelope import Unverified
from credential.errors import ConflictError, SealError, UnavailableError, UntrustedError
from credential.feed import MAX_LINE, Fed
from credential.merkle import Range
from credential.receipt import Receipt
from credential.roster_commitment import Commitment
from credential.statement import Signed
from registry import (
    database,
    fsck_certificates,
    marks,
    replay,
    restore,
    statements,
    store_batches,
    store_certificates,
    store_log,
    store_statements,
    views,
)
from registry.marks import Mark
from registry.replay import Replay
from registry.service import Registry
from registry.store_certificates import Row
from registry.store_log import Leaf, Stored
from registry.store_statements import Record


@dataclass(frozen=True, slots=True)
class Item:
    """One line, its receipt verified."""

    fed: Fed
    receipt: Receipt
    signature: bytes
    certificate: tuple[Unverified, Claims] | None
    statement: Signed | None

    @property
    def leaf(self) -> Leaf:
        """The leaf, as it was."""
        said = self.receipt
        kind = leaf.STATEMENT if self.certificate is None else leaf.CERTIFICATE
        committed = leaf.commitment(self.fed.salt, said.payload())
        made = (said.log_index, kind, said.t, said.epoch, said.host, said.digest, committed)
        return Leaf(*made, self.fed.salt)


@dataclass(slots=True)
class Outcome:
    """What a run came to."""

    before: int
    """Leaves in the database when it began."""
    size: int
    """Leaves in the database now."""
    wanted: int
    """Leaves that were acknowledged."""
    receipts: int = 0
    """Receipts put back of leaves that the copy had without."""
    gaps: list[tuple[int, int]] = field(default_factory=list)
    """First and last log index of what is missing."""


def refeed(registry: Registry, files: Sequence[Path]) -> Outcome:
    """Put back what feeds have and the database lacks.

    Raises:
        UntrustedError: `refeed.line`, a line is none of this registry's; `refeed.mark`, what was
            fed is not what was acknowledged; `registry.corrupt`.
        ConflictError: `refeed.conflict`, two contents claim one place of the log.
        UnavailableError: `registry.marks`, `registry.diverged`, `file.unreadable` or
            `registry.unavailable`.
    """
    items = _read_all(registry, files)
    mark = registry.marks.last()
    with database.read(registry.engine) as connection:
        tail = store_log.tail(connection)
        state = replay.replay(connection, registry.settings.roots, end=tail.size)
        tree = marks.grown(connection, tail.size)
    if mark is None or registry.marks.diverged:
        registry.marks.demand(tail.size)
        raise UnavailableError("registry.marks", "there are no marks: put the file back")
    outcome = Outcome(tail.size, tail.size, mark.size)
    outcome.receipts = _put_receipts(registry, items, tail.size)
    for one in registry.marks.walk(tail.size):
        if any(index not in items for index in range(tree.size, one.size)):
            break
        some = [items[index] for index in range(tree.size, one.size)]
        tree = _interval(registry, state, tree, some, one)
        outcome.size = tree.size
    missing = [index for index in range(outcome.size, mark.size) if index not in items]
    outcome.gaps = list(_ranges(missing))
    if outcome.size >= mark.size:
        restore.take_up(registry)
    return outcome


def _read_all(registry: Registry, files: Iterable[Path]) -> dict[int, Item]:
    items: dict[int, Item] = {}
    for file in files:
        try:
            with file.open("rb") as opened:
                lines = iter(lambda: opened.readline(MAX_LINE + 1), b"")
                for number, line in enumerate(lines, 1):
                    item = _item(registry, f"{file.name}:{number}", line.removesuffix(b"\n"))
                    known = items.setdefault(item.receipt.log_index, item)
                    if known.receipt.digest != item.receipt.digest:
                        message = f"{file.name}:{number}: another content has this place of the log"
                        raise ConflictError("refeed.conflict", message)
        except OSError as error:
            message = f"cannot read {file}: {error.strerror}"
            raise UnavailableError("file.unreadable", message) from None
    return items


def _item(registry: Registry, where: str, line: bytes) -> Item:
    """Read a line and verify its receipt.

    Raises:
        UntrustedError: `refeed.line`.
    """
    try:
        fed = Fed.from_line(line)
        unverified, said = fed.read_receipt()
        record = registry.settings.root.key("receipt", unverified.kid)
        if record is None or not record.holds(said.t):
            raise UntrustedError("key.unknown", "no receipt key of this registry held then")
        unverified.verify(record.key)
        certificate = fed.read_certificate()
        signed = fed.read_statement() if certificate is None else None
        digest = certificate[0].digest if certificate is not None else b""
        digest = digest if signed is None else signed.digest
        if digest != said.digest or said.host not in registry.settings.root.hosts:
            raise UntrustedError("refeed.line", "the receipt is for something else")
    except SealError as error:
        raise UntrustedError("refeed.line", f"{where}: {error} [{error.code}]") from error
    return Item(fed, said, unverified.signature, certificate, signed)


def _put_receipts(registry: Registry, items: Mapping[int, Item], size: int) -> int:
    """Put back receipts that had been signed when the copy was made, and not yet stored."""
    with database.write(registry.engine) as connection:
        known = [items[index] for index in sorted(items) if index < size]
        rows = []
        for start in range(0, len(known), 500):
            some = {one.receipt.log_index: one for one in known[start : start + 500]}
            for stored in store_log.leaves_at(connection, list(some)):
                item = some[stored.leaf.log_index]
                if stored.leaf.receipt != item.receipt:
                    message = f"log index {stored.leaf.log_index} holds something else"
                    raise ConflictError("refeed.conflict", message)
                if stored.signature is None:
                    rows.append((stored.leaf.log_index, item.signature))
        if rows:
            store_log.insert_signatures(connection, rows)
    return len(rows)


def _interval(
    registry: Registry, state: Replay, tree: Range, items: Sequence[Item], mark: Mark
) -> Range:
    """Put the leaves between two marks back, or nothing of them."""
    stored = [Stored(item.leaf, item.signature) for item in items]
    for one in stored:
        row = one.leaf
        tree = tree.append(merkle.leaf_hash(leaf.entry(row.kind, row.t, row.commitment)))
    if tree.root() != mark.root:
        message = (
            f"log indexes {items[0].receipt.log_index} to {mark.size - 1}: what was fed is not what"
            " was acknowledged; a salt or a content is another's"
        )
        raise UntrustedError("refeed.mark", message)
    with database.write(registry.engine) as connection:
        tail = store_log.tail(connection)
        if tail.size != items[0].receipt.log_index:
            raise ConflictError("registry.conflict", "another process feeds this registry")
        store_log.insert_leaves(connection, [one.leaf for one in stored])
        for certificates, group in groupby(
            zip(items, stored, strict=True), key=lambda pair: pair[0].certificate is not None
        ):
            some = list(group)
            if certificates:
                _certificates(connection, state, some)
            else:
                for item, one in some:
                    _statement(connection, state, item, one.leaf)
        store_log.insert_signatures(
            connection,
            [(one.leaf.log_index, item.signature) for item, one in zip(items, stored, strict=True)],
        )
        t = max(mark.t, stored[-1].leaf.t)
        if not store_log.move_tail(connection, tail, mark.size, t, state.directory.size):
            message = "a time falls: the database has gone on by itself since it was restored"
            raise ConflictError("refeed.conflict", message)
    return tree


def _statement(connection: Connection, state: Replay, item: Item, row: Leaf) -> None:
    signed = item.statement
    if signed is None:
        return
    said, index = signed.statement, row.log_index
    roster = None if item.fed.attachment is None else Commitment.from_members(item.fed.attachment)
    statements.check_attachment(statement_bodies.read(said), roster)
    content = None if roster is None else json.dumps(roster.to_members(), separators=(",", ":"))
    columns = (said.iss, said.jti, said.type, said.subject, signed.payload, item.fed.statement)
    record = Record(index, row.t, *columns)
    store_statements.insert_statement(connection, record, content)
    change = state.step(partial(store_certificates.find, connection), record)
    views.statement(connection, state.directory, change, index, roster)


def _certificates(
    connection: Connection, state: Replay, some: Sequence[tuple[Item, Stored]]
) -> None:
    batches = {}
    for item, _ in some:
        if item.certificate is not None:
            claims = item.certificate[1]
            batches[claims.body_code, claims.batch] = claims
    rows = {
        key: store_batches.find_batches(connection, key[0], [key[1]]).get(key[1]) for key in batches
    }
    salts = {row.log_index: row.salt for row in rows.values() if row is not None}
    held = []
    for item, stored in some:
        if item.certificate is None or item.fed.certificate is None:
            continue
        unverified, claims = item.certificate
        batch = rows[claims.body_code, claims.batch]
        index = stored.leaf.log_index
        if batch is None:
            raise replay.corrupt(index, "certificates: its batch is no batch")
        token = item.fed.certificate[:-1]
        row = Row.of(index, token, unverified, claims, batch.log_index)
        held.append(fsck_certificates.judge(state.directory, stored, row, salts))
    known = set(store_batches.held(connection, [one.slot for one in held if one.slot is not None]))
    views.certificates(connection, [one._replace(renews=one.slot in known) for one in held])


def _ranges(indexes: Sequence[int]) -> Iterator[tuple[int, int]]:
    for _, group in groupby(enumerate(indexes), key=lambda pair: pair[1] - pair[0]):
        run = [index for _, index in group]
        yield run[0], run[-1]
