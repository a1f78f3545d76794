# SPDX-License-Identifier: Apache-2.0
"""The signing agent and `issuer release`: a person is shown, and asked for, every act."""

import http.client
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from credential import base64url, envelope
from credential.statement import Statement
from issuer import release
from issuer.ledger import Ledger
from issuer.release import Release
from keys import key_file
from keys.signing_key import SigningKey
from skillseal import agent as agents
from skillseal import main
from skillseal.commands import sign_agent
from tests import softhsm
from tests.agent import Person
from tests.issuer import world
from tests.issuer.refusals import code_of
from tests.issuer.sheets import csv_file, rows
from tests.issuer.world import FakeRegistry
from tests.skillseal.test_token_keys import new

Capture = pytest.CaptureFixture[str]
SECOND = SigningKey.from_seed("statement", b"second person")
RELEASE = Release(world.BODY, "B1", world.AT, 4, {"lyg2020:39/3": 4}, bytes(32)).to_bytes()


def somebody(*, says_yes: bool = True) -> Person:
    """The second person at the desk, with a page that may ask."""
    return Person(SECOND, ["http://desk.example"], says_yes=says_yes)


def test_what_is_asked_for_is_shown_and_signed() -> None:
    person = somebody()
    with person.listening() as url:
        token = agents.request(url, person.secret, release.TYP, RELEASE)
    assert token == release.sign(SECOND, RELEASE)
    (text,) = person.seen
    assert f"release+jwt, to be signed with the key {SECOND.kid}" in text
    shown, _, digest = text.partition("\n")[2].rpartition("\n")
    assert json.loads(shown) == json.loads(RELEASE)
    assert re.fullmatch("SHA-256 [0-9a-f]{64}", digest)


def test_a_secret_is_good_for_one_signature() -> None:
    person = somebody()
    first = person.secret
    with person.listening() as url:

        def answer_to(secret: str) -> str:
            return code_of(lambda: agents.request(url, secret, release.TYP, RELEASE))

        assert agents.request(url, first, release.TYP, RELEASE)
        for wrong in (first, "", "wrong", "é", "密", "a\nb"):
            assert answer_to(wrong) == "agent.secret"
        assert len(person.seen) == 1
        # A no uses it up as well.
        person.says_yes = False
        second = person.told[1].rpartition(" ")[2]
        assert second != first
        assert answer_to(second) == "agent.declined"
        assert answer_to(second) == "agent.secret"
    assert len(person.seen) == 2


def test_a_statement_for_the_registry_is_signed_too() -> None:
    payload = Statement(
        iss=world.BODY,
        aud=f"https://{world.HOST}",
        jti=base64url.encode(bytes(16)),
        iat=world.AT,
        type="revoke",
        subject="x",
        after=None,
        body={"reason": "\u202eodd\u0000"},
    ).to_bytes()
    person = somebody()
    with person.listening() as url:
        token = agents.request(url, person.secret, envelope.STATEMENT, payload)
    envelope.read(token, envelope.STATEMENT).verify(SECOND.public)
    (text,) = person.seen
    assert "\u202e" not in text
    assert "\\u202eodd\\u0000" in text


@pytest.mark.parametrize(
    ("typ", "payload", "code"),
    [
        ("dc+sd-jwt", RELEASE, "agent.payload"),
        ("submission+jwt", RELEASE, "agent.payload"),
        ("statement+jwt", RELEASE, "malformed.profile"),
        ("release+jwt", b"{}", "malformed.profile"),
        ("release+jwt", b"\x1b[2J", "malformed.token"),
    ],
)
def test_nothing_else_is_signed(typ: str, payload: bytes, code: str) -> None:
    person = somebody()
    with person.listening() as url:
        assert code_of(lambda: agents.request(url, person.secret, typ, payload)) == code
    assert person.seen == []


def asked(url: str, headers: dict[str, str], *, method: str = "POST", path: str = "/sign") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(url.rpartition(":")[2]))
    said = {"typ": release.TYP, "payload": base64url.encode(RELEASE)}
    connection.request(method, path, json.dumps(said), headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@pytest.mark.parametrize(
    ("content", "length"),
    [
        (b"[" * 200_000, None),
        (b"\xff", None),
        (b"[]", None),
        (b'{"typ":1,"payload":[]}', None),
        (b"", "9" * 5_000),
        (b"", "-1"),
        (b"", "1e3"),
        (b"", str((4 << 20) + 1)),
    ],
)
def test_what_is_no_request_is_told_so(content: bytes, length: str | None) -> None:
    person = somebody()
    with person.listening() as url:
        connection = http.client.HTTPConnection("127.0.0.1", int(url.rpartition(":")[2]))
        headers = {"Authorization": f"Bearer {person.secret}"}
        headers |= {} if length is None else {"Content-Length": length}
        connection.request("POST", "/sign", content, headers)
        answer = connection.getresponse()
        said = json.load(answer)
        connection.close()
    assert (answer.status, said["code"]) == (422, "agent.payload")
    assert person.seen == []


def test_pages_of_other_origins_are_refused() -> None:
    person = somebody()
    with person.listening() as url:
        bearer = {"Authorization": f"Bearer {person.secret}"}
        for wrong in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://desk.example.evil.example"},
            {"Host": "evil.example"},
            {"Host": "evil.example:" + url.rpartition(":")[2]},
        ):
            assert asked(url, {**bearer, **wrong}) == 403
            assert asked(url, wrong, method="OPTIONS") == 403
        assert asked(url, bearer, path="/other") == 422
        assert asked(url, {"Authorization": person.secret}) == 403
        assert person.seen == []
        known = {"Origin": "http://desk.example"}
        assert asked(url, known, method="OPTIONS") == 204
        assert asked(url, {**bearer, **known}) == 200
    assert len(person.seen) == 1


def test_an_agent_is_on_this_machine() -> None:
    for wrong in ("https://127.0.0.1:1", "http://agent.example:80", "http://127.0.0.1", "x"):
        assert code_of(lambda: agents.request(wrong, "", release.TYP, RELEASE)) == "agent.url"  # noqa: B023  # called at once
    with somebody().agent.serve() as server:
        port = server.server_port
    url = f"http://127.0.0.1:{port}"
    assert code_of(lambda: agents.request(url, "", release.TYP, RELEASE)) == "agent.unreachable"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("y\n", True), ("Y \n", True), ("\n", False), ("yes\n", False), ("", False)],
)
def test_only_a_y_is_a_yes(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, typed: str, answer: bool
) -> None:
    import io

    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    assert sign_agent.ask("what is to be signed") is answer
    assert capsys.readouterr().out.startswith("what is to be signed\n")


class Office:
    """A body's files, with a roster that needs two people, drawn."""

    def __init__(self, folder: Path, url: str, capsys: Capture) -> None:
        ours = (world.CERTIFICATE_KEY, world.STATEMENT_KEY, world.SUBMIT_KEY, SECOND)
        self.folder = folder
        self.filing = folder / "filing.json"
        self.filing.write_bytes(world.filing(keys=tuple(map(world.record, ours))).to_bytes())
        self.roster = csv_file(folder / "r.csv", rows(3))
        certificate, submit, statement, self.secret = world.key_files(folder)
        self.second = folder / "second.key"
        key_file.create(self.second, SECOND, world.PASSPHRASE)
        given = [str(self.roster), "--filing", str(self.filing), "--registry", url, "--json"]
        given += ["--at", "2026-11-20T10:00:00+08:00", "--passphrase-file", str(self.secret)]
        batch = ["issuer", "batch", *given, "--statement-key", str(statement), "--batch", "B1"]
        self.issue = ["issuer", "issue", *given, "--key", str(certificate)]
        self.issue += ["--submit-key", str(submit), "--out", str(folder / "out")]
        assert main.main([*batch, "--release-above", "2"]) == 0
        capsys.readouterr()
        assert main.main(self.issue) == 3
        answer = capsys.readouterr()
        assert json.loads(answer.out)["unreleased"] == 3
        assert "`skillseal issuer release B1` [release.missing]" in answer.err
        self.release = ["issuer", "release", "B1", "--filing", str(self.filing)]
        self.release += ["--at", str(world.AT)]

    def key(self, file: Path) -> list[str]:
        return ["--key", str(file), "--passphrase-file", str(self.secret)]


@pytest.fixture
def office(tmp_path: Path, capsys: Capture) -> Iterator[Office]:
    with FakeRegistry().served() as url:
        yield Office(tmp_path, url, capsys)


def test_a_second_person_releases_with_a_key_file(office: Office, capsys: Capture) -> None:
    first = office.key(office.folder / "statement.key")
    assert main.main([*office.release, *first, "--yes"]) == 2
    assert "[release.same_person]" in capsys.readouterr().err
    assert main.main([*office.release, *office.key(office.second)]) == 2
    assert "[release.unconfirmed]" in capsys.readouterr().err
    assert main.main([*office.release, *office.key(office.second), "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"batch": "B1", "released": 3}
    assert main.main(office.issue) == 0
    assert json.loads(capsys.readouterr().out)["registered"] == 3
    assert main.main([*office.release, *office.key(office.second), "--yes"]) == 2
    assert "[release.nothing]" in capsys.readouterr().err


def test_the_size_is_never_raised_from_the_command_line(office: Office, capsys: Capture) -> None:
    for above in ("3", "-1"):
        assert main.main([*office.issue, "--release-above", above]) == 2
        assert "[release.threshold]" in capsys.readouterr().err


def test_a_second_person_releases_with_the_agent(office: Office, capsys: Capture) -> None:
    person = somebody(says_yes=False)
    secret = office.folder / "secret"
    with person.listening() as url:
        given = [*office.release, "--agent", url, "--agent-secret-file", str(secret)]
        secret.write_text(person.secret)
        assert main.main(given) == 2
        assert "[agent.declined]" in capsys.readouterr().err
        assert main.main(office.issue) == 3
        person.says_yes = True
        secret.write_text(person.secret)
        capsys.readouterr()
        assert main.main(given) == 0
    assert capsys.readouterr().out == "batch B1: 3 certificates may be signed.\n"
    assert '"count": 3' in person.seen[-1]
    assert main.main(office.issue) == 0
    with Ledger.open(office.folder / "ledger.sqlite", world.BODY, bytes) as ledger:
        assert all(item.receipt for item in ledger.items("B1"))


def test_the_command_as_a_process_with_a_key_in_a_token(tmp_path: Path, capsys: Capture) -> None:
    hsm = softhsm.started()
    assert new(hsm, "agent's", "statement") == 0
    kid = json.loads(capsys.readouterr().out)["kid"]
    given = ["sign-agent", "--key", "pkcs11:token=desk;object=agent's", *hsm.options]
    command = [sys.executable, "-m", "skillseal.main", *given]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        secret = process.stdout.readline().split()[-1]
        process.stdin.write("y\n")
        process.stdin.flush()
        token = agents.request(url, secret, release.TYP, RELEASE)
        process.terminate()
        said = process.stdout.read()
    assert f"key {kid}" in said
    assert token.startswith(base64url.encode(f'{{"alg":"ES256","kid":"{kid}"'.encode())[:40])


def test_the_agent_takes_statement_keys_alone(tmp_path: Path, capsys: Capture) -> None:
    certificate, _, _, secret = world.key_files(tmp_path)
    given = ["sign-agent", "--key", str(certificate), "--passphrase-file", str(secret)]
    assert main.main(given) == 2
    assert "[key.role]" in capsys.readouterr().err
