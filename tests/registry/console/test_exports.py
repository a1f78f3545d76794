# SPDX-License-Identifier: Apache-2.0
"""Lists as files: what the page shows, and no formula."""

import csv
import io

import openpyxl
import pytest

from tests.registry.console.town import Town
from tests.registry.console.web import Clerk, Office
from tests.registry.entries import ENTRIES


@pytest.fixture
def clerk(town: Town) -> Clerk:
    subject, said = ENTRIES["unit"]
    town.state("unit", subject, {**said, "name": "=cmd|' /C calc'!A0"}, [town.lead])
    office = Office(town)
    office.hire("official")
    return office.enter("official")


def read(clerk: Clerk, path: str) -> list[list[str]]:
    answer = clerk.get(path)
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_lists_leave_as_the_page_shows_them(clerk: Clerk, town: Town) -> None:
    head, row = read(clerk, "/directories/bodies.csv?q=示例")
    assert head[:3] == ["名称", "状态", "统一社会信用代码"]
    assert row[:3] == ["示例职业技能评价中心", "正常", town.first.code]
    assert read(clerk, "/batches.csv")[1][:4] == [
        *("B1", "示例职业技能评价中心", "职业技能等级", "2026-09-01"),
    ]
    names = [row[1] for row in read(clerk, f"/certificates/of/{town.first.code}.csv")[1:]]
    assert names == ["沈砚秋", "陆知远", "欧阳青禾"]
    assert len(read(clerk, "/directories/stations.csv?state=removed")) == 1
    assert clerk.get("/directories/bodies.pdf").status_code == 404
    assert clerk.get("/directories/nothing.csv").status_code == 404


def test_no_cell_is_a_formula(clerk: Clerk) -> None:
    assert read(clerk, "/directories/units.csv")[1][0] == "'=cmd|' /C calc'!A0"
    content = clerk.get("/directories/units.xlsx").content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    cell = sheet["A2"]
    assert (cell.value, cell.data_type) == ("=cmd|' /C calc'!A0", "s")


def test_a_number_leads_to_its_certificate(clerk: Clerk, town: Town) -> None:
    number = f"{town.first.prefix}263000001"
    answer = clerk.get(f"/certificates?number={number}")
    assert answer.headers["location"] == f"/certificates/skill_level/{number}"
    assert "没有符合条件" in clerk.get("/certificates?number=1").text
