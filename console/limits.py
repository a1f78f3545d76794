# SPDX-License-Identifier: Apache-2.0
"""How often one client or account may do a thing: counted in the database, for all workers.

Windows are fixed: of a limit of 20 a minute, 40 can fall within one minute, never more. Who it was
is stored as a hash, and forgotten when the window is over.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import Engine, delete, select, update

from console import database, tables
from console.accounts import Clock
from credential.errors import UnavailableError


@dataclass(frozen=True, slots=True)
class Limits:
    """All counters of one application."""

    engine: Engine
    clock: Clock

    def take(self, kind: str, who: str, *, most: int, seconds: int) -> None:
        """Count one use.

        Args:
            kind: What is done, such as `sign_in`.
            who: An address or an account's name.
            most: So many in a window.
            seconds: The window's length.

        Raises:
            UnavailableError: `limit.reached`.
        """
        at, table = self.clock(), tables.limits
        end = (at // seconds + 1) * seconds
        key = hashlib.sha256(f"{kind}\0{who}".encode()).digest()
        this = (table.c.hash == key) & (table.c.window == end)
        with database.write(self.engine) as connection:
            connection.execute(delete(table).where(table.c.window <= at))
            database.insert_new(connection, table, hash=key, window=end, count=0)
            connection.execute(update(table).where(this).values(count=table.c.count + 1))
            count = connection.execute(select(table.c.count).where(this)).scalar_one()
        if count > most:
            message = "too often: wait a little, and try again"
            raise UnavailableError("limit.reached", message)
