# SPDX-License-Identifier: Apache-2.0
"""`skillseal issuer print`, and `skillseal verify` of what it printed."""

import io
import json
from pathlib import Path
from textwrap import dedent

import pytest

from credential import carrier
from issuer import print_job
from issuer import typeface as typefaces
from skillseal import home, inputs
from skillseal.main import main
from tests.issuer.printing import typeface
from tests.issuer.sheets import Value, row, rows
from tests.issuer.test_print_job import Office, codes_of, text_of
from tests.issuer.world import filing
from tests.verifier.pdfs import NAME, pdf
from tests.verifier.world import NOW, clock, shanghai

HOME = shanghai()
GOOD, OUTSIDE = HOME.issue(), HOME.issue(region="310117")
Capture = pytest.CaptureFixture[str]


def desk(
    folder: Path, table: list[list[Value]] | None = None, tags: str = "none"
) -> tuple[Office, list[str]]:
    """Issue a roster; gives the office and the command that prints it."""
    typeface()
    office = Office(folder, table, tags)
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


def test_who_cannot_be_printed_is_named(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    typeface()
    with monkeypatch.context() as patch:
        # It was issued on a machine without the typeface.
        patch.setattr(typefaces, "_HOME", tmp_path)
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


def test_cards_and_ten_of_them_on_a_sheet(tmp_path: Path, capsys: Capture) -> None:
    office, command = desk(tmp_path)
    assert main([*command, "--format", "card", "--sheet-of", "2x5"]) == 0
    assert capsys.readouterr().out.startswith("3 printed, 0 already, 1 volumes")
    assert office.files() == [*(f"{n}-card.pdf" for n in office.numbers), "sheets-card-001.pdf"]
    codes = list(inputs.of(str(office.out / "sheets-card-001.pdf"), io.BytesIO()).items)
    assert len(codes) == 3
    with office.ledger() as ledger:
        assert sorted({each.form for each in ledger.prints("B1")}) == ["card", "sheets-card"]
    # Another format in the same folder does not pass for it.
    assert main(command) == 0
    assert capsys.readouterr().out.startswith("3 printed, 0 already")


def test_a_sticker_of_a_certificate_with_a_tag_is_refused(tmp_path: Path, capsys: Capture) -> None:
    office, command = desk(tmp_path, rows(2), "required")
    assert main([*command, "--format", "sticker", "--json"]) == 1
    *refused, counts = map(json.loads, capsys.readouterr().out.splitlines())
    assert {each["code"] for each in refused} == {"print.sticker_tag"}
    assert (len(refused), counts["printed"]) == (2, 0)
    assert office.files() == []


def test_a_sticker_of_a_certificate_without_a_tag(tmp_path: Path, capsys: Capture) -> None:
    office, command = desk(tmp_path, rows(2))
    labels = ["--sheet-of", "3x6", "--sheet-margin", "10,20", "--sheet-pitch", "63,42"]
    assert main([*command, "--format", "sticker", *labels, "--no-marks"]) == 0
    assert capsys.readouterr().out.startswith("2 printed")
    names = [*(f"{number}-sticker.pdf" for number in office.numbers), "sheets-sticker-001.pdf"]
    assert office.files() == names
    assert main([*command, "--format", "sticker", "--size", "30x30"]) == 1
    assert "[print.no_room]" in capsys.readouterr().out


def test_stock_moved_by_a_printers_profile(tmp_path: Path, capsys: Capture) -> None:
    office, command = desk(tmp_path, rows(1))
    profile = tmp_path / "office.toml"
    profile.write_text('[a4]\noffset = "1.5,-0.8"\n', "utf-8")
    assert main([*command, "--stock", "--printer", str(profile)]) == 0
    assert office.files() == [f"{office.numbers[0]}-stock.pdf"]
    assert main([*command, "--stock", "--offset", "50,0"]) == 2
    assert capsys.readouterr().err.endswith("[layout.malformed]\n")


def test_a_test_page_needs_no_roster(tmp_path: Path, capsys: Capture) -> None:
    typeface()
    command = ["issuer", "print", "--test-page", "--out", str(tmp_path)]
    assert main(command) == 0
    assert main([*command, "--format", "card", "--sheet-of", "2x5", "--stock", "--json"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == str(tmp_path / "test-page-a4.pdf")
    assert (tmp_path / "test-page-sheets-card-stock.pdf").is_file()


@pytest.mark.parametrize("words", [[], ["--out", "x"], ["r.csv", "--out", "x"], ["--test-page"]])
def test_what_is_missing_is_usage(words: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["issuer", "print", *words])
    assert ended.value.code == 2
    assert "needed" in capsys.readouterr().err


def test_our_templates_are_written_once_and_print_the_same(tmp_path: Path, capsys: Capture) -> None:
    office, command = desk(tmp_path, rows(1))
    folder = tmp_path / "ours"
    write = ["issuer", "print", "--write-template", str(folder)]
    assert main(write) == 0
    names = ["a4.typ", "card.typ", "skillseal.typ", "sticker.typ"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert main(write) == 2
    assert capsys.readouterr().err.endswith("[template.exists]\n")
    printed = office.out / f"{office.numbers[0]}-card.pdf"
    assert main([*command, "--format", "card"]) == 0
    before = printed.read_bytes()
    template = ["--template", str(folder / "card.typ")]
    assert main([*command, "--format", "card", "--again", *template]) == 0
    assert printed.read_bytes() == before


def documented() -> str:
    """Give the smallest template of docs/printing.md."""
    text = (Path(__file__).parents[2] / "docs" / "printing.md").read_text("utf-8")
    begin = text.index('    #import "skillseal.typ": *')
    return dedent(text[begin : text.index("\n\n", begin)])


FOREIGN = """
#import "skillseal.typ": *
#import "colours.typ": blue
#show: setting
#let mine(face, at) = {
  ground(0mm, 0mm, image("ground.svg", width: width, height: height))
  write("name", face.name, 5mm, 5mm, 40mm, 8mm, size: 14pt)
  ground(5mm, 15mm, text(fill: blue, [某某学院 #face.level]))
  code(at, 50mm, 10mm, face.code_side * 1mm)
}
#lay(mine)
"""


@pytest.mark.parametrize(("own", "word"), [(FOREIGN, "某某学院"), (documented(), "")])
def test_a_template_of_an_institutions_own(tmp_path: Path, own: str, word: str) -> None:
    office, command = desk(tmp_path)
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "mine.typ").write_text(own, "utf-8")
    (folder / "colours.typ").write_text('#let blue = rgb("#123a7b")', "utf-8")
    ground = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 6"><path d="M0 0h10v1z"/></svg>'
    )
    (folder / "ground.svg").write_text(ground, "utf-8")
    given = ["--format", "card", "--template", str(folder / "mine.typ")]
    assert main([*command, *given, "--sheet-of", "2x5"]) == 0
    shown = text_of(office.out / f"{office.numbers[0]}-card.pdf")
    assert word in shown
    assert carrier.decode(codes_of(office.out / "sheets-card-001.pdf")[0]).claims.name in shown
    assert len(codes_of(office.out / "sheets-card-001.pdf")) == 3
