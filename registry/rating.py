# SPDX-License-Identifier: Apache-2.0
"""The integrity rating (诚信评价) of an entry or body: points by a stated formula, with reasons.

docs/format.md §7.5. The policy documents ask for a rating and give no formula, so the weights are
data: a statement `rating_formula`. The events of a history are

    rectifying  suspended  removed  notice  recheck_passed  recheck_failed  overdue

`overdue` is a deadline that passed before anything else was stated; `notice` a credit notice that
came with a standing.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from credential.entries import Event, steps_of
from credential.said import Standing
from credential.said_directory import EntryStanding, RatingFormula, Recheck

DAY = 86_400  # seconds


class Reason(NamedTuple):
    """One event that counted."""

    t: int
    event: str
    points: int
    document: str


class Rating(NamedTuple):
    """What came out, and why."""

    grade: str
    points: int
    reasons: tuple[Reason, ...]


def rate(formula: RatingFormula, events: Sequence[Event], at: int) -> Rating:
    """Rate a history as of a time.

    Args:
        formula: The weights.
        events: All that was said of one subject, in order; what was said later is left out.
        at: The time of asking.
    """
    weights = dict(formula.events)
    known = [event for event in events if event.t <= at]
    reasons = tuple(
        Reason(t, name, weights[name], document)
        for t, name, document in sorted(_happened(known, at))
        if name in weights and at - formula.days * DAY < t <= at
    )
    points = formula.initial + sum(reason.points for reason in reasons)
    grade = next((name for name, least in formula.grades if points >= least), formula.grades[-1][0])
    return Rating(grade, points, reasons)


def _happened(events: Sequence[Event], at: int) -> Iterator[tuple[int, str, str]]:
    for event in events:
        said = event.said
        if isinstance(said, Recheck):
            yield event.t, f"recheck_{said.result}", said.document
        elif isinstance(said, Standing | EntryStanding) and said.notice is not None:
            yield event.t, "notice", said.document
    # The standing itself counts where it came into force: one announced and taken back does not.
    steps = steps_of(events)
    rechecked = {event.t for event in events if isinstance(event.said, Recheck)}
    for n, step in enumerate(steps):
        if step.state != "active" and step.start <= at and step.start not in rechecked:
            yield step.start, step.state, step.document
        end = steps[n + 1].start if n + 1 < len(steps) else at
        if step.until is not None and step.until < end:
            yield step.until, "overdue", step.document
