# SPDX-License-Identifier: Apache-2.0
"""Machines that are signed in: access tokens, good for ten minutes in every worker.

A token is 32 random bytes; the database has its hash, its owner, the key that signed in, and how
often it was used. The key is looked at again with every use, so distrust ends a token at once. A
machine has at most `TOKENS` at a time, each good for `USES` requests: that is its rate limit, the
same for all workers.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select, update

from credential import base64url
from credential.client_assertion import SCOPES
from credential.errors import MalformedError, UnavailableError, UntrustedError
from registry import client_key, database, store_log, store_statements
from registry.client_key import Machine
from registry.machine_tables import access_tokens
from registry.service import Registry

LIFETIME: Final = 600  # seconds
TOKENS: Final = 10  # of one machine at the same time
USES: Final = 600  # requests with one token
SCHEME: Final = "Bearer "
_BYTES: Final = 32
_LONGEST: Final = 100  # characters of a token that is looked for
_C: Final = access_tokens.c


@dataclass(frozen=True, slots=True)
class Granted:
    """A token that was handed out."""

    token: str
    scopes: tuple[str, ...]


def sign_in(registry: Registry, assertion: str, scope: str | None) -> Granted:
    """Give a token for an assertion.

    Args:
        registry: Where.
        assertion: The signed JWT.
        scope: What is asked for, separated by spaces; None for everything.

    Raises:
        UntrustedError: `client.invalid`.
        MalformedError: `client.scopes`.
        UnavailableError: `client.busy`, too many tokens at once, or `registry.…`.
    """
    scopes = tuple(dict.fromkeys(SCOPES if scope is None else scope.split(" ")))
    if not set(scopes) <= set(SCOPES):
        message = f"the scopes are {' and '.join(SCOPES)}"
        raise MalformedError("client.scopes", message)
    now, aud = registry.clock(), f"{registry.settings.url}/token"
    with database.read(registry.engine) as connection:  # no stranger gets a write lock
        directory = registry.directory(connection, store_log.tail(connection))
        client_key.read(directory, assertion, aud=aud, at=now)
    token = base64url.encode(registry.random(_BYTES))
    with database.write(registry.engine) as connection:
        directory = registry.directory(connection, store_log.tail(connection))
        said = client_key.read(directory, assertion, aud=aud, at=now)
        who = said.machine
        used = (who.id, said.jti, said.exp)
        if not store_statements.remember_submission(connection, *used, now=now):
            raise client_key.refused()
        connection.execute(delete(access_tokens).where(_C.exp <= now))
        count = select(func.count()).select_from(access_tokens).where(_C.client == who.id)
        if connection.execute(count).scalar_one() >= TOKENS:
            raise _busy()
        values = {"client": who.id, "kid": who.kid, "scopes": " ".join(scopes), "uses": 0}
        query = insert(access_tokens).values(hash=_hash(token), exp=now + LIFETIME, **values)
        connection.execute(query)
    return Granted(token, scopes)


def recognise(registry: Registry, header: str | None, scope: str) -> Machine:
    """Find who asks, by the header `Authorization`; one use of the token is counted.

    Raises:
        UntrustedError: `client.token`, none, an unknown one, or one that is over; `client.scope`.
        UnavailableError: `client.busy`, it was used too often, or `registry.…`.
    """
    token = "" if header is None else header.removeprefix(SCHEME)
    if header is None or token == header or len(token) > _LONGEST:
        raise _unknown()
    hashed, now = _hash(token), registry.clock()
    with database.read(registry.engine) as connection:  # no stranger gets a write lock
        _look(registry, connection, hashed, now)
    with database.write(registry.engine) as connection:
        machine, scopes = _look(registry, connection, hashed, now)
        if scope not in scopes:
            message = f"this token was asked for without the scope {scope}"
            raise UntrustedError("client.scope", message)
        query = update(access_tokens).where(_C.hash == hashed, _C.uses < USES)
        if connection.execute(query.values(uses=_C.uses + 1)).rowcount != 1:
            raise _busy()
    return machine


def _look(
    registry: Registry, connection: Connection, hashed: bytes, now: int
) -> tuple[Machine, list[str]]:
    query = select(_C.client, _C.kid, _C.scopes).where(_C.hash == hashed, _C.exp > now)
    row = connection.execute(query).first()
    if row is None:
        raise _unknown()
    directory = registry.directory(connection, store_log.tail(connection))
    if client_key.key_of(directory, row.kid, now) is None:
        raise _unknown()
    return Machine(row.client, row.kid), row.scopes.split(" ")


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _unknown() -> UntrustedError:
    message = "send Authorization: Bearer <token>; POST /token gives one for ten minutes"
    return UntrustedError("client.token", message)


def _busy() -> UnavailableError:
    message = "too many requests of this machine: come back when its tokens are over"
    return UnavailableError("client.busy", message)
