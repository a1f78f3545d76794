# SPDX-License-Identifier: Apache-2.0
"""Pass marks: 60 and 60 unless the filing says otherwise; the first entry that covers decides."""

import json
from dataclasses import replace

import pytest

from credential import pass_mark
from credential.errors import MalformedError
from credential.filing_file import FilingFile
from credential.pass_mark import MAX_MARKS, PassMark
from tests.issuer import world

HIGH = {
    "kind": "skill_level",
    "occupations": ["lyg2020:39"],
    "levels": ["2", "1"],
    "theory": 60,
    "practice": 70,
}
ALL = {**HIGH, "occupations": "*", "levels": ["3", "2"], "theory": 50}
MARKS = pass_mark.read([HIGH, ALL])


@pytest.mark.parametrize(
    ("kind", "occupation", "level", "marks"),
    [
        ("skill_level", "lyg2020:39", "2", (60, 70)),
        ("skill_level", "lyg2020:39", "3", (50, 70)),
        ("skill_level", "lyg2020:40", "2", (50, 70)),
        ("skill_level", "lyg2020:40", "1", (60, 60)),
        ("skill_level", "lyg2020:39", None, (60, 60)),
        ("vocational_qualification", "lyg2020:39", "2", (60, 60)),
    ],
)
def test_what_is_needed(
    kind: str, occupation: str, level: str | None, marks: tuple[int, int]
) -> None:
    assert pass_mark.needed(MARKS, kind, occupation, level) == marks
    assert pass_mark.needed((), kind, occupation, level) == (60, 60)


def test_a_kind_without_levels() -> None:
    (mark,) = pass_mark.read([{**ALL, "kind": "special_operation", "levels": []}])
    assert mark.covers("special_operation", "mohurd2017:1", None)
    assert not mark.covers("special_operation", "mohurd2017:1", "3")


def test_the_filing_file_carries_them() -> None:
    filing = replace(world.filing(), marks=MARKS)
    data = filing.to_bytes()
    assert json.loads(data)["pass"] == [HIGH, ALL]
    assert FilingFile.from_bytes(data) == filing
    assert b'"pass"' not in world.filing().to_bytes()
    assert FilingFile.from_bytes(world.filing().to_bytes()).marks == ()


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        [],
        [HIGH] * (MAX_MARKS + 1),
        [1],
        [{}],
        [{**HIGH, "kind": "skill"}],
        [{**HIGH, "occupations": "all"}],
        [{**HIGH, "occupations": []}],
        [{**HIGH, "occupations": ["39"]}],
        [{**HIGH, "occupations": ["lyg2020:39"] * 2}],
        [{**HIGH, "levels": "*"}],
        [{**HIGH, "levels": ["6"]}],
        [{**HIGH, "levels": ["2", "2"]}],
        [{**HIGH, "theory": -1}],
        [{**HIGH, "theory": 101}],
        [{**HIGH, "theory": True}],
        [{**HIGH, "practice": "60"}],
        [{**HIGH, "more": 1}],
        [{"theory": 60, **{name: HIGH[name] for name in HIGH if name != "theory"}}],
    ],
)
def test_what_are_no_pass_marks(value: object) -> None:
    with pytest.raises(MalformedError) as caught:
        pass_mark.read(value)
    assert caught.value.code == "malformed.profile"
    members = {**json.loads(world.filing().to_bytes()), "pass": value}
    with pytest.raises(MalformedError) as caught:
        FilingFile.from_bytes(json.dumps(members).encode())
    assert caught.value.code == "malformed.profile"


def test_an_entry_is_written_as_it_was_read() -> None:
    assert [mark.to_members() for mark in MARKS] == [HIGH, ALL]
    assert MARKS[1] == PassMark("skill_level", None, ("3", "2"), 50, 70)
