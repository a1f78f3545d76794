# SPDX-License-Identifier: Apache-2.0
"""Where each thing of the registry belongs: region, fields, bodies, recipients.

    target = target_of(directory, "https://HOST/stations/PD-01")

Everything follows from accepted statements. What is not known here is no target: it does not exist.
"""

from collections.abc import Sequence
from typing import Final

from credential.body import Body
from credential.entries import Event, entry_of
from credential.examination import plan_of, standards_of
from credential.said import Authority, Filing
from credential.said import Body as Entered
from credential.said_directory import Station, Unit
from registry.applications import application_of
from registry.console.access import COMMON, Target
from registry.directory import Directory

ENDLESS: Final = 1 << 53
_COMMON: Final = frozenset(
    {
        *("authorities", "catalogues", "competitions", "deadlines", "gate", "holidays"),
        *("national-list", "rating", "recognitions"),
    }
)


def target_of(directory: Directory, subject: str) -> Target | None:
    """Find where the subject of a statement belongs; certificates are asked by their body."""
    parts = subject.split("/")[3:]
    if not parts:
        return None
    what = parts[0]
    if what in _COMMON:
        return COMMON if subject in directory.history or what != "competitions" else None
    if what == "bodies":
        return _of_body_matter(directory, subject, parts)
    events = directory.history.get(subject, ())
    if what == "applications":
        return _of_application(directory, subject, events)
    if what == "standards":
        known = standards_of(events)
        if not known:
            return None
        code = known[-1].said.body
        return COMMON if code is None else of_code(directory, code)
    return _of_entry(directory, subject, events) if events else None


def of_code(directory: Directory, code: str) -> Target | None:
    """Find where a body belongs, by its code."""
    body = directory.bodies.get(code)
    return None if body is None else of_body(directory, body)


def of_body(directory: Directory, body: Body) -> Target:
    """Find where a body belongs."""
    events = directory.history.get(body.id, ())
    return Target(body.region, fields_of(directory, events), frozenset({body.id}))


def fields_of(directory: Directory, events: Sequence[Event]) -> frozenset[str]:
    """Give the fields of the authorities that entered and filed a body; none: all fields."""
    found: set[str] = set()
    for event in events:
        if not isinstance(event.said, Entered | Filing):
            continue
        fields = authority_fields(directory, event.by)
        if not fields:
            return frozenset()
        found.update(fields)
    return frozenset(found)


def authority_fields(directory: Directory, authority: str) -> frozenset[str]:
    """Give the fields of an authority, as it was appointed last."""
    said = [e.said for e in directory.history.get(authority, ()) if isinstance(e.said, Authority)]
    return frozenset(said[-1].fields) if said else frozenset()


def _of_body_matter(directory: Directory, subject: str, parts: list[str]) -> Target | None:
    body = directory.body_of("/".join(subject.split("/")[:5]))
    if body is None:
        return None
    target = of_body(directory, body)
    if parts[2:3] != ["plans"]:
        return target
    plan = plan_of(directory.history.get(subject, ()), ENDLESS)
    if plan is None:
        return None
    return Target(target.region, target.fields, target.bodies, frozenset(plan.said.recipients))


def _of_application(directory: Directory, subject: str, events: Sequence[Event]) -> Target | None:
    application = application_of(subject, events)
    if application is None:
        return None
    asked = application.asked
    body = directory.bodies.get(asked.applicant)
    if body is None:
        identifier = f"{directory.lead}/bodies/{asked.applicant}"
        return Target(asked.region, bodies=frozenset({identifier}))
    return of_body(directory, body)


def _of_entry(directory: Directory, subject: str, events: Sequence[Event]) -> Target | None:
    try:
        entry = entry_of(subject, events)
    except KeyError:
        return None  # of no kind that has a directory
    if entry is None:
        return None
    said = entry.said
    bodies = frozenset[str]()
    if isinstance(said, Station) and said.body is not None:
        body = directory.bodies.get(said.body)
        bodies = frozenset() if body is None else frozenset({body.id})
    fields = frozenset() if isinstance(said, Unit) else authority_fields(directory, events[0].by)
    return Target(said.region, fields, bodies)
