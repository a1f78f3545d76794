# SPDX-License-Identifier: Apache-2.0
"""`skillseal registry`, from making keys to evidence, as an operator would run it."""

import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from credential import root
from credential.filing_file import FilingFile
from credential.key_record import KeyRecord
from credential.root import Root
from credential.snapshot import Snapshot
from keys import key_file
from keys.signing_key import SigningKey
from registry import app, settings
from registry.service import open_registry
from skillseal.main import main
from tests.registry.backends import Backend, url_of
from tests.registry.entries import APPLIED
from tests.registry.world import BRICKLAYER, CATALOGUE, CODES, HOST, URL

BODY = f"{URL}/bodies/{CODES[0]}"
PASSPHRASE = b"correct horse"
REGISTRY = ("status", "list", "publish", "log")


class Vault:
    """Keys in encrypted files, made once: stretching a passphrase takes its time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "passphrase").write_bytes(PASSPHRASE)
        names = [("root", "root"), ("official", "statement"), ("second", "statement")]
        names += [(role, role) for role in REGISTRY]
        names += [(f"body-{role}", role) for role in ("certificate", "submit", "statement")]
        self.keys = {name: SigningKey.generate(role) for name, role in names}
        self.keys["receipt"] = SigningKey.generate("receipt", epoch=1)
        for name, key in self.keys.items():
            key_file.create(folder / f"{name}.pem", key, PASSPHRASE)


class Operator:
    """A folder with keys, a root and settings, and the command run in it."""

    def __init__(self, folder: Path, vault: Vault, now: int) -> None:
        self.folder = folder
        self.passphrase = vault.folder / "passphrase"
        self.keys = vault.keys
        self.vault = vault.folder
        records = tuple(
            KeyRecord(key.kid, key.public, key.role, now - 60, now + 86_400)
            for name, key in self.keys.items()
            if not name.startswith("body-")
        )
        said = Root("310000", 1, "test", 1, (HOST,), now - 60, now + 86_400, records, ())
        self.anchor = root.anchor_of(said)
        (folder / "root.json").write_text(json.dumps([root.sign([self.keys["root"]], said)]))
        self.settings = folder / "registry.toml"
        self.settings.write_text(
            'database = "sqlite:///./registry.db"\nroot = "root.json"\n'
            f'published = "published"\nanchor = "{self.anchor}"\n'
        )

    def file(self, name: str) -> Path:
        return self.vault / f"{name}.pem"

    def run(self, action: str, *more: object, local: bool = True) -> int:
        where = ["--settings", self.settings] if local else []
        words = ["registry", action, *more, *where, "--passphrase-file", self.passphrase]
        return main([str(word) for word in words])

    def state(self, action: str, *more: object, local: bool = True) -> int:
        signers = ["--statement-key", self.file("official"), "--second-key", self.file("second")]
        return self.run(action, *more, *signers, local=local)

    def json(self, name: str, value: object) -> Path:
        file = self.folder / name
        file.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
        return file


@pytest.fixture
def now() -> int:
    from registry import service

    return service.now()


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault(tmp_path_factory.mktemp("vault"))


@pytest.fixture
def operator(tmp_path: Path, vault: Vault, now: int) -> Operator:
    return Operator(tmp_path, vault, now)


def body_file(operator: Operator, now: int, capsys: pytest.CaptureFixture[str]) -> Path:
    keys = []
    for role in ("certificate", "submit", "statement"):
        capsys.readouterr()
        words = ["--key", operator.file(f"body-{role}"), "--role", role, "--owner", BODY]
        assert operator.run("prove", *words, local=False) == 0
        proven = json.loads(capsys.readouterr().out)
        proof = proven.pop("proof")
        keys.append({**proven, "from": now, "to": None, "proof": proof})
    grant = {"kind": "skill_level", "occupations": [BRICKLAYER], "levels": ["3"]}
    filing = {"number": "备1", "from": now, "to": None, "districts": ["310115"], "grants": [grant]}
    return operator.json(
        "body.json",
        {
            "id": BODY,
            "name": "示例机构",
            "prefix": "Y000031000101",
            "region": "310115",
            "document": "备1",
            "keys": keys,
            "filings": [filing],
            "blocks": [{"list": "1", "first": 0, "count": 1_024}],
        },
    )


def publish(operator: Operator) -> None:
    file = operator.file
    lists = ["--list-key", file("list"), "--status-key", file("status")]
    assert operator.run("sign-lists", *lists) == 0
    assert operator.run("publish", "--publish-key", file("publish"), "--log-key", file("log")) == 0


def test_a_registry_from_nothing_to_a_filing_file(
    operator: Operator, now: int, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue = operator.json("catalogue.json", {**CATALOGUE, "exp": now + 86_400})
    assert operator.state("state", "catalogue", f"{URL}/catalogues/lyg2020", catalogue) == 0
    assert operator.state("file-body", body_file(operator, now, capsys)) == 0
    # The server signs the receipts of what commands have recorded.
    open_registry(settings.load(operator.settings), [operator.keys["receipt"]])
    publish(operator)
    out = operator.folder / "filing.json"
    assert operator.run("filing-file", BODY, "--out", out, "--tags", "none") == 0
    filing = FilingFile.from_bytes(out.read_bytes())
    assert (filing.body.id, filing.tags, filing.hosts) == (BODY, "none", (HOST,))
    assert [one.scheme for one in filing.dictionaries()] == ["lyg2020"]
    kind = {"kind": "skill_level", "occupations": "*", "levels": ["3"]}
    marks = operator.json("marks.json", [{**kind, "theory": 60, "practice": 70}])
    assert operator.run("filing-file", BODY, "--out", out, "--pass", marks) == 0
    (mark,) = FilingFile.from_bytes(out.read_bytes()).marks
    assert (mark.theory, mark.practice) == (60, 70)
    assert operator.run("filing-file", BODY, "--out", out, "--pass", catalogue) == 2
    copy = operator.folder / "stick.json"
    assert operator.run("snapshot", "--out", copy) == 0
    assert Snapshot.from_bytes(copy.read_bytes(), operator.anchor).home.trust_list.body(CODES[0])
    capsys.readouterr()
    assert operator.run("fsck") == 0
    assert "statements agree" in capsys.readouterr().out


def backwards(value: Any) -> Any:
    """Turn the order of all members round."""
    if isinstance(value, dict):
        return {name: backwards(value[name]) for name in reversed(value)}
    return [backwards(one) for one in value] if isinstance(value, list) else value


def test_members_of_a_file_may_stand_in_any_order(
    operator: Operator, now: int, capsys: pytest.CaptureFixture[str]
) -> None:
    file = body_file(operator, now, capsys)
    turned = operator.json("turned.json", backwards(json.loads(file.read_text("utf-8"))))
    assert operator.state("file-body", turned) == 0
    said = backwards({**CATALOGUE, "exp": now + 86_400})
    # The table of levels in a rule for numbers is no object of members: its order says something.
    said["numbers"] = [dict(reversed(one.items())) for one in CATALOGUE["numbers"]]
    catalogue = operator.json("catalogue.json", said)
    assert operator.state("state", "catalogue", f"{URL}/catalogues/lyg2020", catalogue) == 0
    assert operator.run("fsck") == 0
    # Twice the same member, a member too many: refused as ever.
    for text in ('{"from":1,"from":2,"state":"active","document":"x"}', '{"odd":1}'):
        catalogue.write_text(text)
        capsys.readouterr()
        assert operator.state("state", "standing", BODY, catalogue) == 2
        assert "[malformed." in capsys.readouterr().err


def test_suspending_twice_from_the_command(
    operator: Operator, now: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert operator.state("file-body", body_file(operator, now, capsys)) == 0
    assert operator.state("suspend-body", BODY, "--document", "令1") == 0
    assert operator.state("suspend-body", BODY, "--document", "令2", "--state", "removed") == 0
    assert operator.state("suspend-body", BODY, "--document", "令3", "--state", "active") == 2
    assert "[standing.removed]" in capsys.readouterr().err


@pytest.fixture
def served(operator: Operator) -> Iterator[str]:
    registry = open_registry(settings.load(operator.settings), [operator.keys["receipt"]])
    config = uvicorn.Config(app.build(registry), port=0, log_level="critical", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


def test_over_http_and_the_evidence_of_it(
    operator: Operator, now: int, served: str, capsys: pytest.CaptureFixture[str]
) -> None:
    remote = ["--registry", served, "--aud", URL]
    file = body_file(operator, now, capsys)
    assert operator.state("file-body", file, *remote, local=False) == 0
    capsys.readouterr()
    suspend = ["suspend-body", BODY, "--document", "令1", *remote]
    assert operator.state(*suspend, "--after", "A" * 43, local=False) == 2
    told = capsys.readouterr().err
    assert "[statement.after]" in told
    digest = told.partition("last statement is ")[2].split(":")[0]
    assert operator.state(*suspend, "--after", digest, local=False) == 0
    # Without it the key asks for the last statement itself.
    assert operator.state(*suspend, local=False) == 0
    last = capsys.readouterr().out.split()[-1]
    assert last not in {digest, "A" * 43}


def test_a_key_that_may_not_ask_is_told_by_the_refusal(
    operator: Operator, now: int, served: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A body signs in with another key than that of its statements."""
    remote = ["--registry", served, "--aud", URL]
    assert operator.state("file-body", body_file(operator, now, capsys), *remote, local=False) == 0
    file = operator.json("application.json", {**APPLIED, "applicant": CODES[0]})
    mine = ["--statement-key", operator.file("body-statement"), "--iss", BODY]
    words = ["application", f"{URL}/applications/1", file, *remote, *mine]
    assert operator.run("state", *words, local=False) == 0
    capsys.readouterr()
    assert operator.run("state", *words, local=False) == 2
    assert "[statement.after]" in capsys.readouterr().err


def test_evidence_from_the_command(
    operator: Operator, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from tests.registry.test_admission import submit
    from tests.registry.test_publish import publish_now
    from tests.registry.world import PEOPLE, World

    folder = tmp_path / "world"
    folder.mkdir()
    world = World(folder).found()
    world.first.file_batch("B1", PEOPLE)
    claims = world.first.claims(PEOPLE[0])
    submit(world, world.first.sign(claims))
    publish_now(world)
    (folder / "root.json").write_text(json.dumps(world.settings.chain))
    configuration = folder / "registry.toml"
    configuration.write_text(
        'database = "sqlite:///./registry.db"\nroot = "root.json"\n'
        f'published = "published"\nanchor = "{world.settings.anchor}"\n'
    )
    out = folder / "evidence.json"
    words = ["registry", "evidence", claims.certificate_number, "--settings", str(configuration)]
    assert main([*words, "--out", str(out)]) == 0
    capsys.readouterr()
    check = ["registry", "evidence", "--check", str(out), "--anchor"]
    assert main([*check, world.settings.anchor]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "valid"
    assert main([*check, "310000:" + "0" * 64]) == 1
    assert "[snapshot.anchor]" in capsys.readouterr().err
    assert main(["registry", "evidence", "--check", str(out)]) == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "registry.settings"),
        ("database = 1", "registry.settings"),
        ("= =", "registry.settings"),
        ('database = ""\nroot = "x"\npublished = ""\nanchor = ""', "registry.settings"),
    ],
)
def test_settings_that_cannot_be_used(
    operator: Operator, content: str, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    operator.settings.write_text(content)
    assert operator.run("fsck") == 2
    assert f"[{code}]" in capsys.readouterr().err


def test_a_key_of_another_role_is_refused_by_name(
    operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    file = operator.file
    assert operator.run("publish", "--publish-key", file("log"), "--log-key", file("publish")) == 2
    assert "[key.role]" in capsys.readouterr().err
    assert operator.run("serve") == 2
    assert "[key.absent]" in capsys.readouterr().err


def test_the_server_takes_no_other_key(
    operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert operator.run("serve", "--receipt-key", operator.file("list")) == 2
    assert "[key.role]" in capsys.readouterr().err


def test_serving_from_several_processes_until_told_to_stop(
    operator: Operator, backend: Backend
) -> None:
    backend.prepare(operator.folder)
    words = ["registry", "serve", "--settings", operator.settings, "--port", "0"]
    words += ["--receipt-key", operator.file("receipt"), "--workers", "2"]
    words += ["--passphrase-file", operator.passphrase, "--database", url_of(operator.folder)]
    with subprocess.Popen(
        [sys.executable, "-m", "skillseal.main", *map(str, words)],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        told: dict[str, Any] = {}
        workers: set[int] = set()
        while len(workers) < 2:
            told |= json.loads(process.stderr.readline())
            workers |= {told["worker"]} if told["event"] == "worker started" else set()
        with urllib.request.urlopen(f"http://127.0.0.1:{told['port']}/readyz") as answer:
            assert json.load(answer) == {"status": "ready", "size": 0}
        process.terminate()
        process.stderr.read()
    assert process.returncode == 0
    for worker in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)
    backend.discard(operator.folder)


def test_a_number_of_workers_that_makes_no_sense(
    operator: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--receipt-key", operator.file("receipt"), "--workers", "0"]
    assert operator.run("serve", *words) == 2
    assert "[registry.settings]" in capsys.readouterr().err
