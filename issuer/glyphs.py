# SPDX-License-Identifier: Apache-2.0
"""Glyphs, asked for before anything is signed: a name that cannot be printed is found in time.

| code | | |
|---|---|---|
| `print.glyph` | refused | the typeface is on this machine and lacks a character |
| `typeface.unasked` | warned | a rare character, and no typeface on this machine to ask |

The typeface has every character of RANGES, so a roster without others opens no font.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from issuer.check import Report
from issuer.refusal import Refusal
from issuer.roster import Candidate, Roster
from issuer.typeface import Typeface

RANGES: Final = (
    (0x20, 0x7E),
    (0xA1, 0xFF),
    (0x3001, 0x3011),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xFF01, 0xFF5E),
)
"""What `fonts/package-lock.json` names has them all, first and last included."""
_USUAL: Final = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in RANGES)
_RARE: Final = re.compile(f"[^{_USUAL}]")


def judge(roster: Roster, report: Report, fonts: Sequence[Path] = ()) -> Report:
    """Refuse also what the typeface cannot show.

    Args:
        roster: As read.
        report: As judged.
        fonts: Further font files, which printing is given too.

    Raises:
        MalformedError: `typeface.malformed`.
    """
    rare = [each for each in report.accepted if any(map(_RARE.search, _texts(each).values()))]
    if not rare:
        return report
    typeface = Typeface.at_hand(fonts)
    if typeface is None:
        unasked = (refusal for each in rare for refusal in _unasked(roster, each))
        return replace(report, warnings=(*report.warnings, *unasked))
    refused = [refusal for each in rare for refusal in _missing(roster, each, typeface)]
    rows = {refusal.row for refusal in refused}
    refusals = sorted((*report.refusals, *refused), key=lambda refusal: refusal.row)
    accepted = tuple(each for each in report.accepted if each.row not in rows)
    return replace(report, accepted=accepted, refusals=tuple(refusals))


def shown(characters: Sequence[str]) -> str:
    """Name characters that may not be seen where they are read."""
    return "、".join(f"{each} (U+{ord(each):04X})" for each in characters)


def _texts(candidate: Candidate) -> dict[str, str]:
    """Give what would be printed of a row, by field."""
    own = {"name": candidate.name, "trade": candidate.trade or ""}
    return own | dict(candidate.detail)


def _missing(roster: Roster, candidate: Candidate, typeface: Typeface) -> Iterator[Refusal]:
    for field, text in _texts(candidate).items():
        characters = typeface.missing([text])
        if characters:
            yield Refusal(
                candidate.row,
                roster.columns.title(field),
                "print.glyph",
                f"{candidate.name}: the typeface has no glyph for {shown(characters)}",
                "name a font file that has it with --font, here and when printing",
            )


def _unasked(roster: Roster, candidate: Candidate) -> Iterator[Refusal]:
    for field, text in _texts(candidate).items():
        characters = list(dict.fromkeys(_RARE.findall(text)))
        if characters:
            yield Refusal(
                candidate.row,
                roster.columns.title(field),
                "typeface.unasked",
                f"{candidate.name}: nobody knows whether {shown(characters)} can be printed: the "
                "typeface is not on this machine",
                "print something once, which fetches it, and check again",
            )
