# SPDX-License-Identifier: Apache-2.0
"""Directory entries with their history: stations, assessors, units, operators, and what bodies are.

docs/format.md §7.5. A history is what was said of one subject, in the order of the log; everything
here is computed from it, so a directory as of any time is the same fold stopped earlier.

    active → rectifying (until …) → active by a re-check that passed
                                  → suspended by one that failed
    any but removed → suspended, removed; removed is final
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from credential.errors import ConflictError
from credential.said import Body, Said, Standing
from credential.said_directory import (
    BodyRoles,
    Entered,
    EntryStanding,
    Recheck,
    Selection,
)

KINDS: Final[Mapping[str, str]] = {
    "stations": "station",
    "assessors": "assessor",
    "units": "unit",
    "operators": "operator",
}
"""Kind by the part of the identifier that names it."""


class Event(NamedTuple):
    """One accepted statement about a subject."""

    t: int
    """Of its receipt."""
    by: str
    """Whose statement it is."""
    type: str
    said: Said


class Step(NamedTuple):
    """One entry of a standing, in force until the next begins."""

    start: int
    state: str
    document: str
    until: int | None = None
    """By when it must be put right."""
    notice: str | None = None
    """The credit notice."""


class Entry(NamedTuple):
    """One entry as of the end of its history."""

    id: str
    kind: str
    said: Entered
    """The latest particulars."""
    since: int
    """When it was first entered."""
    steps: tuple[Step, ...]

    def state_at(self, t: int) -> str:
        """Tell the standing at a time; `expired` or `announced` outside the entry's window."""
        if t < self.said.start or t < self.since:
            return "announced"
        if self.said.end is not None and t >= self.said.end:
            return "expired"
        step = step_at(self.steps, t)
        return "announced" if step is None else step.state


def entry_of(subject: str, events: Sequence[Event]) -> Entry | None:
    """Fold a history into an entry; None where it holds none."""
    entered = [event for event in events if isinstance(event.said, Entered)]
    if not entered or not isinstance(entered[-1].said, Entered):
        return None
    kind = KINDS[subject.rpartition("/")[0].rpartition("/")[2]]
    return Entry(subject, kind, entered[-1].said, entered[0].t, steps_of(events))


def steps_of(events: Sequence[Event]) -> tuple[Step, ...]:
    """Fold the standing of an entry or body."""
    steps: tuple[Step, ...] = ()
    for event in events:
        said = event.said
        if isinstance(said, Body) or (isinstance(said, Entered) and not steps):
            steps = (Step(event.t, "active", said.document),)
        elif isinstance(said, Standing | EntryStanding | Recheck):
            steps = moved(steps, said, event.t)
    return steps


def moved(
    steps: tuple[Step, ...], said: Standing | EntryStanding | Recheck, t: int
) -> tuple[Step, ...]:
    """Move a standing.

    Args:
        steps: The standing before.
        said: What was stated.
        t: The receipt's time.

    Raises:
        ConflictError: `standing.removed`, `standing.recheck` or `recheck.none`.
    """
    now = step_at(steps, t)
    if isinstance(said, Recheck):
        if now is None or now.state != "rectifying":
            raise ConflictError("recheck.none", "nothing has been ordered that could be re-checked")
        step = Step(t, "active" if said.result == "passed" else "suspended", said.document)
    else:
        step = Step(max(said.start, t), said.state, said.document, said.until, said.notice)
    past = tuple(each for each in steps if each.start < step.start)
    if any(each.state == "removed" and each.start <= step.start for each in steps):
        raise ConflictError("standing.removed", "what was removed stays removed")
    ordered = any(
        each is not None and each.state == "rectifying" and each.until is not None
        for each in (now, past[-1] if past else None)
    )
    if step.state == "active" and ordered and not isinstance(said, Recheck):
        message = "an order with a deadline is lifted by a re-check: state how it ended"
        raise ConflictError("standing.recheck", message)
    return (*past, step)


def step_at(steps: Sequence[Step], t: int) -> Step | None:
    """Find what is in force at a time."""
    return next((step for step in reversed(steps) if step.start <= t), None)


def roles_of(events: Sequence[Event]) -> BodyRoles | None:
    """Find as what a body evaluates, as it was said last."""
    said = [event.said for event in events if isinstance(event.said, BodyRoles)]
    return said[-1] if said else None


def selected_at(events: Sequence[Event], t: int) -> bool:
    """Tell whether a body is selected for public evaluation at a time."""
    for event in reversed(events):
        if isinstance(event.said, Selection):  # the last one counts: it may also cut an earlier one
            start = max(event.said.start, event.t)
            return start <= t and (event.said.end is None or t < event.said.end)
    return False
