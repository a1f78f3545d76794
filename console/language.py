# SPDX-License-Identifier: Apache-2.0
"""Chinese and English: which one a page is in, and its texts.

A catalogue is a JSON object of texts by key, with `{name}` where a value goes. An application lays
its own over this room's. Each language has every key, or the application does not start.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("zh", "en")
COOKIE: Final = "language"


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of both languages."""

    of: Mapping[str, Mapping[str, str]]
    """By language and key."""

    @classmethod
    def load(cls, folders: Sequence[Path]) -> "Texts":
        """Read `zh.json` and `en.json` of each folder, later ones over earlier ones.

        Raises:
            ValueError: A key is missing in a language: a fault of the application.
        """
        texts: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
        for folder in folders:
            for language in LANGUAGES:
                texts[language].update(json.loads((folder / f"{language}.json").read_text("utf-8")))
        if odd := set.symmetric_difference(*(set(texts[language]) for language in LANGUAGES)):
            raise ValueError(f"texts in one language only: {', '.join(sorted(odd))}")
        return cls(texts)

    def say(self, language: str, key: str, /, **values: object) -> str:
        """Return a text with its values in place."""
        text = self.of[language][key]
        return text.format_map(values) if values else text

    def has(self, key: str) -> bool:
        """Tell whether there is such a text."""
        return key in self.of[LANGUAGES[0]]


def choose(cookie: str | None, accepted: str) -> str:
    """Choose by the cookie, else by what the browser asks for, else Chinese.

    Args:
        cookie: Of the name `COOKIE`, if any.
        accepted: The header Accept-Language.
    """
    if cookie in LANGUAGES:
        return cookie
    for wish in accepted[:200].lower().split(","):
        language = wish.partition(";")[0].strip().partition("-")[0]
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]
