# SPDX-License-Identifier: Apache-2.0
"""One running registry: database, settings, receipt keys, clock, and the directory it last saw.

It holds receipt keys and no other: a body's key never comes here, and lists, manifests and
checkpoints are signed by commands of their own. Nothing kept in memory decides anything by itself:
the directory is used only if the tail, read in the same transaction, says that it is the last.
"""

import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, Engine

from credential import canonical, envelope, statement, statement_bodies
from credential.checkpoint import Checkpoint
from credential.errors import SealError, UnavailableError
from credential.members import Members
from credential.statement_bodies import DIRECTORY, Batch
from credential.texts import NAMES
from keys.signer import Signer
from registry import changes, database, log, schema, store_log, store_statements
from registry.directory import Directory
from registry.settings import Settings
from registry.store_log import Tail

DIRECTORY_TYPES: Final = frozenset(
    name for name, profile in statement_bodies.PROFILES.items() if profile.effect == DIRECTORY
)

_SNAPSHOT: Final = f"{NAMES} peers"
MAX_BATCHES: Final = 1_000  # kept in memory

Clock = Callable[[], int]


def now() -> int:
    """Read the clock, seconds since 1970."""
    return int(time.time())


@dataclass(slots=True)
class Registry:
    """What every request works with."""

    settings: Settings
    engine: Engine
    signers: tuple[Signer, ...] = field(repr=False)
    """Receipt keys, one for each epoch that may still have to be signed."""
    clock: Clock = now
    random: log.Salts = secrets.token_bytes
    _known: Directory | None = field(default=None, repr=False)
    _batches: dict[int, Batch] = field(default_factory=dict, repr=False)
    """Statements never change, so what one said may be kept."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def directory(self, connection: Connection, tail: Tail) -> Directory:
        """Give the directory as of a tail read in this transaction; it is not to be changed."""
        with self._lock:
            known = self._known
        if known is not None and known.size == tail.directory:
            return known
        if known is None or known.size > tail.directory:
            known = Directory.empty(self.settings.roots)
        records = store_statements.walk(
            connection, DIRECTORY_TYPES, start=known.size, end=tail.directory
        )
        fresh = known.copy()
        for record in records:
            said = statement.Statement.from_bytes(record.payload)
            changes.apply(fresh, said, statement_bodies.read(said), record.t)
        fresh.size = tail.directory
        self.remember(fresh)
        return fresh

    def batches(self, connection: Connection, wanted: Mapping[str, int]) -> dict[str, Batch]:
        """Read what batches were filed for.

        Args:
            connection: The caller's transaction.
            wanted: Log index of the statement by any key.
        """
        with self._lock:
            found = {key: self._batches.get(index) for key, index in wanted.items()}
        missing = {wanted[key] for key, batch in found.items() if batch is None}
        read: dict[int, Batch] = {}
        for index, record in store_statements.at(connection, missing).items() if missing else ():
            said = statement_bodies.read(statement.Statement.from_bytes(record.payload)).said
            if isinstance(said, Batch):
                read[index] = said
        if read:
            with self._lock:
                if len(self._batches) > MAX_BATCHES:
                    self._batches.clear()
                self._batches.update(read)
        return {key: batch or read[wanted[key]] for key, batch in found.items()}

    def remember(self, directory: Directory) -> None:
        """Keep a directory whose statements are committed."""
        with self._lock:
            self._known = directory

    def epoch(self, t: int) -> int:
        """Choose the epoch whose key signs receipts of time t: the latest that may.

        A command that holds no receipt key leaves the signing to the server.

        Raises:
            UnavailableError: `registry.receipt_key`, no loaded key may sign then.
        """
        loaded = {signer.kid for signer in self.signers}
        epochs = [
            int(record.kid)
            for record in self.settings.root.keys_of("receipt")
            if record.holds(t) and not record.distrusted and (not loaded or record.kid in loaded)
        ]
        if epochs:
            return max(epochs)
        raise UnavailableError(
            "registry.receipt_key", "no receipt key of the root in force may sign now"
        )


def open_registry(
    settings: Settings,
    signers: Sequence[Signer],
    *,
    clock: Clock = now,
    random: log.Salts = secrets.token_bytes,
) -> Registry:
    """Open the database, bring its schema up to date and sign what a crash left without a receipt.

    Raises:
        RuntimeError: A key is not a receipt key.
        UnavailableError: `registry.…`
    """
    for signer in signers:
        if signer.role != "receipt":
            raise RuntimeError(f"the registry's server takes receipt keys, not a {signer.role} key")
    engine = database.connect(settings.database)
    schema.upgrade(engine)
    registry = Registry(settings, engine, tuple(signers), clock, random)
    if signers:
        _demand_newest(registry)
        log.complete(engine, registry.signers)
    return registry


def _demand_newest(registry: Registry) -> None:
    """Refuse to sign over a database that is older than what has been published from it.

    An old copy would give numbers, indexes and places of the log away a second time.

    Raises:
        UnavailableError: `registry.rollback`.
    """
    try:
        content = (registry.settings.published / "snapshot.json").read_bytes()
        members = Members.of(canonical.parse(content, canonical=False), "snapshot", _SNAPSHOT)
        token = str(members.raw("checkpoint"))
        said = Checkpoint.from_bytes(envelope.read(token, envelope.CHECKPOINT).payload)
    except (OSError, SealError):
        return  # nothing is published, or nothing that can be read: publishing looks at it again
    with database.read(registry.engine) as connection:
        size = store_log.tail(connection).size
    if size < said.size:
        message = (
            f"the database has {size} leaves, {said.size} were published: it is an old copy;"
            " restore the newest (docs/operations.md)"
        )
        raise UnavailableError("registry.rollback", message)
