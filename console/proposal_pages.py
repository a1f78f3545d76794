# SPDX-License-Identifier: Apache-2.0
"""The pages of proposals: what waits, one with its exact payload, signing it, taking it back.

    app.include_router(proposal_pages.routes(Matters(may=…, signer=…, carry_out=…)))

A signature comes from the signing agent of the person at the browser, which the page's script asks
(`static/console.js`), or as a compact JWS that was made elsewhere, pasted or as a file. No key ever
comes here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from console import payload, proposals
from console.account import Account
from console.answers import go
from console.edge import allow_agent
from console.exports import attachment
from console.forms import Form, posted
from console.payload import Line
from console.proposals import MAX_TOKEN, Proposal, Proposals
from console.visit import SignedIn, Visit, console_of
from credential.errors import ConflictError, MalformedError

JSON: Final = "application/json"

Posted = Annotated[Form, Depends(posted())]
Signed = Annotated[Form, Depends(posted(max_bytes=2 * MAX_TOKEN, max_files=1))]


@dataclass(frozen=True, slots=True)
class Matters:
    """What only the application knows. Each may be called in several threads at once."""

    sees: Callable[[Request, Account, Proposal], bool]
    """Tells whether a proposal exists for an account."""
    signer: Callable[[Request, Proposal, str], str]
    """Verifies a token over the payload and names whose it is, or raises a SealError."""
    carry_out: Callable[[Request, Proposal], None]
    """Does it, or raises a SealError; the same again when it is asked again."""
    gloss: Callable[[Request, str, Line], tuple[str, str]] | None = None
    """In a language: what a member is called and what its value means, beside both as signed."""
    place: Callable[[Request, Account, Proposal], str | None] | None = None
    """Gives the path of the page of what it is about, where there is one for that account."""


def proposals_of(request: Request) -> Proposals:
    """Return the proposals of the application that a request came to."""
    console = console_of(request)
    return Proposals(console.engine, console.clock, console.random)


def routes(matters: Matters) -> APIRouter:
    """Make the pages of an application."""
    router = APIRouter(prefix="/proposals")

    def of(request: Request, visit: Visit, key: str) -> Proposal:
        proposal = proposals_of(request).get(key)
        if not matters.sees(request, visit.who, proposal):
            raise ConflictError("proposal.unknown", "there is no such proposal")
        return proposal

    @router.get("")
    def listed(
        request: Request, visit: SignedIn, after: Annotated[str, Query(max_length=1000)] = ""
    ) -> Response:
        """List those that wait."""
        found, more = proposals_of(request).open(after=after)
        seen = [each for each in found if matters.sees(request, visit.who, each)]
        pages = console_of(request).pages
        person = _person(request)
        return pages.render("proposals.html", visit, proposals=seen, more=more, person=person)

    @router.get("/{key}")
    def show(request: Request, visit: SignedIn, key: str) -> Response:
        """Show one, laid out, with everything that is signed."""
        return _show(request, visit, of(request, visit, key), matters)

    @router.get("/{key}/payload")
    def content(request: Request, visit: SignedIn, key: str) -> Response:
        """Give the exact bytes, for signing them elsewhere."""
        proposal = of(request, visit, key)
        return attachment(proposal.payload, f"{proposal.id}.json", JSON)

    @router.post("/{key}/sign")
    def sign(request: Request, visit: SignedIn, key: str, form: Signed) -> Response:
        """Take a signature; the last one has the act carried out."""
        before, made = of(request, visit, key), proposals_of(request)

        def signer(proposal: Proposal, token: str) -> str:
            return matters.signer(request, proposal, token)

        proposal = made.sign(before.id, handed_in(form), by=visit.who.name, signer=signer)
        if proposal.missing:
            return go(request, visit, f"/proposals/{key}", "proposal.thanks")
        return _carry_out(request, visit, key, matters)

    @router.post("/{key}/carry-out", dependencies=[Depends(posted())])
    def again(request: Request, visit: SignedIn, key: str) -> Response:
        """Carry out what has all its signatures and could not be carried out before."""
        of(request, visit, key)
        return _carry_out(request, visit, key, matters)

    @router.post("/{key}/withdraw", dependencies=[Depends(posted())])
    def withdraw(request: Request, visit: SignedIn, key: str) -> Response:
        """Take it back: whoever proposed it may."""
        if of(request, visit, key).made_by != visit.who.name:
            raise ConflictError("account.role", "whoever proposed it may take it back")
        proposals_of(request).withdraw(key, by=visit.who.name)
        return go(request, visit, f"/proposals/{key}", "proposal.taken_back")

    return router


def _show(request: Request, visit: Visit, proposal: Proposal, matters: Matters) -> Response:
    console = console_of(request)

    def gloss(line: Line) -> tuple[str, str]:
        return matters.gloss(request, visit.language, line) if matters.gloss else ("", "")

    page = console.pages.render(
        "proposal.html",
        visit,
        proposal=proposal,
        laid_out=payload.lay_out(proposal.payload),
        is_mine=proposal.made_by == visit.who.name,
        agent=console.settings.agent,
        gloss=gloss,
        place=matters.place(request, visit.who, proposal) if matters.place else None,
        words=payload.words(proposal.typ, proposal.payload),
        person=_person(request),
    )
    return allow_agent(page) if proposal.state == proposals.OPEN else page


def _person(request: Request) -> Callable[[str], str]:
    """Say who an account is: the person's name, and the account's."""
    shown = {each.name: each.display for each in console_of(request).accounts.list()}

    def person(name: str) -> str:
        return f"{shown[name]} ({name})" if shown.get(name, name) != name else name

    return person


def _carry_out(request: Request, visit: Visit, key: str, matters: Matters) -> Response:
    def act(proposal: Proposal) -> None:
        matters.carry_out(request, proposal)

    proposals_of(request).carry_out(key, by=visit.who.name, act=act)
    return go(request, visit, f"/proposals/{key}", "proposal.done")


def handed_in(form: Form) -> str:
    """Take the pasted token, or the file, of the form of `templates/signing.html`.

    Raises:
        MalformedError: `proposal.nothing`.
    """
    pasted = form.secret("token").strip()
    upload = form.files.get("signed")
    if not pasted and upload is not None:
        pasted = upload.file.read(MAX_TOKEN + 1).decode("ascii", "replace").strip()
    if not pasted:
        raise MalformedError("proposal.nothing", "hand in a signature: pasted, or as a file")
    return pasted
