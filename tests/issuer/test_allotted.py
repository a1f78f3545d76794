# SPDX-License-Identifier: Apache-2.0
"""Numbers from a block: to rows of their level, in order, the same in every run."""

from dataclasses import replace
from pathlib import Path

import pytest

from credential.errors import ConflictError
from issuer import allotted
from skillseal import main
from tests.issuer import world
from tests.issuer.refusals import code_of
from tests.issuer.sheets import HEADINGS, csv_file, row, rows
from tests.issuer.test_desk import Desk

AT = ["--at", "2026-11-20T10:00:00+08:00"]


def block(level: int, serials: range) -> list[str]:
    return [f"{world.PREFIX}26{level}{serial:06}" for serial in serials]


def written(path: Path, numbers: list[str]) -> Path:
    path.write_text("\ufeff" + "\r\n".join([*numbers, "", " "]), "utf-8")
    return path


def test_a_block_goes_to_the_rows_of_its_levels(tmp_path: Path) -> None:
    three, four = block(3, range(501, 505)), block(4, range(701, 703))
    headings = [*HEADINGS, "证书编号"]
    table = [
        [*row(0), None],
        [*row(1, 技能等级="四级"), None],
        [*row(2), three[1]],
        [*row(3), None],
    ]
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", table, headings))
    numbers = allotted.read(written(tmp_path / "n.txt", [*four, *three]))
    at_desk.order = replace(at_desk.order, numbers=numbers)
    at_desk.file()
    at_desk.issue()
    expected = [three[0], four[0], three[1], three[2]]
    assert [item.number for item in at_desk.items()] == expected
    at_desk.issue()
    assert [item.number for item in at_desk.items()] == expected


def test_a_block_that_is_too_short_or_used_before(tmp_path: Path) -> None:
    at_desk = Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(3)))
    numbers = (*block(3, range(1, 3)), *block(4, range(1, 5)))
    at_desk.order = replace(at_desk.order, numbers=numbers)
    with pytest.raises(ConflictError, match="row 4: the block has no number of level 3") as caught:
        at_desk.file()
    assert caught.value.code == "numbers.exhausted"
    at_desk.order = replace(at_desk.order, numbers=tuple(block(3, range(1, 9))))
    at_desk.file()
    at_desk.issue()
    again = csv_file(tmp_path / "again.csv", rows(2, 10))
    at_desk.order = replace(at_desk.order, roster=again)
    assert code_of(at_desk.file) == "batch.empty"


@pytest.mark.parametrize(
    "content", [b"a b\n", b"\xff\xfe", b"A1\nA2\n A1\n", "甲".encode() + b"!\n"]
)
def test_a_block_that_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "n.txt"
    assert code_of(allotted.read, path) == "numbers.unreadable"
    path.write_bytes(content)
    assert code_of(allotted.read, path) == "numbers.malformed"


def test_the_command_judges_each_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roster = csv_file(tmp_path / "r.csv", rows(2))
    filing = tmp_path / "filing.json"
    filing.write_bytes(world.filing().to_bytes())
    foreign = [f"Y00003100010226300000{n}" for n in (1, 2)]
    numbers = written(tmp_path / "n.txt", [block(3, range(1, 2))[0], *foreign])
    given = ["issuer", "check", str(roster), "--filing", str(filing), "--numbers", str(numbers)]
    assert main.main([*given, *AT]) == 1
    out = capsys.readouterr().out
    assert "row 3, 证书编号" in out
    assert "[number.inconsistent]" in out
    assert "2 rows: 1 can be issued, 1 cannot." in out
