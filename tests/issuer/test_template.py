# SPDX-License-Identifier: Apache-2.0
"""The empty workbook: what it offers can be issued, and filled in it is read."""

import io
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from credential.certificate import KINDS
from credential.filing import Filing, Grant
from issuer import columns, sheet, template
from issuer.cells import CellError
from issuer.occupations import Occupations
from issuer.roster import Roster
from issuer.template import PAGE, Choices
from skillseal import main
from skillseal.demo import catalogue
from tests.issuer import world
from tests.issuer.sheets import row

CATALOGUE = catalogue.build()


def page(content: bytes) -> Worksheet:
    found = openpyxl.load_workbook(io.BytesIO(content))[PAGE]
    assert isinstance(found, Worksheet)
    return found


def test_what_is_filed_is_offered() -> None:
    choices = Choices.of("skill_level", [CATALOGUE], world.filing())
    assert choices.levels == ("五级/初级工", "四级/中级工", "三级/高级工")
    assert len(choices.occupations) == len(world.GRANTED)
    assert "砌筑工" in choices.occupations
    assert "lyg2020:82" in choices.occupations  # 泥塑工 means two


def test_a_filing_that_was_annulled_offers_nothing() -> None:
    grant = Grant("skill_level", world.GRANTED, ("3",))
    void = Filing("沪评备2026-002", 0, None, ("310115",), (grant,), "沪人社〔2026〕9号")
    choices = Choices.of("skill_level", [CATALOGUE], world.filing(filings=(void,)))
    assert (choices.occupations, choices.levels) == ((), ())


def test_every_occupation_offered_is_found() -> None:
    known = Occupations([CATALOGUE])
    choices = Choices.of("skill_level", [CATALOGUE])
    codes = set()
    for word in choices.occupations:
        try:
            codes.add(known.find(word).code)
        except CellError as error:
            codes.add(error.code)
    assert codes == {each.code for each in CATALOGUE.occupations}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_filled_in_it_is_read(tmp_path: Path, kind: str) -> None:
    choices = Choices.of(kind, [CATALOGUE])
    path = tmp_path / "a.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(template.build(choices)))
    values = dict(zip(("name", "id_number", "occupation"), row(0), strict=False))
    values |= {"level": "三级", "theory": "80", "practice": "85", "evaluated_on": "2026-11-18"}
    for column, field in enumerate(choices.fields(), start=1):
        has_level = field != "level" or choices.levels
        book[PAGE].cell(2, column, values.get(field) if has_level else None)
    book.save(path)
    drawn = sheet.read(path, None, lambda rows: columns.fit(rows, kind))
    found = Roster.read(drawn, kind, Occupations([CATALOGUE]).find)
    assert (len(found.candidates), found.refusals, found.warnings) == (1, (), ())


def test_lists_text_format_and_notes() -> None:
    content = template.build(Choices.of("skill_level", [CATALOGUE], world.filing()))
    assert content == template.build(Choices.of("skill_level", [CATALOGUE], world.filing()))
    found = page(content)
    titles = [cell.value for cell in found[1]]
    letter = chr(65 + titles.index("证件号码"))
    assert found.column_dimensions[letter].number_format == "@"
    rules = {
        str(rule.sqref).partition(":")[0]: rule.formula1
        for rule in found.data_validations.dataValidation
        if rule.type == "list"
    }
    names = {titles[columns_of(place)] for place in rules}
    assert names == {"职业（工种）", "技能等级", "评价方式", "证件类型"}
    assert all(str(source).startswith("选项!") for source in rules.values())


def columns_of(place: str) -> int:
    return ord(place[0]) - 65


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, filing = tmp_path / "t.xlsx", tmp_path / "filing.json"
    filing.write_bytes(world.filing().to_bytes())
    assert main.main(["issuer", "template", "--out", str(out), "--filing", str(filing)]) == 0
    assert "5 occupations" in capsys.readouterr().out
    assert page(out.read_bytes())["A1"].value == "姓名"
    assert main.main(["issuer", "check", str(out)]) == 2
    assert "[roster.empty]" in capsys.readouterr().err
    assert main.main(["issuer", "template", "--out", str(tmp_path / "no" / "t.xlsx")]) == 2
    assert "[output.unwritable]" in capsys.readouterr().err
