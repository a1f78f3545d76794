# SPDX-License-Identifier: Apache-2.0
"""Ten thousand rows with two hundred planted mistakes of twenty kinds: those are refused alone."""

import io
import json
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from credential.identity_number import check_digit
from skillseal import main
from tests.issuer import world
from tests.issuer.sheets import HEADINGS, Value, number, row, xlsxwriter_file

ROWS, EACH = 10_000, 10
REFUSED = "FFC7CE"  # the colour; a few good numbers end in 000 and are warned of in another
MISTAKES: tuple[tuple[str, Value, str], ...] = (
    ("姓名", None, "cell.missing"),
    ("姓名", "张三", "name.test_data"),
    ("姓名", "=HYPERLINK()", "name.malformed"),
    ("证件号码", 3.10199199001e17, "id.stored_as_number"),
    ("证件号码", "310199199001010019", "holder.malformed"),
    ("证件号码", None, "cell.missing"),
    ("证件号码", "", "age.minor"),
    ("证件号码", "", "row.duplicate"),
    ("职业（工种）", "火箭工程师", "occupation.unknown"),
    ("职业（工种）", "木雕工", "occupation.ambiguous"),
    ("职业（工种）", "钢筋工", "scope.occupation"),
    ("技能等级", "九级", "roster.level"),
    ("技能等级", "三级/中级工", "roster.level"),
    ("技能等级", "一级", "scope.level"),
    ("理论成绩", "59", "score.failed"),
    ("理论成绩", "八十", "score.malformed"),
    ("实操成绩", None, "score.missing"),
    ("实操成绩", "101", "score.malformed"),
    ("考核日期", "2026-02-30", "date.malformed"),
    ("考核日期", "2026-11-21", "dates.evaluated"),
)


def test_two_hundred_mistakes_in_ten_thousand_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = [row(serial) for serial in range(ROWS)]
    expected = set()
    for n in range(len(MISTAKES) * EACH):
        heading, value, code = MISTAKES[n % len(MISTAKES)]
        at = 40 + n * 47
        changed = number(at - 1) if code == "row.duplicate" else value
        if code == "age.minor":
            digits = f"3101992015{1 + n // 28 % 12:02}{1 + n % 28:02}{n % 1000:03}"
            changed = digits + check_digit(digits)
        table[at] = row(at, **{heading: changed})
        expected.add((at + 2, heading, code))
    assert len(expected) == len(MISTAKES) * EACH == 200
    roster = xlsxwriter_file(tmp_path / "r.xlsx", table)
    filing, marked = tmp_path / "filing.json", tmp_path / "marked.xlsx"
    filing.write_bytes(world.filing().to_bytes())
    given = ["issuer", "check", str(roster), "--filing", str(filing), "--json"]
    given += ["--annotate", str(marked), "--at", "2026-11-20T10:00:00+08:00"]
    assert main.main(given) == 1
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {(each["row"], each["column"], each["code"]) for each in told} == expected
    assert len(told) == 200
    assert all(each["message"] and each["suggestion"] for each in told)
    page = openpyxl.load_workbook(io.BytesIO(marked.read_bytes())).active
    assert isinstance(page, Worksheet)
    coloured = {
        (line[0].row, HEADINGS[column])
        for line in page.iter_rows(max_col=len(HEADINGS))
        for column, cell in enumerate(line)
        if cell.comment and str(cell.fill.fgColor.rgb).endswith(REFUSED)
    }
    assert coloured == {(at, heading) for at, heading, _ in expected}
