# SPDX-License-Identifier: Apache-2.0
"""What a verdict says to people, in Chinese and English.

The texts are in `words.json`, one file for the command and for the web page: for every reason what
it means and, in one sentence, what to do next. A code that can be a fail as well as unknown has an
entry `<code>:unknown` of its own, because "refused" and "refresh and scan again" are different
advice.
"""

import json
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

LANGUAGES: Final = ("zh", "en")


class Words(NamedTuple):
    """One reason in one language."""

    meaning: str
    """What was found."""
    next_step: str
    """What to do now, one sentence."""


@cache
def _tables() -> dict[str, dict[str, dict[str, str]]]:
    tables: dict[str, dict[str, dict[str, str]]] = json.loads(
        (Path(__file__).parent / "words.json").read_bytes()
    )
    return tables


def of_reason(reason: str, outcome: str, language: str) -> Words:
    """Explain a reason.

    Args:
        reason: A verdict's or a check's reason code.
        outcome: `VALID`, `INVALID`, `INDETERMINATE`, or a check's `pass`, `fail`, `unknown`.
        language: `zh` or `en`.
    """
    reasons = _tables()["reasons"]
    entry = reasons[reason]
    if outcome in {"INDETERMINATE", "unknown"}:
        entry = reasons.get(f"{reason}:unknown", entry)
    return Words(entry[language], entry[f"{language}_next"])


def of(table: str, key: str, language: str) -> str:
    """Translate a value of the formats; one that has no words stands for itself.

    Args:
        table: `outcomes`, `marks`, `checks`, `labels`, `kinds`, `levels` or `standings`.
        key: The value as the formats write it.
        language: `zh` or `en`.
    """
    return _tables()[table].get(key, {}).get(language, key)


def printable(text: str) -> str:
    """Make text harmless on a terminal: what does not show is written as its code point.

    Escape sequences, line ends, and the marks that turn the direction of writing could make a
    refusal look like a pass.
    """
    return "".join(
        character if character.isprintable() else f"\\u{{{ord(character):x}}}" for character in text
    )
