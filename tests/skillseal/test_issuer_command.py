# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer`: check, batch, issue, show, as a person at a desk runs them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from credential import carrier
from issuer import submit
from skillseal import main
from skillseal.demo import catalogue
from tests.issuer import world
from tests.issuer.sheets import HEADINGS, csv_file, row, rows, xlsxwriter_file
from tests.issuer.world import FakeRegistry

AT = ["--at", "2026-11-20T10:00:00+08:00"]
Capture = pytest.CaptureFixture[str]


def printed(capsys: Capture) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_good_roster(tmp_path: Path, capsys: Capture) -> None:
    path = xlsxwriter_file(tmp_path / "r.xlsx", rows(3))
    assert main.main(["issuer", "check", str(path), "--json", *AT]) == 0
    assert capsys.readouterr().out == ""
    assert main.main(["issuer", "check", str(path), *AT]) == 0
    assert capsys.readouterr().out == "3 rows: 3 can be issued, 0 cannot.\n"


def test_each_refusal_is_one_object(tmp_path: Path, capsys: Capture) -> None:
    table = [row(0), row(1, 证件号码=3.1019919900101e17), row(2, **{"职业（工种）": "砌筑"})]
    path = xlsxwriter_file(tmp_path / "r.xlsx", table)
    assert main.main(["issuer", "check", str(path), "--json", *AT]) == 1
    first, second = printed(capsys)
    assert list(first) == ["row", "column", "code", "message", "suggestion"]
    assert (first["row"], first["column"], first["code"]) == (3, "证件号码", "id.stored_as_number")
    assert (second["row"], second["column"], second["code"]) == (
        4,
        "职业（工种）",
        "occupation.unknown",
    )
    assert "砌筑工" in str(second["suggestion"])


def test_warnings_only_when_asked(tmp_path: Path, capsys: Capture) -> None:
    path = csv_file(tmp_path / "r.csv", [[*row(0), "x"]], [*HEADINGS, "手机"])
    assert main.main(["issuer", "check", str(path), "--json", *AT]) == 0
    assert printed(capsys) == []
    assert main.main(["issuer", "check", str(path), "--json", "--warnings", *AT]) == 0
    assert [each["code"] for each in printed(capsys)] == ["column.unknown"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("absent.csv", None, "roster.absent"),
        ("r.csv", b"", "roster.empty"),
        (
            "r.csv",
            "姓名,证件号码,职业,技能等级,理论成绩,实操成绩,考核日期\n".encode(),
            "roster.empty",
        ),
        ("r.csv", "姓名,职业\n".encode(), "roster.header"),
        ("r.xlsx", b"PK\x03\x04", "roster.unreadable"),
    ],
)
def test_what_cannot_be_read(
    tmp_path: Path, capsys: Capture, name: str, content: bytes | None, code: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert main.main(["issuer", "check", str(path), "--json", *AT]) == 2
    answer = capsys.readouterr()
    assert answer.out == ""
    assert answer.err.startswith("skillseal: ")
    assert answer.err.endswith(f"[{code}]\n")
    assert answer.err.count("\n") == 1


def test_a_catalogue_of_ones_own(tmp_path: Path, capsys: Capture) -> None:
    path = csv_file(tmp_path / "r.csv", rows(1))
    given = tmp_path / "catalogue.json"
    given.write_bytes(catalogue.build().to_bytes().replace("砌筑工".encode(), "砌墙工".encode()))
    assert main.main(["issuer", "check", str(path), "--catalogue", str(given), "--json", *AT]) == 1
    assert [each["code"] for each in printed(capsys)] == ["occupation.unknown"]
    given.write_bytes(b"{}")
    assert main.main(["issuer", "check", str(path), "--catalogue", str(given), *AT]) == 2
    assert "[catalogue.malformed]" in capsys.readouterr().err
    assert main.main(["issuer", "check", str(path), "--catalogue", str(tmp_path / "x"), *AT]) == 2
    assert "[catalogue.unreadable]" in capsys.readouterr().err


class Office:
    """Files of a desk and a registry over HTTP."""

    def __init__(self, folder: Path, url: str, fake: FakeRegistry) -> None:
        self.folder, self.fake = folder, fake
        self.roster = csv_file(folder / "r.csv", rows(3))
        self.filing = folder / "filing.json"
        self.filing.write_bytes(world.filing("optional").to_bytes())
        certificate, submit_key, statement, secret = world.key_files(folder)
        common = [str(self.roster), "--filing", str(self.filing), "--registry", url, *AT]
        common += ["--passphrase-file", str(secret)]
        self.batch = ["issuer", "batch", *common, "--statement-key", str(statement)]
        self.issue = ["issuer", "issue", *common, "--key", str(certificate)]
        self.issue += ["--submit-key", str(submit_key), "--out", str(folder / "out")]
        self.submit = ["issuer", "submit", "--filing", str(self.filing), "--registry", url]
        self.submit += ["--passphrase-file", str(secret), "--submit-key", str(submit_key)]
        self.submit += ["--at", str(world.AT)]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    fake = FakeRegistry()
    with fake.served() as url:
        yield Office(tmp_path, url, fake)


def test_batch_then_issue_then_show(office: Office, capsys: Capture) -> None:
    assert main.main([*office.batch, "--batch", "B7", "--json"]) == 0
    (filed,) = printed(capsys)
    assert (filed["batch"], filed["route"]) == ("B7", "examination")
    assert main.main([*office.issue, "--json"]) == 0
    assert printed(capsys) == [{"rows": 3, "registered": 3, "refused": 0, "waiting": 0}]
    assert all(claims.holder_tag for claims in office.fake.claims)
    number = office.fake.claims[0].certificate_number
    text = (office.folder / "out" / f"{number}.txt").read_text()
    assert carrier.decode(text).claims == office.fake.claims[0]
    assert main.main(["issuer", "show", number, "--filing", str(office.filing)]) == 0
    shown = capsys.readouterr().out
    assert shown.endswith(f"{text}\n")
    assert "█" in shown
    assert main.main(["issuer", "show", "1", "--filing", str(office.filing)]) == 2
    assert "[certificate.unknown]" in capsys.readouterr().err


def test_without_tags_where_the_filing_allows_it(office: Office, capsys: Capture) -> None:
    for command in (office.batch, office.issue):
        assert main.main([*command, "--without-tags"]) == 0
    assert [claims.holder_tag for claims in office.fake.claims] == [None] * 3
    office.filing.write_bytes(world.filing("required").to_bytes())
    assert main.main([*office.issue, "--without-tags"]) == 2
    assert "[tags.required]" in capsys.readouterr().err


def test_issue_without_a_batch(office: Office, capsys: Capture) -> None:
    assert main.main(office.issue) == 2
    assert "[batch.not_filed]" in capsys.readouterr().err
    assert office.fake.requests == []


def test_refused_rows_make_exit_code_1(office: Office, capsys: Capture) -> None:
    csv_file(office.roster, [row(0), row(1, 姓名=None)])
    assert main.main(office.batch) == 1
    assert "row 3, 姓名: the cell is empty; fill it in [cell.missing]\n" in capsys.readouterr().out
    assert main.main([*office.issue, "--json"]) == 1
    refusal, counts = printed(capsys)
    assert (refusal["row"], refusal["code"]) == (3, "cell.missing")
    assert counts == {"rows": 2, "registered": 1, "refused": 1, "waiting": 0}


def test_a_roster_without_a_row_that_can_be_issued(office: Office, capsys: Capture) -> None:
    csv_file(office.roster, [row(0, 姓名=None)])
    assert main.main([*office.batch, "--json"]) == 2
    answer = capsys.readouterr()
    assert json.loads(answer.out)["code"] == "cell.missing"
    assert "[batch.empty]" in answer.err


def test_offline_the_signed_certificates_wait(
    office: Office, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submit, "PAUSES", ())
    assert main.main(office.batch) == 0
    office.fake.before = lambda _: submit.Answer(503, None, b"")
    assert main.main([*office.issue, "--json"]) == 3
    answer = capsys.readouterr()
    assert json.loads(answer.out.splitlines()[-1])["waiting"] == 3
    assert "[registry.unreachable]" in answer.err
    assert "nothing is lost" in answer.err
    office.fake.before = lambda _: None
    assert main.main(office.issue) == 0


def test_what_was_done_offline_goes_out_with_one_command(
    office: Office, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The roster is not needed: file, issue and submit each time with and without a network."""

    def jobs() -> tuple[object, ...]:
        assert main.main(["issuer", "jobs", "--filing", str(office.filing), "--json"]) == 0
        (job,) = printed(capsys)
        return tuple(job[name] for name in ("state", "next", "waiting", "registered"))

    def online() -> None:
        office.fake.before = lambda _: None

    def offline() -> None:
        office.fake.before = lambda _: submit.Answer(503, None, b"")

    monkeypatch.setattr(submit, "PAUSES", ())
    assert main.main(["issuer", "jobs", "--filing", str(office.filing)]) == 0
    assert "no batch yet" in capsys.readouterr().out
    offline()
    assert main.main([*office.batch, "--batch", "B7"]) == 2
    assert "[registry.unreachable]" in capsys.readouterr().err
    assert jobs() == ("prepared", "file", 0, 0)
    assert main.main(office.submit) == 3
    online()
    assert main.main(office.submit) == 0
    capsys.readouterr()
    assert jobs() == ("prepared", "issue", 0, 0)
    offline()
    assert main.main(office.issue) == 3
    assert "`skillseal issuer submit` hands them in" in capsys.readouterr().err
    assert jobs() == ("submitted", "submit", 3, 0)
    assert main.main([*office.submit, "B8"]) == 2
    assert "[job.unknown]" in capsys.readouterr().err
    office.roster.unlink()
    online()
    assert main.main([*office.submit, "B7"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("B7: registered; 3 rows, 3 signed, 3 registered. Next: print")
    assert jobs() == ("registered", "print", 0, 3)
    assert main.main(office.submit) == 0
    assert capsys.readouterr().out == "nothing waits for the registry.\n"


def test_a_wrong_passphrase_and_a_wrong_key(office: Office, capsys: Capture) -> None:
    (office.folder / "passphrase").write_text("wrong")
    assert main.main(office.issue) == 2
    assert "[key.passphrase]" in capsys.readouterr().err
    (office.folder / "passphrase").write_bytes(world.PASSPHRASE)
    swapped = [each.replace("certificate.key", "statement.key") for each in office.issue]
    assert main.main(swapped) == 2
    assert "[key.role]" in capsys.readouterr().err


def test_no_document_number_is_printed(office: Office, capsys: Capture) -> None:
    csv_file(office.roster, [row(0), row(0), row(1, 证件号码="310199199001010019")])
    main.main(office.batch)
    main.main(office.issue)
    main.main(["issuer", "check", str(office.roster), "--filing", str(office.filing), *AT])
    answer = capsys.readouterr()
    assert "31019919900101" not in answer.out + answer.err


def test_a_damaged_filing_file(office: Office, capsys: Capture) -> None:
    office.filing.write_bytes(office.filing.read_bytes()[:500])
    assert main.main(office.batch) == 2
    assert "[filing.malformed]" in capsys.readouterr().err
    office.filing.unlink()
    assert main.main(office.batch) == 2
    assert "[filing.unreadable]" in capsys.readouterr().err


def test_what_was_issued_before_is_told_by_check(office: Office, capsys: Capture) -> None:
    assert main.main(office.batch) == 0
    assert main.main(office.issue) == 0
    capsys.readouterr()
    given = ["issuer", "check", str(office.roster), "--filing", str(office.filing), "--json", *AT]
    assert main.main(given) == 0
    ledger = str(office.folder / "ledger.sqlite")
    assert main.main([*given, "--ledger", ledger]) == 1
    assert {each["code"] for each in printed(capsys)} == {"row.issued"}
