# SPDX-License-Identifier: Apache-2.0
"""Symbols: read back, the same version as another library's, quiet zone to the standard."""

import io
import random
import re

import pytest
import zxingcpp
from PIL import Image

from credential.errors import UntrustedError
from issuer import symbol, terminal_code
from issuer.symbol import PIXELS, QUIET_ZONE

_RANDOM = random.Random(1)
TEXTS = [
    "https://jy.sh310.example/v#" + "".join(_RANDOM.choices("0123456789", k=count))
    for count in (3, 100, 690, 711, 760)
]


# In what looks like noise a reader finds codes of other kinds now and then.
QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)


def read(picture: Image.Image) -> list[str]:
    """Read every code of a picture as a scanner does."""
    return [each.text for each in zxingcpp.read_barcodes(picture, formats=QR_CODES)]


@pytest.mark.parametrize("text", TEXTS)
def test_the_picture_reads_as_the_text(text: str) -> None:
    drawn = symbol.draw(text)
    picture = Image.open(io.BytesIO(drawn.png()))
    side = (len(drawn.rows) + 2 * QUIET_ZONE) * PIXELS
    assert (picture.mode, picture.size) == ("1", (side, side))
    assert read(picture.convert("L")) == [text]


@pytest.mark.parametrize("text", TEXTS)
def test_the_other_library_draws_the_same_version_and_reads_the_same(text: str) -> None:
    drawn = symbol.draw(text)
    other = terminal_code.symbol(text)
    assert other.version == drawn.version
    picture = other.make_image().get_image().convert("L")
    assert read(picture) == read(Image.open(io.BytesIO(drawn.png())).convert("L")) == [text]


def test_four_light_modules_all_around() -> None:
    drawn = symbol.draw(TEXTS[2])
    picture = Image.open(io.BytesIO(drawn.png())).convert("L")
    assert QUIET_ZONE >= 4
    first, last = QUIET_ZONE * PIXELS, (QUIET_ZONE + len(drawn.rows)) * PIXELS
    # The finder patterns reach the corners of the symbol, so the bounding box is the symbol itself.
    inverted = picture.point(lambda value: 255 - value)
    assert inverted.getbbox() == (first, first, last, last)


def test_the_drawing_has_the_same_modules() -> None:
    drawn = symbol.draw(TEXTS[2])
    svg = drawn.svg().decode()
    side = len(drawn.rows) + 2 * QUIET_ZONE
    assert f'viewBox="0 0 {side} {side}"' in svg
    picture = Image.new("L", (side, side), 255)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        for column in range(int(x), int(x) + int(width)):
            picture.putpixel((column, int(y)), 0)
    rows = [
        bytes(int(picture.getpixel((x, y)) == 0) for x in range(QUIET_ZONE, side - QUIET_ZONE))
        for y in range(QUIET_ZONE, side - QUIET_ZONE)
    ]
    assert tuple(rows) == drawn.rows


def test_a_drawing_that_does_not_read_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(symbol, "read", lambda _: "something else")
    with pytest.raises(UntrustedError) as caught:
        symbol.draw(TEXTS[0])
    assert caught.value.code == "code.unread"


def test_a_damaged_symbol_does_not_read() -> None:
    drawn = symbol.draw(TEXTS[2])
    blank = symbol.Symbol(drawn.text, tuple(bytes(len(row)) for row in drawn.rows))
    assert symbol.read(blank) is None


def test_the_terminal_shows_a_code_that_reads() -> None:
    text = TEXTS[1]
    lines = terminal_code.show(text).splitlines()
    blocks = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0), "\xa0": (0, 0)}
    picture = Image.new("L", (len(lines[0]), 2 * len(lines)), 0)
    for y, line in enumerate(lines):
        for x, block in enumerate(line):
            for half, light in enumerate(blocks[block]):
                picture.putpixel((x, 2 * y + half), 255 * light)
    assert read(picture.resize((picture.width * 4, picture.height * 4))) == [text]
