# SPDX-License-Identifier: Apache-2.0
"""Layouts: sizes in mm, sheets that fit on the paper, offsets from the command or a profile."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from credential.errors import SealError
from issuer import layout
from issuer.layout import PAPER, Layout


def test_pieces_lie_edge_to_edge_in_the_middle() -> None:
    grid = layout.grid((85.6, 54.0), 2, 5)
    assert grid.places == 10
    assert grid.margin == pytest.approx((19.4, 13.5))
    assert grid.at(3, (85.6, 54.0), is_back=False) == pytest.approx((105.0, 67.5))


@given(
    st.integers(1, 4),
    st.integers(1, 6),
    st.tuples(st.floats(10, 120), st.floats(10, 80)),
    st.tuples(st.floats(-1, 20), st.floats(-1, 20)),
)
def test_a_sheet_that_is_accepted_never_leaves_the_paper(
    columns: int, rows: int, size: tuple[float, float], gap: tuple[float, float]
) -> None:
    pitch = (size[0] + gap[0], size[1] + gap[1])
    try:
        grid = layout.grid(size, columns, rows, None, pitch)
    except SealError:
        assume(False)  # as Hypothesis has it
    for is_back in (False, True):
        for place in (0, grid.places - 1):
            x, y = grid.at(place, size, is_back=is_back)
            assert min(x, y) > -0.01
            assert x + size[0] < PAPER[0] + 0.01
            assert y + size[1] < PAPER[1] + 0.01


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": 3, "rows": 5},
        {"columns": 2, "rows": 6},
        {"columns": 0, "rows": 1},
        {"columns": 2, "rows": 5, "margin": (40.0, 13.5)},
        {"columns": 2, "rows": 2, "margin": (-1.0, 5.0)},
        {"columns": 2, "rows": 2, "pitch": (80.0, 60.0)},
    ],
)
def test_a_sheet_that_does_not_fit_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SealError) as refused:
        layout.grid((85.6, 54.0), **wrong)
    assert refused.value.code == "layout.malformed"


@pytest.mark.parametrize("name", ["a5", ""])
def test_an_unknown_format_is_refused(name: str) -> None:
    with pytest.raises(SealError, match="none of a4, card, sticker"):
        Layout.of(name)


@pytest.mark.parametrize(("name", "size"), [("card", (80.0, 50.0)), ("sticker", (20.0, 40.0))])
def test_only_a_sticker_has_another_size_and_within_bounds(
    name: str, size: tuple[float, float]
) -> None:
    with pytest.raises(SealError) as refused:
        Layout.of(name, size)
    assert refused.value.code == "layout.malformed"


def test_numbers_are_read_strictly() -> None:
    assert layout.offset("1.5,-0.8") == (1.5, -0.8)
    assert layout.pair("60x40", "x") == (60, 40)
    assert layout.count("2x5") == (2, 5)
    for text in ("", "1", "1,2,3", "a,b", "nan,0", "inf,0", "25,0"):
        with pytest.raises(SealError) as refused:
            layout.offset(text)
        assert refused.value.code == "layout.malformed"
    for text in ("2", "0x5", "2x", "2×5", "100x1", "+2x5"):
        with pytest.raises(SealError) as refused:
            layout.count(text)
        assert refused.value.code == "layout.malformed"


def test_a_printer_has_an_offset_for_each_format(tmp_path: Path) -> None:
    path = tmp_path / "office.toml"
    path.write_text('[a4]\noffset = "1.5,-0.8"\n[card]\noffset = "0,0.3"\n', "utf-8")
    assert layout.profile(path, "a4") == (1.5, -0.8)
    assert layout.profile(path, "card") == (0, 0.3)
    assert layout.profile(path, "sticker") == (0, 0)


@pytest.mark.parametrize(
    "text", ["[a5]\noffset='0,0'", "[a4]\nmargin='0,0'", "a4 = 1", "[a4]\noffset=1", "[", "[a4]"]
)
def test_a_profile_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "office.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SealError) as refused:
        layout.profile(path, "a4")
    assert refused.value.code == "profile.malformed"


def test_a_profile_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SealError) as refused:
        layout.profile(tmp_path / "absent.toml", "a4")
    assert refused.value.code == "profile.unreadable"
