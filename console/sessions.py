# SPDX-License-Identifier: Apache-2.0
"""Who has signed in: an opaque token in a cookie, its hash in the database.

- 256 random bits, new at every sign-in, so that nobody can have known one before;
- ends after 30 minutes without a request, after 12 hours at the latest, at sign-out, and when the
  account's password changes or the account is shut;
- the cookie is `__Host-session` with Secure over https. Plain http is for this machine alone,
  where it is called `session`: browsers refuse the prefix there.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine, delete, insert, select, update

from console import database, tables
from console.account import Account
from console.accounts import Clock, account_of
from console.passwords import Random
from credential import base64url

TOKEN_BYTES: Final = 32
IDLE_SECONDS: Final = 30 * 60
WHOLE_SECONDS: Final = 12 * 3600
SEEN_SECONDS: Final = 60  # how old `seen_at` may be before it is written again

_T: Final = tables.sessions
_A: Final = tables.accounts


@dataclass(frozen=True, slots=True)
class Flash:
    """What the next page says about what was just done."""

    key: str
    """Of the texts."""
    values: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Session:
    """One that is open."""

    hash: bytes
    account: Account
    flash: Flash | None


class Sessions:
    """All sessions of one application."""

    def __init__(self, engine: Engine, clock: Clock, random: Random) -> None:
        self._engine = engine
        self._clock = clock
        self._random = random

    def start(self, name: str) -> str:
        """Open a session for an account that `Accounts.check` let in, and return its token."""
        token, at = base64url.encode(self._random(TOKEN_BYTES)), self._clock()
        with database.write(self._engine) as connection:
            over = (_T.c.seen_at < at - IDLE_SECONDS) | (_T.c.made_at < at - WHOLE_SECONDS)
            connection.execute(delete(_T).where(over))
            row = {"hash": _hash(token), "account": name, "made_at": at, "seen_at": at}
            connection.execute(insert(_T).values(row))
        return token

    def find(self, token: str) -> Session | None:
        """Return the open session of a token; its flash is said once."""
        key, at = _hash(token), self._clock()
        query = (
            select(_T.c.flash, _T.c.seen_at, _A)
            .join_from(_T, _A)
            .where(
                _T.c.hash == key,
                _T.c.seen_at >= at - IDLE_SECONDS,
                _T.c.made_at >= at - WHOLE_SECONDS,
            )
        )
        with database.read(self._engine) as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None or not (account := account_of(row)).is_open(at):
            return None
        if row["flash"] is not None or row["seen_at"] <= at - SEEN_SECONDS:
            with database.write(self._engine) as connection:
                values = {"seen_at": at, "flash": None}
                connection.execute(update(_T).where(_T.c.hash == key).values(values))
        return Session(key, account, _flash(row["flash"]))

    def say(self, session: Session, flash: Flash) -> None:
        """Keep what the next page says."""
        text = json.dumps([flash.key, dict(flash.values)], ensure_ascii=False)
        with database.write(self._engine) as connection:
            connection.execute(update(_T).where(_T.c.hash == session.hash).values(flash=text))

    def end(self, session: Session) -> None:
        """Sign out."""
        with database.write(self._engine) as connection:
            connection.execute(delete(_T).where(_T.c.hash == session.hash))


def _flash(text: str | None) -> Flash | None:
    if text is None:
        return None
    key, values = json.loads(text)
    return Flash(key, values)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
