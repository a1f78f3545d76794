# SPDX-License-Identifier: Apache-2.0
"""The directory as of any time, and what it shows: entries, bodies, applications, each as one row.

    directory = as_of(connection, roots, at)
    for row in rows(directory, "stations", at): …

The past is not stored: it is the same fold over the same signed statements, stopped earlier, and
every signature is verified on the way (`registry.replay`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Final

from sqlalchemy import Connection

from credential.entries import Event, entry_of, roles_of, selected_at, step_at, steps_of
from credential.root import Root
from credential.said_directory import Assessor, Deadlines, Holidays, RatingFormula
from registry import store_certificates, store_log, store_statements
from registry.applications import DEFAULT, application_of, due
from registry.directory import Directory
from registry.rating import rate
from registry.replay import Replay
from registry.working_days import Calendar

Row = dict[str, object]

KINDS: Final = ("bodies", "stations", "assessors", "supervisors", "units", "operators")


def as_of(connection: Connection, roots: Sequence[Root], at: int) -> Directory:
    """Fold all statements that had been accepted at a time.

    Raises:
        UntrustedError: `registry.corrupt`.
    """
    state = Replay.start(roots)
    lookup = partial(store_certificates.find, connection)
    end = store_log.tail(connection).size
    for record in list(store_statements.walk(connection, end=end)):
        if record.t > at:
            break
        state.step(lookup, record)
    return state.directory


def rows(directory: Directory, kind: str, at: int) -> Iterator[Row]:
    """Show the entries of a kind as of a time, in the order of their identifiers.

    Args:
        directory: As of that time.
        kind: One of `KINDS`.
        at: The time.
    """
    if kind == "bodies":
        yield from _bodies(directory, at)
        return
    part = "assessors" if kind == "supervisors" else kind
    for subject in sorted(directory.history):
        if subject.split("/")[3:4] != [part]:
            continue
        events = directory.history[subject]
        entry = entry_of(subject, events)
        if entry is None:
            continue
        supervisor = isinstance(entry.said, Assessor) and entry.said.role == "supervisor"
        if supervisor == (kind == "supervisors"):
            said = {f"{name}": value for name, value in asdict(entry.said).items()}
            state = {"id": subject, "state": entry.state_at(at), "since": entry.since}
            yield {**state, **said, **_watched(directory, events, at)}


def _bodies(directory: Directory, at: int) -> Iterator[Row]:
    for code in sorted(directory.bodies):
        body = directory.bodies[code]
        events = directory.history.get(body.id, ())
        step, roles = step_at(steps_of(events), at), roles_of(events)
        state = "announced" if step is None else step.state
        yield {
            "id": body.id,
            "state": "void" if body.void is not None else state,
            "since": body.standing[0].start,
            "name": body.name,
            "region": body.region,
            "roles": [] if roles is None else list(roles.roles),
            "audience": None if roles is None else roles.audience,
            "selected": selected_at(events, at),
            "filings": [
                filing.to_members()
                for filing in body.filings
                if filing.holds(at) and filing.void is None
            ],
            **_watched(directory, events, at),
        }


def _watched(directory: Directory, events: Sequence[Event], at: int) -> Row:
    """Show what supervision knows: deadline, credit notices, rating."""
    steps = steps_of(events)
    now = step_at(steps, at)
    formula = formula_of(directory)
    rating = None if formula is None else rate(formula, events, at)
    return {
        "until": None if now is None else now.until,
        "overdue": now is not None and now.until is not None and now.until < at,
        "notices": [
            {"from": step.start, "notice": step.notice, "document": step.document}
            for step in steps
            if step.notice is not None and step.start <= at
        ],
        "rating": None
        if rating is None
        else {
            "grade": rating.grade,
            "points": rating.points,
            "reasons": [reason._asdict() for reason in rating.reasons],
        },
    }


def application_rows(directory: Directory, at: int) -> Iterator[Row]:
    """Show the applications as of a time, those that wait longest first."""
    calendar, terms = calendar_of(directory), terms_of(directory)
    found = []
    for subject, events in directory.history.items():
        application = application_of(subject, events) if "/applications/" in subject else None
        if application is None:
            continue
        asked, wait = application.asked, due(application, terms, calendar, at)
        row: Row = {
            "id": subject,
            "applicant": asked.applicant,
            "name": asked.name,
            "region": asked.region,
            "kind": asked.kind,
            "form": asked.form,
            "audience": asked.audience,
            "state": application.state,
            "since": application.since,
            "step": application.step,
            "due": None if wait is None else wait.day.isoformat(),
            "overdue": wait is not None and wait.overdue,
            "certain": wait is None or wait.certain,
            "number": application.number or asked.number,
        }
        found.append((application.since, subject, row))
    for _, _, row in sorted(found, key=lambda each: each[:2]):
        yield row


def formula_of(directory: Directory) -> RatingFormula | None:
    """Find the rating formula in force."""
    said = _last(directory, "rating")
    return said if isinstance(said, RatingFormula) else None


def terms_of(directory: Directory) -> Deadlines:
    """Find the deadlines in force."""
    said = _last(directory, "deadlines")
    return said if isinstance(said, Deadlines) else DEFAULT


def calendar_of(directory: Directory) -> Calendar:
    """Put the calendar together from the stated years and the program's own."""
    stated: Mapping[int, Holidays] = {
        int(subject[-4:]): events[-1].said
        for subject, events in directory.history.items()
        if "/holidays/" in subject and isinstance(events[-1].said, Holidays)
    }
    return Calendar.of(stated)


def _last(directory: Directory, name: str) -> object:
    """Find what was said last about a matter of the whole registry, under whichever host."""
    said = [directory.history.get(f"https://{host}/{name}", ()) for host in directory.root.hosts]
    events = sorted((event for each in said for event in each), key=lambda event: event.t)
    return events[-1].said if events else None
