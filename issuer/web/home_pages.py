# SPDX-License-Identifier: Apache-2.0
"""Home and a new roster: the list of jobs, what runs out soon, the upload, the empty workbook."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from console.forms import Form, posted
from console.visit import SignedIn, signed_in
from credential.certificate import KINDS
from credential.errors import MalformedError, SealError
from credential.filing_file import FilingFile
from issuer import sheet, template
from issuer.web import notices
from issuer.web.site import page, site_of

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_UPLOAD: Final = sheet.MAX_FILE + (1 << 20)  # bytes of a form with a roster

Uploaded = Annotated[Form, Depends(posted(max_bytes=MAX_UPLOAD, max_files=1))]

router: Final = APIRouter()


@router.get("/")
def home(request: Request, visit: SignedIn) -> Response:
    """Show the list of jobs."""
    site = site_of(request)
    site.sweep()
    filing = site.acts.filing()
    try:
        found = notices.of(filing, site.clerk.ask(lambda ledger: ledger.indexes()), site.clock())
    except SealError as error:
        if error.code not in ("desk.busy", "ledger.busy"):
            raise
        found = notices.of(filing, (), site.clock())
    jobs = site.jobs.newest()
    shown = [(each, site.clerk.running(each.id), site.is_cut_off(each)) for each in jobs]
    return page(request, visit, "home.html", body=filing.body, notices=found, jobs=shown)


@router.get("/new")
def new(request: Request, visit: SignedIn) -> Response:
    """Show the form for a new roster."""
    choices = _choices(site_of(request).acts.filing())
    return page(request, visit, "new.html", kinds=choices["kinds"], districts=choices["districts"])


@router.post("/new")
def upload(request: Request, visit: SignedIn, form: Uploaded) -> Response:
    """Take a roster in and check it."""
    site = site_of(request)
    choices = _choices(site.acts.filing())
    kind, region = form.text("kind"), form.text("region") or None
    districts = choices["districts"]
    if kind not in choices["kinds"] or (region and region not in districts):
        raise MalformedError("desk.upload", "choose a kind and a region that are filed")
    roster = form.files.get("roster")
    if roster is None:
        raise MalformedError("desk.upload", "no file was chosen")
    name, where = roster.name or "?", region or districts[0]
    job = site.jobs.add(name, kind, where, visit.who.name, site.random)
    try:
        site.uploads.keep(job.id, "roster", roster.file)
    except SealError:
        site.jobs.remove(job.id)
        site.uploads.remove(job.id)
        raise
    site.begin(job, "look", site.acts.look(job))
    return RedirectResponse(f"/jobs/{job.id}", 303)


@router.get("/empty.xlsx", dependencies=[Depends(signed_in)])
def empty_workbook(
    request: Request, kind: Annotated[str, Query(max_length=40)] = "skill_level"
) -> Response:
    """Give the workbook to fill in."""
    filing = site_of(request).acts.filing()
    if kind not in KINDS:
        raise MalformedError("desk.upload", "no such kind of certificate")
    content = template.build(template.Choices.of(kind, filing.dictionaries(), filing))
    headers = {"Content-Disposition": f'attachment; filename="{kind}.xlsx"'}
    return Response(content, media_type=XLSX, headers=headers)


def _choices(filing: FilingFile) -> dict[str, list[str]]:
    filings = [each for each in filing.body.filings if each.void is None]
    granted = {grant.kind for each in filings for grant in each.grants}
    districts = sorted({district for each in filings for district in each.districts})
    return {
        "kinds": [kind for kind in KINDS if kind in granted],
        "districts": districts or [filing.body.region],
    }
