# SPDX-License-Identifier: Apache-2.0
"""A feed's lines: strict, canonical, and claims until their receipts are verified."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.errors import MalformedError
from credential.feed import MAX_LINE, Fed

TEXT = st.text("AZaz09-_.", min_size=1, max_size=60)
LINES = st.one_of(
    st.builds(Fed, TEXT, st.binary(min_size=16, max_size=16), TEXT.map(lambda text: f"{text}~")),
    st.builds(
        Fed,
        TEXT,
        st.binary(min_size=16, max_size=16),
        st.none(),
        st.lists(TEXT, min_size=1, max_size=2).map(tuple),
        st.none() | st.dictionaries(TEXT, TEXT),
    ),
)


@given(LINES)
def test_a_line_is_read_as_it_was_written(fed: Fed) -> None:
    line = fed.to_line()
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert Fed.from_line(line[:-1]) == fed


@given(st.binary(max_size=200))
def test_anything_else_is_malformed(line: bytes) -> None:
    with pytest.raises(MalformedError, match=r"."):
        Fed.from_line(line)


@pytest.mark.parametrize(
    "change",
    [
        {"salt": "AAAA"},
        {"certificate": "a.b.c"},
        {"certificate": None},
        {"more": 1},
        {"statement": ["a"]},
    ],
)
def test_what_does_not_belong_is_refused(change: dict[str, object]) -> None:
    members = json.loads(Fed("a.b.c", bytes(16), "d.e.f~").to_line()) | change
    line = json.dumps(members, separators=(",", ":")).encode()
    with pytest.raises(MalformedError) as caught:
        Fed.from_line(line)
    assert caught.value.code in {"malformed.profile", "malformed.token"}


def test_a_statement_has_one_or_two_signatures() -> None:
    for number in (0, 3):
        line = Fed("a.b.c", bytes(16), None, ("d.e.f",) * number).to_line()[:-1]
        with pytest.raises(MalformedError) as caught:
            Fed.from_line(line)
        assert caught.value.code == "malformed.profile"


def test_a_line_has_a_bound() -> None:
    with pytest.raises(MalformedError) as caught:
        Fed.from_line(b" " * (MAX_LINE + 1))
    assert caught.value.code == "malformed.token"
