# SPDX-License-Identifier: Apache-2.0
"""Guessing a password gets slower with every failure, whether the name exists or not.

    failures   1  2  3   4   5 …  12 and more
    seconds    0  0  2   4   8 …  900

An attempt is counted before the password is looked at, so that a hundred at once are a hundred. A
name is stored as its hash: people sometimes type their password there.
"""

import hashlib
from typing import Final

from sqlalchemy import Engine, delete, select, update

from console import database, tables
from credential.errors import UnavailableError

FREE: Final = 2  # failures
MAX_SECONDS: Final = 900
FORGET_SECONDS: Final = 86_400  # after the last delay ended


def delay(failures: int) -> int:
    """Give the seconds to wait after so many failures."""
    return 0 if failures <= FREE else int(min(2 ** min(failures - FREE, 10), MAX_SECONDS))


def enter(engine: Engine, name: str, at: int) -> None:
    """Count an attempt, which is a failure until `forgive`.

    Raises:
        UnavailableError: `account.wait`, it comes too early.
    """
    key, table = _hash(name), tables.failures
    with database.write(engine) as connection:
        connection.execute(delete(table).where(table.c.until < at - FORGET_SECONDS))
        database.insert_new(connection, table, hash=key, count=0, until=at)
        free = update(table).where(table.c.hash == key, table.c.until <= at)
        if connection.execute(free.values(count=table.c.count + 1)).rowcount:
            count = connection.scalar(select(table.c.count).where(table.c.hash == key)) or 0
            late = update(table).where(table.c.hash == key).values(until=at + delay(count))
            connection.execute(late)
            return
    message = "too many attempts for this name: wait a little, and try again"
    raise UnavailableError("account.wait", message)


def forgive(engine: Engine, name: str) -> None:
    """Forget what failed, after an attempt that did not."""
    with database.write(engine) as connection:
        connection.execute(delete(tables.failures).where(tables.failures.c.hash == _hash(name)))


def _hash(name: str) -> bytes:
    return hashlib.sha256(b"account\0" + name.encode()).digest()
