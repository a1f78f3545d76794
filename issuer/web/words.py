# SPDX-License-Identifier: Apache-2.0
"""What a code means, for readers of Chinese; others read the message as it is.

English has words of its own only where a message names options of the command line.

    {"row.duplicate":["与第 {0} 行是同一人、同一职业、同一等级","保留其中一行","row ([0-9]+)"]}

The third member finds the particulars in the message. What it finds is never a document number,
since no message has one.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from issuer.refusal import Refusal

_TEXTS: Final = Path(__file__).parent / "texts"
MEANINGS: Final[dict[str, dict[str, list[str]]]] = {
    name: json.loads((_TEXTS / f"codes.{name}.json").read_text("utf-8")) for name in ("zh", "en")
}


def said(code: str, message: str, suggestion: str, language: str) -> tuple[str, str]:
    """Give meaning and advice of a code."""
    known = MEANINGS[language]
    entry = known.get(code) or known.get(f"{code.partition('.')[0]}.…")
    if entry is None:
        return message, suggestion
    meaning, advice, *pattern = entry
    found = re.search(pattern[0], message) if pattern else None
    if pattern and found is None:
        return f"{meaning.partition('{')[0].rstrip('：（第 ')}", advice
    return meaning.format(*found.groups()) if found else meaning, advice


def sentence(code: str, message: str, language: str) -> str:
    """Say a code on a page of its own."""
    meaning, advice = said(code, message, "", language)
    if not advice:
        return meaning
    return f"{meaning}。{advice}。" if language == "zh" else f"{meaning}: {advice}."


def translated(refusals: Iterable[Refusal], language: str) -> list[Refusal]:
    """Say refusals in a language, for the marked copy."""
    return [
        Refusal(r.row, r.column, r.code, *said(r.code, r.message, r.suggestion, language))
        for r in refusals
    ]
