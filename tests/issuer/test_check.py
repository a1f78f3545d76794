# SPDX-License-Identifier: Apache-2.0
"""The registry's rules, asked before anything is signed, and the desk's own."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from credential import pass_mark
from credential.admission import Dictionaries
from credential.catalogue import Catalogue
from credential.errors import SealError
from credential.filing import Filing, Grant, Standing
from credential.filing_file import FilingFile
from issuer import desk
from issuer.check import Report, batches
from issuer.sheet import Cell
from issuer.web import words
from skillseal.demo import catalogue
from tests.issuer import world
from tests.issuer.sheets import HEADINGS, csv_file, row, rows


def judged(
    tmp_path: Path,
    table: list[list[Cell | None]],
    *,
    headings: list[str] | None = None,
    kind: str = "skill_level",
    region: str | None = None,
    at: int = world.AT,
    with_filing: bool = True,
    **changes: object,
) -> Report:
    path = csv_file(tmp_path / "r.csv", table, headings or list(HEADINGS))
    filing = world.filing(**changes) if with_filing else None  # type: ignore[arg-type]  # passed on
    _, report, _ = desk.look(path, kind, [catalogue.build()], filing=filing, region=region, at=at)
    return report


def test_the_filing_says_what_a_pass_is(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "r.csv", [row(0, 理论成绩="55"), row(1, 理论成绩="40")])
    marks = pass_mark.read(
        [{"kind": "skill_level", "occupations": "*", "levels": ["3"], "theory": 50, "practice": 60}]
    )

    def look(filing: FilingFile) -> Report:
        catalogues = [catalogue.build()]
        given = (path, "skill_level", catalogues)
        return desk.look(*given, filing=filing, region=None, at=world.AT)[1]

    whole = look(replace(world.filing(), marks=marks))
    assert [each.row for each in whole.accepted] == [2]
    assert refused(whole) == [(3, "理论成绩", "score.failed")]
    assert look(world.filing()).accepted == ()


def refused(report: Report) -> list[tuple[int, str, str]]:
    return [(each.row, each.column, each.code) for each in report.refusals]


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"职业（工种）": "钢筋工"}, "职业（工种）", "scope.occupation"),
        ({"技能等级": "一级"}, "技能等级", "scope.level"),
        ({"考核日期": "2026-11-21"}, "考核日期", "dates.evaluated"),
    ],
)
def test_what_the_registry_would_refuse_is_refused_here_with_its_code(
    tmp_path: Path, changes: dict[str, str], column: str, code: str
) -> None:
    report = judged(tmp_path, [row(0), row(1, **changes), row(2)])
    assert refused(report) == [(3, column, code)]
    assert [each.row for each in report.accepted] == [2, 4]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (f"{world.PREFIX}263000001", None),
        (f"{world.PREFIX}264000001", "number.inconsistent"),  # another level
        (f"{world.PREFIX}253000001", "number.inconsistent"),  # another year
        ("Y000031000102263000001", "number.inconsistent"),  # another body
        ("123", "number.inconsistent"),
        ("no spaces; no signs!", "number.malformed"),
    ],
)
def test_a_number_must_agree_with_its_certificate(
    tmp_path: Path, written: str, code: str | None
) -> None:
    headings = [*HEADINGS, "证书编号"]
    report = judged(tmp_path, [[*row(0), written]], headings=headings)
    assert refused(report) == ([(2, "证书编号", code)] if code else [])


def test_a_kind_that_is_not_filed(tmp_path: Path) -> None:
    headings = [*HEADINGS, "证书编号"]
    report = judged(
        tmp_path,
        [[*row(0), "2610072001300001"]],
        headings=headings,
        kind="vocational_qualification",
    )
    assert refused(report) == [(2, "职业（工种）", "scope.kind")]


def test_a_kind_whose_numbers_come_from_outside(tmp_path: Path) -> None:
    headings = ["姓名", "证件号码", "职业", "考核日期"]
    report = judged(
        tmp_path, [[*row(0)[:3], "2026-11-18"]], headings=headings, kind="training_completion"
    )
    assert refused(report) == [(2, "证书编号", "number.no_rule")]


def test_a_region_outside_the_filed_districts(tmp_path: Path) -> None:
    assert refused(judged(tmp_path, [row(0)], region="310101")) == [
        (2, "职业（工种）", "scope.district")
    ]


def test_two_districts_leave_the_region_open(tmp_path: Path) -> None:
    grant = Grant("skill_level", world.GRANTED, ("3",))
    filing = Filing("沪评备2026-002", 0, None, ("310101", "310115"), (grant,), None)
    with pytest.raises(SealError, match="310101, 310115") as caught:
        judged(tmp_path, [row(0)], filings=(filing,))
    assert caught.value.code == "region.which"
    assert refused(judged(tmp_path, [row(0)], filings=(filing,), region="310101")) == []


def test_a_lapsed_filing_refuses_and_a_lapsing_one_warns(tmp_path: Path) -> None:
    end = world.AT + 10**7
    report = judged(tmp_path, [row(0)], at=end - 86_400)
    assert (refused(report), [each.code for each in report.warnings]) == ([], ["filing.lapses"])
    assert judged(tmp_path, [row(0)], at=end - 40 * 86_400).warnings == ()


def test_the_same_result_twice(tmp_path: Path) -> None:
    again = row(0, 姓名="同一人")
    other = row(0, 技能等级="四级")
    report = judged(tmp_path, [row(0), row(1), again, other])
    assert refused(report) == [(4, "证件号码", "row.duplicate")]
    assert "row 2" in report.refusals[0].message


def test_the_same_number_twice(tmp_path: Path) -> None:
    headings = [*HEADINGS, "证书编号"]
    number = f"{world.PREFIX}263000001"
    report = judged(tmp_path, [[*row(0), number], [*row(1), number]], headings=headings)
    assert refused(report) == [(3, "证书编号", "number.duplicate")]


def test_a_trade_that_the_catalogue_does_not_have(tmp_path: Path) -> None:
    headings = [*HEADINGS, "工种"]
    table = [[*row(0, **{"职业（工种）": "装饰装修工"}), "抹灰工"], [*row(1), "砌墙"]]
    for with_filing in (True, False):
        report = judged(tmp_path, table, headings=headings, with_filing=with_filing)
        assert refused(report) == [(3, "工种", "occupation.trade")]


# Occupations that have ended or not begun ---------------------------------------------------------


END, BEGIN = "2026-11-10", "2026-11-15"


def dated() -> Catalogue:
    """Give the catalogue where 39 is merged into 77, which begins later, as does 32."""
    days: dict[str, dict[str, Any]] = {
        "lyg2020:39": {"last_day": END, "equivalent": (("lyg2020:77", "broader"),)},
        "lyg2020:77": {"first_day": BEGIN},
        "lyg2020:32": {"first_day": BEGIN},
    }
    built = catalogue.build()
    return built._replace(
        occupations=tuple(each._replace(**days.get(each.code, {})) for each in built.occupations)
    )


@pytest.mark.parametrize("with_filing", [True, False])
def test_the_day_of_evaluation_decides_and_the_refusal_says_what_to_write(
    tmp_path: Path, *, with_filing: bool
) -> None:
    table = [
        row(0, 考核日期=END),
        row(1, 考核日期="2026-11-11"),  # ended; what takes its place has not begun
        row(2, 考核日期=BEGIN),
        row(3, **{"职业（工种）": "电工", "考核日期": "2026-11-14"}),
        row(4, **{"职业（工种）": "电工", "考核日期": BEGIN}),
    ]
    path = csv_file(tmp_path / "r.csv", table, list(HEADINGS))
    filing = world.filing() if with_filing else None
    _, report, _ = desk.look(
        path, "skill_level", [dated()], filing=filing, region=None, at=world.AT
    )
    assert [each.row for each in report.accepted] == [2, 6]
    late, later, early = report.refusals
    assert refused(report) == [
        (line, "职业（工种）", "occupation.not_in_force") for line in (3, 4, 5)
    ]
    assert late.message.endswith(f"for evaluations to {END}, not of 2026-11-11")
    assert late.suggestion == "look at the day of evaluation, or take the row out"
    assert later.message.endswith(f"not of {BEGIN}: use lyg2020:77 装饰装修工 instead")
    assert later.suggestion == "write lyg2020:77 (装饰装修工)"
    assert early.message.endswith(f"for evaluations from {BEGIN}, not of 2026-11-14")
    told = [words.said(one.code, one.message, one.suggestion, "zh")[0] for one in report.refusals]
    known = f"考核日期不在这个职业（工种）的施行期内：lyg2020:39 砌筑工（～{END}）"
    assert told == [
        "考核日期不在这个职业（工种）的施行期内",
        f"{known}，现用 lyg2020:77 装饰装修工",
        "考核日期不在这个职业（工种）的施行期内",
    ]


def test_without_a_filing_the_catalogue_alone_judges(tmp_path: Path) -> None:
    table = [row(0, **{"职业（工种）": "钢筋工"}), row(1, 考核日期="2027-01-01")]
    assert refused(judged(tmp_path, table, with_filing=False)) == [
        (3, "考核日期", "dates.evaluated")
    ]


def test_a_body_that_may_not_issue_is_told_so_as_a_whole(tmp_path: Path) -> None:
    standing = (Standing(0, "removed", "沪人社〔2026〕9号", None),)
    with pytest.raises(SealError) as caught:
        judged(tmp_path, rows(3), standing=standing)
    assert caught.value.code == "standing.removed"


def test_a_batch_describes_its_results(tmp_path: Path) -> None:
    table = [
        row(0),
        row(1, 技能等级="四级", 考核日期="2026-11-10"),
        row(2, **{"职业（工种）": "电工"}),
    ]
    accepted = judged(tmp_path, table).accepted
    (batch,) = batches(accepted, "skill_level", "310115").values()
    assert [(plan.code, plan.levels) for plan in batch.occupations] == [
        ("lyg2020:32", ("3",)),
        ("lyg2020:39", ("3", "4")),
    ]
    assert (batch.first_day, batch.last_day, batch.headcount) == ("2026-11-10", "2026-11-18", 3)


def test_thousands_of_rows_are_judged(tmp_path: Path) -> None:
    report = judged(tmp_path, rows(3_000), with_filing=False)
    assert len(report.accepted) == 3_000
    assert Dictionaries.of([catalogue.build()]).occupations["lyg2020:39"].name == "砌筑工"
