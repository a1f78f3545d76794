# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer print`, and `skillseal verify` of what it printed."""

import io
import json
from pathlib import Path

import pytest

from credential import carrier
from issuer import print_job
from skillseal import home, inputs
from skillseal.main import main
from tests.issuer.printing import typeface
from tests.issuer.sheets import Value, row, rows
from tests.issuer.test_print_job import Office
from tests.issuer.world import filing
from tests.verifier.pdfs import NAME, pdf
from tests.verifier.world import NOW, clock, shanghai

HOME = shanghai()
GOOD, OUTSIDE = HOME.issue(), HOME.issue(region="310117")
Capture = pytest.CaptureFixture[str]


def desk(folder: Path, table: list[list[Value]] | None = None) -> tuple[Office, list[str]]:
    """Issue a roster; gives the office and the command that prints it."""
    typeface()
    office = Office(folder, table)
    (folder / "filing.json").write_bytes(filing().to_bytes())
    command = ["issuer", "print", str(office.roster), "--filing", str(folder / "filing.json")]
    return office, [*command, "--out", str(office.out)]


def test_print_then_read_the_attachments(tmp_path: Path, capsys: Capture) -> None:
    office, command = desk(tmp_path)
    assert main([*command, "--volume", "--english"]) == 0
    assert capsys.readouterr().out == (
        "3 printed, 0 already, 1 volumes, 0 waiting, 0 without photo, 0 refused.\n"
    )
    assert main([*command, "--json"]) == 0
    counts = json.loads(capsys.readouterr().out)
    assert (counts["printed"], counts["already"]) == (0, 3)
    for each in office.numbers:
        given = inputs.of(str(office.out / f"{each}.pdf"), io.BytesIO())
        (text,) = given.items
        assert isinstance(text, str)
        assert carrier.decode(text).claims.certificate_number == each
    codes = list(inputs.of(str(office.out / "volume-001.pdf"), io.BytesIO()).items)
    assert len(codes) == 3


def test_who_cannot_be_printed_is_named(tmp_path: Path, capsys: Capture) -> None:
    _, command = desk(tmp_path, [row(0), row(1, 姓名="张𠮷")])
    assert main(command) == 1
    out = capsys.readouterr().out
    assert out.startswith("row 3, 姓名: 张𠮷: the typeface has no glyph for 𠮷 (U+20BB7)")
    assert main([*command, "--json"]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[0])["code"] == "print.glyph"


def test_what_waits_is_said(tmp_path: Path, capsys: Capture) -> None:
    office, command = desk(tmp_path, rows(2))
    with office.ledger() as ledger:
        (first, _) = ledger.items("B1")
        ledger._connection.execute("UPDATE item SET receipt = NULL WHERE line = ?", (first.line,))
    assert main(command) == 3
    assert "1 printed" in capsys.readouterr().out


def test_a_desk_without_the_libraries_is_told_what_to_install(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skillseal.commands.issuer_print.find_spec", lambda name: None)
    _, command = desk(tmp_path, rows(1))
    assert main(command) == 2
    assert capsys.readouterr().err.endswith("[print.unavailable]\n")
    assert print_job.FEW > 1


@pytest.fixture
def _known() -> None:
    home.write_whole(home.snapshot_file(), HOME.data())
    home.set_anchors([HOME.anchor])


@pytest.mark.usefixtures("_known")
def test_a_pdf_is_judged_like_its_text(tmp_path: Path, capsys: Capture) -> None:
    verify = ["verify", "--at", clock(NOW).isoformat(), "--json"]
    good = pdf(tmp_path / "a.pdf", [GOOD.code], attached=[(NAME, GOOD.text.encode())])
    shown = pdf(tmp_path / "b.PDF", [OUTSIDE.code])
    assert main([*verify, str(good)]) == 0
    assert main([*verify, str(shown)]) == 1
    lines = [json.loads(line)["outcome"] for line in capsys.readouterr().out.splitlines()]
    assert lines == ["VALID", "INVALID"]


@pytest.mark.usefixtures("_known")
def test_a_pdf_that_says_two_things_is_never_valid(tmp_path: Path, capsys: Capture) -> None:
    path = pdf(tmp_path / "a.pdf", [OUTSIDE.code], attached=[(NAME, GOOD.text.encode())])
    for target in (path, tmp_path):  # as one file, and as one of a folder
        assert main(["verify", "--at", clock(NOW).isoformat(), str(target)]) == 2
        answer = capsys.readouterr()
        assert answer.out == ""
        assert answer.err.endswith("[pdf.disagreement]\n")
