# SPDX-License-Identifier: Apache-2.0
"""High-water marks: how far the log had got before any receipt left, kept outside the database.

A database can be put back to yesterday's copy, which remembers nothing of today: it would give
numbers, status indexes and places of the log away a second time. So every process that signs
receipts first writes down, in a file that is in no copy of the database, what it is about to sign
upon:

    {"size":12,"t":1790000000,"epoch":1,"root":"<43 characters>"}

`size` is the number of leaves and `root` that of the tree over them, as in a checkpoint; `t` is the
time of the log's end, `epoch` that of the last leaf. One line for each commit, appended and fsynced
between the commit and the first signature (`registry.log`):

- a crash before the line: the leaves are durable, no receipt has left; the next start writes it;
- a crash in the middle of it: a line without its end counts as none, and is cut off;
- a crash after it: the mark says more than was answered, which is safe.

Several workers append under the file's lock, and a mark never falls. A tail that lies below the
last mark, or below what was published, is an old copy: nothing is admitted and nothing is signed
(`registry.restored`) until what is missing has been put back (`registry.refeed`). Reads go on.
"""

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple, Self

from sqlalchemy import Connection, Engine

from credential import base64url, canonical, leaf, merkle
from credential.checkpoint import MAX_SIZE
from credential.errors import SealError, UnavailableError
from credential.members import Members
from credential.merkle import Range
from credential.receipt import MAX_EPOCH
from registry import database, store_log, store_published
from registry.store_log import Tail

MAX_LINE: Final = 512  # bytes
GROUP: Final = 10_000  # leaves read at once


class Mark(NamedTuple):
    """How far the log had got."""

    size: int
    """Leaves."""
    t: int
    """Time of the log's end."""
    epoch: int
    """Of the last leaf; 0 where it does not matter."""
    root: bytes
    """Of the tree over the leaves, 32 bytes."""

    def to_line(self) -> bytes:
        """Write the line, with its end."""
        members = {**self._asdict(), "root": base64url.encode(self.root)}
        return json.dumps(members, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """Read a line, without its end.

        Raises:
            MalformedError: `malformed.…`
        """
        members = Members.of(canonical.parse(line), "mark", "size t epoch root")
        return cls(
            members.integer("size", 0, MAX_SIZE),
            members.integer("t", 0, 2**32 - 1),
            members.integer("epoch", 0, MAX_EPOCH),
            base64url.decode(members.digest("root")),
        )


class Marks:
    """The marks of one registry, as one process knows them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.diverged = False
        """Whether the database was found to be another log than the marks are of."""
        self._learned: Mark | None = None
        self._seen: tuple[tuple[int, int, int], Mark | None] | None = None
        self._tree = Range()
        self._lock = threading.Lock()

    def last(self) -> Mark | None:
        """Give the last mark, or what has been published where that is more; None where none is.

        Raises:
            UnavailableError: `registry.marks`, the file cannot be read or is damaged.
        """
        written = self._written()
        learned = self._learned
        if written is None or (learned is not None and learned.size > written.size):
            return learned
        return written

    def learn(self, published: Mark) -> None:
        """Take account of what was published: the log was at least as long."""
        self._learned = published

    def demand(self, size: int) -> Mark:
        """Return the last mark if a log of this size has everything that was acknowledged.

        In a write transaction the tail is locked: no mark can have been added since it was read.

        Args:
            size: Leaves in the database.

        Raises:
            UnavailableError: `registry.restored`, `registry.diverged` or `registry.marks`.
        """
        return self._demand(size, self.last())

    def demand_of(self, engine: Engine) -> Mark:
        """Do the same outside of a write transaction: the mark is read before the tail.

        Raises:
            UnavailableError: As `demand`, or `registry.unavailable`.
        """
        mark = self.last()
        with database.read(engine) as connection:
            size = store_log.tail(connection).size
        return self._demand(size, mark)

    def _demand(self, size: int, mark: Mark | None) -> Mark:
        if mark is not None and size < mark.size:
            message = (
                f"the database has {size} leaves, {mark.size} were acknowledged: it is an old copy;"
                " nothing is admitted or signed until they are back (registry refeed)"
            )
            raise UnavailableError("registry.restored", message)
        if mark is None or self._written() is None:
            message = f"there are no marks at {self.path}: put the file back (docs/operations.md)"
            raise UnavailableError("registry.marks", message)
        if self.diverged:
            message = "the database is not the log that was acknowledged: nothing is signed over it"
            raise UnavailableError("registry.diverged", message)
        return mark

    def cover(self, engine: Engine) -> None:
        """Make durable how far the log has got: now its leaves may be signed.

        Raises:
            UnavailableError: `registry.restored`, `registry.diverged` or `registry.marks`; then
                nothing may be signed.
        """
        with self._lock, self._opened() as file, database.read(engine) as connection:
            tail = store_log.tail(connection)
            mark = self.demand(tail.size)
            if tail.size > mark.size:
                self._append(file, self._mark(connection, tail))

    def begin(self, engine: Engine) -> bool:
        """Write the first mark, of the database as it is, unless there is one.

        Raises:
            UnavailableError: `registry.marks`; `registry.restored`, more was published.
        """
        with self._lock, self._opened() as file, database.read(engine) as connection:
            if self._written() is not None:
                return False
            tail = store_log.tail(connection)
            if self._learned is not None and tail.size < self._learned.size:
                self._demand(tail.size, self._learned)
            self._append(file, self._mark(connection, tail))
            return True

    def walk(self, start: int) -> Iterator[Mark]:
        """Read the marks beyond a size in rising order, and what was published at the end.

        Raises:
            UnavailableError: `registry.marks`.
        """
        size = start
        with self._explained(), self.path.open("rb") as file:
            while (line := file.readline(MAX_LINE)).endswith(b"\n"):
                mark = self._read(line[:-1])
                if mark.size > size:
                    size = mark.size
                    yield mark
        if self._learned is not None and self._learned.size > size:
            yield self._learned

    def compare(self, connection: Connection) -> None:
        """Look whether the database is the log that the marks are of, as far as it goes."""
        size = store_log.tail(connection).size
        known = [one for one in (self._written(), self._learned) if one and one.size <= size]
        self.diverged = any(grown(connection, one.size).root() != one.root for one in known)

    def _mark(self, connection: Connection, tail: Tail) -> Mark:
        known = self._tree if 0 < self._tree.size <= tail.size else None
        self._tree = grown(connection, tail.size, known)
        last = store_log.leaves_at(connection, [tail.size - 1])
        epoch = last[0].leaf.epoch if last else 0
        return Mark(tail.size, tail.t, epoch, self._tree.root())

    def _written(self) -> Mark | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unavailable(error) from None
        state = (found.st_ino, found.st_size, found.st_mtime_ns)
        seen = self._seen
        if seen is None or seen[0] != state:
            with self._explained(), self.path.open("rb") as file:
                file.seek(max(0, found.st_size - 2 * MAX_LINE))
                lines = file.read().split(b"\n")[:-1]
            seen = self._seen = state, self._read(lines[-1]) if lines else None
        return seen[1]

    def _read(self, line: bytes) -> Mark:
        try:
            return Mark.from_line(line)
        except SealError:
            message = f"{self.path} is damaged: restore it; never begin a new one over old leaves"
            raise UnavailableError("registry.marks", message) from None

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """Hold the file against every other process and thread."""
        with self._explained():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            with self._explained():
                fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)

    def _append(self, file: int, mark: Mark) -> None:
        with self._explained():
            end = os.fstat(file).st_size
            block = os.pread(file, 2 * MAX_LINE, max(0, end - 2 * MAX_LINE))
            whole = end - (len(block) - (block.rfind(b"\n") + 1))
            if whole != end:
                os.ftruncate(file, whole)  # what a crash left of a line upon which nothing left
            os.pwrite(file, mark.to_line(), whole)
            os.fsync(file)
            if not whole:
                folder = os.open(self.path.parent, os.O_RDONLY)
                try:
                    os.fsync(folder)
                finally:
                    os.close(folder)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self._unavailable(error) from None

    def _unavailable(self, error: OSError) -> UnavailableError:
        message = f"the marks at {self.path} cannot be used ({error.strerror}): nothing is signed"
        return UnavailableError("registry.marks", message)


def grown(connection: Connection, size: int, tree: Range | None = None) -> Range:
    """Compute the tree of the first leaves.

    Args:
        connection: A transaction.
        size: How many leaves.
        tree: Of fewer, to go on from; by default the last that was published below that size.
    """
    if tree is None:
        frontier = store_published.frontier_below(connection, size)
        tree = Range() if frontier is None else Range(*frontier)
    while tree.size < size:
        end = min(size, tree.size + GROUP)
        for kind, t, committed in store_log.entries(connection, tree.size, end):
            tree = tree.append(merkle.leaf_hash(leaf.entry(kind, t, committed)))
        if tree.size != end:
            raise UnavailableError("registry.diverged", "leaves are missing: run registry fsck")
    return tree
