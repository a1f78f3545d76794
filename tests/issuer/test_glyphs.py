# SPDX-License-Identifier: Apache-2.0
"""A character that cannot be printed is found before anything is signed, with row and column."""

from pathlib import Path

import pytest

from credential.admission import Dictionaries
from issuer import check, desk, glyphs, look, typeface
from issuer.check import Report
from issuer.ledger import Ledger
from issuer.refusal import Refusal
from issuer.roster import Roster
from issuer.submit import Registry
from skillseal.demo import catalogue
from tests.issuer import printing, world
from tests.issuer.refusals import code_of
from tests.issuer.sheets import HEADINGS, Value, csv_file, row, rows

ABSENT, PRESENT = "张𠮷", "王㛃"  # of extension B, and of those that the typeface has


def looked(path: Path, table: list[list[Value]], headings: list[str]) -> tuple[Roster, Report]:
    csv_file(path, table, headings)
    roster = look.read(path, "skill_level", [catalogue.build()])
    return roster, check.judge(roster, None, Dictionaries.of([catalogue.build()]), world.AT)


def told(refusals: tuple[Refusal, ...]) -> list[tuple[int, str, str]]:
    return [(each.row, each.column, each.code) for each in refusals]


@pytest.fixture
def some(tmp_path: Path) -> tuple[Roster, Report]:
    headings = [*HEADINGS, "评价方式", "竞赛名称", "名次"]
    usual = [[*row(at), "竞赛", "技能大赛", "一"] for at in range(4)]
    usual[1][0], usual[2][0], usual[3][8] = ABSENT, PRESENT, "𠮷林杯"
    return looked(tmp_path / "r.csv", usual, headings)


def test_what_the_typeface_lacks_is_refused_with_its_cell(some: tuple[Roster, Report]) -> None:
    printing.typeface()
    report = glyphs.judge(*some)
    assert [each.row for each in report.accepted] == [2, 4]
    assert told(report.refusals) == [(3, "姓名", "print.glyph"), (5, "竞赛名称", "print.glyph")]
    first = report.refusals[0]
    assert f"{ABSENT}: " in first.message
    assert "𠮷 (U+20BB7)" in first.message
    assert "--font" in first.suggestion


def test_a_font_that_has_it_lets_the_row_go(
    some: tuple[Roster, Report], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    printing.typeface()
    lent = tmp_path / "lent.ttf"
    read = typeface._read
    monkeypatch.setattr(
        typeface, "_read", lambda path: ("X", frozenset({0x20BB7})) if path == lent else read(path)
    )
    assert glyphs.judge(*some, fonts=[lent]) == some[1]


def test_without_the_typeface_it_is_only_odd(
    some: tuple[Roster, Report], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(typeface, "_HOME", tmp_path)
    report = glyphs.judge(*some)
    assert (report.accepted, report.refusals) == (some[1].accepted, some[1].refusals)
    added = report.warnings[len(some[1].warnings) :]
    assert told(added) == [
        (3, "姓名", "typeface.unasked"),
        (5, "竞赛名称", "typeface.unasked"),
    ]
    assert "U+20BB7" in added[0].message


def test_usual_characters_open_no_font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(typeface.Typeface, "at_hand", opened)
    roster, report = looked(tmp_path / "r.csv", rows(20), list(HEADINGS))
    assert glyphs.judge(roster, report) is report
    assert len(report.accepted) == 20


def test_the_typeface_has_every_usual_character() -> None:
    usual = (chr(at) for first, last in glyphs.RANGES for at in range(first, last + 1))
    assert printing.typeface().missing(["".join(usual)]) == []
    assert glyphs._RARE.findall("王小明·A 𠮷Œ") == ["𠮷", "Œ"]


def test_looking_at_a_roster_asks_too(tmp_path: Path) -> None:
    printing.typeface()
    path, signed = csv_file(tmp_path / "r.csv", [row(0, 姓名=ABSENT)]), [catalogue.build()]
    _, report, _ = look.look(path, "skill_level", signed, filing=None, region=None, at=world.AT)
    assert told(report.refusals) == [(2, "姓名", "print.glyph")]
    no_font = [tmp_path / "r.csv"]
    asked = {"filing": None, "region": None, "at": world.AT, "fonts": no_font}
    assert code_of(look.look, path, "skill_level", signed, **asked) == "typeface.malformed"


def test_nothing_is_filed_or_signed_for_it(tmp_path: Path) -> None:
    printing.typeface()
    order = world.order(csv_file(tmp_path / "r.csv", [row(0), row(1, 姓名=ABSENT)]))
    fake = world.FakeRegistry()
    registry = Registry("http://x", lambda _: None, fake.post)
    with Ledger.open(tmp_path / "l.sqlite", world.BODY, bytes) as ledger:
        _, report = desk.file(order, ledger, registry, world.STATEMENT_KEY, world.means(), "B1")
        assert told(report.refusals) == [(3, "姓名", "print.glyph")]
        keys = (world.CERTIFICATE_KEY, world.SUBMIT_KEY)
        out = tmp_path / "out"
        done = desk.issue_roster(order, ledger, registry, keys, out, world.means())
        assert [item.line for item in ledger.items("B1")] == [2]
    assert told(done.refusals) == [(3, "姓名", "print.glyph")]
    assert [claims.name for claims in fake.claims] == [row(0)[0]]
