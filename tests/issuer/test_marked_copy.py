# SPDX-License-Identifier: Apache-2.0
"""Copies of the user's workbook: marks at the cells, results beside the rows, no formulas."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.drawing.image import Image as Picture
from openpyxl.worksheet.worksheet import Worksheet
from PIL import EpsImagePlugin, Image, ImageFile

from issuer import marked_copy
from issuer.marked_copy import MarkedCopy
from issuer.refusal import Refusal
from skillseal import main
from tests.issuer.sheets import HEADINGS, Value, csv_file, openpyxl_file, row, rows
from tests.issuer.world import FakeRegistry
from tests.skillseal.test_issuer_command import Office

FILES = Path(__file__).with_name("files")
AT = ["--at", "2026-11-20T10:00:00+08:00"]
DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", '=HYPERLINK("http://x")')


def page(content: bytes, name: str | None = None) -> Worksheet:
    book = openpyxl.load_workbook(io.BytesIO(content))
    found = book[name] if name else book.active
    assert isinstance(found, Worksheet)
    return found


def marked(found: Worksheet) -> dict[str, str]:
    """Give each marked cell's colour."""
    return {
        cell.coordinate: str(cell.fill.fgColor.rgb)[2:]
        for line in found.iter_rows()
        for cell in line
        if isinstance(cell, Cell) and cell.comment
    }


@pytest.mark.parametrize("kind", ["xls", "ods", "xlsx"])
def test_marks_stand_at_the_cells(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    roster, out = FILES / f"results.{kind}", tmp_path / "marked.xlsx"
    before = roster.read_bytes()
    assert main.main(["issuer", "check", str(roster), "--annotate", str(out), *AT]) == 1
    assert "6 rows: 4 can be issued, 2 cannot." in capsys.readouterr().out
    found = page(out.read_bytes(), "成绩")
    assert marked(found) == {"D6": "FFEB9C", "D7": "FFEB9C", "C9": "FFC7CE", "H10": "FFC7CE"}
    comment = found["C9"].comment
    assert comment
    assert "last digits are lost" in comment.text
    assert "[id.stored_as_number]" in comment.text
    assert found["A1"].value == "二〇二六年第七批职业技能等级认定成绩汇总表"
    assert roster.read_bytes() == before


def test_a_workbook_keeps_its_sheets_and_formats(tmp_path: Path) -> None:
    found = MarkedCopy.of(FILES / "results.xlsx", None, "skill_level").to_bytes()
    assert openpyxl.load_workbook(io.BytesIO(found)).sheetnames == ["填表说明", "成绩"]
    assert "A1:H1" in {str(area) for area in page(found, "成绩").merged_cells.ranges}


def test_text_becomes_a_workbook_in_which_nothing_is_calculated(tmp_path: Path) -> None:
    table = [[*row(n), text] for n, text in enumerate(DANGEROUS)]
    path = csv_file(tmp_path / "a.csv", table, [*HEADINGS, "备注"])
    copy = MarkedCopy.of(path, None, "skill_level")
    copy.add(("结果",), {n + 2: (text,) for n, text in enumerate(DANGEROUS)})
    found = page(copy.to_bytes())
    for n in range(len(DANGEROUS)):
        for column in (8, 9):
            cell = found.cell(n + 2, column)
            assert cell.data_type == "s"
            assert str(cell.value).strip() == DANGEROUS[n].strip()
            assert cell.quotePrefix


def test_a_workbook_that_openpyxl_would_grow_on_is_copied_cell_by_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marked_copy, "MAX_UNPACKED", 1000)
    found = MarkedCopy.of(FILES / "results.xlsx", None, "skill_level").to_bytes()
    assert openpyxl.load_workbook(io.BytesIO(found)).sheetnames == ["成绩"]
    assert page(found)["C9"].value == pytest.approx(3.1019919900111e17)
    assert page(found)["H10"].value == "（公式）"


_BOMB = (
    b'<!DOCTYPE a [<!ENTITY a0 "aaaaaaaaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%b">' % (n, b"&a%d;" % (n - 1) * 16) for n in range(1, 9))
    + b"]><a>&a8;</a>"
)
_FILE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


def _with(content: bytes, changes: dict[str, bytes]) -> bytes:
    """Exchange parts of a workbook."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, old.read(name)))
    return target.getvalue()


def _pictured(data: bytes) -> bytes:
    """Make a roster with a picture beside it, which is then exchanged for something else."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for cells in (HEADINGS, row(1)):
        sheet.append(list(cells))
    picture = io.BytesIO()
    Image.new("1", (8, 8)).save(picture, "PNG")
    sheet.add_image(Picture(picture), "J2")
    target = io.BytesIO()
    book.save(target)
    return _with(target.getvalue(), {"xl/media/image1.png": data})


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("part", ["docProps/core.xml", "docProps/app.xml", "xl/theme/theme1.xml"])
@pytest.mark.parametrize("data", [_BOMB, _FILE, b"<", b"", b"<a>" * 100_000])
def test_a_part_that_nobody_needs_cannot_stop_the_copy(
    tmp_path: Path, part: str, data: bytes
) -> None:
    path = openpyxl_file(tmp_path / "a.xlsx", [row(1)])
    path.write_bytes(_with(path.read_bytes(), {part: data}))
    copy = MarkedCopy.of(path, None, "skill_level")
    copy.add(["发证结果"], {2: ["已登记"]})
    found = page(copy.to_bytes())
    assert [found["A2"].value, found["H2"].value] == [row(1)[0], "已登记"]
    assert "root:" not in str([cell.value for line in found.iter_rows() for cell in line])


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_no_picture_of_a_roster_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    huge, tiff = io.BytesIO(), io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(huge, "PNG")
    Image.new("1", (8, 8)).save(tiff, "TIFF")
    # EPS is a program, which Pillow would have another program run.
    eps = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nquit\n"

    def decode(*_: object) -> None:
        raise AssertionError("a picture is decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", decode)
    monkeypatch.setattr(EpsImagePlugin.EpsImageFile, "load", decode)
    path = tmp_path / "a.xlsx"
    for data in (huge.getvalue(), tiff.getvalue(), eps, b"GIF89a"):
        path.write_bytes(_pictured(data))
        copy = MarkedCopy.of(path, None, "skill_level")
        assert page(copy.to_bytes())["A2"].value == row(1)[0]


def test_several_marks_at_one_cell_and_one_without_a_column(tmp_path: Path) -> None:
    path = openpyxl_file(tmp_path / "a.xlsx", rows(2))
    copy = MarkedCopy.of(path, None, "skill_level")
    twice = [Refusal(2, "证件号码", code, f"m\x00 {code}", "s") for code in ("a.b", "c.d")]
    copy.mark([*twice, Refusal(3, "证书编号", "number.no_rule", "m", "s")], [])
    found = page(copy.to_bytes())
    assert sorted(marked(found)) == ["A3", "B2"]
    comment = found["B2"].comment
    assert comment
    assert "[a.b]" in comment.text
    assert "[c.d]" in comment.text


def test_a_merged_cell_is_marked_at_its_first(tmp_path: Path) -> None:
    path = openpyxl_file(tmp_path / "a.xlsx", rows(3))
    book = openpyxl.load_workbook(path)
    book.worksheets[0].merge_cells("C2:C4")
    book.save(path)
    copy = MarkedCopy.of(path, None, "skill_level")
    copy.mark([Refusal(3, "职业（工种）", "cell.missing", "m", "s")], [])
    assert list(marked(page(copy.to_bytes()))) == ["C2"]


def test_the_original_is_never_the_target(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = openpyxl_file(tmp_path / "a.xlsx", rows(1))
    before = path.read_bytes()
    assert main.main(["issuer", "check", str(path), "--annotate", str(path), *AT]) == 2
    assert "[output.original]" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_what_was_issued_is_written_beside_the_rows(tmp_path: Path) -> None:
    table: Sequence[Sequence[Value]] = [row(0), row(1, 姓名="测试", 证件号码="1"), row(2)]
    fake = FakeRegistry()
    with fake.served() as url:
        office = Office(tmp_path, url, fake)
        csv_file(office.roster, table)
        assert main.main(office.batch) == 1
        out = tmp_path / "back.xlsx"
        assert main.main([*office.issue, "--write-back", str(out)]) == 1
    found = page(out.read_bytes())
    added = [[cell.value for cell in line[7:]] for line in found.iter_rows()]
    assert added[0] == ["发证结果", "发证编号", "码文件", "未发证原因"]
    assert (added[1][0], added[3][0]) == ("已登记", "已登记")
    numbers = [claims.certificate_number for claims in fake.claims]
    assert sorted(str(line[1]) for line in (added[1], added[3])) == sorted(numbers)
    assert (tmp_path / "out" / str(added[1][2])).is_file()
    assert added[2][0] == "未发证"
    assert "name.test_data" in str(added[2][3])
    assert "holder.malformed" in str(added[2][3])
