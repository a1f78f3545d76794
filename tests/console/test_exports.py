# SPDX-License-Identifier: Apache-2.0
"""Exports: no cell is a formula, numbers stay numbers, Chinese stays Chinese."""

import csv
import io
import itertools

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console import exports
from tests.console.test_accounts import code_of

HEAD = ("名称", "人数")
FORMULAS = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x"),
    *(" =1", "\u3000=1", "\ufeff=1", '=cmd|" /c calc"!A0', "|x", "%x"),
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_text(text: str) -> None:
    written = exports.to_csv(HEAD, [(text, 1)]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(written, newline="")))[1] == ["'" + text, "1"]
    book = openpyxl.load_workbook(io.BytesIO(exports.to_xlsx(HEAD, [(text, 1)])))
    cell = book.worksheets[0]["A2"]
    assert (cell.data_type, cell.hyperlink) == ("s", None)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_of_a_csv_begins_like_a_formula(text: str) -> None:
    shown = exports.guarded(text)
    assert shown in {text, "'" + text}
    assert not shown.strip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


def test_numbers_and_chinese_stay() -> None:
    rows = [("浦东建设技能评价有限公司", 12), ("https://a.example", 10**16), ("", None)]
    content = exports.to_csv(HEAD, rows)
    assert content.startswith("\ufeff名称,人数\r\n浦东建设技能评价有限公司,12\r\n".encode())
    sheet = openpyxl.load_workbook(io.BytesIO(exports.to_xlsx(HEAD, rows))).worksheets[0]
    assert (sheet["B2"].value, sheet["B3"].value) == (12, "1" + "0" * 16)
    assert sheet["A3"].hyperlink is None


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MAX_ROWS", 10)
    assert exports.to_csv(HEAD, itertools.repeat(("x", 1), 10)).count(b"\n") == 11
    for write in (exports.to_csv, exports.to_xlsx):
        refused = code_of(lambda: write(HEAD, itertools.repeat(("x", 1))))  # noqa: B023 # at once
        assert refused == "export.too_many"


def test_a_name_of_a_file_is_quoted() -> None:
    answer = exports.attachment(b"x", '机构"\r\n.csv', exports.CSV)
    said = answer.headers["content-disposition"]
    assert said == "attachment; filename*=UTF-8''%E6%9C%BA%E6%9E%84%22%0D%0A.csv"
