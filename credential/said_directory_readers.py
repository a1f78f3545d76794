# SPDX-License-Identifier: Apache-2.0
"""Read what statements say of directory entries and of the rules over them (docs/format.md §7.5).

As `credential.said_readers`: parsed JSON in, a value of `credential.said_directory` out, or
`malformed.profile`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

from credential import levels
from credential.body import MAX_NAME
from credential.filing import (
    MAX_DOCUMENT,
    MAX_OCCUPATIONS,
    STATES,
    read_levels,
)
from credential.members import Members, refuse
from credential.said_directory import (
    Assessor,
    BodyRoles,
    Deadlines,
    EntryStanding,
    Holidays,
    KeyEnd,
    Offer,
    Operator,
    RatingFormula,
    Recheck,
    SaidDirectory,
    Selection,
    Station,
    Unit,
)

ROLES: Final = (
    "employer",
    "social_organisation",
    "school",
    "appraisal_institution",
    "association",
)
AUDIENCES: Final = ("own", "public")
BASES: Final = ("enterprise", "school", "training_institution", "master_studio", "base")
ASSESSOR_ROLES: Final = ("assessor", "senior_assessor", "supervisor")
MAX_NOTICE: Final = 200  # code points of a credit notice, reason or address
MAX_POINTS: Final = 10_000  # of a rating, either way
MAX_DAYS: Final = 366  # of one year, of a window of ten: ten times that
T = TypeVar("T")
_KID: Final = re.compile("[A-Za-z0-9_-]{10}[AEIMQUYcgkosw048]")
CODE: Final = re.compile("[0-9A-HJ-NPQRTUWXY]{18}")
_EVENT: Final = re.compile("[a-z][a-z0-9_]{0,39}")
_GRADE: Final = re.compile("[A-Z]{1,3}")


def until_and_notice(body: Members, state: str) -> tuple[int | None, str | None]:
    """Read what may stand beside a standing: a deadline, with `rectifying`, and a credit notice.

    Raises:
        MalformedError: `malformed.profile`.
    """
    until = body.time("until") if "until" in body else None
    if until is not None and state != "rectifying":
        refuse(body.at("until"), "stands only with rectifying")
    if until is not None and until <= body.time("from"):
        refuse(body.at("until"), "not after from")
    return until, body.text("notice", MAX_NOTICE) if "notice" in body else None


def _body_roles(value: object) -> BodyRoles:
    body = Members.of(value, "body_roles", "roles audience document")
    roles = _words(body, "roles", 1, ROLES)
    return BodyRoles(roles, body.choice("audience", AUDIENCES), document(body))


def _selection(value: object) -> Selection:
    body = Members.of(value, "selection", "from to document")
    return Selection(*window(body), document(body))


def _station(value: object) -> Station:
    names = "name host base body? region address? pilot? occupations document from to"
    body = Members.of(value, "station", names)
    start, end = window(body)
    return Station(
        name=body.text("name", MAX_NAME),
        host=body.text("host", MAX_NAME),
        base=body.choice("base", BASES),
        body=body.match("body", CODE) if "body" in body else None,
        region=body.region("region"),
        address=body.text("address", MAX_NOTICE) if "address" in body else None,
        pilot=body.mark("pilot"),
        occupations=offers(body),
        document=document(body),
        start=start,
        end=end,
    )


def _assessor(value: object) -> Assessor:
    names = "name certificate role region occupations cap document from to"
    body = Members.of(value, "assessor", names)
    role = body.choice("role", ASSESSOR_ROLES)
    low = 0 if role == "supervisor" else 1  # only a supervisor may be for all occupations
    start, end = window(body)
    return Assessor(
        name=body.text("name"),
        certificate=body.text("certificate", MAX_DOCUMENT),
        role=role,
        region=body.region("region"),
        occupations=distinct(
            (
                Members({"code": one}, body.at("occupations")).occupation_code("code")
                for one in body.items("occupations", low, MAX_OCCUPATIONS)
            ),
            body.at("occupations"),
        ),
        cap=None if body.raw("cap") is None else body.choice("cap", levels.LEVELS),
        document=document(body),
        start=start,
        end=end,
    )


def _unit(value: object) -> Unit:
    body = Members.of(value, "unit", "name industry region document from to")
    name, industry = body.text("name", MAX_NAME), body.text("industry")
    return Unit(name, industry, body.region("region"), document(body), *window(body))


def _operator(value: object) -> Operator:
    body = Members.of(value, "operator", "name region document from to")
    name, region = body.text("name", MAX_NAME), body.region("region")
    return Operator(name, region, document(body), *window(body))


def _entry_standing(value: object) -> EntryStanding:
    body = Members.of(value, "entry_standing", "from state document until? notice?")
    state = body.choice("state", STATES)
    return EntryStanding(body.time("from"), state, document(body), *until_and_notice(body, state))


def _recheck(value: object) -> Recheck:
    body = Members.of(value, "recheck", "result document")
    return Recheck(body.choice("result", ("passed", "failed")), document(body))


def _key_end(value: object) -> KeyEnd:
    body = Members.of(value, "key_end", "kid to document")
    return KeyEnd(body.match("kid", _KID), body.time("to"), document(body))


def _rating_formula(value: object) -> RatingFormula:
    body = Members.of(value, "rating_formula", "initial days events grades document")
    events = []
    for n, one in enumerate(body.items("events", 0, 64)):
        event = Members.of(one, f"rating_formula.events[{n}]", "event points")
        points = event.integer("points", -MAX_POINTS, MAX_POINTS)
        events.append((event.match("event", _EVENT), points))
    distinct((name for name, _ in events), body.at("events"))
    grades: list[tuple[str, int]] = []
    for n, one in enumerate(body.items("grades", 1, 10)):
        grade = Members.of(one, f"rating_formula.grades[{n}]", "grade from")
        least = grade.integer("from", -MAX_POINTS, MAX_POINTS)
        if grades and least >= grades[-1][1]:
            refuse(grade.at("from"), "does not fall")
        grades.append((grade.match("grade", _GRADE), least))
    distinct((name for name, _ in grades), body.at("grades"))
    return RatingFormula(
        initial=body.integer("initial", -MAX_POINTS, MAX_POINTS),
        days=body.integer("days", 1, 10 * MAX_DAYS),
        events=tuple(events),
        grades=tuple(grades),
        document=document(body),
    )


def _holidays(value: object) -> Holidays:
    body = Members.of(value, "holidays", "off work document")
    days = {
        name: distinct(
            (
                Members({"day": one}, body.at(name)).civil_date("day")
                for one in body.items(name, 0, MAX_DAYS)
            ),
            body.at(name),
        )
        for name in ("off", "work")
    }
    if set(days["off"]) & set(days["work"]):
        refuse(body.at("work"), "a day is worked or not, never both")
    return Holidays(days["off"], days["work"], document(body))


def _deadlines(value: object) -> Deadlines:
    body = Members.of(value, "deadlines", "acceptance correction review filing document")
    return Deadlines(
        acceptance=body.integer("acceptance", 1, MAX_DAYS),
        correction=body.integer("correction", 1, MAX_DAYS),
        review=body.integer("review", 1, MAX_DAYS),
        filing=body.integer("filing", 1, MAX_DAYS),
        document=document(body),
    )


def document(body: Members) -> str:
    """Read the number of the document behind a statement."""
    return body.text("document", MAX_DOCUMENT)


def offers(body: Members) -> tuple[Offer, ...]:
    """Read `occupations`: codes with the levels examined."""
    collected = []
    for n, one in enumerate(body.items("occupations", 1, MAX_OCCUPATIONS)):
        offer = Members.of(one, f"{body.at('occupations')}[{n}]", "code levels")
        collected.append(Offer(offer.occupation_code("code"), read_levels(offer)))
    distinct((offer.code for offer in collected), body.at("occupations"))
    return tuple(collected)


def _words(body: Members, name: str, low: int, allowed: tuple[str, ...]) -> tuple[str, ...]:
    return distinct(
        (
            Members({"word": one}, body.at(name)).choice("word", allowed)
            for one in body.items(name, low, len(allowed))
        ),
        body.at(name),
    )


def window(body: Members) -> tuple[int, int | None]:
    """Read `from` and `to`."""
    start, end = body.time("from"), body.end("to")
    if end is not None and end <= start:
        refuse(body.at("to"), "not after from")
    return start, end


def distinct(values: Iterable[T], where: str) -> tuple[T, ...]:
    """Collect values that differ."""
    collected = tuple(values)
    if len(set(collected)) != len(collected):
        refuse(where, "the same entry twice")
    return collected


READERS: Final[Mapping[str, Callable[[object], SaidDirectory]]] = {
    "body_roles": _body_roles,
    "selection": _selection,
    "station": _station,
    "assessor": _assessor,
    "unit": _unit,
    "operator": _operator,
    "entry_standing": _entry_standing,
    "recheck": _recheck,
    "key_end": _key_end,
    "rating_formula": _rating_formula,
    "holidays": _holidays,
    "deadlines": _deadlines,
}
"""By type of statement."""
