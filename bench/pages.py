# SPDX-License-Identifier: Apache-2.0
"""Certificates on A4 as PDF/A-3b, beside typst alone on pages of the same kind.

The engine gets exactly what our press would give it, and is set up once, as ours. The press draws
the code and attaches the certificate besides; with read-back every page is rendered, its code
decoded and compared. No page is set twice, since the engine remembers what it has set.
"""

from collections.abc import Iterator
from typing import Any, Final

import typst

from bench import population
from bench.clock import Pair, side_by_side
from bench.report import Row
from credential.certificate import Claims
from credential.identity_number import IdentityNumber
from issuer import face, read_back
from issuer.face import Face, Issuer
from issuer.layout import Layout
from issuer.press import ATTACHMENT, Press
from issuer.records import Item
from issuer.typeface import Typeface

QUICK: Final = 40  # pages a turn
MANY: Final = 150
_ROUNDS: Final = 5
_BY: Final = Issuer("沪江建设职业技能评价中心", "production")
_LAYOUT: Final = Layout.of("a4")
_DOCUMENT: Final = IdentityNumber(1, "310199199001010011")


def _item(serial: int, claims: Claims) -> Item:
    token, stamp = population.signed(claims)
    return Item(
        batch=claims.batch,
        line=serial,
        person=b"",
        kind=claims.kind,
        occupation=claims.occupation_code,
        level=claims.level or "",
        number=claims.certificate_number,
        token=token,
        receipt=stamp,
    )


def _items() -> Iterator[Item]:
    for serial, claims in enumerate(population.claims(population.host_of(25))):
        yield _item(serial, claims)


def _face(item: Item) -> Face:
    return face.of(item, _DOCUMENT, _BY, _LAYOUT, english=False)


class _Inputs:
    """Stands in the engine's place and keeps what it would be given."""

    def __init__(self) -> None:
        self.given: list[dict[str, Any]] = []

    def compile(self, **given: Any) -> bytes:  # noqa: ANN401  # whatever the press gives
        self.given.append(given)
        return b"nothing"


def _measured(items: Iterator[Item], count: int, *, is_read: bool) -> Pair:
    typeface = Typeface.of()
    ours = Press.of(typeface, _LAYOUT)
    inputs = _Inputs()
    asked = Press(inputs, ours.files, _LAYOUT, ours.families, None)
    ready = [[next(items) for _ in range(count)] for _ in range(_ROUNDS + 1)]
    for _ in range(count * (_ROUNDS + 1)):
        asked.one(_face(next(items)))
    new: Any = typst.Compiler
    fonts = list(typeface.folders)
    engine = new(input={"main": b""}, font_paths=fonts, ignore_system_fonts=True)
    turns, pages = iter(ready), iter(inputs.given)

    def subject() -> None:
        for item in next(turns):
            shown = _face(item)
            pdf = ours.one(shown)
            if is_read:
                read_back.check(pdf, [shown], (ATTACHMENT, shown.text_form), _LAYOUT)

    def limit() -> None:
        for _ in range(count):
            engine.compile(**next(pages))

    return side_by_side(subject, limit, each=count, rounds=_ROUNDS)


def rows(count: int = QUICK) -> list[Row]:
    """Measure.

    Args:
        count: Of pages in each turn.
    """
    items = _items()
    bare = _measured(items, count, is_read=False)
    read = _measured(items, count, is_read=True)
    beside = "typst alone on such a page"
    return [
        Row(
            "certificate with its code → page as PDF/A-3b, one core",
            f"{1 / bare.subject:,.1f} /s, ratio {bare.ratio:.2f}",
            f"{beside}: {1 / bare.limit:,.1f} /s",
            "≥ 0.6",
            bare.ratio >= 0.6,
        ),
        Row(
            "the same, each page rendered, its code read back and compared",
            f"{1 / read.subject:,.1f} /s, ratio {read.ratio:.2f}",
            f"{beside}: {1 / read.limit:,.1f} /s",
            "≥ 0.35",
            read.ratio >= 0.35,
        ),
    ]
