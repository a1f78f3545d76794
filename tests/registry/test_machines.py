# SPDX-License-Identifier: Apache-2.0
"""Machines sign in by private_key_jwt, and see what concerns them and nothing else."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from fastapi.testclient import TestClient

from credential import base64url, client_assertion, statement_bodies
from credential.certificate import Claims
from keys.signing_key import SigningKey
from registry import app, machines
from registry.machine_tables import access_tokens
from tests.registry import backends
from tests.registry.world import (
    AUTHORITY_CODE,
    DAY,
    HOST,
    PEOPLE,
    START,
    URL,
    World,
    key,
    subject_of,
)

TOKEN = f"{URL}/token"
AUTHORITY = f"{URL}/authorities/{AUTHORITY_CODE}"


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    with TestClient(app.build(world.registry), raise_server_exceptions=False) as made:
        yield made


def ask(client: TestClient, assertion: str, **changes: str) -> Any:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": client_assertion.TYPE,
        "client_assertion": assertion,
        **changes,
    }
    return client.post("/token", data=form)


def asserted(world: World, signer: SigningKey, client: str, number: int = 1) -> str:
    jti = number.to_bytes(16)
    now = world.clock.now
    return client_assertion.make(signer, client=client, registry=URL, iat=now, jti=jti)


def bearer(
    client: TestClient, world: World, signer: SigningKey, who: str, number: int = 1
) -> dict[str, str]:
    answer = ask(client, asserted(world, signer, who, number))
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def own(client: TestClient, world: World, number: int = 1) -> dict[str, str]:
    return bearer(client, world, world.first.submit, world.first.id, number)


def test_a_body_and_an_authority_sign_in(client: TestClient, world: World) -> None:
    answer = ask(client, asserted(world, world.first.submit, world.first.id))
    said = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    token = said.pop("access_token")
    assert len(base64url.decode(token)) == 32
    assert said == {
        "token_type": "Bearer",
        "expires_in": 600,
        "scope": "read:certificates read:statements",
    }
    assert token.encode() not in backends.content(world.registry.engine)
    assert ask(client, asserted(world, world.authority, AUTHORITY)).status_code == 200
    assert ask(client, asserted(world, world.lead, URL)).status_code == 200


def made_by_a_library(world: World, **changes: Any) -> str:
    """An assertion as PyJWT makes it."""
    headers = {"kid": world.first.submit.kid, **changes.pop("headers", {})}
    signer = changes.pop("signer", world.first.submit)
    alg = changes.pop("alg", "ES256")
    now = world.clock.now
    claims = {
        "iss": world.first.id,
        "sub": world.first.id,
        "aud": TOKEN,
        "iat": now,
        "exp": now + 300,
        "jti": "0123456789abcdef",
        **changes,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    secret: Any = signer if isinstance(signer, str) or signer is None else signer.private
    return jwt.encode(claims, secret, algorithm=alg, headers=headers)


def test_what_another_library_makes_is_taken(client: TestClient, world: World) -> None:
    assert ask(client, made_by_a_library(world)).status_code == 200


WRONG: list[dict[str, Any]] = [
    {"iss": f"{URL}/bodies/91310104MA1FYCQ14M"},
    {"sub": AUTHORITY},
    {"aud": URL},
    {"aud": [TOKEN]},
    {"aud": None},
    {"exp": START + 301},
    {"exp": START},
    {"exp": START - 1, "iat": START - 61},
    {"iat": START + 61, "exp": START + 120},
    {"iat": float(START)},
    {"iat": True},
    {"nbf": START + 100},
    {"jti": None},
    {"jti": "short"},
    {"jti": "x" * 65},
    {"jti": 1},
    {"headers": {"typ": "submission+jwt"}},
    {"headers": {"typ": "statement+jwt"}},
    {"headers": {"crit": ["b64"]}},
    {"headers": {"jku": "https://elsewhere.example"}},
    {"headers": {"jwk": {"kty": "EC"}}},
    {"headers": {"kid": "AAAAAAAAAAA"}},
    {"signer": key("submit", "a stranger")},
    {"alg": "none", "signer": None},
    {"alg": "HS256", "signer": "a shared secret of thirty-two bytes"},
    {"alg": "EdDSA", "signer": SigningKey.from_seed("submit", b"ed", "EdDSA")},
]


def test_every_wrong_assertion_gets_the_same_answer(client: TestClient, world: World) -> None:
    expected = ask(client, "x.y.z")
    assert (expected.status_code, expected.json()["error"]) == (401, "invalid_client")
    assert expected.headers["www-authenticate"] == "Bearer"
    for changes in WRONG:
        answer = ask(client, made_by_a_library(world, **changes))
        assert (answer.status_code, answer.json()) == (401, expected.json()), changes


def test_the_wrong_kind_of_key_signs_nobody_in(client: TestClient, world: World) -> None:
    first = world.first
    for signer, who in (
        (first.statement, first.id),
        (first.certificate, first.id),
        (first.submit, world.other.id),
        (world.authority, URL),
        (world.receipt, URL),
        (world.list, URL),
    ):
        assert ask(client, asserted(world, signer, who)).json()["code"] == "client.invalid"


def test_an_assertion_counts_once(client: TestClient, world: World) -> None:
    assertion = asserted(world, world.first.submit, world.first.id)
    assert [ask(client, assertion).status_code for _ in range(2)] == [200, 401]


def distrust(world: World) -> None:
    body = {"kid": world.first.submit.kid, "after": world.clock.now, "document": "令"}
    world.state("key_distrust", world.first.id, body)


def later(world: World) -> None:
    world.clock.now += machines.LIFETIME


@pytest.mark.parametrize("end", [distrust, later])
def test_a_token_ends(client: TestClient, world: World, end: Callable[[World], None]) -> None:
    header = own(client, world)
    heads = {"subjects": [world.first.id]}
    assert client.post("/heads", json=heads, headers=header).status_code == 200
    end(world)
    answer = client.post("/heads", json=heads, headers=header)
    assert (answer.status_code, answer.json()["code"]) == (401, "client.token")
    if end is distrust:
        assert (
            ask(client, asserted(world, world.first.submit, world.first.id, 2)).status_code == 401
        )


def test_a_token_is_good_in_every_worker(client: TestClient, world: World) -> None:
    header = own(client, world)
    with TestClient(app.build(world.open())) as another:
        answer = another.post("/heads", json={"subjects": [world.first.id]}, headers=header)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer x", "Basic eDp5", "Bearer " + "x" * 500]
)
def test_nobody_else_is_let_in(client: TestClient, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for answer in (
        client.get("/certificates/skill_level/Y1", headers=headers),
        client.post("/heads", json={"subjects": [URL]}, headers=headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (401, "client.token")


def test_a_scope_is_all_that_a_token_is_good_for(client: TestClient, world: World) -> None:
    assertion = asserted(world, world.first.submit, world.first.id)
    answer = ask(client, assertion, scope="read:statements")
    assert answer.json()["scope"] == "read:statements"
    header = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    answer = client.get("/certificates/skill_level/Y1", headers=header)
    assert (answer.status_code, answer.json()["code"]) == (403, "client.scope")


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"scope": "write:all"}, 400, "invalid_scope"),
        ({"scope": ""}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_assertion_type": "x"}, 400, "invalid_request"),
    ],
)
def test_what_is_no_request_for_a_token(
    client: TestClient, world: World, changes: dict[str, str], status: int, error: str
) -> None:
    answer = ask(client, asserted(world, world.first.submit, world.first.id), **changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("application/json", b"{}"),
        ("application/x-www-form-urlencoded", b"grant_type=a&grant_type=b"),
        ("application/x-www-form-urlencoded", b"\xff"),
        ("application/x-www-form-urlencoded", b"a=%ff"),
        ("application/x-www-form-urlencoded", b"a=1&" * 17),
        ("application/x-www-form-urlencoded", b"a=" + b"x" * 20_000),
        ("application/x-www-form-urlencoded", b""),
    ],
)
def test_what_is_no_form(client: TestClient, media_type: str, content: bytes) -> None:
    answer = client.post("/token", content=content, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_machine_has_a_limit_of_its_own(
    client: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machines, "USES", 2)
    header = own(client, world)
    heads = {"subjects": [world.first.id]}
    said = [client.post("/heads", json=heads, headers=header) for _ in range(3)]
    assert [one.status_code for one in said] == [200, 200, 429]
    assert said[-1].json()["code"] == "client.busy"
    for number in range(2, machines.TOKENS + 1):
        own(client, world, number)
    again = asserted(world, world.first.submit, world.first.id, 99)
    answer = ask(client, again)
    assert (answer.status_code, answer.json()["code"]) == (429, "client.busy")
    assert answer.headers["retry-after"]
    assert bearer(client, world, world.other.submit, world.other.id)  # another has its own
    world.clock.now += 240
    assert ask(client, again).status_code == 401  # that assertion is over
    later(world)
    assert own(client, world, 100)
    with world.registry.engine.connect() as connection:
        assert len(connection.execute(access_tokens.select()).all()) == 1


# What they see ------------------------------------------------------------------------------------


def admitted(world: World, number: int = 0) -> Claims:
    claims = world.first.claims(PEOPLE[number])
    (outcome,) = world.first.submit_all([world.first.sign(claims)])
    assert hasattr(outcome, "receipt")
    return claims


def test_a_certificate_is_seen_by_those_whom_it_concerns(client: TestClient, world: World) -> None:
    claims = admitted(world)
    world.first.change("suspend", claims)
    bulk = {
        "certificates": [{"kind": claims.kind, "number": claims.certificate_number}],
        "reason": "fraud 弄虚作假",
    }
    world.state(
        "revoke_bulk",
        world.first.id,
        bulk,
        [world.first.statement, world.first.second],
        world.first.id,
    )
    path = f"/certificates/skill_level/{claims.certificate_number}"
    parties = [
        (world.first.submit, world.first.id),
        (world.authority, AUTHORITY),
        (world.lead, URL),
    ]
    answers = [client.get(path, headers=bearer(client, world, *one)) for one in parties]
    assert {one.status_code for one in answers} == {200}
    assert answers[0].json() == answers[1].json() == answers[2].json()
    said = answers[0].json()
    assert said["claims"]["name"] == PEOPLE[0].name
    assert said["certificate"].endswith("~")
    assert said["receipt"].count(".") == 2
    assert said["status"] == "revoked"
    assert [one["type"] for one in said["statements"]] == ["suspend", "revoke_bulk"]


def test_for_everybody_else_it_does_not_exist(client: TestClient, world: World) -> None:
    claims = admitted(world)
    stranger = bearer(client, world, world.other.submit, world.other.id)
    for path in (
        f"/certificates/skill_level/{claims.certificate_number}",
        "/certificates/skill_level/Y000031000101263000099",
        f"/certificates/special_work/{claims.certificate_number}",
        "/certificates/skill_level/%00",
        "/certificates/x/y",
    ):
        answer = client.get(path, headers=stranger)
        assert (answer.status_code, answer.json()["code"]) == (404, "certificate.unknown")
        assert answer.json() == client.get("/certificates/a/b", headers=stranger).json()


def test_an_authority_sees_nothing_outside_its_region(client: TestClient, world: World) -> None:
    world.state("gate", f"{URL}/gate", {"from": world.clock.now + DAY, "level": "full"})
    header = bearer(client, world, world.authority, AUTHORITY)
    claims = world.other.claims(PEOPLE[1], batch="B2")
    subjects = [world.first.id, world.other.id, AUTHORITY, f"{URL}/gate", subject_of(claims)]
    found = client.post("/heads", json={"subjects": subjects}, headers=header).json()["heads"]
    assert [bool(found[one]) for one in subjects] == [True, False, True, False, False]


def test_the_head_is_what_the_next_statement_names(client: TestClient, world: World) -> None:
    claims = admitted(world)
    subject = subject_of(claims)
    header = own(client, world)
    batch = statement_bodies.batch_subject(world.first.id, "B1")
    subjects = [subject, world.first.id, batch, "x", "\x00", f"https://{HOST}/bodies/"]

    def heads() -> dict[str, str | None]:
        said = client.post("/heads", json={"subjects": subjects}, headers=header)
        found: dict[str, str | None] = said.json()["heads"]
        return found

    assert heads() == {one: world.head(one) for one in subjects[:3]} | dict.fromkeys(subjects[3:])
    assert heads()[subject] is None
    digest = world.first.change("suspend", claims).digest
    assert heads()[subject] == base64url.encode(digest)
    stranger = bearer(client, world, world.other.submit, world.other.id)
    said = client.post("/heads", json={"subjects": subjects}, headers=stranger).json()
    assert set(said["heads"].values()) == {None}


def test_a_refusal_names_the_head_as_a_member(client: TestClient, world: World) -> None:
    claims = admitted(world)
    digest = world.first.change("suspend", claims).digest
    tokens = world.sign(
        "revoke",
        subject_of(claims),
        {"reason": "fraud 弄虚作假"},
        [world.first.statement],
        world.first.id,
        after=None,
    )
    answer = client.post("/statements", content=json.dumps({"signatures": tokens}))
    assert (answer.status_code, answer.json()["code"]) == (409, "statement.after")
    assert answer.json()["head"] == base64url.encode(digest)
    tokens = world.sign(
        "revoke",
        subject_of(world.first.claims(PEOPLE[2])),
        {"reason": "x"},
        [world.first.statement],
        world.first.id,
        after=None,
    )
    assert "head" not in client.post("/statements", json={"signatures": tokens}).json()


def test_the_clock_of_this_machine_decides_nothing(client: TestClient, world: World) -> None:
    """The registry's clock does: the tests' lies years away from PyJWT's."""
    assert abs(time.time() - world.clock.now) > DAY
    assert ask(client, made_by_a_library(world)).status_code == 200
