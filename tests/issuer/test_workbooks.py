# SPDX-License-Identifier: Apache-2.0
"""Workbooks as other programs write them, several sheets in one, and hostile ones."""

import shutil
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pytest

from credential.errors import MalformedError
from issuer import area, columns, compound_file, sheet
from issuer.occupations import Occupations
from issuer.roster import Roster
from skillseal import main
from skillseal.demo import catalogue
from tests.issuer import refusals
from tests.issuer.sheets import HEADINGS, Value, csv_file, number, row, rows

FILES = Path(__file__).with_name("files")
OCCUPATIONS = Occupations([catalogue.build()])
Pages = Mapping[str, Sequence[Sequence[Value]]]
KINDS = ("xls", "ods", "xlsx")


def roster(path: Path, name: str | None = None) -> Roster:
    drawn = sheet.read(path, name, lambda rows: columns.fit(rows, "skill_level"))
    return Roster.read(drawn, "skill_level", OCCUPATIONS.find)


def code_of(path: Path) -> str:
    return refusals.code_of(lambda: list(sheet.read(path)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_workbook_that_libreoffice_made(kind: str) -> None:
    found = roster(FILES / f"results.{kind}")
    assert [(each.row, each.name, each.level) for each in found.candidates] == [
        (5, "赵青禾", "3"),
        (6, "钱望", "3"),
        (7, "孙知远", "3"),
        (8, "李若谷", "3"),
    ]
    assert [each.document.number for each in found.candidates] == [number(n) for n in range(1, 5)]
    assert {each.evaluated_on for each in found.candidates} == {"2026-11-18"}
    assert {each.occupation for each in found.candidates} == {"lyg2020:39"}
    assert [(each.row, each.column, each.code) for each in found.refusals] == [
        (9, "身份证号码", "id.stored_as_number"),
        (10, "实操", "cell.formula"),
    ]
    assert found.refusals[0].message.startswith("C9: ")
    assert [(each.row, each.code) for each in found.warnings] == [
        (4, "column.unknown"),
        (6, "name.spaces"),
        (7, "name.spaces"),
    ]


def several(path: Path, pages: Pages) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, table in pages.items():
        page = book.create_sheet(name)
        for line in table:
            page.append(list(line))
    book.save(path)
    return path


def test_the_sheet_whose_headings_fit(tmp_path: Path) -> None:
    pages: Pages = {
        "说明": [["姓名", "按证件填写"]],
        "空表": [HEADINGS],
        "成绩": [HEADINGS, *rows(2)],
    }
    path = several(tmp_path / "a.xlsx", pages)
    assert len(roster(path).candidates) == 2
    with pytest.raises(MalformedError, match="技能等级") as caught:
        roster(path, "说明")
    assert caught.value.code == "roster.header"


def test_several_sheets_that_fit_are_named(tmp_path: Path) -> None:
    pages: Pages = {"初试": [HEADINGS, *rows(2)], "补考": [HEADINGS, *rows(1)], "说明": [["x"]]}
    path = several(tmp_path / "a.xlsx", pages)
    with pytest.raises(MalformedError, match="初试、补考") as caught:
        roster(path)
    assert caught.value.code == "roster.sheets"
    assert len(roster(path, " 补考").candidates) == 1
    with pytest.raises(MalformedError, match="初试、补考、说明") as caught:
        roster(path, "终试")
    assert caught.value.code == "roster.sheet"
    text = csv_file(tmp_path / "a.csv", rows(1))
    assert refusals.code_of(roster, text, "补考") == "roster.sheet"


def test_no_sheet_that_fits(tmp_path: Path) -> None:
    path = several(tmp_path / "a.xlsx", {"a": [["x"]], "b": [["y"]]})
    with pytest.raises(MalformedError, match="no heading 姓名") as caught:
        roster(path)
    assert caught.value.code == "roster.header"


def test_headings_with_marks_and_a_sheet_that_says_trade_alone(tmp_path: Path) -> None:
    headings = ["*学员姓名", "身份证号（必填）", "工种", "级别：", "理论", "实操", "考试时间"]
    found = roster(csv_file(tmp_path / "a.csv", [row(0)], headings))
    assert [each.occupation for each in found.candidates] == ["lyg2020:39"]
    assert found.warnings == ()
    assert found.columns.title("id_number") == "身份证号（必填）"


def test_names_of_columns() -> None:
    names = [columns.letters(n) for n in (0, 25, 26, 51, 52, 255)]
    assert names == ["A", "Z", "AA", "AZ", "BA", "IV"]


def test_cells_far_apart_are_refused_before_they_are_allocated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = several(tmp_path / "a.xlsx", {"a": [["姓名"], [None] * 30 + ["x"]]})
    assert len(list(sheet.read(path))) == 2
    monkeypatch.setattr(area, "MAX_CELLS", 60)
    assert code_of(path) == "roster.unreadable"


def changed_ods(tmp_path: Path, old: bytes, new: bytes, extra: str = "") -> Path:
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(FILES / "results.ods") as source, zipfile.ZipFile(path, "w") as target:
        for each in source.namelist():
            content = source.read(each)
            if each == "content.xml":
                assert old in content
                content = content.replace(old, new, 1)
            target.writestr(each, content)
        if extra:
            target.writestr(extra, b"")
    return path


_REPEATED = b'<table:table-cell table:number-columns-repeated="1000" office:value-type='


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<table:table-cell office:value-type=", _REPEATED.replace(b"1000", b"16384")),
        (b"<table:table-cell office:value-type=", _REPEATED.replace(b"1000", b"9" * 30)),
        (b"<table:table-cell office:value-type=", _REPEATED.replace(b"1000", b"-1")),
        (b"<office:spreadsheet>", b"<office:spreadsheet><table:table-row><<"),
        (b'encoding="UTF-8"', b'encoding="UTF-99"'),
        (b"<?xml version", b'<!DOCTYPE x [<!ENTITY a "aa">]><?xml version'),
        (b'table:name="\xe6\x88\x90\xe7\xbb\xa9"', b'table:name="x"><table:table table:name="y"'),
    ],
)
def test_a_hostile_open_document(tmp_path: Path, old: bytes, new: bytes) -> None:
    assert code_of(changed_ods(tmp_path, old, new)) == "roster.unreadable"


def test_rows_that_stand_for_millions(tmp_path: Path) -> None:
    row_of_title = b'<table:table-row table:number-rows-repeated="900000"'
    path = changed_ods(tmp_path, b"<table:table-row", row_of_title)
    assert code_of(path) == "roster.too_long"


def test_two_kinds_of_workbook_in_one(tmp_path: Path) -> None:
    unchanged = b"<office:spreadsheet>"
    path = changed_ods(tmp_path, unchanged, unchanged, "xl/Workbook.xml")
    assert code_of(path) == "roster.unreadable"
    both = tmp_path / "b.xlsx"
    shutil.copy(FILES / "results.xlsx", both)
    with zipfile.ZipFile(both, "a") as archive:
        archive.writestr("content.xml", b"")
    assert code_of(both) == "roster.unreadable"


def old_book() -> bytearray:
    return bytearray(compound_file.stream((FILES / "results.xls").read_bytes(), ("Workbook",)))


def at(stream: bytearray, kind: int) -> int:
    """Find the first record of a kind; gives where its content begins."""
    place = 0
    while True:
        found, length = struct.unpack_from("<HH", stream, place)
        if found == kind:
            return place + 4
        place += 4 + length


def saved(tmp_path: Path, stream: bytearray) -> Path:
    path = tmp_path / "a.xls"
    path.write_bytes(compound_file.around("Workbook", bytes(stream)))
    return path


@pytest.mark.parametrize("length", [0, 1, 4096, 5000, 60_000, 128 * 512, 8_000_000])
def test_a_compound_file_gives_back_its_stream(length: int) -> None:
    data = bytes(n * 7 % 251 for n in range(min(length, 60_000))).ljust(length, b"\x01")
    made = compound_file.around("Workbook", data)
    assert compound_file.stream(made, ("Book", "workbook"))[:length] == data
    with pytest.raises(ValueError, match=r"^$"):
        compound_file.stream(made, ("Other",))


def test_an_old_workbook_that_claims_too_much(tmp_path: Path) -> None:
    stream = old_book()
    struct.pack_into("<I", stream, at(stream, 0x00FC) + 4, 0x7FFFFFFF)
    assert code_of(saved(tmp_path, stream)) == "roster.unreadable"


def test_the_size_that_a_sheet_claims_is_not_believed(tmp_path: Path) -> None:
    stream = old_book()
    place = at(stream, 0x0200)
    struct.pack_into("<IIHH", stream, place, 0, 0xFFFFFFF0, 0, 0xFFF0)
    assert len(roster(saved(tmp_path, stream)).candidates) == 4


def test_an_old_workbook_with_a_password_or_far_cells_or_too_old(tmp_path: Path) -> None:
    stream = old_book()
    struct.pack_into("<H", stream, at(stream, 0x0042) - 4, 0x002F)
    with pytest.raises(MalformedError, match="password"):
        list(sheet.read(saved(tmp_path, stream)))
    stream = old_book()
    struct.pack_into("<H", stream, at(stream, 0x00FD) + 2, 0xFF00)
    assert code_of(saved(tmp_path, stream)) == "roster.unreadable"
    stream = old_book()
    struct.pack_into("<H", stream, at(stream, 0x0809), 0x0500)
    with pytest.raises(MalformedError, match="older than Excel 97"):
        list(sheet.read(saved(tmp_path, stream)))


def test_chains_of_sectors_that_run_in_circles(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    made = bytearray(compound_file.around("Workbook", bytes(20_000)))
    table = struct.unpack_from("<I", made, 76)[0]
    struct.pack_into("<I", made, (table + 1) * 512 + 4 * 5, 2)
    path.write_bytes(made)
    assert code_of(path) == "roster.unreadable"


@pytest.mark.parametrize("kind", KINDS)
def test_a_workbook_damaged_anywhere_is_refused_or_read(tmp_path: Path, kind: str) -> None:
    whole = (FILES / f"results.{kind}").read_bytes()
    path = tmp_path / f"a.{kind}"
    codes = set()
    for place in range(0, len(whole), 61):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        try:
            codes.add("" if len(list(sheet.read(path, "成绩"))) <= 20 else "too much")
        except MalformedError as error:
            codes.add(error.code)
    assert codes >= {"", "roster.unreadable"}
    assert codes <= {"", "roster.unreadable", "roster.sheet", "roster.header", "roster.too_long"}


def test_an_old_workbook_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = (FILES / "results.xls").read_bytes()
    path = tmp_path / "a.xls"
    for length in range(8, len(whole) - 1024, 101):
        path.write_bytes(whole[:length])
        assert code_of(path) == "roster.unreadable"


def test_the_sheet_that_the_command_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pages: Pages = {"初试": [HEADINGS, *rows(2)], "补考": [HEADINGS, *rows(1)]}
    path = str(several(tmp_path / "a.xlsx", pages))
    at_noon = ["--at", "2026-11-20T12:00:00+08:00"]
    assert main.main(["issuer", "check", path, *at_noon]) == 2
    assert "初试、补考" in capsys.readouterr().err
    assert main.main(["issuer", "check", path, "--sheet", "补考", *at_noon]) == 0
    assert capsys.readouterr().out == "1 rows: 1 can be issued, 0 cannot.\n"
