# SPDX-License-Identifier: Apache-2.0
"""Applications for a filing: what was asked, what was answered, and what is due when.

docs/format.md §7.5.

    received → accepted → reviewed → filed
        ↑   ↘ returned ↙                     returned: the applicant hands it in again
                           refused is final

Each step is a signed statement, so actor and time are those of its receipt. Deadlines are counted
in working days (`registry.working_days`) and only listed: the fold itself never depends on them.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from credential.entries import Event
from credential.errors import ConflictError
from credential.members import inside
from credential.said import Filing, Said
from credential.said_directory import Acceptance, Deadlines, Review
from credential.said_directory import Application as Asked
from registry.working_days import Calendar, day_of

DEFAULT: Final = Deadlines(acceptance=5, correction=30, review=20, filing=10, document="")
"""Acceptance, review and filing as 行政许可法 §32, §42 and §44 have them; 30 to correct is ours."""

RECEIVED, ACCEPTED, RETURNED = "received", "accepted", "returned"
REFUSED, REVIEWED, FILED = "refused", "reviewed", "filed"

_MOVES: Final[Mapping[tuple[str | None, str], str]] = {
    (None, "application"): RECEIVED,
    (RETURNED, "application"): RECEIVED,
    (RECEIVED, "accepted"): ACCEPTED,
    (RECEIVED, "returned"): RETURNED,
    (RECEIVED, "refused"): REFUSED,
    (ACCEPTED, "passed"): REVIEWED,
    (ACCEPTED, "reviewed back"): RETURNED,
    (ACCEPTED, "reviewed out"): REFUSED,
    (REVIEWED, "filing"): FILED,
}
_REVIEWED: Final = {"passed": "passed", "returned": "reviewed back", "refused": "reviewed out"}
_STEP: Final = {
    RECEIVED: "acceptance",
    RETURNED: "correction",
    ACCEPTED: "review",
    REVIEWED: "filing",
}


class Application(NamedTuple):
    """One application as of the end of its history."""

    id: str
    asked: Asked
    """As it was handed in last."""
    state: str
    since: int
    """When it came into this state."""
    number: str | None
    """Of the filing that answered it."""
    events: tuple[Event, ...]

    @property
    def step(self) -> str | None:
        """What is awaited: `acceptance`, `correction`, `review` or `filing`, if anything."""
        return _STEP.get(self.state)


class Due(NamedTuple):
    """By when the next step is due."""

    step: str
    day: date
    """The last day, in UTC+8."""
    overdue: bool
    certain: bool
    """Whether the holidays of all years concerned are known; else week-days were counted."""


def application_of(subject: str, events: Sequence[Event]) -> Application | None:
    """Fold a history into an application; None where it is empty.

    Raises:
        ConflictError: `application.state` or `application.applicant`, the last step is not one.
    """
    state: str | None = None
    asked: Asked | None = None
    number: str | None = None
    for event in events:
        state = _next(state, event.said)
        if isinstance(event.said, Asked):
            if asked is not None and event.said.applicant != asked.applicant:
                message = "another body's application: hand it in under another identifier"
                raise ConflictError("application.applicant", message)
            asked = event.said
        elif isinstance(event.said, Filing):
            number = event.said.number
    if state is None or asked is None:
        return None
    return Application(subject, asked, state, events[-1].t, number, tuple(events))


def _next(state: str | None, said: Said) -> str:
    word = "application"
    if isinstance(said, Acceptance):
        word = said.result
    elif isinstance(said, Review):
        word = _REVIEWED[said.result]
    elif isinstance(said, Filing):
        word = "filing"
    new = _MOVES.get((state, word))
    if new is None:
        message = f"the application is {state or 'not there'}: this is not its next step"
        raise ConflictError("application.state", message)
    return new


def check_filing(application: Application, code: str, filing: Filing, *, known: bool) -> None:
    """Return if a filing answers an application, with the reviewed scope or a narrower one.

    Args:
        application: Reviewed.
        code: The body that the filing is for.
        filing: What is to be filed.
        known: Whether the body has a filing of that number.

    Raises:
        ConflictError: `application.applicant`, `application.scope`.
    """
    asked = application.asked
    if asked.applicant != code:
        raise ConflictError("application.applicant", "the application is another body's")
    numbered = filing.number == asked.number if asked.number is not None else not known
    withdrawn = (asked.kind == "withdraw") == (not filing.grants)
    granted = all(
        any(
            grant.kind == wide.kind
            and grant.codes <= wide.codes
            and (set(grant.levels) <= set(wide.levels) if grant.levels else not wide.levels)
            for wide in asked.grants
        )
        for grant in filing.grants
    )
    placed = all(any(inside(one, wide) for wide in asked.districts) for one in filing.districts)
    if not (numbered and withdrawn and granted and placed):
        message = "the filing says another number or more than was applied for and reviewed"
        raise ConflictError("application.scope", message)


def due(application: Application, terms: Deadlines, calendar: Calendar, at: int) -> Due | None:
    """Compute by when the next step is due; None where none is awaited."""
    step = application.step
    if step is None:
        return None
    day, certain = calendar.after(day_of(application.since), int(getattr(terms, step)))
    return Due(step, day, day_of(at) > day, certain)
