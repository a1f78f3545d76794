# SPDX-License-Identifier: Apache-2.0
"""A payload laid out for the eye: every member on its own line, and nothing that could deceive.

{"iss":"https://…","keys":[{"kid":"…"}]}   →   iss   https://…
                                               keys 1 kid   …
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from credential import base64url
from credential.errors import MalformedError

MAX_LINES: Final = 2_000  # more are counted, not shown


@dataclass(frozen=True, slots=True)
class Line:
    """One member."""

    name: str
    """Path to it."""
    value: str


@dataclass(frozen=True, slots=True)
class LaidOut:
    """What a person reads before signing."""

    lines: tuple[Line, ...]
    left_out: int
    """How many more there are: whoever signs reads them in the file."""
    digest: str
    """SHA-256 of the exact bytes, hexadecimal, as the signing agent shows it."""
    size: int
    """Bytes."""


def lay_out(payload: bytes) -> LaidOut:
    """Lay a payload out.

    Raises:
        MalformedError: `proposal.payload`, it is no JSON object.
    """
    lines = list(_lines("", members(payload)))
    return LaidOut(
        tuple(lines[:MAX_LINES]),
        max(0, len(lines) - MAX_LINES),
        hashlib.sha256(payload).hexdigest(),
        len(payload),
    )


def members(payload: bytes) -> dict[str, object]:
    """Read a payload's members.

    Raises:
        MalformedError: `proposal.payload`.
    """
    try:
        said = json.loads(payload.decode("utf-8"))
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise MalformedError("proposal.payload", "what is to be signed is not a JSON object")
    return said


def encoded(payload: bytes) -> str:
    """Write a payload as the signing agent takes it."""
    return base64url.encode(payload)


def words(typ: str, payload: bytes) -> dict[str, str]:
    """Give what the script of a page sends to the agent."""
    return {"typ": typ, "payload": encoded(payload)}


def visible(text: str) -> str:
    """Write characters that are not printed, or turn a line around, as their numbers."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in text)


def _lines(name: str, value: object) -> Iterator[Line]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _lines(f"{name} {visible(key)}".strip(), inner)
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value, 1):
            yield from _lines(f"{name} {number}", inner)
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield Line(name, visible(text))
