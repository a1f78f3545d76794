# SPDX-License-Identifier: Apache-2.0
"""Certificates of before this system: taken over as records, issued again as signed ones."""

import itertools
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from fastapi.testclient import TestClient

from credential import certificate
from issuer import desk, find, history, old_records, old_sheet, text_workbook
from issuer.ledger import Ledger
from issuer.occupations import Occupations
from issuer.old_records import Taken
from issuer.old_sheet import OldSheet
from registry import app, lists
from skillseal import main
from tests.issuer.afterwards import Bureau, evaluated
from tests.issuer.refusals import code_of
from tests.issuer.sheets import Value, csv_file, name, number, xlsxwriter_file
from tests.registry.world import DAY, START, World

HEADINGS = ("姓名", "身份证号", "职业（工种）", "技能等级", "证书编号", "发证日期")


def old(serial: int, **changes: Value) -> list[Value]:
    """Make a row of an old list."""
    values: dict[str, Value] = dict(
        zip(
            HEADINGS,
            (
                *(name(serial), number(serial), "砌筑工", "四级/中级工"),
                *(f"RSN3101150071940000{serial}", "2019-06-01"),
            ),
            strict=True,
        )
    )
    return [changes.get(heading, value) for heading, value in values.items()]


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry that has signed its lists; copied for each test."""
    world = World(tmp_path_factory.mktemp("founded")).found()
    world.clock.now = START + DAY
    lists.sign_lists(world.registry, world.list, world.status)
    world.registry.engine.dispose()
    return world.folder


@pytest.fixture
def bureau(tmp_path: Path, founded: Path) -> Iterator[Bureau]:
    for file in ("registry.db", "published.marks"):
        shutil.copy(founded / file, tmp_path)
    world = World(tmp_path, jtis=itertools.count(1_000_000))
    world.clock.now = START + DAY
    with TestClient(app.build(world.registry)) as client:
        yield Bureau(tmp_path, world, client)


def sheet_of(bureau: Bureau, table: list[list[Value]]) -> OldSheet:
    path = csv_file(bureau.folder / "old.csv", table, HEADINGS)
    return old_sheet.read(path, "skill_level", Occupations(bureau.filing.dictionaries()).find)


def take(bureau: Bureau, table: list[list[Value]], *, dry_run: bool = False) -> Taken:
    with bureau.ledger() as ledger:
        return old_records.take(ledger, sheet_of(bureau, table), dry_run=dry_run)


def test_records_are_kept_once_and_are_no_certificates(bureau: Bureau) -> None:
    table = [old(n) for n in range(3)]
    assert (take(bureau, table, dry_run=True).new, take(bureau, table).new) == (3, 3)
    assert (take(bureau, table).new, take(bureau, table).known) == (0, 3)
    with bureau.ledger() as ledger:
        (found,) = find.by_text(ledger, "RSN31011500719400001")
        assert [each.number for each in find.by_text(ledger, name(1))] == [found.number]
        assert (found.stage, found.state, found.successor) == ("record", None, None)
        assert ledger.items_of(ledger.person(f"1:{number(1)}")) == []
        assert ledger.path.read_bytes().find(number(1).encode()) == -1
    assert bureau.change("revoke", [found.number]) == [("refused", "record.unsigned")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"姓名": ""}, "cell.missing"),
        ({"姓名": "a*b"}, "name.malformed"),
        ({"身份证号": "310199199001010019"}, "holder.malformed"),
        ({"身份证号": 3.1e17}, "id.stored_as_number"),
        ({"技能等级": ""}, "cell.missing"),
        ({"技能等级": "三级"}, "record.level"),
        ({"证书编号": ""}, "cell.missing"),
        ({"证书编号": "№1"}, "number.malformed"),
        ({"证书编号": "RSN31011500719400000"}, "number.duplicate"),
        ({"发证日期": "2018-06-01"}, "record.year"),
        ({"发证日期": "gestern"}, "date.malformed"),
    ],
)
def test_rows_that_are_refused(bureau: Bureau, change: dict[str, Value], code: str) -> None:
    taken = take(bureau, [old(0), old(1, **change)])
    assert [(each.row, each.code) for each in taken.refusals] == [(3, code)]
    assert taken.new == 1
    assert all(number(1) not in each.message for each in taken.refusals)


def test_what_is_only_odd(bureau: Bureau) -> None:
    changed = {"职业（工种）": "打铁匠", "证书编号": "沪职鉴-17", "发证日期": ""}
    taken = take(bureau, [old(0, **changed)])
    assert (taken.new, taken.refusals) == (1, ())
    assert [each.code for each in taken.warnings] == ["record.number", "record.occupation"]
    with bureau.ledger() as ledger:
        again = old_records.again(ledger, sheet_of(bureau, [old(0, **changed)]))
    assert [each.code for each in again.refusals] == ["record.occupation"]
    assert again.table == ()


def test_an_old_certificate_means_what_was_in_force_then(bureau: Bureau) -> None:
    (signed,) = bureau.filing.dictionaries()
    first, second, *others = signed.occupations
    merged = (
        first._replace(aliases=("老工种",), last_day="2018-12-31"),
        second._replace(aliases=("老工种",), first_day="2019-01-01"),
    )
    find_ = Occupations([signed._replace(occupations=(*merged, *others))]).find
    word = {"职业（工种）": "老工种"}
    table = [
        old(0, **word, 发证日期="2019-06-01"),
        old(1, **word, 发证日期=""),  # nobody knows when: nothing is left out
    ]
    path = csv_file(bureau.folder / "old.csv", table, HEADINGS)
    read = old_sheet.read(path, "skill_level", find_)
    assert [each.candidate.occupation for each in read.read] == [second.code, ""]
    assert [(each.row, each.code) for each in read.warnings] == [(3, "record.occupation")]


def test_a_sheet_without_numbers_is_none(bureau: Bureau, tmp_path: Path) -> None:
    find_ = Occupations(bureau.filing.dictionaries()).find
    for rows, code in (
        ([["姓名", "身份证号", "职业"]], "roster.header"),
        ([list(HEADINGS)], "roster.empty"),
    ):
        path = csv_file(tmp_path / "x.csv", rows[1:], [str(each) for each in rows[0]])
        assert code_of(old_sheet.read, path, "skill_level", find_) == code


def test_another_holder_of_a_known_number_is_refused(bureau: Bureau) -> None:
    take(bureau, [old(0)])
    taken = take(bureau, [old(1, 证书编号="RSN31011500719400000")])
    assert [each.code for each in taken.refusals] == ["record.known"]
    (issued,) = bureau.issue([evaluated(5)])
    taken = take(bureau, [old(6, 证书编号=issued, 技能等级="三级", 发证日期="")])
    assert [each.code for each in taken.refusals] == ["number.used"]


def test_a_recorded_number_is_never_drawn(bureau: Bureau) -> None:
    prefix = bureau.filing.body.prefix
    first = f"{prefix}263000001"
    assert take(bureau, [old(0, 证书编号=first, 技能等级="三级", 发证日期="2026-05-01")]).new == 1
    (issued,) = bureau.issue([evaluated(1)])
    assert issued == f"{prefix}263000002"


def test_a_record_counts_for_the_next_level_and_as_a_double(bureau: Bureau) -> None:
    take(bureau, [old(0)])
    path = csv_file(
        bureau.folder / "r.csv",
        [evaluated(0), evaluated(1), evaluated(0, 技能等级="四级")],
    )
    roster, report, _ = desk.looked(bureau.order(path), bureau.at)
    with bureau.ledger() as ledger:
        told = history.without_issued(roster, report, ledger)
    assert [(each.row, each.code) for each in told.warnings] == [
        (3, "level.prerequisite"),
        (4, "record.held"),
    ]


def test_records_are_issued_again_as_signed_ones(bureau: Bureau, tmp_path: Path) -> None:
    table = [old(n) for n in range(3)]
    take(bureau, table)
    with bureau.ledger() as ledger:
        again = old_records.again(ledger, sheet_of(bureau, table))
    assert (len(again.table), again.done, again.refusals) == (3, 0, ())
    roster = tmp_path / "again.xlsx"
    roster.write_bytes(text_workbook.build("再发证", old_records.HEADINGS, again.table))
    numbers = bureau.issue_file(roster, "B30")
    with bureau.ledger() as ledger:
        (record,) = find.by_text(ledger, "RSN31011500719400002")
        assert record.successor == numbers[2]
        done = old_records.again(ledger, sheet_of(bureau, table))
    assert (done.table, done.done) == ((), 3)
    token = bureau.item(numbers[2]).token
    assert token is not None
    _, claims = certificate.read(token)
    assert (claims.evaluated_on, claims.level, claims.name) == ("2019-06-01", "4", name(2))


def test_by_command(bureau: Bureau, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filing = tmp_path / "filing.json"
    filing.write_bytes(bureau.filing.to_bytes())
    path = xlsxwriter_file(tmp_path / "old.xlsx", [old(0), old(1, 姓名="")], HEADINGS)
    common = ["--filing", str(filing), "--json"]
    assert main.main(["issuer", "import", str(path), *common]) == 1
    refusal, counts = map(json.loads, capsys.readouterr().out.splitlines())
    assert (refusal["row"], refusal["column"]) == (3, "姓名")
    assert counts == {"rows": 2, "new": 1, "known": 0, "refused": 1}
    out = tmp_path / "again.xlsx"
    assert main.main(["issuer", "reissue", str(path), "--out", str(out), *common]) == 1
    cells = [[cell.value for cell in line] for line in openpyxl.load_workbook(out)["再发证"]]
    assert cells[0] == list(old_records.HEADINGS)
    assert (len(cells), cells[1][2]) == (2, number(0))
    assert out.stat().st_mode & 0o777 == 0o600
    capsys.readouterr()
    find_ = ["issuer", "find", "RSN31011500719400000", "--filing", str(filing)]
    assert main.main(find_) == 0
    assert "历史记录" in capsys.readouterr().out
    assert main.main([*find_[:2], "nobody", *find_[3:]]) == 1
    with Ledger.open(tmp_path / "ledger.sqlite", bureau.filing.body.id, bytes) as ledger:
        assert ledger.recorded("RSN31011500719400000")[0].form == "pilot"
