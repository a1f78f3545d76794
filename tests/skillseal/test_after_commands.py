# SPDX-License-Identifier: Apache-2.0
"""`issuer find|revoke|suspend|reinstate|consent|correct` over HTTP, and kill -9 among many."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from credential import statement
from credential.statement import Statement
from issuer import number_list
from issuer.ledger import Ledger
from keys import key_file
from registry import app, database, lists, store_statements
from skillseal import main
from skillseal.agent import Agent
from tests import forked
from tests.issuer.afterwards import Bureau, evaluated
from tests.issuer.refusals import code_of
from tests.issuer.sheets import csv_file, name, number, xlsxwriter_file
from tests.registry.world import START, World

ROOT = Path(__file__).parents[2]
PASSPHRASE = b"correct horse"
AT = START  # the clock of the server
Capture = pytest.CaptureFixture[str]


@dataclass(frozen=True)
class Office:
    """A desk's files, and a registry in a process of its own."""

    folder: Path
    url: str
    numbers: list[str]
    world: World

    def run(self, *arguments: str, key: str = "statement") -> int:
        """Run a command of the desk."""
        common = ["--filing", str(self.folder / "filing.json")]
        if arguments[0] != "find":
            common += ["--passphrase-file", str(self.folder / "secret"), "--at", str(AT)]
        if arguments[0] in ("revoke", "suspend", "reinstate"):
            common += ["--statement-key", str(self.folder / f"{key}.key"), "--registry", self.url]
        return main.main(["issuer", *arguments, *common])

    def statements(self, *numbers: str) -> list[Statement]:
        """Read what the registry has accepted about certificates."""
        host = self.world.host
        subjects = [f"https://{host}/certificates/skill_level/{each}" for each in numbers]
        with database.read(self.world.registry.engine) as connection:
            found = store_statements.about(connection, subjects)
        return [Statement.from_bytes(each.payload) for each in found]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    world = World(folder).found()
    world.clock.now = AT
    lists.sign_lists(world.registry, world.list, world.status)
    with TestClient(app.build(world.registry)) as client:
        bureau = Bureau(folder, world, client, tags="none")
        numbers = bureau.issue([evaluated(n) for n in range(60)])
    (folder / "filing.json").write_bytes(bureau.filing.to_bytes())
    (folder / "secret").write_bytes(PASSPHRASE)
    first = world.first
    for each, signer in (
        ("statement", first.statement),
        ("second", first.second),
        ("certificate", first.certificate),
        ("submit", first.submit),
    ):
        key_file.create(folder / f"{each}.key", signer, PASSPHRASE)
    with forked.Process(["-m", "tests.registry.server", folder]) as server:
        port = int(server.stdout.readline())
        yield Office(folder, f"http://127.0.0.1:{port}", numbers, world)


def printed(capsys: Capture) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_dry_run_signs_nothing(office: Office, capsys: Capture) -> None:
    one = office.numbers[0]
    listed = csv_file(office.folder / "list.csv", [[one], ["Y1"]], ["证书编号"])
    arguments = ["revoke", "--list", str(listed), "--reason", "fraud", "--dry-run", "--json"]
    assert office.run(*arguments) == 1
    first, second = printed(capsys)
    assert (first["number"], first["name"], first["outcome"]) == (one, name(0), "ready")
    assert (second["outcome"], second["code"]) == ("refused", "certificate.unknown")
    assert office.run("revoke", one, "--reason", "fraud", "--dry-run", "--second-above", "0") == 0
    assert "可以办理" in capsys.readouterr().out
    assert office.run("revoke", *office.numbers[:21], "--reason", "fraud", "--dry-run") == 0
    assert "须第二人同意" in capsys.readouterr().err
    with Ledger.open(office.folder / "ledger.sqlite", office.world.first.id, bytes) as ledger:
        assert (ledger.open_acts(), ledger.second_above) == ([], 20)
    assert office.statements(one) == []


def test_suspended_found_reinstated(office: Office, capsys: Capture) -> None:
    one = office.numbers[0]
    assert office.run("suspend", one, "--reason", "inquiry", "--remark", "沪人社函12号") == 0
    assert "已办理" in capsys.readouterr().out
    assert office.run("find", name(0), "--json") == 0
    (found,) = printed(capsys)
    assert (found["number"], found["state"], found["batch"], found["row"]) == (
        *(one, "suspended", "B9"),
        2,
    )
    assert office.run("find", one) == 0
    shown = capsys.readouterr().out
    assert "暂扣 suspended" in shown
    assert "inquiry 核查期间：沪人社函12号" in shown
    assert office.run("reinstate", one, "--reason", "cleared", "--json") == 0
    assert [each["outcome"] for each in printed(capsys)] == ["done"]
    assert [each.type for each in office.statements(one)] == ["suspend", "reinstate"]
    assert office.run("find", "--batch", "B9", "--json") == 0
    assert len(printed(capsys)) == 60


def test_a_person_is_found_by_a_number_that_is_asked_for(
    office: Office, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Input:
        """Standard input."""

        def __init__(self, text: str) -> None:
            self.buffer = self
            self.text = text

        def isatty(self) -> bool:
            return False

        def readline(self, _: int = -1) -> bytes:
            return self.text.encode()

    monkeypatch.setattr(sys, "stdin", Input(f"{number(5)}\n"))
    assert office.run("find", "--id-number", "-", "--json") == 0
    (found,) = printed(capsys)
    assert found["number"] == office.numbers[5]
    monkeypatch.setattr(sys, "stdin", Input("310199\n"))
    assert office.run("find", "--id-number", "-") == 2
    assert "holder.malformed" in capsys.readouterr().err


def test_two_people_with_an_agent(office: Office, capsys: Capture) -> None:
    many = office.numbers[1:13]
    lowered = ["--second-above", "10"]
    assert office.run("suspend", *many, "--reason", "inquiry", "--json", *lowered) == 3
    said = capsys.readouterr()
    assert "consent.missing" in said.err
    change = str(json.loads(said.out.splitlines()[0])["change"])
    told: list[str] = []
    seen: list[str] = []

    def ask(text: str) -> bool:
        seen.append(text)
        return True

    agent = Agent(office.world.first.second, ask, told.append, lambda n: b"s" * n)
    agent.renew()
    secret = office.folder / "agent-secret"
    secret.write_text(told[-1].rpartition(" ")[2])
    with agent.serve() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        arguments = ["--agent", url, "--agent-secret-file", str(secret), "--json"]
        assert office.run("consent", change, *arguments) == 0
        server.shutdown()
        thread.join()
    assert printed(capsys)[0]["certificates"] == 12
    assert all(each in seen[0] for each in many)
    assert office.run("suspend", *many, "--reason", "inquiry", "--json") == 0
    assert {each["outcome"] for each in printed(capsys)} == {"done"}
    # And by a key file, this time withdrawn.
    assert office.run("reinstate", *many, "--reason", "cleared", "--json") == 3
    change = str(printed(capsys)[0]["change"])
    assert (
        office.run("consent", change, "--key", str(office.folder / "statement.key"), "--yes") == 2
    )
    assert "consent.same_person" in capsys.readouterr().err
    assert office.run("consent", change, "--withdraw") == 0
    assert office.run("consent", change, "--withdraw") == 2
    assert "consent.nothing" in capsys.readouterr().err


def test_without_a_registry_the_statements_wait(office: Office, capsys: Capture) -> None:
    one = office.numbers[14]
    arguments = ["revoke", one, "--reason", "fraud", "--filing", str(office.folder / "filing.json")]
    secret = ["--passphrase-file", str(office.folder / "secret"), "--at", str(AT)]
    signing = ["--statement-key", str(office.folder / "statement.key")]
    assert main.main(["issuer", *arguments, *secret, *signing]) == 3
    assert main.main(["issuer", *arguments, *secret, "--registry", office.url]) == 0
    assert len(office.statements(one)) == 1
    assert main.main(["issuer", *arguments, *secret]) == 1
    assert "status.final" in capsys.readouterr().out


def test_a_correction_by_command(office: Office, capsys: Capture) -> None:
    one = office.numbers[15]
    roster = csv_file(office.folder / "right.csv", [evaluated(15, 姓名="欧阳青禾")])
    keys = {"--key": "certificate", "--submit-key": "submit", "--statement-key": "statement"}
    arguments = [one, str(roster), "--registry", office.url, "--json"]
    for option, key in keys.items():
        arguments += [option, str(office.folder / f"{key}.key")]
    arguments += ["--out", str(office.folder / "corrected")]
    assert office.run("correct", *arguments) == 0
    (said,) = printed(capsys)
    assert (said["old"], said["outcome"]) == (one, "done")
    assert (office.folder / "corrected" / f"{said['new']}.txt").is_file()
    csv_file(roster, [evaluated(16, 姓名="")])
    assert office.run("correct", *arguments) == 2
    assert "cell.missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rows", "headings", "code"),
    [
        ([["a", "b"]], ["x", "y"], "list.column"),
        ([], ["证书编号"], "list.empty"),
    ],
)
def test_lists_that_are_none(
    tmp_path: Path, rows: list[list[str]], headings: list[str], code: str
) -> None:
    path = csv_file(tmp_path / "l.csv", rows, headings)
    assert code_of(number_list.read, path) == code


def test_a_list_of_numbers_alone(tmp_path: Path) -> None:
    path = tmp_path / "l.txt"
    path.write_text("Y1\nY2\n Y1\n")
    assert number_list.read(path) == ("Y1", "Y2")
    book = xlsxwriter_file(tmp_path / "l.xlsx", [["x", "Y3"], ["y", 4.0]], ["姓名", "证书编号"])
    assert code_of(number_list.read, book) == "number.stored_as_number"


Run = Callable[..., dict[str, int]]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Give a function that does one run in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.issuer.mortal_status"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        ask, tell = process.stdin, process.stdout
        assert ask is not None
        assert tell is not None

        def once(**asked: object) -> dict[str, int]:
            ask.write(json.dumps(asked) + "\n")
            ask.flush()
            answer: dict[str, int] = json.loads(tell.readline())
            return answer

        yield once
        ask.close()


def killed(office: Office, run: Run, numbers: list[str], rounds: int) -> None:
    """Kill a run over two certificates at steps that lie evenly, each time over others."""
    left = list(numbers)
    common = {"folder": str(office.folder), "url": office.url, "type": "revoke"}
    whole, left = left[:2], left[2:]
    steps = run(**common, numbers=whole)["steps"]
    assert steps > 8
    for event in range(1, steps, -(-steps // rounds)):
        some, left = left[:2], left[2:]
        assert len(some) == 2
        assert run(**common, numbers=some, event=event)["ended"] == -signal.SIGKILL
        assert run(**common, numbers=some)["ended"] == 0
        # Each was revoked by one statement, whose receipt the ledger has.
        stated = office.statements(*some)
        assert [each.type for each in stated] == ["revoke"] * 2
        digests = {statement.digest(each.to_bytes()) for each in stated}
        with Ledger.open(office.folder / "ledger.sqlite", office.world.first.id, bytes) as ledger:
            acts = [act for each in some for act in ledger.acts_about(("skill_level", each))]
            assert ledger.open_acts() == []
        assert {statement.digest(act.payload) for act in acts if act.receipt} == digests


def test_killed_in_the_middle_of_many(office: Office, run: Run) -> None:
    killed(office, run, office.numbers[16:28], 4)


@pytest.mark.long
def test_killed_at_every_step(office: Office, run: Run) -> None:
    killed(office, run, office.numbers[28:], 15)
