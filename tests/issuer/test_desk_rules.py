# SPDX-License-Identifier: Apache-2.0
"""The desk's own rules: age, evidence, and levels that do not follow on each other."""

from pathlib import Path

import pytest

from credential.identity_number import IdentityNumber, check_digit
from issuer import desk_rules
from issuer.check import Report
from issuer.people import Person
from tests.issuer.sheets import HEADINGS, name, row
from tests.issuer.test_check import judged, refused


def born(day: str, order: str = "001") -> str:
    digits = f"310199{day}{order}"
    return digits + check_digit(digits)


def warned(report: Report) -> list[tuple[int, str, str]]:
    return [(each.row, each.column, each.code) for each in report.warnings]


@pytest.mark.parametrize(("day", "code"), [("20101118", None), ("20101119", "age.minor")])
def test_sixteen_on_the_day_of_evaluation(tmp_path: Path, day: str, code: str | None) -> None:
    report = judged(tmp_path, [row(0, 证件号码=born(day)), row(1)])
    assert refused(report) == ([(2, "证件号码", code)] if code else [])
    assert all(born(day) not in str(each) for each in report.refusals)


def test_eighteen_for_work_that_is_dangerous(tmp_path: Path) -> None:
    headings = ["姓名", "证件号码", "职业", "考核日期", "操作类别", "证书编号"]
    table = [
        [name(n), born(day), "架子工", "2026-11-18", "普通脚手架", f"T{n}"]
        for n, day in enumerate(["20081118", "20081119"])
    ]
    report = judged(
        tmp_path, [[*each] for each in table], headings=headings, kind="special_operation",
        with_filing=False,
    )  # fmt: skip
    assert refused(report) == [(3, "证件号码", "age.minor")]


def test_age_is_in_full_years_and_known_from_a_card_alone() -> None:
    assert desk_rules.age_on(IdentityNumber(1, born("20080229")), "2026-02-28") == 17
    assert desk_rules.age_on(IdentityNumber(1, born("20080229")), "2026-03-01") == 18
    assert desk_rules.age_on(IdentityNumber(2, "USA:E12345678"), "2026-03-01") is None


def test_ways_that_rest_on_papers(tmp_path: Path) -> None:
    headings = [*HEADINGS, "评价方式", "竞赛名称", "名次"]
    table = [
        [*row(0), "竞赛", "长三角砌筑大赛", "第一名"],
        [*row(1), "竞赛", "长三角砌筑大赛", None],
        [*row(2), "直接认定", None, None],
        [*row(3), None, None, None],
    ]
    report = judged(tmp_path, table, headings=headings)
    assert refused(report) == []
    assert warned(report) == [(3, "名次", "route.evidence"), (4, "评价方式", "route.evidence")]


def test_a_number_that_ends_in_zeros(tmp_path: Path) -> None:
    orders = (f"{n}00" for n in range(10))
    number = next(found for n in orders if (found := born("19900101", n)).endswith("000"))
    report = judged(tmp_path, [row(0, 证件号码=number), row(1)])
    assert (refused(report), warned(report)) == ([], [(2, "证件号码", "id.zeros")])


@pytest.mark.parametrize(
    ("level", "had", "code"),
    [
        ("三级", [], "level.prerequisite"),
        ("三级", ["4"], None),
        ("三级", ["5"], "level.prerequisite"),
        ("四级", [], None),
        ("四级", ["3"], "level.higher"),
        ("三级", ["1", "4"], "level.higher"),
    ],
)
def test_levels_that_do_not_follow(
    tmp_path: Path, level: str, had: list[str], code: str | None
) -> None:
    from issuer.occupations import Occupations
    from issuer.roster import Roster
    from skillseal.demo import catalogue

    lines = [(1, HEADINGS), (2, tuple(row(0, 技能等级=level)))]
    find = Occupations([catalogue.build()]).find
    roster = Roster.read(iter(lines), "skill_level", find)
    held = {(b"p", "skill_level", "lyg2020:39", each): "B1" for each in had}
    held[(b"q", "skill_level", "lyg2020:39", "4")] = "B1"
    held[(b"p", "skill_level", "lyg2020:40", "2")] = "B1"
    found = desk_rules.ask_ledger(roster, roster.candidates, {2: Person(b"p", None)}, held)
    assert [each.code for each in found] == ([code] if code else [])
