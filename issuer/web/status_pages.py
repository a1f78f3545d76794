# SPDX-License-Identifier: Apache-2.0
"""Revoking, suspending and reinstating one certificate from its page (`issuer.status_change`).

The statement is signed and stored before it is sent, so what the registry has not answered for is
shown as waiting, and can be sent again without a key. Where one person may not do it alone, the
change's own page takes the second person's consent (`issuer.web.change_pages`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from secrets import token_bytes
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from console.forms import Form, posted
from console.visit import signed_in
from credential import reason
from credential.certificate import NUMBER
from credential.errors import ConflictError, MalformedError
from issuer import consent, find, status_change
from issuer.act import Act, State
from issuer.ledger import Ledger
from issuer.records import Item
from issuer.web import changes
from issuer.web import site as sites
from issuer.web.changes import TYPES
from issuer.web.clerk import Act as Task
from issuer.web.clerk import Work
from issuer.web.site import Site, site_of

Posted = Annotated[Form, Depends(posted())]

router: Final = APIRouter(prefix="/certificates", dependencies=[Depends(signed_in)])


class Told(NamedTuple):
    """One act of the past, as the page lists it."""

    type: str
    reason: str
    at: int
    outcome: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the page shows of a certificate's status."""

    state: State
    acts: list[Told]
    possible: list[str]
    """Acts that the registry would take."""
    awaited: str | None
    """Change that a second person is to consent to."""
    is_running: bool
    failure: tuple[str, str] | None


def standing(site: Site, item: Item) -> Standing:
    """Look what a certificate's status is and what can be done about it."""
    number = str(item.number)

    def look(ledger: Ledger) -> tuple[list[Act], str | None]:
        acts = ledger.acts_about((item.kind, number))
        waiting = State.of(acts).waiting
        change = ledger.change_named(waiting.change) if waiting is not None else None
        if change is None or not consent.is_awaited(change, ledger.acts_of_change(change.change)):
            return acts, None
        return acts, change.change

    acts, awaited = site.clerk.ask(look)
    state = State.of(acts)
    possible = [each for each in TYPES if state.waiting is None and state.refusal_of(each) is None]
    return Standing(
        state=state,
        acts=[_told(each) for each in acts],
        possible=possible,
        awaited=awaited,
        is_running=site.clerk.running(_about(number)) is not None,
        failure=site.jobs.failure(_about(number)),
    )


def reasons(language: str, types: Iterable[str] = TYPES) -> dict[str, list[tuple[str, str]]]:
    """List the reasons of each act in a language."""
    return {
        type_: [
            (each.code, each.chinese if language == "zh" else each.english)
            for each in reason.REASONS
            if type_ in each.acts
        ]
        for type_ in types
    }


@router.post("/{number}/status")
def change(request: Request, number: str, form: Posted) -> Response:
    """Sign and send a change of one certificate, or send again what waits.

    Raises:
        ConflictError: `certificate.unknown`, `status.…`, `act.waiting`, `consent.missing`.
        MalformedError: `desk.upload`, `reason.…`.
        SealError: `key.…`, `token.…`.
    """
    site = site_of(request)
    if not NUMBER.fullmatch(number):
        raise ConflictError("certificate.unknown", "that is no certificate number")
    if site.clerk.running(_about(number)):
        raise ConflictError("act.waiting", "another change of it is being sent")
    if form.text("again"):
        task = _again(site, number)
    else:
        type_, kind = form.text("type"), form.text("kind") or None
        if type_ not in TYPES:
            raise MalformedError("desk.upload", "no such act")
        said = reason.text(type_, form.text("reason"), form.text("remark"))
        decisions, second = site.clerk.ask(
            lambda ledger: changes.look(ledger, type_, [number], kind)
        )
        changes.demand_ready(decisions)
        keys = changes.keys_for(site, form, bulk=second and type_ == "revoke")
        name = status_change.name(site.clock(), token_bytes)
        task = changes.ordered(site, name, type_, decisions, said, keys)
    site.clerk.begin(_about(number), "status", task)
    site.clerk.wait(_about(number), sites.SHORT)
    return RedirectResponse(f"/certificates/{number}", 303)


def _again(site: Site, number: str) -> Task:
    def task(work: Work) -> None:
        item = work.ledger.numbered(number)
        waiting = State.of(work.ledger.acts_about((item.kind, number))).waiting if item else None
        if waiting is None:
            raise ConflictError("act.nothing", "nothing waits to be sent")
        changes.sent(site, waiting.change, None)(work)

    return task


def _told(act: Act) -> Told:
    members = find.act_members(act)
    return Told(
        act.type,
        str(members["reason"]),
        int(str(members["at"])),
        str(members["outcome"]),
        act.code,
    )


def _about(number: str) -> str:
    return f"certificate {number}"
