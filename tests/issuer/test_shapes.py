# SPDX-License-Identifier: Apache-2.0
"""Shapes that Excel and WPS give to a workbook and LibreOffice does not.

Made by hand here, in the shape of those programs: none of these was made by them. What really was,
is in `test_fetched_workbooks.py`.
"""

import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Final

import pytest

from credential.errors import MalformedError
from issuer import cells, compound_file, sheet
from issuer.roster import Roster
from issuer.sheet import Cell, Unreadable
from tests.issuer import refusals
from tests.issuer.sheets import HEADINGS, row
from tests.issuer.test_workbooks import OCCUPATIONS, at, old_book, saved

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN: Final = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_LINKS: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
ONE: Final = '<sheet name="成绩" sheetId="1" r:id="rId1"/>'
TEXTS: Final = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
DAY: Final = '<row r="1"><c r="A1" s="1"><v>46344</v></c></row>'
NUMBER: Final = '<row r="1"><c r="A1"><v>7</v></c></row>'
ERROR: Final = Unreadable("cell.error")


def book(
    folder: Path,
    lines: str,
    *,
    strings: str = "",
    style: str = "0",
    formats: str = "",
    after: str = "",
    before: str = "",
    sheets: str = ONE,
    target: str = "worksheets/sheet1.xml",
    main: str = MAIN,
    links: str = LINKS,
    more: dict[str, str] | None = None,
) -> Path:
    """Write the smallest workbook that has these parts; `s="1"` is the style."""
    path = folder / "a.xlsx"
    to = {"worksheet": target, "styles": "styles.xml", "sharedStrings": "sharedStrings.xml"}
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{links}/{kind}" Target="{part}"/>'
        for number, (kind, part) in enumerate(to.items(), start=1)
    )
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{links}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{links}">{before}'
        f"<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{relations}'
        f'<Relationship Id="rId9" Type="{links}/worksheet" Target="worksheets/sheet9.xml"/>'
        "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{main}">{formats}<cellXfs><xf numFmtId="0"/>'
        f'<xf numFmtId="{style}"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData>'
        f"{after}</worksheet>",
        "xl/worksheets/sheet9.xml": f'<worksheet xmlns="{main}"><sheetData>'
        '<row r="1"><c r="A1"><v>9</v></c></row></sheetData></worksheet>',
        **(more or {}),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def read(path: Path) -> list[tuple[Cell | Unreadable | None, ...]]:
    return [line for _, line in sheet.read(path)]


def test_texts_with_readings_and_in_runs(tmp_path: Path) -> None:
    # Excel keeps how a text is to be pronounced beside it, and parts in bold as runs.
    strings = (
        '<si><t>赵青禾</t><rPh sb="0" eb="1"><t>ZHAO</t></rPh><phoneticPr fontId="1"/></si>'
        '<si><r><rPr><b/></rPr><t>钱</t></r><r><t xml:space="preserve"> 望</t></r>'
        '<rPh sb="0" eb="1"><t>QIAN</t></rPh></si>'
    )
    assert read(book(tmp_path, TEXTS, strings=strings)) == [("赵青禾", "钱 望")]


def test_characters_that_excel_writes_as_numbers(tmp_path: Path) -> None:
    strings = '<si><t xml:space="preserve"> 赵_x000D_\n青禾</t></si><si><t>_x005F_x000D_</t></si>'
    found = read(book(tmp_path, TEXTS, strings=strings))
    assert found == [(" 赵\r\n青禾", "_x000D_")]
    assert cells.text(" 赵\r\n青禾") == "赵 青禾"


@pytest.mark.parametrize("style", [14, 22, 27, 28, 30, 31, 36, 50, 57, 58, 176, 177, 178])
def test_a_day_in_the_formats_of_a_chinese_excel(tmp_path: Path, style: int) -> None:
    # 27 to 36 and 50 to 58 are days in a Chinese Excel alone, and no part of the file says so.
    formats = (
        '<numFmts count="3"><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d'
        '&quot;日&quot;;@"/><numFmt numFmtId="177" formatCode="[$-804]yyyy/m/d;@"/>'
        '<numFmt numFmtId="178" formatCode="[DBNum1][$-804]yyyy&quot;年&quot;m&quot;月&quot;'
        'd&quot;日&quot;;@"/></numFmts>'
    )
    path = book(tmp_path, DAY, style=str(style), formats=formats)
    assert read(path) == [(date(2026, 11, 18),)]


@pytest.mark.parametrize("style", [0, 1, 49])
def test_a_number_that_no_format_makes_a_day(tmp_path: Path, style: int) -> None:
    ((found,),) = read(book(tmp_path, DAY, style=str(style)))
    assert found == 46344.0
    assert refusals.code_of(cells.civil_date, found) == "date.malformed"


@pytest.mark.parametrize("said", ["1", "true"])
def test_days_counted_from_1904(tmp_path: Path, said: str) -> None:
    lines = DAY.replace("46344", "44882")
    before = f'<workbookPr date1904="{said}"/>'
    assert read(book(tmp_path, lines, style="14", before=before)) == [(date(2026, 11, 18),)]


def test_a_day_with_an_hour_and_an_hour_without_a_day(tmp_path: Path) -> None:
    lines = '<row r="1"><c r="A1" s="1"><v>46344.5</v></c><c r="B1" s="1"><v>0.5</v></c></row>'
    ((noon, hour),) = read(book(tmp_path, lines, style="22"))
    assert noon == datetime(2026, 11, 18, 12)  # noqa: DTZ001  # a cell has no zone
    assert cells.civil_date(noon) == "2026-11-18"
    assert hour == ERROR


@pytest.mark.parametrize("written", ["3.1019919900101E+17", "310199199001010017", "3.1e17"])
def test_a_document_number_as_excel_stores_a_number(tmp_path: Path, written: str) -> None:
    ((found,),) = read(book(tmp_path, NUMBER.replace("7", written)))
    assert isinstance(found, float)
    assert refusals.code_of(cells.document_number, found, "B7") == "id.stored_as_number"


def test_cells_that_show_errors_or_yes_or_no(tmp_path: Path) -> None:
    lines = (
        '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="b"><v>1</v></c>'
        '<c r="C1" t="e"><f>A9</f><v>#REF!</v></c><c r="D1" t="b"><v>0</v></c></row>'
    )
    ((error, yes, formula, no),) = read(book(tmp_path, lines))
    assert (error, yes, formula, no) == (ERROR, True, Unreadable("cell.formula"), False)
    # An error where a column may be empty: it is not taken for an empty cell.
    assert refusals.code_of(cells.score, error, 60, needed=False) == "cell.error"
    assert refusals.code_of(cells.required, yes) == "cell.not_text"


def test_an_error_that_came_after_the_reading_library(tmp_path: Path) -> None:
    lines = '<row r="3"><c r="AB3" t="e"><v>#SPILL!</v></c></row>'
    with pytest.raises(MalformedError, match="cells show errors, the first is AB3") as caught:
        read(book(tmp_path, lines))
    assert caught.value.code == "roster.unreadable"


def test_an_error_in_an_old_workbook(tmp_path: Path) -> None:
    stream = old_book()
    place = at(stream, 0x027E)  # the first number becomes an error: #N/A is 42
    stream[place - 4 : place - 2] = b"\x05\x02"
    stream[place + 6 : place + 8] = b"\x2a\x01"
    found = [cell for _, line in sheet.read(saved(tmp_path, stream), "成绩") for cell in line]
    assert found.count(ERROR) == 1
    stream[place + 6 : place + 8] = b"\x01\x00"  # and now a yes
    found = [cell for _, line in sheet.read(saved(tmp_path, stream), "成绩") for cell in line]
    assert found.count(ERROR) == 0
    assert sum(cell is True for cell in found) == 1


def test_a_drop_down_list_that_stands_on_another_sheet(tmp_path: Path) -> None:
    # Excel 2010 and later write it below the cells; its `f` is no formula of the last cell.
    after = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="urn:x14">'
        '<x14:dataValidations count="1" xmlns:xm="urn:xm"><x14:dataValidation type="list">'
        "<x14:formula1><xm:f>名单!$A$1:$A$9</xm:f></x14:formula1><xm:sqref>A1</xm:sqref>"
        "</x14:dataValidation></x14:dataValidations></ext></extLst>"
    )
    assert read(book(tmp_path, NUMBER, after=after)) == [(7.0,)]


@pytest.mark.parametrize("formula", ["<f>6+1</f>", '<f t="shared" si="0"/>', "<f></f>"])
def test_a_formula_is_still_one(tmp_path: Path, formula: str) -> None:
    lines = NUMBER.replace("<v>", f"{formula}<v>")
    assert read(book(tmp_path, lines)) == [(Unreadable("cell.formula"),)]
    prefixed = lines.replace("<", "<x:").replace("<x:/", "</x:")
    part = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{prefixed}</x:sheetData></x:worksheet>'
    path = book(tmp_path, "", more={"xl/worksheets/sheet1.xml": part})
    assert read(path) == [(Unreadable("cell.formula"),)]


def test_a_picture_in_a_cell_as_wps_writes_it(tmp_path: Path) -> None:
    formula = '<f>_xlfn.DISPIMG("ID_1",1)</f>'
    lines = f'<row r="1"><c r="A1" t="str">{formula}<v>=DISPIMG("ID_1",1)</v></c></row>'
    assert read(book(tmp_path, lines)) == [(Unreadable("cell.formula"),)]


def test_parts_named_from_the_root_and_a_choice_of_contents(tmp_path: Path) -> None:
    before = (
        '<mc:AlternateContent xmlns:mc="urn:mc"><mc:Choice Requires="x15">'
        r'<x15ac:absPath url="C:\表\" xmlns:x15ac="urn:x15ac"/></mc:Choice></mc:AlternateContent>'
    )
    path = book(tmp_path, NUMBER, before=before, target="/xl/worksheets/sheet1.xml")
    assert read(path) == [(7.0,)]


def test_cells_and_rows_without_places(tmp_path: Path) -> None:
    text = '<c t="inlineStr"><is><t>甲</t></is></c>'
    lines = f"<row>{text}<c/><c><v>3</v></c></row><row><c><v>4</v></c></row>"
    assert read(book(tmp_path, lines)) == [("甲", None, 3.0), (4.0, None, None)]


def test_excels_strict_open_xml(tmp_path: Path) -> None:
    lines = TEXTS + '<row r="2"><c r="A2" t="d"><v>2026-11-18</v></c></row>'
    strings = "<si><t>甲</t></si><si><t>乙</t></si>"
    path = book(tmp_path, lines, strings=strings, main=STRICT_MAIN, links=STRICT_LINKS)
    assert read(path) == [("甲", "乙"), (date(2026, 11, 18), None)]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_are_not_read(tmp_path: Path, state: str) -> None:
    hidden = f'<sheet name="旧" sheetId="2" state="{state}" r:id="rId9"/>'
    assert read(book(tmp_path, NUMBER, sheets=hidden + ONE)) == [(7.0,)]
    with pytest.raises(MalformedError, match="no visible sheet 旧"):
        list(sheet.read(tmp_path / "a.xlsx", "旧"))
    with pytest.raises(MalformedError, match="no visible sheet"):
        read(book(tmp_path, NUMBER, sheets=hidden))


@pytest.mark.parametrize("ids", ['q:id="rId1" r:id="rId9"', 'r:id="rId9" q:id="rId1"', ""])
def test_a_sheet_is_the_one_that_was_looked_at(tmp_path: Path, ids: str) -> None:
    # The library goes by the letters r:id, whatever they stand for; the look, by what they mean.
    spaces = f'xmlns:q="{LINKS}" xmlns:r="urn:other"'
    path = book(tmp_path, NUMBER, sheets=f'<sheet name="成绩" sheetId="1" {spaces} {ids}/>')
    assert refusals.code_of(read, path) == "roster.unreadable"


@pytest.mark.parametrize("state", ["visible", "hidden"])
def test_two_sheets_with_one_name(tmp_path: Path, state: str) -> None:
    other = f'<sheet name="成绩" sheetId="2" state="{state}" r:id="rId9"/>'
    path = book(tmp_path, NUMBER, sheets=other + ONE)
    with pytest.raises(MalformedError, match="two sheets have one name") as caught:
        read(path)
    assert caught.value.code == "roster.unreadable"


def test_macros_are_left_alone(tmp_path: Path) -> None:
    assert read(book(tmp_path, NUMBER, more={"xl/vbaProject.bin": "macro"})) == [(7.0,)]


def test_a_workbook_with_a_password_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    for size in (100, 9000):
        path.write_bytes(compound_file.around("EncryptedPackage", bytes(size)))
        with pytest.raises(MalformedError, match="a password: save it without one") as caught:
            read(path)
        assert caught.value.code == "roster.unreadable"
    path.write_bytes(compound_file.around("WordDocument", bytes(9000)))
    with pytest.raises(MalformedError, match=r"not an \.xls workbook"):
        read(path)


def test_a_roster_with_an_error_where_nothing_is_needed(tmp_path: Path) -> None:
    titles = [*HEADINGS, "证书编号"]
    values = [str(value) for value in row(1)]
    inline = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in titles)
    filled = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in values)
    error = '<c t="e"><v>#N/A</v></c>'
    lines = f'<row r="1">{inline}</row><row r="2">{filled}{error}</row>'
    drawn = sheet.read(book(tmp_path, lines))
    found = Roster.read(drawn, "skill_level", OCCUPATIONS.find)
    assert [(each.row, each.column, each.code) for each in found.refusals] == [
        (2, "证书编号", "cell.error")
    ]
    assert found.candidates == ()
