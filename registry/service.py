# SPDX-License-Identifier: Apache-2.0
"""One running registry: database, settings, receipt keys, clock, and the directory it last saw.

It holds receipt keys and no other: a body's key never comes here, and lists, manifests and
checkpoints are signed by commands of their own. Nothing kept in memory decides anything by itself:
the directory is used only if the tail, read in the same transaction, says that it is the last.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine

from credential import canonical, envelope, statement, statement_bodies
from credential.checkpoint import Checkpoint
from credential.errors import SealError, UnavailableError, UntrustedError
from credential.members import Members
from credential.root import Root
from credential.statement_bodies import DIRECTORY, Batch
from credential.texts import NAMES
from keys.signer import Signer
from registry import changes, database, holder_keys, log, schema, store_log, store_statements
from registry.directory import Directory
from registry.holder_keys import HolderKey
from registry.marks import Mark, Marks
from registry.settings import Settings
from registry.store_log import Tail

DIRECTORY_TYPES: Final = frozenset(
    name for name, profile in statement_bodies.PROFILES.items() if profile.effect == DIRECTORY
)

_SNAPSHOT: Final = ("snapshot", f"{NAMES} peers")
_LOG = logging.getLogger("registry.service")
HALTED: Final = frozenset({"registry.restored", "registry.diverged", "registry.marks"})
"""Why a registry only answers those who read."""
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
    holder_key: HolderKey | None = field(default=None, repr=False)
    """Under which document numbers are kept, where the region asks for them."""
    marks: Marks = field(init=False, repr=False)
    """How far the log had got, whatever the database says."""
    _known: Directory | None = field(default=None, repr=False)
    _batches: dict[int, Batch] = field(default_factory=dict, repr=False)
    """Statements never change, so what one said may be kept."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        """Find the marks."""
        self.marks = Marks(self.settings.marks)

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

    A database that is behind what was acknowledged or published opens too, for those who read: it
    signs nothing, and whatever would be stored is refused (`registry.marks`).

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
    if signers and settings.holder_key is not None:
        registry.holder_key = holder_keys.load(settings.holder_key)
    _look_back(registry)
    return registry


def _look_back(registry: Registry) -> None:
    """Compare the database with its marks and with what was published from it; sign if it is whole.

    An old copy would give numbers, indexes and places of the log away a second time.
    """
    published = _published(registry.settings.published / "snapshot.json")
    if published is not None:
        registry.marks.learn(Mark(published.size, published.iat, 0, published.root))
    with database.read(registry.engine) as connection:
        size = store_log.tail(connection).size
    try:
        if not size and registry.marks.last() is None:
            registry.marks.begin(registry.engine)
        with database.read(registry.engine) as connection:
            registry.marks.compare(connection)
            registry.marks.diverged |= not _is_ours(registry.settings.root, connection)
        registry.marks.demand(size)
    except UnavailableError as error:
        if error.code not in HALTED:
            raise
        _LOG.error("alarm", extra={"code": error.code, "size": size})
        return
    if registry.signers:
        log.complete(registry.engine, registry.signers, registry.marks)


def _is_ours(root: Root, connection: Connection) -> bool:
    """Tell whether the log began under this root: a trial's settings may name the real database."""
    first = next(iter(store_log.leaves_at(connection, [0])), None)
    if first is None:
        return True
    key = next((one for one in root.keys_of("receipt") if one.kid == str(first.leaf.epoch)), None)
    if key is None or first.leaf.host not in root.hosts:
        return False
    if first.signature is not None:
        try:
            first.leaf.receipt.unverified(first.signature).verify(key.key)
        except UntrustedError:
            return False
    return True


def _published(file: Path) -> Checkpoint | None:
    """Read how long the log was that was published; publishing itself looks more closely."""
    try:
        members = Members.of(canonical.parse(file.read_bytes(), canonical=False), *_SNAPSHOT)
        token = str(members.raw("checkpoint"))
        return Checkpoint.from_bytes(envelope.read(token, envelope.CHECKPOINT).payload)
    except (OSError, SealError):
        return None
