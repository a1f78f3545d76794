# SPDX-License-Identifier: Apache-2.0
"""Changing the status of many certificates: looked at first, then ordered, agreed to and sent.

    GET  /changes            which certificates, what and why; and the changes before
    POST /changes/look       what would happen to each, and why not; nothing is signed
    POST /changes            sign and send what can be done; above the threshold it waits
    GET  /changes/NAME       what became of each; what a second person signs
    POST /changes/NAME/…     consent, send, withdraw

The second person's key is never here: their agent signs, or another machine does.
"""

import re
from secrets import token_bytes
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from console.answers import go
from console.edge import allow_agent
from console.exports import attachment
from console.forms import Form, posted
from console.proposal_pages import JSON, handed_in
from console.proposals import MAX_TOKEN
from console.visit import SignedIn, console_of, signed_in
from credential import reason
from credential.certificate import KINDS
from credential.errors import ConflictError, MalformedError
from issuer import consent, sheet, status_change
from issuer.ledger import Ledger
from issuer.status_change import READY, REFUSED, WAITING
from issuer.web import changes, key_secrets, status_pages
from issuer.web import site as sites
from issuer.web.changes import MAX_SHOWN, TYPES
from issuer.web.fields import secrets
from issuer.web.site import page, site_of, told
from keys.signer import Signer

LISTED: Final = 50  # changes
PATIENCE: Final = 60.0  # seconds, for a look at ten thousand certificates
_NAME: Final = re.compile("C[0-9]{8}-[0-9a-f]{8}")

Listed = Annotated[Form, Depends(posted(max_bytes=sheet.MAX_FILE + (1 << 20), max_files=1))]
Posted = Annotated[Form, Depends(posted())]
Signed = Annotated[Form, Depends(posted(max_bytes=2 * MAX_TOKEN, max_files=1))]

router: Final = APIRouter(prefix="/changes", dependencies=[Depends(signed_in)])


@router.get("")
def listed(
    request: Request, visit: SignedIn, batch: Annotated[str, Query(max_length=80)] = ""
) -> Response:
    """Ask which certificates, and list the changes before."""
    site = site_of(request)
    above, found = site.clerk.ask(lambda ledger: (ledger.second_above, ledger.ordered(LISTED)))
    reasons = status_pages.reasons(visit.language)
    return page(
        request,
        visit,
        "changes.html",
        batch=batch,
        found=found,
        above=above,
        types=TYPES,
        kinds=KINDS,
        reasons=reasons,
    )


@router.post("/look")
def look(request: Request, visit: SignedIn, form: Listed) -> Response:
    """Show what would happen to each certificate; nothing is signed.

    Raises:
        SealError: As `changes.numbers_of`; `reason.…`, `desk.upload`.
    """
    site = site_of(request)
    type_, kind, said = _asked(form)
    numbers = changes.numbers_of(site, form)

    decisions, second = site.clerk.ask(
        lambda ledger: changes.look(ledger, type_, numbers, kind), patience=PATIENCE
    )
    order = {REFUSED: 0, WAITING: 1, READY: 2}
    shown = sorted(decisions, key=lambda each: order[each.outcome])
    counts = {name: sum(each.outcome == name for each in decisions) for name in order}
    return page(
        request,
        visit,
        "change_look.html",
        type=type_,
        asked={field: form.text(field) for field in ("what", "remark", "kind")},
        reason=said,
        decisions=shown[:MAX_SHOWN],
        left_out=max(0, len(shown) - MAX_SHOWN),
        counts=counts,
        second=second,
        ready=[each.number for each in decisions if each.outcome == READY],
        tokens={role: key_secrets.is_token(getattr(site.settings.keys, role)) for role in _ROLES},
    )


@router.post("")
def order(request: Request, form: Posted) -> Response:
    """Sign what was looked at, and send it as far as one person may.

    Raises:
        SealError: As `look`; `key.…`, `token.…`, `status.…`.
    """
    site = site_of(request)
    type_, kind, said = _asked(form)
    numbers = changes.numbers_of(site, form)

    decisions, second = site.clerk.ask(
        lambda ledger: changes.look(ledger, type_, numbers, kind), patience=PATIENCE
    )
    changes.demand_ready(decisions)  # something may have moved since it was looked at
    keys = changes.keys_for(site, form, bulk=second and type_ == "revoke")
    name = status_change.name(site.clock(), token_bytes)
    about = changes.about(name)
    site.clerk.begin(about, "status", changes.ordered(site, name, type_, decisions, said, keys))
    site.clerk.wait(about, sites.SHORT)
    return RedirectResponse(f"/changes/{name}", 303)


@router.get("/{name}")
def show(request: Request, visit: SignedIn, name: str) -> Response:
    """Show one change: what became of each certificate, and what a second person signs."""
    site = site_of(request)
    _demand(name)
    about = changes.about(name)
    running, failure = site.clerk.running(about), site.jobs.failure(about)
    try:
        seen = site.clerk.ask(lambda ledger: changes.view(site, ledger, name))
    except ConflictError:
        if running is None and failure is None:
            raise
        seen = None  # not yet signed, or it could not be
    answer = page(
        request,
        visit,
        "change.html",
        name=name,
        seen=seen,
        running=running,
        failure=failure,
        agent=console_of(request).settings.agent,
        is_token=key_secrets.is_token(site.settings.keys.statement),
        shown=MAX_SHOWN,
    )
    return allow_agent(answer) if seen is not None and seen.to_sign is not None else answer


@router.get("/{name}/progress")
def progress(request: Request, visit: SignedIn, name: str) -> Response:
    """Tell how far a change is, for the page's script."""
    return told(request, visit, changes.about(_demand(name)))


@router.get("/{name}/payload")
def content(request: Request, name: str) -> Response:
    """Give the exact bytes that a second person signs."""
    site = site_of(request)
    seen = site.clerk.ask(lambda ledger: changes.view(site, ledger, _demand(name)))
    if seen.to_sign is None:
        raise ConflictError("consent.nothing", "this change waits for nobody")
    return attachment(seen.to_sign[1], f"{name}.json", JSON)


@router.post("/{name}/consent")
def agree(request: Request, visit: SignedIn, name: str, form: Signed) -> Response:
    """Take the second person's signature, and send the change.

    Raises:
        SealError: `consent.…`, `key.not_registered`, `signature.invalid`, `malformed.…`.
    """
    site, token = site_of(request), handed_in(form)
    filing = site.acts.filing()

    def accept(ledger: Ledger) -> None:
        change, acts = consent.find(ledger, _demand(name))
        consent.accept(ledger, filing, change, acts, token, site.clock())

    site.clerk.ask(accept)
    _send(request, name, None)
    return go(request, visit, f"/changes/{name}", "change.agreed")


@router.post("/{name}/send")
def send(request: Request, name: str, form: Posted) -> Response:
    """Send what waits, and make again what somebody else was faster with, if a key is given.

    Raises:
        SealError: `key.…`, `token.…`, `desk.running`.
    """
    site = site_of(request)
    keys = changes.keys_for(site, form, bulk=False) if any(secrets(form).values()) else {}
    _send(request, _demand(name), keys.get("statement"))
    return RedirectResponse(f"/changes/{name}", 303)


@router.post("/{name}/withdraw", dependencies=[Depends(posted())])
def withdraw(request: Request, visit: SignedIn, name: str) -> Response:
    """Drop a change that waits for a second person; nothing of it was sent."""

    def drop(ledger: Ledger) -> None:
        change, _ = consent.find(ledger, _demand(name))
        ledger.withdraw(change.change)

    site_of(request).clerk.ask(drop)
    return go(request, visit, "/changes", "change.withdrawn", name=name)


_ROLES: Final = ("statement", "submit")


def _asked(form: Form) -> tuple[str, str | None, str]:
    """Read what is to be done, to which kind, and why."""
    type_, _, code = form.text("what").partition(" ")
    kind = form.text("kind") or None
    if type_ not in TYPES or (kind is not None and kind not in KINDS):
        raise MalformedError("desk.upload", "no such act")
    return type_, kind, reason.text(type_, code, form.text("remark"))


def _send(request: Request, name: str, key: Signer | None) -> None:
    site, about = site_of(request), changes.about(name)
    site.clerk.begin(about, "status", changes.sent(site, name, key))
    site.clerk.wait(about, sites.SHORT)


def _demand(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ConflictError("act.unknown", "the ledger has no such change")
    return name
