# SPDX-License-Identifier: Apache-2.0
"""Law 3: a statement counts by its signatures, not by standing in a table."""

from dataclasses import replace

import pytest

from credential import base64url, envelope
from credential.errors import UntrustedError
from credential.statement import Statement
from keys.signing_key import SigningKey
from registry import database, replay, store_log
from tests.registry import backends
from tests.registry.world import START, World

STATED = {"from": START, "state": "suspended", "document": "沪人社函〔2026〕12号"}


def _replayed(world: World) -> replay.Replay:
    with database.read(world.registry.engine) as connection:
        end = store_log.tail(connection).size
        return replay.replay(connection, world.settings.roots, end=end)


def _put(world: World, said: Statement, tokens: list[str]) -> None:
    """Write a statement over the last one, as somebody with the database in their hands could."""
    payload, signatures = said.to_bytes().hex(), "\n".join(tokens)
    backends.intrude(
        world.registry.engine,
        f"update statements set payload = x'{payload}', signatures = '{signatures}'"
        f" where jti = '{said.jti}'",
    )


def _signed(said: Statement, key: SigningKey, kid: str | None = None) -> str:
    token = envelope.sign(key, envelope.STATEMENT, said.to_bytes())
    if kid is None:
        return token
    header, payload, signature = token.split(".")
    named = base64url.decode(header).replace(key.kid.encode(), kid.encode())
    return ".".join((base64url.encode(named), payload, signature))


@pytest.fixture
def said(world: World) -> Statement:
    """The last statement: the first body is suspended."""
    subject = world.first.id
    made = world.statement("standing", subject, STATED)
    world.state("standing", subject, STATED, jti=made.jti, after=made.after)
    return made


def test_what_is_signed_counts(world: World, said: Statement) -> None:
    body = _replayed(world).directory.body_of(said.subject)
    assert body is not None
    assert body.standing[-1].state == "suspended"


def test_a_strangers_statement_is_found_out(world: World, said: Statement) -> None:
    removed = replace(said, body={**STATED, "state": "active"})
    stranger = SigningKey.from_seed("statement", b"a stranger")
    _put(world, removed, [_signed(removed, stranger)])
    with pytest.raises(UntrustedError) as caught:
        _replayed(world)
    assert caught.value.code == "registry.corrupt"


def test_a_strangers_signature_under_an_officials_name_is_found_out(
    world: World, said: Statement
) -> None:
    active = replace(said, body={**STATED, "state": "active"})
    stranger = SigningKey.from_seed("statement", b"a stranger")
    _put(world, active, [_signed(active, stranger, world.lead.kid)])
    with pytest.raises(UntrustedError) as caught:
        _replayed(world)
    assert caught.value.code == "registry.corrupt"


def test_a_statement_by_the_wrong_party_is_found_out(world: World, said: Statement) -> None:
    """A body does not lift its own suspension, though its signature is its own."""
    active = replace(said, iss=world.first.id, body={**STATED, "state": "active"})
    _put(world, active, [_signed(active, world.first.statement)])
    with pytest.raises(UntrustedError) as caught:
        _replayed(world)
    assert caught.value.code == "registry.corrupt"
