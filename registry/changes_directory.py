# SPDX-License-Identifier: Apache-2.0
"""What statements about entries, applications and their rules do to the directory.

docs/format.md §7.5. They add to the subject's history and nothing else; here it is judged whether
they may (`credential.entries`, `registry.applications`).
"""

from functools import singledispatch

from credential import said_directory as said
from credential.entries import Event, entry_of, moved, selected_at, steps_of
from credential.errors import ConflictError
from credential.filing import Standing
from credential.said import Filing, Said
from credential.statement_bodies import Read
from registry import changes_examination
from registry.applications import REVIEWED, Application, application_of, check_filing
from registry.directory import Directory, Occasion, Target

SOCIAL = "social_organisation"


@singledispatch
def change(what: Said, directory: Directory, on: Occasion) -> None:
    """Judge one statement against the history of its subject.

    Raises:
        ConflictError: It contradicts what was said before.
    """
    changes_examination.change(what, directory, on)


@change.register(said.RatingFormula)
@change.register(said.Holidays)
@change.register(said.Deadlines)
@change.register(said.Selection)
def _(_what: Said, _directory: Directory, _on: Occasion) -> None:
    """Count from now on; there is nothing to contradict."""


@change.register
def _(what: said.BodyRoles, directory: Directory, on: Occasion) -> None:
    if SOCIAL in what.roles and what.audience == "public":
        _demand_selection(directory, on.subject, on.t)


@change.register
def _(what: said.Entered, directory: Directory, on: Occasion) -> None:
    entry = entry_of(on.subject, directory.history.get(on.subject, ()))
    if entry is not None and entry.state_at(on.t) == "removed":
        raise ConflictError("standing.removed", "what was removed stays removed")
    if isinstance(what, said.Station) and what.body and what.body not in directory.bodies:
        raise ConflictError("body.unknown", "there is no such body: enter it first")
    if what.end is not None and what.end <= on.t:
        raise ConflictError("entry.window", "the entry is over before it begins")


@change.register
def _(what: said.EntryStanding, directory: Directory, on: Occasion) -> None:
    moved(steps_of(directory.history.get(on.subject, ())), what, on.t)


@change.register
def _(what: said.Recheck, directory: Directory, on: Occasion) -> None:
    step = moved(steps_of(directory.history.get(on.subject, ())), what, on.t)[-1]
    body = directory.body_of(on.subject)
    if body is not None:
        past = tuple(entry for entry in body.standing if entry.start < on.t)
        entry = Standing(on.t, step.state, step.document)
        directory.bodies[body.code] = body._replace(standing=(*past, entry))


@change.register(said.Application)
@change.register(said.Acceptance)
@change.register(said.Review)
def _(what: Said, directory: Directory, on: Occasion) -> None:
    events = directory.history.get(on.subject, ())
    application_of(on.subject, (*events, Event(on.t, on.iss, on.type, what)))


def answer(what: Filing, directory: Directory, on: Occasion) -> None:
    """Judge whether a filing has the application that it needs, and note in that what was filed.

    Raises:
        ConflictError: `application.…` or `selection.required`.
    """
    if what.application is None:
        if what.grants and directory.is_full_at(on.t):
            message = "the gate is full: file what was applied for and reviewed"
            raise ConflictError("application.required", message)
        return
    events = directory.history.get(what.application, ())
    application = application_of(what.application, events)
    if application is None:
        raise ConflictError("application.unknown", "there is no such application")
    _demand_reviewed(application)
    body = directory.bodies[on.subject[-18:]]
    known = any(filing.number == what.number for filing in body.filings)
    check_filing(application, body.code, what, known=known)
    asked = application.asked
    if asked.form == SOCIAL and asked.audience == "public" and what.grants:
        _demand_selection(directory, on.subject, on.t)
    noted = Event(on.t, on.iss, on.type, what)
    directory.history[what.application] = (*events, noted)


def _demand_reviewed(application: Application) -> None:
    if application.state != REVIEWED:
        message = f"the application is {application.state}: it is filed after its review"
        raise ConflictError("application.state", message)


def _demand_selection(directory: Directory, subject: str, t: int) -> None:
    if not selected_at(directory.history.get(subject, ()), t):
        message = "a social organisation evaluates the public after its selection: state that first"
        raise ConflictError("selection.required", message)


def targets_of(directory: Directory, subject: str, read: Read) -> tuple[Target | None, ...]:
    """Name those whose regions decide who may state something of an entry or application.

    Raises:
        ConflictError: `entry.unknown` or `application.unknown`.
    """
    events = directory.history.get(subject, ())
    found: list[Target] = []
    if "/applications/" in subject:
        application = application_of(subject, events)
        if application is None and not isinstance(read.said, said.Application):
            raise ConflictError("application.unknown", "there is no such application")
        asked = [application.asked] if application is not None else []
        asked += [read.said] if isinstance(read.said, said.Application) else []
        for one in asked:
            body = directory.bodies.get(one.applicant)
            name = f"{directory.lead}/bodies/{one.applicant}" if body is None else body.id
            found.append(Target(name, one.region if body is None else body.region))
        return tuple(found)
    entry = entry_of(subject, events)
    if entry is not None:
        found.append(Target(subject, entry.said.region))
    if isinstance(read.said, said.Entered):  # who moves it rules over both places
        found.append(Target(subject, read.said.region))
    if not found:
        raise ConflictError("entry.unknown", "there is no such entry: enter it first")
    return tuple(found)
