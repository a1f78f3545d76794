# SPDX-License-Identifier: Apache-2.0
"""The values of a form's fields: what was typed, as a member of a statement's body.

moment("2026-10-01", day_end=True)   →   1790870400, the end of that day in UTC+8
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from credential import canonical
from credential.errors import MalformedError
from credential.said_readers import MAX_BULK
from registry.console import act_rows
from registry.console.columns import CHINA


def _number(said: str, _: int) -> int:
    if not (said.isascii() and said.isdigit() and len(said) < 16):
        raise MalformedError("act.field", "a whole number")
    return int(said)


def _signed(said: str, now: int) -> int:
    return -_number(said[1:], now) if said.startswith("-") else _number(said, now)


def points(name: str, events: Sequence[str], text: Callable[[str], str]) -> list[dict[str, object]]:
    """Read the points of events, `events-removed`; one without points does not count.

    Raises:
        MalformedError: `act.field`.
    """
    said = [(event, text(f"{name}-{event}")) for event in events]
    return [{"event": event, "points": _signed(one, 0)} for event, one in said if one]


def _digest(said: str, _: int) -> str:
    if re.fullmatch("[0-9A-Fa-f]{64}", said) is None:
        raise MalformedError("act.field", "a SHA-256 has 64 hex digits: upload the file instead")
    return said.lower()


def _rules(said: str, _: int) -> list[object]:
    value = json_of(said or "[]")
    if not isinstance(value, list):
        raise MalformedError("act.json", "this is no JSON list")
    return value


def _proven(said: str, _: int) -> dict[str, object]:
    """Read what `skillseal registry prove` printed."""
    value = json_of(said)
    if not isinstance(value, dict) or set(value) != {"jwk", "role", "proof"}:
        message = 'paste all that `skillseal registry prove` printed: {"jwk":…,"role":…,"proof":…}'
        raise MalformedError("act.proven", message)
    return value


def _files(said: str, _: int) -> list[dict[str, str]]:
    """Read files, one a line: name and SHA-256."""
    pairs = [line.strip().rpartition(" ") for line in said.splitlines() if line.strip()]
    return [{"name": name.strip(), "sha256": digest.lower()} for name, _, digest in pairs]


def numbers(said: str) -> list[str]:
    """Read a list of certificate numbers, one a line; a repeated one counts once.

    Raises:
        MalformedError: `act.field`.
    """
    found = list(dict.fromkeys(line.strip() for line in said.splitlines() if line.strip()))
    if not 0 < len(found) <= MAX_BULK or any(len(one) > 40 for one in found):
        raise MalformedError("act.field", f"give 1 to {MAX_BULK} certificate numbers, one a line")
    return found


def moment(said: str, *, day_end: bool = False) -> int:
    """Read a day or a minute of UTC+8 into seconds.

    Raises:
        MalformedError: `act.field`.
    """
    try:
        found = datetime.fromisoformat(said).replace(tzinfo=CHINA)
        if day_end and len(said) == 10:
            found += timedelta(days=1)
        return int(found.timestamp())
    except (ValueError, OverflowError):
        raise MalformedError("act.field", "a time looks like 2026-10-01T09:00") from None


def json_of(said: str) -> object:
    """Read JSON that somebody typed or pasted.

    Raises:
        MalformedError: `act.json`.
    """
    try:
        return canonical.parse(said.encode(), canonical=False)
    except MalformedError:
        raise MalformedError("act.json", "this is not JSON as the registry reads it") from None


READ: Final[Mapping[str, Callable[[str, int], object]]] = {
    "moment": lambda said, now: moment(said) if said else now,
    "day_end": lambda said, _: moment(said, day_end=True) if said else None,
    "number": _number,
    "signed": _signed,
    "date": lambda said, _: act_rows.day(said),
    "days": lambda said, _: act_rows.days(said),
    "grades": lambda said, _: act_rows.grades(said),
    "digest": _digest,
    "rules": _rules,
    "numbers": lambda said, _: numbers(said),
    "words": lambda said, _: [one for one in re.split(r"[\s,，、;；]+", said) if one],
    "files": _files,
    "proven": _proven,
}
"""By kind of field: gives the value of a text at a time."""
