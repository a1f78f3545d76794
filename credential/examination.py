# SPDX-License-Identifier: Apache-2.0
"""Standards, plans and competitions as of a moment, folded from what was said of them.

docs/format.md §7.6.

    standard     draft → reviewed → filed → in force → withdrawn; a new version begins as a draft,
                 and the one before stays in force until the new one is
    plan         filed by the body; counts when both recipients have confirmed it
    competition  filed as a whole, once; filed anew before it begins
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from credential.entries import Event
from credential.errors import ConflictError
from credential.said_examination import (
    Competition,
    NationalList,
    PlanReceipt,
    Standard,
    StandardStep,
    YearPlan,
)

DRAFT: Final = "draft"
IN_FORCE: Final = "in_force"
_BEFORE: Final[Mapping[str, tuple[str, ...]]] = {
    "reviewed": (DRAFT,),
    "filed": ("reviewed",),
    IN_FORCE: ("filed",),
    "withdrawn": (DRAFT, "reviewed", "filed", IN_FORCE),
}
_NATIONAL: Final[Mapping[str, tuple[str, ...]]] = {**_BEFORE, IN_FORCE: (DRAFT, "filed")}
"""A national standard is nobody's here to review and file: it is entered and put in force."""


class Standing(NamedTuple):
    """One version of a standard and how far it has come."""

    said: Standard
    state: str
    """`draft`, `reviewed`, `filed`, `in_force` or `withdrawn`."""
    since: int
    document: str
    """Of the last step; empty for a draft."""


class Plan(NamedTuple):
    """A body's plan and who has it."""

    said: YearPlan
    received: tuple[str, ...]
    """Recipients that have confirmed it."""

    @property
    def waiting(self) -> tuple[str, ...]:
        """Recipients that have not."""
        return tuple(one for one in self.said.recipients if one not in self.received)

    @property
    def is_received(self) -> bool:
        """Whether both have it."""
        return not self.waiting


def standards_of(events: Sequence[Event]) -> tuple[Standing, ...]:
    """List the steps of a standard through all its versions, each with the time it counts from.

    Raises:
        ConflictError: `standard.state`, the last step is not the next one.
    """
    steps: tuple[Standing, ...] = ()
    for event in events:
        said = event.said
        if isinstance(said, Standard):
            steps = (*steps, Standing(said, DRAFT, event.t, ""))
        elif isinstance(said, StandardStep):
            last = steps[-1] if steps else None
            before = _NATIONAL if last is not None and last.said.form == "national" else _BEFORE
            if last is None or last.state not in before[said.step]:
                now = "not there" if last is None else last.state
                message = f"the standard is {now}: {said.step} is not its next step"
                raise ConflictError("standard.state", message)
            start = max(said.start, event.t)
            steps = (*steps, Standing(last.said, said.step, start, said.document))
    return steps


def standard_of(events: Sequence[Event], t: int) -> Standing | None:
    """Find what a standard is at a time: the version in force, else how far the last one is."""
    known = [step for step in standards_of(events) if step.since <= t]
    if not known:
        return None
    in_force: Standing | None = None
    for step in known:
        if step.state == IN_FORCE:
            in_force = step
        elif step.state == "withdrawn" and in_force is not None and step.said == in_force.said:
            in_force = None
    return in_force or known[-1]


def plan_of(events: Sequence[Event], t: int) -> Plan | None:
    """Find a plan as of a time."""
    plan: Plan | None = None
    for event in events:
        if event.t > t:
            break
        if isinstance(event.said, YearPlan):
            plan = Plan(event.said, ())
        elif isinstance(event.said, PlanReceipt) and plan is not None:
            plan = plan._replace(received=(*plan.received, event.by))
    return plan


def competition_of(events: Sequence[Event], t: int) -> Competition | None:
    """Find a competition as it was filed by a time."""
    filed = [e.said for e in events if e.t <= t and isinstance(e.said, Competition)]
    return filed[-1] if filed else None


def national_at(events: Sequence[Event], t: int) -> NationalList | None:
    """Find the national list in force at a time."""
    for event in reversed(events):
        if isinstance(event.said, NationalList) and max(event.said.start, event.t) <= t:
            return event.said
    return None
