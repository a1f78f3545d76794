# SPDX-License-Identifier: Apache-2.0
"""Copies of the database: made while it runs, and checked.

    DIR/registry.db      SQLite: by its online backup, one state of the database
    DIR/registry.dump    PostgreSQL: by `pg_dump -Fc` of one snapshot
    DIR/manifest.json    {"file","kind","sha256","bytes","schema","size","t","root","checkpoint",
                         "anchor","made"}

A copy is whole or not there: it is written beside its place under another name, fsynced, and
renamed. The marks (`registry.marks`) and what was published are in no copy: they say what a copy
does not know. `registry.restore` puts a copy into an empty database.
"""

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Self

from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from credential import base64url, canonical
from credential.checkpoint import MAX_SIZE
from credential.errors import ConflictError, SealError, UnavailableError, UntrustedError
from credential.members import Members
from registry import database, files, marks, postgresql_programs, store_log, store_published
from registry.service import Registry

MANIFEST: Final = "manifest.json"
MAX_MANIFEST: Final = 64 << 10  # bytes
FILES: Final = {"sqlite": "registry.db", "postgresql": "registry.dump"}
_NAMES: Final = "file kind sha256 bytes schema size t root checkpoint anchor made"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a copy is of."""

    file: str
    kind: str
    """`sqlite` or `postgresql`."""
    sha256: str
    """Of the file, 64 hex digits."""
    bytes: int
    schema: str
    """Version of the tables."""
    size: int
    """Leaves in the log."""
    t: int
    """Time of the log's end."""
    root: str
    """Of the tree over the leaves, base64url."""
    checkpoint: str | None
    """The last that was published, as signed."""
    anchor: str
    """`REGION:HEX` of the registry."""
    made: int
    """When, seconds since 1970."""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a copy's manifest.

        Raises:
            UnavailableError: `backup.disk`.
            UntrustedError: `backup.damaged`.
        """
        with explained(folder), (folder / MANIFEST).open("rb") as file:
            content = file.read(MAX_MANIFEST)
        try:
            members = Members.of(canonical.parse(content, canonical=False), "manifest", _NAMES)
            kind = str(members.raw("kind"))
            checkpoint = members.raw("checkpoint")
            made = cls(
                FILES[kind],
                kind,
                members.hex_digest("sha256"),
                members.integer("bytes", 1, 2**50),
                str(members.raw("schema")),
                members.integer("size", 0, MAX_SIZE),
                members.time("t"),
                members.digest("root"),
                None if checkpoint is None else str(checkpoint),
                str(members.raw("anchor")),
                members.time("made"),
            )
        except (SealError, KeyError):
            raise damaged("the manifest is none") from None
        if members.raw("file") != made.file:
            raise damaged("the manifest names another file")
        return made


def backup(registry: Registry, out: Path, programs: Path | None = None) -> Manifest:
    """Copy the database while others use it.

    Args:
        registry: Whose.
        out: The folder, which must not exist.
        programs: Folder of PostgreSQL's programs; None: look for them.

    Raises:
        ConflictError: `backup.exists`.
        UnavailableError: `backup.disk`, `backup.programs` or `registry.…`
    """
    if out.exists():
        raise ConflictError("backup.exists", f"{out} is there already: name a new folder")
    made = out.with_name(f".{out.name}.part")
    kind = registry.engine.dialect.name
    file = made / FILES[kind]
    with explained(out):
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True, mode=0o700)
    try:
        sqlite = kind == "sqlite"
        manifest = _copy(registry, file) if sqlite else _dump(registry, file, programs)
        with explained(out):
            digest, length = _digest(file)
            manifest = replace(manifest, sha256=digest, bytes=length)
            content = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode() + b"\n"
            (made / MANIFEST).write_bytes(content)
            for written in (file, made / MANIFEST):
                written.chmod(0o600)
                sync(written)
            files.sync(made)
            made.rename(out)
            files.sync(out.parent)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return manifest


def check(folder: Path) -> Manifest:
    """Compare a copy with its manifest, byte for byte.

    Raises:
        UntrustedError: `backup.damaged`.
        UnavailableError: `backup.disk`.
    """
    manifest = Manifest.read(folder)
    with explained(folder):
        found = _digest(folder / manifest.file)
    if found != (manifest.sha256, manifest.bytes):
        raise damaged("the file is not the one that the manifest names")
    return manifest


def _copy(registry: Registry, file: Path) -> Manifest:
    """Copy SQLite's file; whoever writes meanwhile waits for a moment or makes it begin again."""
    source = f"{Path(str(registry.engine.url.database)).resolve().as_uri()}?mode=ro"
    with explained(file):
        try:
            with (
                closing(sqlite3.connect(source, uri=True, timeout=database.BUSY_SECONDS)) as old,
                closing(sqlite3.connect(file)) as new,
            ):
                old.backup(new)
                new.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as error:
            message = f"SQLite cannot copy the database: {error}"
            raise UnavailableError("backup.disk", message) from None
    engine = database.connect(f"sqlite:///{file}")
    try:
        with database.read(engine) as connection:
            return _said(registry, connection)
    finally:
        engine.dispose()


def _dump(registry: Registry, file: Path, programs: Path | None) -> Manifest:
    """Dump PostgreSQL's database as one transaction sees it, which also says how far it goes."""
    program = postgresql_programs.find("pg_dump", programs)
    with database.read(registry.engine) as connection:
        connection.execute(text("set local idle_in_transaction_session_timeout = 0"))
        snapshot = connection.execute(text("select pg_export_snapshot()")).scalar_one()
        words = ("--format=custom", "--no-owner", "--no-privileges", "--load-via-partition-root")
        given = (f"--snapshot={snapshot}", f"--file={file}")
        url = registry.settings.database
        postgresql_programs.run(program, url, *words, *given)
        return _said(registry, connection)


def _said(registry: Registry, connection: Connection) -> Manifest:
    tail = store_log.tail(connection)
    last = store_published.last_publication(connection)
    revision = MigrationContext.configure(connection).get_current_revision()
    return Manifest(
        file=FILES[registry.engine.dialect.name],
        kind=registry.engine.dialect.name,
        sha256="",
        bytes=0,
        schema=str(revision),
        size=tail.size,
        t=tail.t,
        root=base64url.encode(marks.grown(connection, tail.size).root()),
        checkpoint=None if last is None else last.checkpoint,
        anchor=registry.settings.anchor,
        made=registry.clock(),
    )


def _digest(file: Path) -> tuple[str, int]:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
        return digest, opened.tell()


def sync(file: Path) -> None:
    """Make a file durable."""
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def damaged(what: str) -> UntrustedError:
    """Make the error that says what is wrong with a copy."""
    return UntrustedError("backup.damaged", f"{what}: take another copy")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Say what an error of the disk is about."""
    try:
        yield
    except OSError as error:
        message = f"cannot use {path}: {error.strerror}"
        raise UnavailableError("backup.disk", message) from None
