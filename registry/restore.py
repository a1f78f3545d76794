# SPDX-License-Identifier: Apache-2.0
"""Put a copy of the database into an empty one, and check all of it.

Nothing is put in the place of anything. What the registry may do afterwards is not decided here:
its marks and what was published (`registry.marks`) say whether more had been acknowledged than the
copy knows; then it is read and nothing else, until `registry.refeed` has put that back.
"""

import shutil
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine, inspect, make_url

from credential import base64url, root
from credential.errors import ConflictError, UnavailableError, UntrustedError
from credential.snapshot import Snapshot
from registry import (
    backup,
    database,
    files,
    fsck,
    postgresql_programs,
    publish,
    store_log,
    store_published,
)
from registry.lists import TRUST_LIST
from registry.service import Clock, Registry, now, open_registry
from registry.settings import Settings
from registry.store_published import SignedList


def restore(
    settings: Settings, folder: Path, *, programs: Path | None = None, clock: Clock = now
) -> tuple[Registry, fsck.Report]:
    """Put a copy into the empty database of the settings, and check all of it.

    Args:
        settings: Of the registry that the copy is of; its `database` is where to.
        folder: The copy.
        programs: Folder of PostgreSQL's programs; None: look for them.
        clock: For the registry that is opened.

    Returns:
        The registry without keys, and what `fsck` found to agree.

    Raises:
        ConflictError: `backup.occupied`, the database is not empty.
        UntrustedError: `backup.damaged`, `backup.other`, or `registry.corrupt`.
        UnavailableError: `backup.…` or `registry.…`
    """
    manifest = backup.check(folder)
    if manifest.anchor not in {settings.anchor, *map(root.anchor_of, settings.roots)}:
        raise UntrustedError("backup.other", "the copy is of another registry than the settings")
    engine = database.connect(settings.database)
    if engine.dialect.name != manifest.kind:
        message = f"the copy is of {manifest.kind}: name a database of that kind"
        raise UntrustedError("backup.other", message)
    _demand_empty(engine)
    engine.dispose()
    if manifest.kind == "sqlite":
        _put_file(folder / manifest.file, Path(str(make_url(settings.database).database)))
    else:
        program = postgresql_programs.find("pg_restore", programs)
        words = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
        postgresql_programs.run(program, settings.database, *words, str(folder / manifest.file))
    registry = open_registry(settings, (), clock=clock)
    report = fsck.fsck(registry)
    if (report.leaves, base64url.encode(report.root)) != (manifest.size, manifest.root):
        raise backup.damaged("the log in it is not the one that the manifest names")
    with suppress(UnavailableError):
        take_up(registry)  # unless more has to be put back first
    return registry, report


def take_up(registry: Registry) -> None:
    """Go on where publishing had got: the next trust list has the next version, and a later time.

    Raises:
        UnavailableError: `registry.restored` and others, the registry is not whole.
    """
    registry.marks.demand_of(registry.engine)
    try:
        data = (registry.settings.published / publish.SNAPSHOT).read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        message = f"cannot read what is published: {error.strerror}"
        raise UnavailableError("file.unreadable", message) from None
    home = Snapshot.from_bytes(data, registry.settings.anchor).home
    said = home.trust_list
    size = home.checkpoint.size
    new = SignedList(TRUST_LIST, said.version, said.iat, size, home.texts.trust_list)
    with database.write(registry.engine) as connection:
        store_log.advance(connection, home.manifest.iat)
        old = store_published.lists(connection).get(TRUST_LIST)
        if old is None or (old.version, old.iat) < (new.version, new.iat):
            store_published.put_list(connection, new, old)


def _demand_empty(engine: Engine) -> None:
    with database.read(engine) as connection:
        if inspect(connection).get_table_names():
            message = "a copy goes into an empty database only: name a new one with --database"
            raise ConflictError("backup.occupied", message)


def _put_file(source: Path, target: Path) -> None:
    with backup.explained(target):
        target.unlink(missing_ok=True)  # empty: that was looked at
        temporary = target.with_name(f".{target.name}.part")
        shutil.copyfile(source, temporary)
        backup.sync(temporary)
        temporary.chmod(0o600)
        temporary.rename(target)
        files.sync(target.parent)
