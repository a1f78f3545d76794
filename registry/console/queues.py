# SPDX-License-Identifier: Apache-2.0
"""What waits for somebody: one list, by the day on which it is due.

acceptance, correction, review, filing   steps of applications, in working days
standard_review, standard_file, standard_force
plan                                      to be confirmed by its recipients
rectifying                                ordered to be put right by a day
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from credential.examination import plan_of, standards_of
from registry import as_of
from registry.console.access import GUIDANCE
from registry.console.sight import Sight
from registry.working_days import day_of

QUEUES: Final = (
    *("acceptance", "correction", "review", "filing"),
    *("standard_review", "standard_file", "standard_force", "plan", "rectifying"),
)
ACT_OF: Final = {
    "acceptance": "acceptance",
    "review": "review",
    "filing": "filing",
    "standard_review": "standard_step",
    "standard_file": "standard_step",
    "standard_force": "standard_step",
    "plan": "plan_receipt",
    "rectifying": "recheck",
}
"""The type of statement that takes something off a queue."""
_STEPS: Final = {
    "draft": "standard_review",
    "reviewed": "standard_file",
    "filed": "standard_force",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits."""

    queue: str
    subject: str
    title: str
    region: str | None
    since: int
    due: str | None
    """The last day in UTC+8, as YYYY-MM-DD."""
    overdue: bool
    certain: bool
    """Whether all holidays up to then are known."""
    mine: bool
    """Whether this viewer may take it off the queue."""


def waiting(sight: Sight) -> list[Waiting]:
    """List what waits and what this viewer sees of it: late ones first, then by day and age."""
    found = [*_applications(sight), *_standards_and_plans(sight), *_rectifying(sight)]
    return sorted(
        found, key=lambda each: (not each.overdue, each.due or "9999", each.since, each.subject)
    )


def _applications(sight: Sight) -> Iterator[Waiting]:
    for row in as_of.application_rows(sight.directory, sight.at):
        if row["step"] is None or not sight.sees(str(row["id"])):
            continue
        step = str(row["step"])
        yield Waiting(
            step,
            str(row["id"]),
            str(row["name"]),
            str(row["region"]),
            _int(row["since"]),
            None if row["due"] is None else str(row["due"]),
            bool(row["overdue"]),
            bool(row["certain"]),
            _mine(sight, step, str(row["id"])),
        )


def _standards_and_plans(sight: Sight) -> Iterator[Waiting]:
    for subject, events in sight.directory.history.items():
        if "/standards/" in subject and sight.sees(subject):
            last = standards_of(events)[-1]
            queue = _STEPS.get(last.state)
            if queue is None or (last.said.form == "national" and last.state == "draft"):
                continue
            region = sight.target(subject).region
            title = f"{last.said.title} {last.said.version}"
        elif "/plans/" in subject and sight.sees(subject):
            plan = plan_of(events, sight.at)
            if plan is None or plan.is_received:
                continue
            if GUIDANCE in sight.viewer.roles and sight.viewer.party not in plan.waiting:
                continue
            region, queue = sight.target(subject).region, "plan"
            body = sight.directory.body_of("/".join(subject.split("/")[:5]))
            title = f"{body.name if body else ''} {plan.said.year}"
        else:
            continue
        mine, since = _mine(sight, queue, subject), events[-1].t
        yield Waiting(queue, subject, title, region, since, None, False, True, mine)  # noqa: FBT003 # a row


def _rectifying(sight: Sight) -> Iterator[Waiting]:
    for kind in as_of.KINDS:
        for row in as_of.rows(sight.directory, kind, sight.at):
            if row["until"] is None or not sight.sees(str(row["id"])):
                continue
            until, subject = _int(row["until"]), str(row["id"])
            yield Waiting(
                "rectifying",
                subject,
                str(row["name"]),
                str(row["region"]),
                _int(row["since"]),
                day_of(until - 1).isoformat(),  # it ends with that day
                bool(row["overdue"]),
                certain=True,
                mine=_mine(sight, "rectifying", subject),
            )


def _mine(sight: Sight, queue: str, subject: str) -> bool:
    act = ACT_OF.get(queue)
    return act is not None and sight.viewer.may(act, sight.target(subject), sight.at)


def _int(value: object) -> int:
    assert isinstance(value, int)  # noqa: S101 # what these rows hold
    return value
