# SPDX-License-Identifier: Apache-2.0
"""Persons sign the registry's statements with their own agents, on their own machines."""

import argparse
import io
import json
import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from credential import envelope, statement
from credential.errors import ConflictError, MalformedError
from keys.signing_key import SigningKey
from registry import office as offices
from registry import service
from registry.office import Office
from skillseal.commands import registry_agents
from skillseal.main import main
from tests.agent import Person
from tests.registry.test_command import Operator, Vault
from tests.registry.world import HOST, START, URL

BODY = f"{URL}/bodies/91310115MA1K3YJ12X"


def office_of(officials: list[Person], keys: tuple[SigningKey, ...], stack: ExitStack) -> Office:
    urls = [stack.enter_context(one.listening()) for one in officials]
    options = argparse.Namespace(agent=urls, statement_key=None)
    signers = registry_agents.signers(options)
    return Office(URL, URL, keys, lambda: START, os.urandom, signers)


def type_secrets(monkeypatch: pytest.MonkeyPatch, *officials: Person) -> None:
    typed = "".join(f"{one.secret}\n" for one in officials)
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))


@pytest.mark.parametrize("keys", [0, 1])
def test_a_grave_statement_is_signed_by_two_people(
    monkeypatch: pytest.MonkeyPatch, keys: int
) -> None:
    mine, first, second = (SigningKey.generate("statement") for _ in range(3))
    officials = [Person(first), Person(second)][keys:]
    type_secrets(monkeypatch, *officials)
    with ExitStack() as stack:
        office = office_of(officials, (mine,) * keys, stack)
        made = office.make("body_void", BODY, {"document": "撤1"}, None)
    signed = statement.read(list(made.signatures))
    expected = [mine, second] if keys else [first, second]
    assert [one.kid for one in signed.signatures] == [one.kid for one in expected]
    for one, key in zip(signed.signatures, expected, strict=True):
        one.verify(key.public)
    assert all("撤1" in one.seen[0] for one in officials)


def test_somebody_who_says_no_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    official = Person(SigningKey.generate("statement"), says_yes=False)
    type_secrets(monkeypatch, official)
    with ExitStack() as stack:
        office = office_of([official], (), stack)
        with pytest.raises(ConflictError) as caught:
            office.make("gate", f"{URL}/gate", {"from": 5, "level": "basic"}, None)
    assert caught.value.code == "agent.declined"


def test_one_agent_is_not_two_people(monkeypatch: pytest.MonkeyPatch) -> None:
    official = Person(SigningKey.generate("statement"))
    type_secrets(monkeypatch, official)
    with ExitStack() as stack:
        office = office_of([official], (), stack)
        with pytest.raises(MalformedError, match="2 different keys") as caught:
            office.make("body_void", BODY, {"document": "撤1"}, None)
    assert caught.value.code == "statement.signatures"
    assert official.seen == []


def test_what_was_not_asked_for_is_not_handed_in() -> None:
    key = SigningKey.generate("statement")
    other = offices.Office(URL, URL, (key,), lambda: START, os.urandom)
    token = other.make("gate", f"{URL}/gate", {"from": 9, "level": "full"}, None).signatures[0]
    office = Office(URL, URL, (), lambda: START, os.urandom, (lambda _: token,))
    with pytest.raises(MalformedError, match="something else") as caught:
        office.make("gate", f"{URL}/gate", {"from": 5, "level": "basic"}, None)
    assert caught.value.code == "statement.signatures"


def test_the_command(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    operator = Operator(tmp_path, Vault(tmp_path_factory.mktemp("vault")), service.now())
    official = Person(operator.keys["official"])
    file = operator.json("gate.json", {"from": service.now() + 60, "level": "basic"})
    words = ["registry", "state", "gate", f"https://{HOST}/gate", str(file)]
    words += ["--settings", str(operator.settings)]
    assert main(words) == 2
    assert "[statement.signatures]" in capsys.readouterr().err
    type_secrets(monkeypatch, official)
    with official.listening() as url:
        assert main([*words, "--agent", url]) == 0
    said = capsys.readouterr()
    assert f"gate  https://{HOST}/gate" in said.out
    (shown,) = official.seen
    assert json.dumps("basic") in shown
    assert envelope.STATEMENT in shown
