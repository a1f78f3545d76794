# SPDX-License-Identifier: Apache-2.0
"""What a desk knows of directories, standards and plans: read strictly, folded as elsewhere."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.errors import MalformedError, SealError
from credential.examination_file import ExaminationFile, Said
from credential.said_directory import Station
from credential.said_examination import Papers
from credential.trust_list import Gate
from tests.credential import directory_samples, examination_samples
from tests.credential.directory_samples import STATION, URL

SAMPLES = {**directory_samples.SAMPLES, **examination_samples.SAMPLES}
SAID = [
    Said(10 + n, URL, type_, subject, body)
    for n, (type_, (subject, body)) in enumerate(sorted(SAMPLES.items()))
]
FILE = ExaminationFile.of(URL, [Gate(5, "basic"), Gate(9, "full")], SAID)


def test_what_was_written_is_read() -> None:
    assert ExaminationFile.from_members(FILE.to_members()) == FILE


def test_statements_are_kept_by_subject_in_their_order() -> None:
    assert [event.type for event in FILE.histories[STATION]] == [
        one.type for one in SAID if one.subject == STATION
    ]
    entered = [e.said for e in FILE.histories[STATION] if isinstance(e.said, Station)]
    assert [each.name for each in entered] == ["站"]
    assert FILE.subjects("stations") == [STATION]
    assert FILE.subjects("plans") == [examination_samples.PLAN]


@pytest.mark.parametrize(("t", "is_full"), [(4, False), (5, False), (8, False), (9, True)])
def test_the_gate_has_a_level_from_a_day_on(t: int, is_full: bool) -> None:
    assert FILE.is_full_at(t) == is_full


def test_what_a_batch_is_held_against() -> None:
    papers = Papers(None, (), STATION, (), None, None, None, None)
    examined = FILE.examined("a body", papers)
    assert (examined.lead, examined.body, examined.papers) == (URL, "a body", papers)
    assert examined.histories == FILE.histories


def spoilt(n: int, **changes: Any) -> dict[str, Any]:
    members: dict[str, Any] = FILE.to_members()
    statements = [dict(one) for one in members["statements"]]
    statements[n] = {**statements[n], **changes}
    return {**members, "statements": statements}


@pytest.mark.parametrize(
    "changes",
    [
        {"t": -1},
        {"by": "http://elsewhere"},
        {"by": 1},
        {"type": "coronation"},
        {"subject": f"{URL}/nothing"},
        {"subject": "a\nb"},
        {"body": []},
        {"body": {}},
        {"more": 1},
    ],
)
def test_a_statement_that_says_nothing_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        ExaminationFile.from_members(spoilt(0, **changes))


@pytest.mark.parametrize(
    "changes", [{"lead": "elsewhere"}, {"gate": {}}, {"gate": [1]}, {"statements": None}, {"x": 1}]
)
def test_a_part_of_another_form_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        ExaminationFile.from_members({**FILE.to_members(), **changes})


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(SealError):
        ExaminationFile.from_members({**FILE.to_members(), "statements": [value]})


def test_papers_are_written_as_they_are_read() -> None:
    from credential.said_examination_readers import papers

    assert papers(examination_samples.PAPERS).to_members() == examination_samples.PAPERS
    assert papers({}).to_members() == {}
