# SPDX-License-Identifier: Apache-2.0
"""What each column may say, in the notations that people use."""

from datetime import date, datetime

import pytest

from issuer import cells
from issuer.cells import CellError
from issuer.sheet import Unreadable
from tests.issuer.refusals import code_of


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20",
        "2026/11/20",
        "2026.11.20",
        "2026年11月20日",
        "20261120",
        "２０２６-１１-２０",
        " 2026-11-20 ",
        "2026-11-20 00:00:00",
        20261120.0,
        date(2026, 11, 20),
        datetime(2026, 11, 20, 9, 30),  # noqa: DTZ001  # a cell has no zone
    ],
)
def test_a_day_in_every_notation(written: str | float | date) -> None:
    assert cells.civil_date(written) == "2026-11-20"


def test_a_day_without_leading_zeros() -> None:
    assert cells.civil_date("2026/1/2") == cells.civil_date("2026年1月2日") == "2026-01-02"


@pytest.mark.parametrize(
    "written", ["2026-02-30", "26-11-20", "20.11.2026", "2026-11/20", "昨天", 46346.0, "2026112"]
)
def test_what_is_no_day(written: str | float) -> None:
    assert code_of(cells.civil_date, written) == "date.malformed"


@pytest.mark.parametrize("written", ["60", "100", 60.0, "85.5", "85分", "６０", "合格"])
def test_a_pass(written: str | float) -> None:
    cells.score(written, 60, needed=True)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("59", "score.failed"),
        ("59.9", "score.failed"),
        (0.0, "score.failed"),
        ("不合格", "score.failed"),
        ("101", "score.malformed"),
        ("-5", "score.malformed"),
        ("八十", "score.malformed"),
        (1e300, "score.malformed"),
        ("", "score.missing"),
        (None, "score.missing"),
        ("免考", "score.missing"),
    ],
)
def test_what_is_no_pass(written: str | float | None, code: str) -> None:
    assert code_of(cells.score, written, 60, needed=True) == code


def test_no_score_is_needed_where_nobody_examined() -> None:
    for written in (None, "", "免考", "-", "90"):
        cells.score(written, 60, needed=False)
    assert code_of(cells.score, "30", 60, needed=False) == "score.failed"


@pytest.mark.parametrize("written", [1.10101199001010e17, "1.10101E+17", "3.10199e+17", 1.0])
def test_a_document_number_stored_as_a_number_has_lost_digits(written: str | float) -> None:
    assert code_of(cells.document_number, written) == "id.stored_as_number"


def test_no_error_repeats_a_document_number() -> None:
    for read in (cells.document_number, cells.document_type, cells.civil_date, cells.route):
        with pytest.raises(CellError) as caught:
            read(310199199001010017.0 if read is cells.document_number else "310199199001010017")
        assert "3101991990" not in f"{caught.value.message}{caught.value.suggestion}"


def test_kinds_of_documents_and_ways_of_evaluating() -> None:
    assert [cells.document_type(each) for each in (None, "身份证", "护照", "台胞证")] == [
        1,
        1,
        2,
        4,
    ]
    assert code_of(cells.document_type, "驾驶证") == "id.type"
    assert cells.route(None) == "examination"
    assert cells.route("直接认定") == "direct_recognition"
    assert code_of(cells.route, "抽签") == "route.unknown"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (None, "cell.missing"),
        ("  \u3000", "cell.missing"),
        (Unreadable("cell.formula"), "cell.formula"),
        (Unreadable("cell.encoding"), "cell.encoding"),
        (Unreadable("cell.error"), "cell.error"),
        (True, "cell.not_text"),
        (date(2026, 1, 1), "cell.not_text"),
        ("长" * 201, "cell.long"),
    ],
)
def test_a_cell_without_usable_text(cell: object, code: str) -> None:
    assert code_of(cells.required, cell) == code


def test_spaces_are_put_right() -> None:
    assert cells.text("\u3000 砌筑\n工\u00a0\ufeff") == "砌筑 工"
    assert cells.text(3.0) == "3"
