# SPDX-License-Identifier: Apache-2.0
"""Revoking, suspending and reinstating one certificate from its page (`issuer.status_change`).

The statement is signed and stored before it is sent, so what the registry has not answered for is
shown as waiting, and can be sent again without a key. Many at once, and corrections, are done at
the command line; the page says with which command.
"""

import re
import shlex
from dataclasses import dataclass
from secrets import token_bytes
from typing import Annotated, Final, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from console.forms import Form, posted
from console.visit import signed_in
from credential import reason
from credential.errors import ConflictError, MalformedError
from issuer import act_post, consent, find, given, status_change
from issuer.act import Act, State
from issuer.ledger import Ledger
from issuer.records import Item
from issuer.submit import Registry
from issuer.web import key_secrets
from issuer.web import site as sites
from issuer.web.clerk import Act as Task
from issuer.web.clerk import Work
from issuer.web.fields import secrets
from issuer.web.site import Site, site_of
from keys.key_reference import KeyReference, TokenObject
from keys.signer import Signer

TYPES: Final = ("suspend", "reinstate", "revoke")
_NUMBER: Final = re.compile("[0-9A-Z]{1,40}")

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
    command: str
    """With which many are done at once."""
    correction: str


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
        command=_command(site, "revoke --list LIST.xlsx --reason CODE --dry-run"),
        correction=_command(site, f"correct {number} ROSTER.xlsx --out OUT", all_keys=True),
    )


def reasons(language: str) -> dict[str, list[tuple[str, str]]]:
    """List the reasons of each act in a language."""
    return {
        type_: [
            (each.code, each.chinese if language == "zh" else each.english)
            for each in reason.REASONS
            if type_ in each.acts
        ]
        for type_ in TYPES
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
    if not _NUMBER.fullmatch(number):
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
        (decision,) = site.clerk.ask(
            lambda ledger: status_change.decide(ledger, type_, [number], kind)
        )
        if decision.outcome != status_change.READY:
            raise ConflictError(decision.code or "act.waiting", decision.message)
        opened = key_secrets.open_keys(site.settings.keys, ["statement"], secrets(form))
        task = _changed(site, type_, number, decision.kind, said, opened["statement"])
    site.clerk.begin(_about(number), "status", task)
    site.clerk.wait(_about(number), sites.SHORT)
    return RedirectResponse(f"/certificates/{number}", 303)


def _changed(site: Site, type_: str, number: str, kind: str | None, said: str, key: Signer) -> Task:
    def task(work: Work) -> None:
        filing, at = site.acts.filing(), site.clock()
        given.demand_key(filing, key, at)
        registry = Registry.at(site.settings.registry, work.pause)
        desk = act_post.Desk(work.ledger, filing, registry, key, at, token_bytes)
        decisions = status_change.decide(work.ledger, type_, [number], kind)
        unreachable = desk.carry_out(type_, decisions, said)
        if unreachable is not None:
            raise unreachable

    return task


def _again(site: Site, number: str) -> Task:
    def task(work: Work) -> None:
        item = work.ledger.numbered(number)
        waiting = State.of(work.ledger.acts_about((item.kind, number))).waiting if item else None
        ordered = work.ledger.change_named(waiting.change) if waiting else None
        if waiting is None or ordered is None:
            raise ConflictError("act.nothing", "nothing waits to be sent")
        registry = Registry.at(site.settings.registry, work.pause)
        acts = work.ledger.acts_of_change(ordered.change)
        act_post.send(work.ledger, site.acts.filing(), registry, ordered, acts, None, site.clock())

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


def _command(site: Site, what: str, *, all_keys: bool = False) -> str:
    """Write a command with this desk's own files, by their names."""
    settings = site.settings
    keys = [f"--statement-key {_file(settings.keys.statement)}"]
    if all_keys:
        keys.insert(0, f"--submit-key {_file(settings.keys.submit)}")
        keys.insert(0, f"--key {_file(settings.keys.certificate)}")
    files = f"--filing {_file(settings.filing)} --ledger {_file(settings.ledger)}"
    return f"skillseal issuer {what} {files} {' '.join(keys)} --registry {settings.registry}"


def _file(reference: KeyReference) -> str:
    """Name a file without its folder, since the page may be read on another machine."""
    if isinstance(reference, TokenObject):
        token, name = quote(reference.token), quote(reference.object)
        return shlex.quote(f"pkcs11:token={token};object={name}")
    return shlex.quote(reference.name)


def _about(number: str) -> str:
    return f"certificate {number}"
