# SPDX-License-Identifier: Apache-2.0
"""Naming what a roster's batches stand on, from the job's page, where the registry's gate is full.

What was chosen is kept with the job and the roster is checked again with it, so that what the
registry would refuse stands in the sheet before anything is filed.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from console.forms import Form, posted
from console.visit import signed_in
from credential.errors import ConflictError, MalformedError
from issuer import papers
from issuer.web import offers
from issuer.web.acts import BASIS, OFFERS
from issuer.web.chosen import Chosen
from issuer.web.fields import plain
from issuer.web.job import Job
from issuer.web.offers import Offer
from issuer.web.site import Site, site_of

MAX_UPLOAD: Final = papers.MAX_BASIS + (1 << 20)  # bytes

Uploaded = Annotated[Form, Depends(posted(max_bytes=MAX_UPLOAD, max_files=1))]

router: Final = APIRouter(prefix="/jobs", dependencies=[Depends(signed_in)])


@dataclass(frozen=True, slots=True)
class Desktop:
    """What the page shows of papers."""

    pickers: list[tuple[str, list[Offer]]]
    chosen: Chosen
    is_chosen: bool
    needs_basis: bool


def desktop(site: Site, job: Job) -> Desktop | None:
    """Lay out the pickers; None where the registry does not ask, or the roster is filed."""
    filing, at = site.acts.filing(), site.clock()
    sifted: dict[str, Any] | None = offers.read(site.uploads.of(job.id, OFFERS))
    if sifted is None or job.counts.batches or not offers.demanded(filing, at):
        return None
    picked = offers.pickers(filing, sifted, at)
    first = offers.first_choice(sifted, picked)
    return Desktop(picked, job.papers or first, job.papers is not None, offers.needs_basis(sifted))


@router.post("/{name}/papers")
def choose(request: Request, name: str, form: Uploaded) -> Response:
    """Keep what was chosen, and check again with it.

    Raises:
        ConflictError: `desk.filed`, `desk.running`.
        MalformedError: `desk.upload`, `papers.missing`.
    """
    site = site_of(request)
    job = site.job(name)
    if job.counts.batches:
        raise ConflictError("desk.filed", "what is filed stays as it was filed")
    if site.clerk.running(job.id):
        raise ConflictError("desk.running", "this roster is being worked on already")
    if "basis" in form.files:
        site.uploads.keep(job.id, BASIS, form.files["basis"].file, papers.MAX_BASIS)
    has_basis = site.uploads.of(job.id, BASIS).exists()
    chosen = Chosen.of_form(plain(form), has_basis=has_basis)
    if chosen.is_empty:
        raise MalformedError("papers.missing", "choose what these results stand on first")
    job = site.jobs.change(job.id, papers=chosen)
    site.begin(job, "look", site.acts.look(job))
    return RedirectResponse(f"/jobs/{job.id}", 303)


def demand(site: Site, job: Job) -> None:
    """Return if a job may be filed with what was chosen for it.

    Raises:
        ConflictError: `papers.missing`.
    """
    filing = site.acts.filing()
    if not job.counts.batches:
        papers.demand(filing, site.acts.papers(job, filing), site.clock())
