# SPDX-License-Identifier: Apache-2.0
"""Planted mistakes of twenty kinds, from the workbook to the registry, by the commands alone.

A desk checks, files and issues a roster against a registry in a process of its own, over HTTP. The
planted rows come back marked, each at its cell, and nothing else does; every other row is
registered. 500 rows with 40 mistakes everyday, 10,000 with 200 in the long run.
"""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from credential import carrier
from credential.identity_number import check_digit
from issuer import results
from keys import key_file
from registry import fsck, lists, office
from skillseal import main
from skillseal.demo import catalogue
from tests.issuer.sheets import HEADINGS, Value, number, row, xlsxwriter_file
from tests.registry.test_crash import served
from tests.registry.world import CATALOGUE, START, World

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
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"
_GIVEN = "青禾望舒知远思齐若谷明轩子衿一诺云帆星河临川景行怀瑾凌霄书言"
Places = set[tuple[int, str, str]]
"""Row, heading, code."""


def person(serial: int) -> str:
    """Give everybody another name: without holder tags, namesakes would be one person."""
    first, rest = serial % len(_SURNAMES), serial // len(_SURNAMES)
    return _SURNAMES[first] + _GIVEN[rest % len(_GIVEN)] + _GIVEN[rest // len(_GIVEN)]


def planted(count: int, each: int) -> tuple[list[list[Value]], Places]:
    """Make a roster with so many mistakes of each kind; gives where they are too."""
    table = [row(at, 姓名=person(at), 考核日期="2026-09-12") for at in range(count)]
    places: Places = set()
    apart = (count - 20) // (len(MISTAKES) * each)
    for n in range(len(MISTAKES) * each):
        heading, value, code = MISTAKES[n % len(MISTAKES)]
        at = 10 + n * apart
        changed = number(at - 1) if code == "row.duplicate" else value
        if code == "age.minor":
            digits = f"3101992015{1 + n // 28 % 12:02}{1 + n % 28:02}{n % 1000:03}"
            changed = digits + check_digit(digits)
        table[at][HEADINGS.index(heading)] = changed
        places.add((at + 2, heading, code))
    assert len(places) == len(MISTAKES) * each
    return table, places


class Office:
    """A desk's files, and the region whose registry it works with."""

    def __init__(self, folder: Path, count: int, each: int) -> None:
        self.folder = folder
        table, self.places = planted(count, each)
        self.roster = xlsxwriter_file(folder / "r.xlsx", table)
        self.world = World(folder).found()
        body = self.world.first
        all_of_them = json.loads(catalogue.build().to_bytes())["occupations"]
        newer = {**CATALOGUE, "version": 2, "occupations": all_of_them}
        self.world.state("catalogue", f"{self.world.url}/catalogues/lyg2020", newer)
        blocks = {"list": "1", "first": 16_384, "count": 16_384}
        self.world.state("blocks", body.id, blocks)
        lists.sign_lists(self.world.registry, self.world.list, self.world.status)
        self.filing = folder / "filing.json"
        made = office.filing_file(self.world.registry, body.id, "none")
        self.filing.write_bytes(made.to_bytes())
        self.secret = folder / "passphrase"
        self.secret.write_bytes(b"correct horse")
        for key in (body.certificate, body.submit, body.statement):
            key_file.create(folder / f"{key.role}.key", key, b"correct horse")

    def run(self, action: str, *given: object) -> int:
        at = datetime.fromtimestamp(START, UTC).isoformat()
        command = ["issuer", action, str(self.roster), "--filing", str(self.filing), "--at", at]
        return main.main([*command, "--json", *map(str, given)])

    def online(self, url: str) -> list[object]:
        return ["--registry", url, "--passphrase-file", self.secret]

    def key(self, role: str) -> Path:
        return self.folder / f"{role}.key"


def marked(path: Path) -> set[tuple[int, str]]:
    """Find the red cells of an annotated copy."""
    page = openpyxl.load_workbook(io.BytesIO(path.read_bytes())).active
    assert isinstance(page, Worksheet)
    return {
        (line[0].row or 0, HEADINGS[column])
        for line in page.iter_rows(max_col=len(HEADINGS))
        for column, cell in enumerate(line)
        if cell.comment and str(cell.fill.fgColor.rgb).endswith(REFUSED)
    }


def refusals(output: str) -> Places:
    told = [json.loads(line) for line in output.splitlines()]
    told = [each for each in told if "suggestion" in each]
    assert all(each["message"] and each["suggestion"] for each in told)
    places = {(each["row"], each["column"], each["code"]) for each in told}
    assert len(places) == len(told)
    return places


def from_workbook_to_registry(
    folder: Path, count: int, each: int, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Office(folder, count, each)
    good = count - len(desk.places)
    assert desk.run("check", "--annotate", folder / "marked.xlsx") == 1
    assert refusals(capsys.readouterr().out) == desk.places
    assert marked(folder / "marked.xlsx") == {(at, heading) for at, heading, _ in desk.places}
    with served(folder) as (_, port):
        online = desk.online(f"http://127.0.0.1:{port}")
        assert desk.run("batch", *online, "--statement-key", desk.key("statement")) == 1
        keys = ["--key", desk.key("certificate"), "--submit-key", desk.key("submit")]
        capsys.readouterr()
        assert desk.run("issue", *online, *keys, "--out", folder / "out") == 1
    output = capsys.readouterr().out
    assert refusals(output) == desk.places
    counts = json.loads(output.splitlines()[-1])
    refused = len(desk.places)
    assert counts == {"rows": count, "registered": good, "refused": refused, "waiting": 0}
    everyone(desk, good)


def everyone(desk: Office, good: int) -> None:
    """Demand that the registry and the folder have every good row, and no other."""
    with (desk.folder / "out" / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert tuple(table[0]) == results.HEADINGS
    registered = [line for line in table if line["结果"] == "已登记"]
    planted_rows = {at for at, _, _ in desk.places}
    rows = {int(line["行号"]) for line in registered}
    assert rows == set(range(2, 2 + good + len(planted_rows))) - planted_rows
    numbers = {line["证书编号"] for line in registered}
    codes = {path.stem for path in (desk.folder / "out").glob("*.txt")}
    assert len(registered) == len(numbers) == good
    assert numbers == codes
    indexes = set()
    for line in registered[:: max(1, good // 400)]:
        carried = carrier.decode((desk.folder / "out" / line["文件"]).read_text())
        assert carried.claims.name == person(int(line["行号"]) - 2)
        indexes.add(carried.claims.status_index)
    assert len(indexes) == len(registered[:: max(1, good // 400)])
    desk.world.registry = desk.world.open()
    report = fsck.fsck(desk.world.registry)
    assert (report.certificates, report.unsigned) == (good, 0)


def test_forty_mistakes_in_five_hundred_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from_workbook_to_registry(tmp_path, 500, 2, capsys)


@pytest.mark.long
def test_two_hundred_mistakes_in_ten_thousand_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from_workbook_to_registry(tmp_path, 10_000, 10, capsys)
