# SPDX-License-Identifier: Apache-2.0
"""Document numbers: asked for by policy, kept encrypted, checked afterwards, never said."""

import argparse
import io
import json
import logging
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from credential import holder
from credential.certificate import Claims
from credential.errors import MalformedError, SealError, UnavailableError
from credential.identity_number import IdentityNumber
from registry import app, database, fsck, holder_keys, holders, settings, tables
from registry.holder_keys import HolderKey
from registry.serve import JsonLines
from skillseal.commands import registry_holders
from tests.registry import backends
from tests.registry.world import PEOPLE, Person, World, subject_of

CARD = "310199199003070014"
OTHER = "310199198511230024"
WRONG = "310199199003070011"  # its check digit


def _bytes(value: int, size: int) -> bytes:
    return bytes([value]) * size


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("keys")
    for n in (1, 2):
        holder_keys.create(folder / f"{n}.key", partial(_bytes, n))
    return folder / "1.key", folder / "2.key"


@pytest.fixture
def asking(world: World, keys: tuple[Path, Path]) -> World:
    """A region that wants numbers; its batch B2 is for one person with the tag of CARD."""
    world.settings = replace(world.settings, holder_numbers="required", holder_key=keys[0])
    world.registry.engine.dispose()
    world.registry = world.open()
    person = Person(PEOPLE[0].name, holder.tag(1, CARD, PEOPLE[0].name))
    world.first.file_batch("B2", [person, PEOPLE[1]])
    return world


def claims_of(world: World, n: int = 0) -> Claims:
    person = PEOPLE[n] if n else Person(PEOPLE[0].name, holder.tag(1, CARD, PEOPLE[0].name))
    return world.first.claims(person, "B2")


def post(world: World, claims: Claims, number: str | None, jti: bytes = b"h" * 16) -> Any:
    item: dict[str, Any] = {"certificate": world.first.sign(claims)}
    if number is not None:
        item["holder"] = {"type": 1, "number": number}
    body = json.dumps({"items": [item]}).encode()
    header = {"Authorization": world.first.authorise(body, jti)}
    with TestClient(app.build(world.registry)) as client:
        answer = client.post("/certificates", content=body, headers=header)
    return answer.json()["results"][0]


def test_a_number_is_kept_encrypted_and_agrees_with_the_tag(asking: World) -> None:
    claims = claims_of(asking)
    assert "receipt" in post(asking, claims, CARD)
    assert holders.check(asking.registry) == holders.Checked(1, 0, ())
    key = asking.registry.holder_key
    assert key is not None
    person = IdentityNumber(1, CARD)
    assert holders.find(asking.registry, [key], person) == [claims.certificate_number]
    assert holders.find(asking.registry, [key], IdentityNumber(1, OTHER)) == []
    assert fsck.fsck(asking.registry).certificates == 1


def test_a_search_demands_the_key_of_all_numbers(asking: World) -> None:
    assert "receipt" in post(asking, claims_of(asking), CARD)
    key = asking.registry.holder_key
    with database.read(asking.registry.engine) as connection:
        assert holders.demand_under(connection, key) is key
        for other in (None, HolderKey.of(b"o" * 32)):
            with pytest.raises(UnavailableError) as caught:
                holders.demand_under(connection, other)
            assert caught.value.code == "holder.key"


def test_another_persons_number_is_an_alarm_and_changes_nothing(
    asking: World, caplog: pytest.LogCaptureFixture
) -> None:
    claims = claims_of(asking)
    assert "receipt" in post(asking, claims, OTHER)
    checked = holders.check(asking.registry)
    assert [number for _, number in checked.differ] == [claims.certificate_number]
    assert [vars(one)["code"] for one in caplog.records if one.message == "alarm"] == [
        "holder.mismatch"
    ]


@pytest.mark.parametrize(
    ("policy", "number", "code"),
    [
        ("required", None, "holder.required"),
        ("refused", CARD, "holder.not_asked"),
        ("optional", WRONG, "holder.malformed"),
    ],
)
def test_the_policy_decides(policy: str, number: str | None, code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        holders.read(policy, None if number is None else (1, number))
    assert caught.value.code == code
    assert number is None or number not in str(caught.value)


def test_a_number_stands_in_no_log_no_answer_and_no_file(
    asking: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    claims = claims_of(asking)
    answers = [
        post(asking, claims, CARD),
        post(asking, claims, CARD, b"i" * 16),
        post(asking, claims, OTHER, b"j" * 16),
        post(asking, claims_of(asking, 1), WRONG, b"k" * 16),
        post(asking, claims._replace(level="4"), OTHER, b"l" * 16),
    ]
    holders.check(asking.registry)
    lines = [JsonLines().format(one) for one in caplog.records]
    written = backends.content(asking.registry.engine)
    for canary in (CARD, OTHER, WRONG):
        assert canary not in json.dumps(answers)
        assert not [line for line in lines if canary in line]
        assert canary.encode() not in written


def test_rotation_goes_on_where_it_was_killed(
    asking: World, keys: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for n, number in ((0, CARD), (1, OTHER)):
        assert "receipt" in post(asking, claims_of(asking, n), number, bytes([n]) * 16)
    old, new = (holder_keys.load(path) for path in keys)
    monkeypatch.setattr(holders, "GROUP", 1)
    asking.registry.holder_key = new
    calls = iter([bytes(12)])
    asking.registry.random = lambda _: next(calls)  # killed after the first group
    with pytest.raises(StopIteration):
        holders.rotate(asking.registry, old)
    with database.read(asking.registry.engine) as connection:
        under = set(connection.execute(select(tables.holder_numbers.c.key)).scalars())
    assert under == {old.id, new.id}
    person = IdentityNumber(1, OTHER)
    assert len(holders.find(asking.registry, [new, old], person)) == 1
    with pytest.raises(SealError) as caught:
        holders.check(asking.registry)
    assert caught.value.code == "holder.key"
    asking.registry.random = lambda size: b"n" * size
    assert holders.rotate(asking.registry, old) == 1
    assert holders.rotate(asking.registry, old) == 0
    checked = holders.check(asking.registry)
    assert (checked.agree, len(checked.differ)) == (1, 1)
    assert len(holders.find(asking.registry, [new], person)) == 1


def test_a_ciphertext_moved_to_another_row_is_noticed(asking: World) -> None:
    for n, number in ((0, CARD), (1, OTHER)):
        post(asking, claims_of(asking, n), number, bytes([n]) * 16)
    query = (
        "update holder_numbers set sealed ="
        " (select sealed from holder_numbers order by log_index limit 1)"
    )
    backends.intrude(asking.registry.engine, query)
    with pytest.raises(SealError) as caught:
        holders.check(asking.registry)
    assert caught.value.code == "holder.sealed"


def test_erasure_takes_the_number_too(asking: World) -> None:
    claims = claims_of(asking)
    post(asking, claims, CARD)
    body = {"list": "1", "index": claims.status_index, "document": "删"}
    asking.state("erase", subject_of(claims), body)
    with database.read(asking.registry.engine) as connection:
        query = text("select count(*) from holder_numbers")
        assert connection.execute(query).scalar_one() == 0
    assert holders.check(asking.registry) == holders.Checked(0, 0, ())


def test_a_key_file_is_its_owners_alone_and_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "holder.key"
    made = holder_keys.create(path, lambda size: b"k" * size)
    assert holder_keys.load(path).id == made.id
    for refused in (partial(holder_keys.create, path, bytes), partial(_loosened, path)):
        with pytest.raises(SealError) as caught:
            refused()
        assert caught.value.code == "holder.key"
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(SealError, match="32 bytes") as caught:
        holder_keys.load(path)
    assert caught.value.code == "holder.key"


def _loosened(path: Path) -> holder_keys.HolderKey:
    path.chmod(0o640)
    return holder_keys.load(path)


@pytest.mark.parametrize("policy", ["refused", "optional", "required", "perhaps"])
def test_the_settings_name_policy_and_key(tmp_path: Path, policy: str) -> None:
    world = World(tmp_path)
    (tmp_path / "root.json").write_text(json.dumps(world.settings.chain))
    file = tmp_path / "registry.toml"
    lines = {
        "database": world.settings.database,
        "root": "root.json",
        "published": "published",
        "anchor": world.settings.anchor,
        "holder_numbers": policy,
    }
    text_of = "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items())
    file.write_text(text_of)
    if policy == "refused":
        assert settings.load(file).holder_key is None
        return
    with pytest.raises(MalformedError) as caught:
        settings.load(file)
    assert caught.value.code == "registry.settings"
    file.write_text(f'{text_of}holder_key = "holder.key"\n')
    if policy == "perhaps":
        with pytest.raises(MalformedError, match="holder_numbers is one of"):
            settings.load(file)
        return
    read = settings.load(file)
    assert (read.holder_numbers, read.holder_key) == (policy, tmp_path / "holder.key")


def test_the_commands(
    asking: World,
    keys: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    claims = claims_of(asking)
    post(asking, claims, OTHER)
    monkeypatch.setattr(registry_holders, "_open", lambda _: asking.registry)

    def run(what: str) -> int:
        options = argparse.Namespace(what=what, settings=Path("x"), type=1, old_key=None)
        return registry_holders.holders(options)

    assert run("check") == registry_holders.DISAGREES
    said = capsys.readouterr()
    assert said.out == "0 agree, 0 have no tag, 1 differ\n"
    assert "holder.mismatch" in said.err
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{OTHER}\n"))
    assert run("find") == registry_holders.DONE
    assert capsys.readouterr().out == f"{claims.certificate_number}\n"
    asking.registry.holder_key = holder_keys.load(keys[1])
    options = argparse.Namespace(settings=Path("x"), old_key=keys[0])
    assert registry_holders.rotate(options) == registry_holders.DONE
    assert capsys.readouterr().out.startswith("1 numbers")
