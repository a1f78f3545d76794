# SPDX-License-Identifier: Apache-2.0
"""The wall on paper: six codes a page, what each should be on the half that folds back.

Every code is read back from its place on the rendered page before the file is given away.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pypdfium2
import typst

from credential.errors import MalformedError, UntrustedError
from issuer import read_back
from issuer.layout import Layout
from issuer.symbol import QUIET_ZONE
from issuer.typeface import Typeface
from skillseal.demo.wall import Tile
from verifier import words

TEMPLATE: Final = Path(__file__).with_name("wall.typ")
EACH: Final = 6  # tiles on a page; the first has a head in place of one
_ROW, _TOP, _FOLD = 44.0, 18.0, 105.0  # mm, as in the template
_POINT: Final = 72 / 25.4  # in a mm
_SIDE: Final = re.compile(r'viewBox="0 0 (\d+) \1"')


def pages(tiles: Sequence[Tile], anchor: str) -> bytes:
    """Set the wall and read it back.

    Args:
        tiles: One for each verdict, in the order of the checks.
        anchor: `REGION:HEX`, the usual one.

    Raises:
        UnavailableError: `typeface.unavailable`.
        UntrustedError: `print.unread`.
        MalformedError: `template.malformed`.
    """
    typeface = Typeface.of()
    numbered = list(enumerate(tiles, start=1))
    grouped = [numbered[: EACH - 1]]
    grouped += (numbered[at : at + EACH] for at in range(EACH - 1, len(numbered), EACH))
    given = {
        "families": typeface.families,
        "anchor": anchor,
        "pages": [[_members(number, tile) for number, tile in group] for group in grouped],
    }
    files = {"main": TEMPLATE.read_bytes(), "wall.json": json.dumps(given).encode()}
    files |= {f"code-{number}.svg": tile.svg.encode() for number, tile in numbered}
    set_page: Any = typst.compile  # takes a dict of files, which its types do not say
    try:
        pdf = set_page(
            files,
            root=TEMPLATE.parent,
            font_paths=list(typeface.folders),
            ignore_system_fonts=True,
            pdf_standards="a-3b",
        )
    except RuntimeError as error:
        raise MalformedError("template.malformed", f"the wall does not set: {error}") from None
    made = bytes(pdf)
    _check(made, grouped)
    return made


def _members(number: int, tile: Tile) -> dict[str, object]:
    said = words.of_reason(tile.reason, tile.outcome, "zh")
    side = _SIDE.search(tile.svg)
    if side is None:
        raise ValueError("the drawing of a code has no size")
    whole = int(side[1])  # modules
    wide = Layout.of("a4").side(whole - 2 * QUIET_ZONE)
    return {
        "number": number,
        "side": wide,
        "quiet": wide * QUIET_ZONE / whole,
        "asked": tile.asked,
        "title": tile.title,
        "outcome": tile.outcome,
        "reason": tile.reason,
        "meaning": said.meaning,
        "next": said.next_step,
        "english": words.of_reason(tile.reason, tile.outcome, "en").meaning,
    }


def _check(pdf: bytes, grouped: Sequence[Sequence[tuple[int, Tile]]]) -> None:
    """Return if every tile shows its code and no other."""
    with pypdfium2.PdfDocument(pdf) as document:
        if len(document) != len(grouped):
            raise UntrustedError("print.unread", f"the wall takes {len(document)} pages")
        for at, (page, group) in enumerate(zip(document, grouped, strict=True)):
            first = _TOP if at else _TOP + _ROW
            for row, (number, tile) in enumerate(group):
                top = first + row * _ROW
                bottom = page.get_height() / _POINT - top - _ROW
                right = page.get_width() / _POINT - _FOLD
                crop = (0.0, bottom * _POINT, right * _POINT, top * _POINT)
                if read_back.patient([(page, crop)]) != [tile.text]:
                    message = f"code {number} of the wall does not read as its text"
                    raise UntrustedError("print.unread", message)
