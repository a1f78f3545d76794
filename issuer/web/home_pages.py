# SPDX-License-Identifier: Apache-2.0
"""Home and a new roster: the list of jobs, what runs out soon, the upload, the empty workbook."""

from starlette.responses import RedirectResponse, Response

from credential.certificate import KINDS
from credential.errors import MalformedError, SealError
from credential.filing_file import FilingFile
from issuer import template
from issuer.web import notices
from issuer.web.frame import Visit
from issuer.web.site import Site

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def home(site: Site, visit: Visit) -> Response:
    """Show the list of jobs."""
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
    return visit.page("home.html", body=filing.body, notices=found, jobs=shown)


def new(site: Site, visit: Visit) -> Response:
    """Show the form for a new roster."""
    choices = _choices(site.acts.filing())
    return visit.page("new.html", kinds=choices["kinds"], districts=choices["districts"])


def upload(site: Site, visit: Visit) -> Response:
    """Take a roster in and check it."""
    choices = _choices(site.acts.filing())
    kind = visit.form.get("kind", "")
    region = visit.form.get("region") or None
    districts = choices["districts"]
    if kind not in choices["kinds"] or (region and region not in districts):
        raise MalformedError("desk.upload", "choose a kind and a region that are filed")
    if "roster" not in visit.files:
        raise MalformedError("desk.upload", "no file was chosen")
    name = visit.names["roster"] or "?"
    job = site.jobs.add(name, kind, region or districts[0], visit.who, site.random)
    try:
        site.uploads.keep(job.id, "roster", visit.files["roster"])
    except SealError:
        site.jobs.remove(job.id)
        site.uploads.remove(job.id)
        raise
    site.begin(job, "look", site.acts.look(job))
    return RedirectResponse(f"/jobs/{job.id}", 303)


def empty_workbook(site: Site, visit: Visit) -> Response:
    """Give the workbook to fill in."""
    filing = site.acts.filing()
    kind = visit.request.query_params.get("kind", "skill_level")
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
