# SPDX-License-Identifier: Apache-2.0
"""Rosters: headings in any order, every wrong cell of every row, the rest goes on."""

from collections.abc import Sequence

import pytest

from credential.errors import MalformedError
from credential.identity_number import IdentityNumber
from credential.pass_mark import PassMark
from issuer import roster as rosters
from issuer.occupations import Occupations
from issuer.roster import Candidate, Roster
from issuer.sheet import Cell
from skillseal.demo import catalogue
from tests.issuer.refusals import code_of
from tests.issuer.sheets import HEADINGS, number, row, rows

OCCUPATIONS = Occupations([catalogue.build()])


def read(
    table: Sequence[Sequence[Cell | None]],
    headings: Sequence[str | None] = HEADINGS,
    kind: str = "skill_level",
) -> Roster:
    lines = [(line, tuple(cells)) for line, cells in enumerate([headings, *table], start=1)]
    return Roster.read(iter(lines), kind, OCCUPATIONS.find)


def refused(found: Roster) -> list[tuple[int, str, str]]:
    return [(each.row, each.column, each.code) for each in found.refusals]


def test_the_pass_marks_of_the_filing() -> None:
    """50 in theory and 70 in practice for one occupation; every other result needs the usual."""
    marks = [PassMark("skill_level", ("lyg2020:39",), ("3",), 50, 70)]
    table = [
        row(0, 理论成绩="50", 实操成绩="70"),
        row(1, 理论成绩="49.9", 实操成绩="70"),
        row(2, 理论成绩="50", 实操成绩="69"),
        row(3, 理论成绩="50", 实操成绩="70", 技能等级="四级"),
        row(4, 理论成绩="50", 实操成绩="70", 技能等级="九级"),
    ]
    lines = [(at, tuple(cells)) for at, cells in enumerate([HEADINGS, *table], start=1)]
    found = Roster.read(iter(lines), "skill_level", OCCUPATIONS.find, marks)
    assert [each.row for each in found.candidates] == [2]
    assert refused(found) == [
        (3, "理论成绩", "score.failed"),
        (4, "实操成绩", "score.failed"),
        (5, "理论成绩", "score.failed"),
        (6, "技能等级", "roster.level"),
        (6, "理论成绩", "score.failed"),
    ]
    assert [each.message for each in found.refusals[:3]] == [
        "below 50: not passed",
        "below 70: not passed",
        "below 60: not passed",
    ]


def only(found: Roster) -> Candidate:
    assert found.refusals == ()
    (candidate,) = found.candidates
    return candidate


def test_a_row_becomes_a_candidate() -> None:
    candidate = only(read([row(0)]))
    assert candidate == Candidate(
        row=2,
        name=str(row(0)[0]),
        document=IdentityNumber(1, number(0)),
        occupation="lyg2020:39",
        occupation_name="砌筑工",
        trade=None,
        level="3",
        route="examination",
        evaluated_on="2026-11-18",
        number=None,
        detail=(),
    )
    assert number(0) not in repr(candidate)


def test_headings_in_any_order_and_width_under_a_title() -> None:
    order = [6, 2, 0, 4, 1, 5, 3]
    headings = [HEADINGS[at] for at in order]
    headings[1] = " 职业 (工种)\n"
    lines = [
        (1, ("二〇二六年第七批", None)),
        (3, tuple(headings)),
        (5, tuple(row(0)[at] for at in order)),
    ]
    found = Roster.read(iter(lines), "skill_level", OCCUPATIONS.find)
    assert only(found).row == 5
    assert found.columns.title("occupation") == "职业 (工种)"


def test_headings_that_are_missing_or_doubled() -> None:
    with pytest.raises(MalformedError, match="技能等级、考核日期") as caught:
        read([], [each for each in HEADINGS if each not in ("技能等级", "考核日期")])
    assert caught.value.code == "roster.header"
    assert code_of(read, [row(0)], [*HEADINGS[:-1], "姓 名"]) == "roster.header"
    assert code_of(read, [], ["a", "b"]) == "roster.header"
    assert code_of(read, [["x"]] * 30, ["a"]) == "roster.header"


def test_an_empty_roster() -> None:
    assert code_of(read, []) == "roster.empty"
    with pytest.raises(MalformedError) as caught:
        Roster.read(iter([]), "skill_level", OCCUPATIONS.find)
    assert caught.value.code == "roster.empty"


def test_a_million_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rosters, "MAX_ROWS", 10)
    assert len(read(rows(10)).candidates) == 10
    assert code_of(read, rows(11)) == "roster.too_long"


def test_an_unknown_heading_is_left_alone_with_a_warning() -> None:
    found = read([[*row(0), "13800000000"]], [*HEADINGS, "手机"])
    assert only(found).row == 2
    assert [(each.row, each.column, each.code) for each in found.warnings] == [
        (1, "手机", "column.unknown")
    ]


@pytest.mark.parametrize(
    ("heading", "value", "code"),
    [
        ("姓名", None, "cell.missing"),
        ("姓名", "王\u202e五", "name.malformed"),
        ("姓名", "=HYPERLINK()", "name.malformed"),
        ("姓名", "王" * 60, "name.malformed"),
        ("姓名", "张三", "name.test_data"),
        ("证件号码", 3.1019919900101e17, "id.stored_as_number"),
        ("证件号码", "310199199001010019", "holder.malformed"),
        ("证件号码", "990199199001010010", "holder.malformed"),
        ("职业（工种）", "火箭工程师", "occupation.unknown"),
        ("职业（工种）", "泥塑工", "occupation.ambiguous"),
        ("技能等级", "九级", "roster.level"),
        ("技能等级", "三级/中级工", "roster.level"),
        ("理论成绩", "59", "score.failed"),
        ("实操成绩", None, "score.missing"),
        ("考核日期", "2026-02-30", "date.malformed"),
    ],
)
def test_one_wrong_cell(heading: str, value: Cell | None, code: str) -> None:
    found = read([row(0), row(1, **{heading: value}), row(2)])
    assert refused(found) == [(3, heading, code)]
    assert [each.row for each in found.candidates] == [2, 4]
    (refusal,) = found.refusals
    assert refusal.message
    assert refusal.suggestion


def test_every_wrong_cell_of_a_row_is_told() -> None:
    found = read([row(0, 姓名="测试", 证件号码="1", 技能等级="x", 考核日期="y")])
    assert [code for _, _, code in refused(found)] == [
        "name.test_data",
        "holder.malformed",
        "roster.level",
        "date.malformed",
    ]


@pytest.mark.parametrize("written", ["三级", "高级工", "三级/高级工", "3", "３级", 3.0])
def test_a_level_in_every_notation(written: Cell) -> None:
    assert only(read([row(0, 技能等级=written)])).level == "3"


def test_a_narrower_trade_is_the_occupation_with_that_trade() -> None:
    found = only(read([row(0, **{"职业（工种）": "抹灰工"})]))
    assert (found.occupation, found.occupation_name, found.trade) == (
        "lyg2020:77",
        "装饰装修工",
        "抹灰工",
    )


def test_an_ambiguous_name_lists_what_it_means_and_a_code_settles_it() -> None:
    found = read([row(0, **{"职业（工种）": "木雕工"}), row(1, **{"职业（工种）": "lyg2020:81"})])
    (refusal,) = found.refusals
    assert "lyg2020:81 木工" in refusal.message
    assert "lyg2020:100 古建筑传统木工" in refusal.message
    assert [each.occupation for each in found.candidates] == ["lyg2020:81"]


def test_what_has_ended_is_not_meant_by_a_later_row() -> None:
    """82 泥塑工 was merged into 98, which has it as a trade: each row is read by its own day."""
    built = catalogue.build()
    entries = tuple(
        each._replace(last_day="2026-11-10") if each.code == "lyg2020:82" else each
        for each in built.occupations
    )
    find = Occupations([built._replace(occupations=entries)]).find
    word = {"职业（工种）": "泥塑工"}
    days = ("2026-11-10", "2026/11/11", "20261110", "somewhen", "2026年11月12日")
    table = [row(n, 考核日期=day, **word) for n, day in enumerate(days)]
    lines = [(at, tuple(cells)) for at, cells in enumerate([HEADINGS, *table], start=1)]
    found = Roster.read(iter(lines), "skill_level", find)
    assert [(each.row, each.occupation, each.trade) for each in found.candidates] == [
        (3, "lyg2020:98", "泥塑工"),
        (6, "lyg2020:98", "泥塑工"),
    ]
    assert [(each.row, each.code) for each in found.refusals] == [
        (2, "occupation.ambiguous"),
        (4, "occupation.ambiguous"),
        (5, "occupation.ambiguous"),
        (5, "date.malformed"),
    ]
    assert "lyg2020:82 泥塑工 (to 2026-11-10)" in found.refusals[0].message


def test_exactly_ten_names_are_ambiguous() -> None:
    names = {
        word
        for each in catalogue.build().occupations
        for word in (each.name, *each.aliases, *each.trades)
    }
    found = read([row(n, **{"职业（工种）": name}) for n, name in enumerate(sorted(names))])
    assert {each.code for each in found.refusals} == {"occupation.ambiguous"}
    assert len(found.refusals) == 10


def test_an_unknown_occupation_names_those_that_look_alike() -> None:
    (refusal,) = read([row(0, **{"职业（工种）": "砌筑"})]).refusals
    assert "lyg2020:39 砌筑工" in refusal.suggestion


def test_optional_columns() -> None:
    headings = [*HEADINGS, "工种", "证书编号", "评价方式", "证件类型", "竞赛名称", "名次"]
    more = ["--", " Y000031000101263000009", "竞赛获奖", "护照", "长三角砌筑大赛", "第一名"]
    cells = [*row(0, 证件号码="USA:E12345678", 理论成绩=None), *more]
    found = only(read([cells], headings))
    assert (found.trade, found.number, found.route) == (
        None,
        "Y000031000101263000009",
        "competition",
    )
    assert found.document == IdentityNumber(2, "USA:E12345678")
    assert found.detail == (("event", "长三角砌筑大赛"), ("rank", "第一名"))


def test_a_certificate_number_stored_as_a_number() -> None:
    found = read([[*row(0), 2610072001300001.0]], [*HEADINGS, "证书编号"])
    assert refused(found) == [(2, "证书编号", "number.stored_as_number")]


def test_spaces_that_pad_a_name_are_left_out_and_told() -> None:
    found = read([row(0, 姓名="王\u3000芳"), row(1, 姓名="Anna Lee")])
    assert [each.name for each in found.candidates] == ["王芳", "Anna Lee"]
    assert [(each.row, each.code) for each in found.warnings] == [(2, "name.spaces")]


def test_a_kind_without_levels() -> None:
    headings = ["姓名", "证件号码", "职业", "考核日期", "操作类别", "技能等级"]
    cells = [*row(0)[:2], "架子工", "2026-11-18", "普通脚手架", "--"]
    found = only(read([cells], headings, "special_operation"))
    assert (found.level, found.detail) == (None, (("category", "普通脚手架"),))
    assert refused(read([[*cells[:5], "三级"]], headings, "special_operation")) == [
        (2, "技能等级", "level.refused")
    ]


def test_the_content_is_that_of_the_cells_and_the_kind() -> None:
    one = read(rows(2)).content
    assert read(rows(2)).content == one
    assert read([*rows(1), [*row(1), None]]).content == one
    assert read([row(0), row(1, 实操成绩="86")]).content != one
    assert read(list(reversed(rows(2)))).content != one
    assert read(rows(2), kind="vocational_qualification").content != one
