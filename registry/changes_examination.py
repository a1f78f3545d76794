# SPDX-License-Identifier: Apache-2.0
"""What statements about standards, plans and competitions do to the directory.

docs/format.md §7.6. They add to the subject's history and nothing else; here it is judged whether
they may (`credential.examination`).
"""

from functools import singledispatch

from credential import said_examination as said
from credential.admission import civil_date
from credential.entries import Event
from credential.errors import ConflictError, UntrustedError
from credential.examination import competition_of, plan_of, standards_of
from credential.said import Authority, Said
from registry.directory import Directory, Occasion, Target

HUMAN_RESOURCES = "human_resources"


@singledispatch
def change(what: Said, directory: Directory, on: Occasion) -> None:
    """Judge one statement against the history of its subject.

    Raises:
        ConflictError: It contradicts what was said before.
        UntrustedError: `standard.actor` or `plan.recipient`.
    """
    raise TypeError(f"{type(what).__name__} changes nothing in {directory.lead} at {on.t}")


@change.register
def _(what: said.Standard, directory: Directory, on: Occasion) -> None:
    known = standards_of(directory.history.get(on.subject, ()))
    if known and known[-1].said.body != what.body:
        message = "another's standard has this identifier: take another"
        raise ConflictError("standard.known", message)
    if any(step.said.version == what.version for step in known):
        raise ConflictError("standard.version", "this version has been entered already")


@change.register
def _(what: said.StandardStep, directory: Directory, on: Occasion) -> None:
    events = directory.history.get(on.subject, ())
    standards_of((*events, Event(on.t, on.iss, on.type, what)))
    if what.step != "filed":
        return
    reviewers = [e.by for e in events if isinstance(e.said, said.StandardStep)]
    officers = [one for one in directory.authorities if HUMAN_RESOURCES in _fields(directory, one)]
    if (officers and on.iss not in officers) or (reviewers and reviewers[-1] == on.iss):
        message = "a standard is filed by human resources, after another authority reviewed it"
        raise UntrustedError("standard.actor", message)


@change.register
def _(what: said.YearPlan, directory: Directory, _on: Occasion) -> None:
    for one in what.recipients:
        if not directory.is_lead(one) and one not in directory.authorities:
            raise ConflictError("authority.unknown", f"no authority {one}: a plan goes to two")


@change.register
def _(_what: said.PlanReceipt, directory: Directory, on: Occasion) -> None:
    plan = plan_of(directory.history.get(on.subject, ()), on.t)
    if plan is None:
        raise ConflictError("plan.unknown", "there is no such plan")
    if on.iss not in plan.said.recipients:
        raise UntrustedError("plan.recipient", "the plan was not filed with this authority")
    if on.iss in plan.received:
        raise ConflictError("plan.received", "this authority has confirmed the plan already")


@change.register
def _(_what: said.Competition, directory: Directory, on: Occasion) -> None:
    filed = competition_of(directory.history.get(on.subject, ()), on.t)
    if filed is not None and filed.first_day <= civil_date(on.t):
        message = f"{filed.name} has begun: what was filed stays as it is"
        raise ConflictError("competition.begun", message)


@change.register
def _(_what: said.BatchClose, directory: Directory, on: Occasion) -> None:
    if on.subject in directory.history:
        raise ConflictError("batch.closed", "the batch has been closed already")


@change.register(said.NationalList)
def _(_what: Said, _directory: Directory, _on: Occasion) -> None:
    """Count from now on; there is nothing to contradict."""


def targets_of(directory: Directory, subject: str, what: Said) -> tuple[Target | None, ...]:
    """Name those whose regions decide who may state something of a standard or plan.

    Raises:
        ConflictError: `body.unknown`, `standard.unknown` or `plan.unknown`.
    """
    if "/standards/" not in subject:
        return (_body(directory, subject.partition("/plans/")[0][-18:]),)
    known = standards_of(directory.history.get(subject, ()))
    if not known and not isinstance(what, said.Standard):
        raise ConflictError("standard.unknown", "there is no such standard: enter it first")
    codes = {step.said.body for step in known}
    if isinstance(what, said.Standard):
        codes.add(what.body)
    # What no body drew up is the whole region's.
    whole = Target(subject, directory.root.region)
    return tuple(whole if code is None else _body(directory, code) for code in codes)


def _body(directory: Directory, code: str) -> Target:
    body = directory.bodies.get(code)
    if body is None:
        raise ConflictError("body.unknown", "there is no such body: enter it first")
    return Target(body.id, body.region)


def _fields(directory: Directory, authority: str) -> tuple[str, ...]:
    appointed = [e.said for e in directory.history.get(authority, ())]
    return next((each.fields for each in reversed(appointed) if isinstance(each, Authority)), ())
