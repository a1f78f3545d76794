# SPDX-License-Identifier: Apache-2.0
"""Correcting one certificate: a form with what it says, which becomes a job of one row.

The job's page shows what is wrong with the row and what would change, and issues it in the place of
the old one (`issuer.correct`); it releases, prints and deletes as for any roster.
"""

import io
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from console.forms import Form, posted
from console.visit import SignedIn
from credential import certificate, reason
from credential.certificate import Claims
from credential.errors import ConflictError
from issuer import desk
from issuer.act import State
from issuer.ledger import Ledger
from issuer.records import Item
from issuer.web import correction_form, status_pages
from issuer.web.chosen import Chosen
from issuer.web.job import Job
from issuer.web.site import Site, page, site_of

Posted = Annotated[Form, Depends(posted())]

router: Final = APIRouter(prefix="/certificates")


@router.get("/{number}/correct")
def ask(request: Request, visit: SignedIn, number: str) -> Response:
    """Show what the certificate says, or what was typed before, to be put right."""
    site = site_of(request)
    item, claims = _standing(site, number)
    job = _begun(site, item)
    typed = None
    if job is not None and not job.cleared_at:
        typed = correction_form.stored(site.uploads.of(job.id, "roster"), claims)
    return page(
        request,
        visit,
        "correct.html",
        claims=claims,
        values=typed or correction_form.before(claims),
        reasons=status_pages.reasons(visit.language, ["supersede"])["supersede"],
        is_begun=typed is not None,
    )


@router.post("/{number}/correct")
def check(request: Request, visit: SignedIn, number: str, form: Posted) -> Response:
    """Make a job of what was typed, or put it right there, and check it; nothing is signed.

    Raises:
        ConflictError: `certificate.unknown`, `status.…`, `act.waiting`, `desk.filed`.
        MalformedError: `form.field`, `reason.…`.
    """
    site = site_of(request)
    item, claims = _standing(site, number)
    said = reason.text("supersede", form.text("reason"), form.text("remark"))
    values = correction_form.read(form, claims)
    job = _begun(site, item)
    if job is None:
        called = f"{number} 更正 correction"
        job = site.jobs.add(called, item.kind, claims.region, visit.who.name, site.random)
        papers = site.clerk.ask(lambda ledger: _papers(ledger, item, claims))
        site.jobs.change(job.id, corrects=number, papers=papers)
    content = correction_form.sheet(values, claims.route)
    site.uploads.keep(job.id, "roster", io.BytesIO(content))
    job = site.jobs.change(job.id, reason=said, cleared_at=None)
    site.begin(job, "look", site.acts.look(job))
    return RedirectResponse(f"/jobs/{job.id}", 303)


def _begun(site: Site, item: Item) -> Job | None:
    """Find a correction of a certificate that can still be typed otherwise.

    Raises:
        ConflictError: `desk.running`; `desk.filed`, it is under way.
    """
    job = site.jobs.correcting(item.kind, item.number or "")
    if job is None or job.counts.registered or job.counts.refused:
        return None
    if site.clerk.running(job.id):
        raise ConflictError("desk.running", "this correction is being worked on already")
    if job.counts.batches:
        raise ConflictError("desk.filed", "its correction is filed: go on with that in the list")
    return job


def _standing(site: Site, number: str) -> tuple[Item, Claims]:
    """Find a certificate that may be corrected.

    Raises:
        ConflictError: `certificate.unknown`, `status.…`, `act.waiting`.
    """

    def find(ledger: Ledger) -> tuple[Item, State]:
        item = ledger.numbered(number)
        if item is None or item.token is None or item.receipt is None:
            message = "the ledger has no registered certificate of that number"
            raise ConflictError("certificate.unknown", message)
        return item, State.of(ledger.acts_about((item.kind, number)))

    item, state = site.clerk.ask(find)
    if state.waiting is not None:
        raise ConflictError("act.waiting", "another change of it has not been answered")
    refusal = state.refusal_of("supersede")
    if refusal is not None:
        raise ConflictError(refusal, f"it is {state.name}: it cannot be corrected")
    _, claims = certificate.read(item.token or "")
    return item, claims


def _papers(ledger: Ledger, item: Item, claims: Claims) -> Chosen | None:
    """Take what the old certificate's batch stands on as the first choice."""
    batch = ledger.batch_named(item.batch)
    papers = desk.papers_of([batch]).get(claims.route) if batch is not None else None
    return None if papers is None else Chosen.of_papers(papers)
