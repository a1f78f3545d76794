# SPDX-License-Identifier: Apache-2.0
"""Certificate numbers from a block that an authority allotted: a file with one a line.

    Y000031000101263000001
    Y000031000101263000002

They go to the rows that have none, in the order of both; where the number itself tells a level, to
a row of that level. The same file and the same sheet always come to the same, so a run that was
killed goes on as it began.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from credential import certificate_number
from credential.certificate_number import NumberRule
from credential.errors import ConflictError, MalformedError, UnavailableError
from issuer.roster import Candidate, Roster

MAX_BYTES: Final = 16 << 20


def read(path: Path) -> tuple[str, ...]:
    """Read a block of numbers.

    Raises:
        UnavailableError: `numbers.unreadable`.
        MalformedError: `numbers.malformed`, for a line that is no number, or stands twice.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"cannot read {path.name}: {error.strerror}"
        raise UnavailableError("numbers.unreadable", message) from None
    found: dict[str, int] = {}
    try:
        if len(data) > MAX_BYTES:
            raise MalformedError("numbers.malformed", "larger than 16 MiB")
        for line, text in enumerate(data.decode("utf-8-sig").splitlines(), start=1):
            number = text.strip()
            if not number:
                continue
            certificate_number.clean(number)
            if number in found:
                again = f"line {line} says the same as line {found[number]}"
                raise MalformedError("numbers.malformed", again)
            found[number] = line
    except UnicodeDecodeError:
        raise MalformedError("numbers.malformed", f"{path.name} is not UTF-8") from None
    except MalformedError as error:
        raise MalformedError("numbers.malformed", f"{path.name}: {error}") from None
    return tuple(found)


def allot(roster: Roster, numbers: Sequence[str], rules: Iterable[NumberRule]) -> Roster:
    """Give each row without a number the next of a block.

    Args:
        roster: As read.
        numbers: The block.
        rules: Of the catalogues; they say where a number tells the level.

    Raises:
        ConflictError: `numbers.exhausted`.
    """
    places = [rule.level for rule in rules if rule.kind == roster.kind and rule.level is not None]
    written = {each.number for each in roster.candidates}
    queues: dict[str | None, deque[str]] = {}
    for number in numbers:
        if number not in written:
            queues.setdefault(_level(number, places), deque()).append(number)

    def given(candidate: Candidate) -> Candidate:
        if candidate.number is not None:
            return candidate
        for level in (candidate.level, None):
            if queues.get(level):
                return replace(candidate, number=queues[level].popleft())
        level = f" of level {candidate.level}" if candidate.level else ""
        message = f"row {candidate.row}: the block has no number{level} left"
        raise ConflictError("numbers.exhausted", message)

    return replace(roster, candidates=tuple(map(given, roster.candidates)))


def _level(number: str, places: Iterable[tuple[int, tuple[tuple[str, str], ...]]]) -> str | None:
    for position, characters in places:
        for level, character in characters:
            if number[position : position + 1] == character:
                return level
    return None
