# SPDX-License-Identifier: Apache-2.0
"""The wall on paper: every code in its place, the answers on the half that folds back."""

from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from credential.errors import SealError
from issuer import read_back, symbol
from skillseal.demo import wall_pdf
from skillseal.demo.wall import Tile
from tests.issuer.printing import typeface

POINT = 72 / 25.4
PHANTOM = Path(__file__).with_name("phantom.txt")
EVERY_KIND = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def tiles(count: int) -> list[Tile]:
    """Make tiles with different codes."""
    typeface()
    texts = [f"https://jy.sh310.example/v#{number:0>700}" for number in range(1, count + 1)]
    asked = (("核验地区", "310115"),)
    return [
        Tile("已撤销", symbol.draw(text).svg().decode(), "INVALID", "status.revoked", asked, text)
        for text in texts
    ]


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (5, 1), (6, 2), (12, 3)])
def test_five_then_six_on_a_page(count: int, pages: int) -> None:
    with pypdfium2.PdfDocument(wall_pdf.pages(tiles(count), "310000:ab")) as document:
        assert len(document) == pages
        assert round(document[0].get_width() / POINT) == 210


def test_what_it_should_be_is_right_of_the_fold() -> None:
    with pypdfium2.PdfDocument(wall_pdf.pages(tiles(2), "310000:ab")) as document:
        words = document[0].get_textpage()
        left = words.get_text_bounded(right=105 * POINT, top=235 * POINT)
        right = words.get_text_bounded(left=105 * POINT, top=235 * POINT)
    for answer in ("INVALID", "status.revoked", "已撤销"):
        assert answer not in left
        assert answer in right
    assert "310115" in left


def test_a_wall_with_a_code_that_says_something_else_is_not_given() -> None:
    first, second = tiles(2)
    for wrong in ([second, replace(first, text=second.text)], [replace(first, svg=BLANK)]):
        with pytest.raises(SealError, match="does not read as its text") as refused:
            wall_pdf.pages(wrong, "310000:ab")
        assert refused.value.code == "print.unread"


def test_a_small_code_that_is_seen_in_the_noise_of_a_large_one_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = PHANTOM.read_text("ascii").strip()
    (one,) = tiles(1)
    wall = [replace(one, svg=symbol.draw(text).svg().decode(), text=text)] * 5
    with pypdfium2.PdfDocument(wall_pdf.pages(wall, "310000:ab")) as document:
        assert read_back.codes(document[0], read_back.DOTS) == [text]
        # A reader of every kind finds a Micro QR code in its modules.
        monkeypatch.setattr(read_back, "_QR_CODES", EVERY_KIND)
        assert read_back.codes(document[0], read_back.DOTS) == [text, "334004"]


BLANK = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 77 77"></svg>'
