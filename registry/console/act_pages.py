# SPDX-License-Identifier: Apache-2.0
"""Making a statement: choose a type, fill in its form, try it, draft it for signing.

GET  /acts                   what this account may state
GET  /acts/standing?subject=…
POST /acts/standing          the draft, as a proposal with its exact payload
POST /acts/revoke_bulk       with do=try: what would happen, and nothing is stored
POST /acts/catalogue         first what differs from the one in force; drafted is what was compared
"""

import re
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from console.answers import go
from console.error_pages import status_of
from console.forms import Form, posted
from console.proposal_pages import proposals_of
from console.visit import SignedIn, Visit, console_of
from credential import envelope
from credential.certificate import KINDS
from credential.errors import SealError
from registry import working_days
from registry.console import (
    act_begun,
    act_catalogue,
    act_forms,
    act_places,
    act_uploads,
    act_values,
    drafts,
    lists,
    scopes,
)
from registry.console.act_catalogue import Difference
from registry.console.act_forms import (
    BIG,
    FILED,
    FORMS,
    GRANTS,
    GROUPS,
    MANY,
    OFFERED,
    OFFERS,
    PARTIES,
    POINTS,
    TERMS,
    Filled,
)
from registry.console.act_places import PLACES
from registry.console.drafts import Tried
from registry.console.sight import Sight, nothing
from registry.console.site import page, seen

MAX_OCCUPATIONS: Final = 2_000  # that a form lists to be chosen from
MAX_BEGINS: Final = 40  # things that a form offers to begin with
MAX_LONG: Final = 600_000  # characters, of a list of numbers or a body as JSON
_SHORT: Final = 200

router: Final = APIRouter(prefix="/acts")

Posted = Annotated[Form, Depends(posted(max_bytes=act_uploads.MAX_UPLOAD, max_files=len(FILED)))]
Subject = Annotated[str, Query(max_length=200)]


@router.get("")
def offered(request: Request, visit: SignedIn) -> Response:
    """List what this account may state."""
    may = seen(request, visit, lambda s: s.viewer.acts(s.at) & OFFERED)
    groups = [(name, [one for one in types if one in may]) for name, types in GROUPS.items()]
    return page(request, visit, "acts.html", groups=[each for each in groups if each[1]])


@router.get("/{type_}")
def form(request: Request, visit: SignedIn, type_: str, subject: Subject = "") -> Response:
    """Show the form of a type."""

    def see(sight: Sight) -> tuple[str, str, dict[str, object]]:
        _demand_type(sight, type_)
        about = drafts.filed_subject(sight, type_, subject)
        if about or not PLACES.get(type_, "/").endswith("/"):
            party = sight.viewer.party
            about = act_places.subject_of(type_, about, sight.directory.lead, party)
        if about and not _is_open(sight, type_, about):
            raise nothing()
        begun = drafts.begun(sight, type_, subject)
        if about and type_ in act_begun.AGAIN:
            begun = act_begun.of(sight, type_, about)
        return about, drafts.name_of(sight, about), begun

    about, name, begun = seen(request, visit, see)
    return _form(request, visit, type_, {"subject": about, **begun}, name=name)


@router.post("/{type_}")
def draft(request: Request, visit: SignedIn, type_: str, form: Posted) -> Response:
    """Draft a statement, or try a bulk revocation."""
    seen(request, visit, lambda s: _demand_type(s, type_))
    values = _values(type_, form)
    difference = None
    try:
        form = act_uploads.taken(type_, form)
        values = _values(type_, form)
        if form.text("do") == "try":
            tried = seen(request, visit, partial(_try, form=form))
            return _form(request, visit, type_, values, tried=tried)
        if type_ == "catalogue":
            difference = seen(request, visit, partial(_compare, form=form))
            if form.text("compared") != difference.digest or form.text("do") == "compare":
                return _form(request, visit, type_, values, difference=difference)
            act_catalogue.demand_kept(difference)
        proposal = _propose(request, visit, type_, form)
    except SealError as error:
        if error.code == "request.not_found":
            raise
        return _form(request, visit, type_, values, error=error, difference=difference)
    return go(request, visit, f"/proposals/{proposal}", "act.drafted")


def _values(type_: str, form: Form) -> dict[str, object]:
    """Keep what was filled in, so that nothing has to be typed again after a refusal."""
    fields = FORMS.get(type_, ())
    names = {"subject", "body", "remark", *(one.name for one in fields)}
    values: dict[str, object] = {name: form.secret(name)[:MAX_LONG] for name in names}
    for one in fields:
        if one.kind in {MANY, PARTIES}:
            values[one.name] = form.many(one.name)
        elif one.kind == POINTS:
            values[one.name] = {e: form.secret(f"{one.name}-{e}")[:_SHORT] for e in one.choices}
        elif one.kind in {GRANTS, OFFERS, TERMS}:
            values[one.name] = scopes.filled(one.name, form.secret, form.many)
    return values


def _propose(request: Request, visit: Visit, type_: str, form: Form) -> str:
    typed = form.text("subject", needed=True)
    random = console_of(request).random

    def make(sight: Sight) -> tuple[drafts.Draft, str]:
        subject = act_places.subject_of(type_, typed, sight.directory.lead, sight.viewer.party)
        drafts.demand_about(sight, type_, subject)  # before anything is said of what was filled in
        body = _body(sight, type_, form)
        made = drafts.draft(sight, type_, subject, body, random)
        return made, drafts.name_of(sight, subject) or subject.rpartition("/")[2]

    made, name = seen(request, visit, make)
    texts = console_of(request).pages.texts
    word = texts.say("zh", f"word.type_{type_}")
    about = f"{word} · {name}"
    proposal = proposals_of(request).create(
        envelope.STATEMENT,
        made.payload,
        about=about,
        by=visit.who.name,
        needed=made.needed,
    )
    return proposal.id


def _body(sight: Sight, type_: str, form: Form) -> dict[str, object]:
    text = partial(_text, form, _long(type_))
    filled = Filled(text, form.many, sight.directory.dictionaries.occupations)
    return act_forms.body_of(type_, filled, sight.at)


def _compare(sight: Sight, form: Form) -> Difference:
    """Hold a catalogue that was filled in against the one in force."""
    scheme = form.text("subject", needed=True).rpartition("/")[2]
    body = _body(sight, "catalogue", form)
    return act_catalogue.compared(sight.directory, scheme, body, sight.at)


def _long(type_: str) -> frozenset[str]:
    """Name the fields of a type whose text may be long."""
    return frozenset({"body", *(one.name for one in FORMS.get(type_, ()) if one.kind in BIG)})


def _text(form: Form, long: frozenset[str], name: str) -> str:
    """Read a field within the bounds of its kind."""
    is_long = name in long or name.endswith("-occupations")
    return form.text(name, most=MAX_LONG if is_long else _SHORT)


def _try(sight: Sight, form: Form) -> list[Tried]:
    found = act_values.numbers(form.text("certificates", most=MAX_LONG))
    subject = form.text("subject", needed=True)
    return drafts.tried(sight, subject, form.text("kind"), found)


def _occupations(sight: Sight) -> list[str]:
    """List the occupations of the catalogues as they are typed."""
    known = sight.directory.dictionaries.occupations.values()
    return [f"{one.name} {one.code}" for one in list(known)[:MAX_OCCUPATIONS]]


def _demand_type(sight: Sight, type_: str) -> None:
    if type_ not in sight.viewer.acts(sight.at) & OFFERED:
        raise nothing()


def _is_open(sight: Sight, type_: str, subject: str) -> bool:
    """Tell whether a form may be opened about something that exists."""
    target = drafts.known_target(sight, subject)
    return target is not None and sight.viewer.may(type_, target, sight.at)


def _form(  # what the page shows
    request: Request,
    visit: Visit,
    type_: str,
    values: dict[str, object],
    *,
    error: SealError | None = None,
    tried: list[Tried] | None = None,
    difference: Difference | None = None,
    name: str = "",
) -> Response:
    two = {"key", "filing", "filing_void", "body_void", "revoke_bulk", "erase"}
    fields = FORMS[type_]
    wrong = _Wrong.of(type_, error)
    kinds = {one.kind for one in fields}
    return page(
        request,
        visit,
        "act.html",
        status=200 if error is None else status_of(error.code),
        type=type_,
        about=name,
        fields=fields,
        wrong=wrong.field,
        wrong_line=wrong.line,
        has_files=not kinds.isdisjoint(FILED),
        difference=difference,
        parties=seen(request, visit, _parties) if PARTIES in kinds else [],
        begins=seen(request, visit, partial(_begins, type_=type_)) if not values["subject"] else [],
        is_new=type_ in PLACES,
        levels=scopes.SHOWN_LEVELS,
        kinds=tuple(KINDS),
        spare=scopes.SPARE,
        known=seen(request, visit, _occupations) if kinds & scopes.FROM_CATALOGUES else [],
        values=values,
        code=None if error is None else error.code,
        said="" if error is None else str(error),
        tried=tried,
        needs_two=type_ in two,
    )


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Which field a refusal is about, and which line of it."""

    field: str = ""
    line: int | None = None

    @classmethod
    def of(cls, type_: str, error: SealError | None) -> "_Wrong":
        said = re.match(rf"(?:{type_}\.)?([a-z0-9_]+)(?:\[([0-9]+)\])?[^:]*:", str(error or ""))
        if said is None:
            return cls()
        line = re.search(r": line ([0-9]+):", str(error))
        item = int(said[2]) + 1 if said[2] else None
        return cls(said[1], int(line[1]) if line else item)


def _parties(sight: Sight) -> list[tuple[str, str]]:
    """List the authorities that a plan may be for."""
    lead, known = sight.directory.lead, sight.directory.authorities
    return [
        (lead, ""),
        *((one.id, lists.name_of(sight.directory, one.id)) for one in known.values()),
    ]


def _begins(sight: Sight, type_: str) -> list[str]:
    """List what there is already that a form of this type may be about, by its last part."""
    place = PLACES.get(type_, "")
    if type_ not in act_begun.AGAIN or not place.endswith("/"):
        return []
    start = f"{sight.directory.lead}/{place}"
    found = {one.removeprefix(start) for one in sight.directory.history if one.startswith(start)}
    if type_ == "holidays":
        found |= {str(year) for year in working_days.shipped()}
    mine = [one for one in found if "/" not in one and _is_open(sight, type_, start + one)]
    return sorted(mine, reverse=True)[:MAX_BEGINS]
