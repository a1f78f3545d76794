# SPDX-License-Identifier: Apache-2.0
"""What the members of a statement are called, and what their values mean, in the reader's language.

    of(["body", "from"], "1790000000", say)   →   ("生效时间", "2026-09-21 22:13")
    of(["body", "state"], "suspended", say)   →   ("变更为", "暂停")

It stands beside what was signed and never instead of it.
"""

from collections.abc import Callable, Sequence
from typing import Final

from console.pages import when

TIMES: Final = frozenset({"from", "to", "until", "after", "iat", "exp"})
_PREFIXES: Final = {"levels": "level_", "cap": "level_", "level": "gate_", "type": "type_"}
_MAX_TIME: Final = 11  # digits

Say = Callable[[str], str]
"""Gives the text of a key; empty where there is none."""


def of(path: Sequence[str], value: str, say: Say) -> tuple[str, str]:
    """Give the name of a member and the meaning of its value; empty where there is none.

    Args:
        path: Of the member, with the numbers of items; `body` before those of the body.
        value: As it is shown; of a list of words, all of them with `、` between.
        say: Gives a text.
    """
    names = [one for one in path if not one.isdigit()]
    if not names:
        return "", ""
    name = names[-1]
    inside = len(names) > 1
    first, second = ("field", "member") if inside and name in TIMES else ("member", "field")
    label = say(f"{first}.{name}") or (say(f"{second}.{name}") if inside else "")
    if name in TIMES and value.isdecimal() and len(value) < _MAX_TIME:
        return label, when(int(value))
    prefix = _PREFIXES.get(name, "")
    said = [say(f"word.{prefix}{one}") for one in value.split("、")]
    return label, "、".join(said) if all(said) else ""
