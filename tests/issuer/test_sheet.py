# SPDX-License-Identifier: Apache-2.0
"""Sheets from outside: what is read, and what is refused before it can do harm."""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from issuer import archive, separated_text, sheet
from issuer.sheet import Unreadable
from tests.issuer import refusals
from tests.issuer.sheets import (
    HEADINGS,
    Value,
    csv_file,
    openpyxl_file,
    row,
    rows,
    xlsxwriter_file,
)

Write = Callable[[Path, Sequence[Sequence[Value]]], Path]


def code_of(path: Path) -> str:
    return refusals.code_of(lambda: list(sheet.read(path)))


@pytest.mark.parametrize("write", [openpyxl_file, xlsxwriter_file, csv_file])
def test_the_same_rows_come_out_of_every_kind_of_file(tmp_path: Path, write: Write) -> None:
    path = write(tmp_path / "results.bin", rows(3))
    assert list(sheet.read(path)) == [
        (1, HEADINGS),
        *((number, tuple(row(number - 2))) for number in (2, 3, 4)),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_in_three_encodings(tmp_path: Path, encoding: str) -> None:
    path = csv_file(tmp_path / "results.csv", [["𠮷野家", "x"]], ["姓名", "备注"], encoding)
    assert list(sheet.read(path)) == [(1, ("姓名", "备注")), (2, ("𠮷野家", "x"))]


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_text_with_another_separator(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "results.txt"
    path.write_text(f"姓名{separator}职业\n甲,乙{separator}丙\n", "utf-8")
    assert list(sheet.read(path)) == [(1, ("姓名", "职业")), (2, ("甲,乙", "丙"))]


def test_rows_and_columns_are_those_of_the_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["C4"] = "姓名"
    page["D7"] = 80
    page["E7"] = datetime(2026, 11, 20)  # noqa: DTZ001  # a cell has no zone
    book.save(tmp_path / "a.xlsx")
    assert list(sheet.read(tmp_path / "a.xlsx")) == [
        (4, (None, None, "姓名", None, None)),
        (7, (None, None, None, 80.0, date(2026, 11, 20))),
    ]


def test_text_counts_rows_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes('姓名,备注\r\n\r\n甲,"两\r\n行"\r\n,,\r\n乙,\r\n'.encode())
    assert list(sheet.read(path)) == [
        (1, ("姓名", "备注")),
        (3, ("甲", "两\r\n行")),
        (5, ("乙", None)),
    ]


def test_a_formula_is_seen_whether_its_result_is_remembered_or_not(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["姓名", "=1+1", "y"])
    book.save(tmp_path / "a.xlsx")
    assert list(sheet.read(tmp_path / "a.xlsx")) == [(1, ("姓名", Unreadable("cell.formula"), "y"))]


def test_a_cell_with_invalid_bytes_is_refused_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("姓名,备注\n甲,x\n".encode() + b"\xff\xfe\xe5,y\n" + "丙,z\n".encode())
    assert list(sheet.read(path)) == [
        (1, ("姓名", "备注")),
        (2, ("甲", "x")),
        (3, (Unreadable("cell.encoding"), "y")),
        (4, ("丙", "z")),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "roster.unreadable"),  # an old .xls
        ("姓名,".encode("utf-16"), "roster.encoding"),
        (b"PK\x03\x04 and nothing else", "roster.unreadable"),
        (b"name,number\nx,y\n", "roster.header"),
        ('姓名,"备注\n甲,乙\n'.encode(), "roster.unreadable"),
        (b"\x89PNG\r\n\x1a\n", "roster.header"),
    ],
)
def test_what_is_no_roster_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    assert code_of(path) == code


def test_an_absent_file_and_an_empty_one(tmp_path: Path) -> None:
    assert code_of(tmp_path / "absent.csv") == "roster.absent"
    (tmp_path / "empty.csv").write_bytes(b"")
    assert list(sheet.read(tmp_path / "empty.csv")) == []


def test_a_file_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MAX_FILE", 100)
    path = csv_file(tmp_path / "a.csv", rows(3))
    assert code_of(path) == "roster.too_big"


@pytest.mark.parametrize("write", [xlsxwriter_file, csv_file])
def test_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Write) -> None:
    for module in (sheet, separated_text):
        monkeypatch.setattr(module, "MAX_ROWS", 10)
    assert len(list(sheet.read(write(tmp_path / "a.bin", rows(29))))) == 30
    assert code_of(write(tmp_path / "b.bin", rows(30))) == "roster.too_long"


def rewritten(path: Path, part: str, change: tuple[bytes, bytes]) -> Path:
    """Write a workbook again with one part changed."""
    changed = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for each in old.namelist():
            content = old.read(each)
            if each == part:
                assert change[0] in content
                content = content.replace(*change)
            new.writestr(each, content)
    return changed


_SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'r="A2"', b'r="XFD1048576"'),  # a rectangle of 17 thousand million cells
        (b'r="A2"', b'r="ZZZZ2"'),
        (b'r="A2"', b'r="A0"'),
        (b'<row r="2"', b'<row r="99999999"'),
        (b"<sheetData>", b"<sheetData><<"),
        (b"<worksheet", b'<!DOCTYPE worksheet [<!ENTITY a "aaaa">]><worksheet'),
    ],
)
def test_a_workbook_that_would_make_the_reader_allocate(
    tmp_path: Path, old: bytes, new: bytes
) -> None:
    path = xlsxwriter_file(tmp_path / "a.xlsx", rows(2))
    assert code_of(rewritten(path, _SHEET, (old, new))) == "roster.unreadable"


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = xlsxwriter_file(tmp_path / "a.xlsx", rows(2))
    bomb = rewritten(path, "xl/theme/theme1.xml", (b"</a:theme>", b" " * (8 << 20)))
    monkeypatch.setattr(archive, "MAX_UNPACKED", 4 << 20)
    assert code_of(bomb) == "roster.unreadable"


def test_a_part_that_lies_about_its_length(tmp_path: Path) -> None:
    path = xlsxwriter_file(tmp_path / "a.xlsx", rows(2))
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        length = archive.getinfo(_SHEET).file_size
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(_SHEET.encode()))
    content[entry + 24 : entry + 28] = (length - 10).to_bytes(4, "little")
    path.write_bytes(bytes(content))
    assert code_of(path) == "roster.unreadable"


@pytest.mark.parametrize("part", ["xl/_rels/workbook.xml.rels", "xl/theme/theme1.xml"])
def test_a_part_is_unpacked_no_further_than_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    path = xlsxwriter_file(tmp_path / "a.xlsx", rows(2))
    path = rewritten(path, part, (b">", b">" + b" " * (3 << 20)))
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02", 0, content.rindex(part.encode()))
    content[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    path.write_bytes(bytes(content))
    unpacked: list[int] = []
    inflate = archive._inflate

    def counted(packed: memoryview) -> Iterator[bytes]:
        unpacked.append(0)
        for chunk in inflate(packed):
            unpacked[-1] += len(chunk)
            yield chunk

    monkeypatch.setattr(archive, "_inflate", counted)
    assert code_of(path) == "roster.unreadable"
    assert max(unpacked) <= 1 << 20  # one piece; a liar's bomb would be unpacked whole


def test_a_workbook_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = xlsxwriter_file(tmp_path / "a.xlsx", rows(2)).read_bytes()
    path = tmp_path / "cut.xlsx"
    for length in range(4, len(whole), 97):
        path.write_bytes(whole[:length])
        assert code_of(path) == "roster.unreadable"


def test_the_first_visible_sheet_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.title, hidden.sheet_state = "说明", "hidden"
    hidden.append(["不是名册"])
    book.create_sheet("名册").append(["姓名"])
    book.active = 1
    book.save(tmp_path / "a.xlsx")
    assert list(sheet.read(tmp_path / "a.xlsx")) == [(1, ("姓名",))]
