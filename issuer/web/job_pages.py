# SPDX-License-Identifier: Apache-2.0
"""One job: what is wrong with its sheet, what to do next, progress, and everything to download."""

import hashlib
from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from console import payload
from console.edge import allow_agent
from console.forms import Form, posted
from console.proposal_pages import handed_in
from console.visit import SignedIn, console_of, signed_in
from credential import base64url, certificate
from credential.errors import ConflictError, MalformedError, UntrustedError
from issuer import desk, release
from issuer.release import Release
from issuer.web import (
    correction_form,
    key_secrets,
    paper_pages,
    print_form,
    sheet_view,
)
from issuer.web.acts import SHEET
from issuer.web.correction_act import correction
from issuer.web.fields import plain, secrets
from issuer.web.home_pages import MAX_UPLOAD
from issuer.web.job import Job
from issuer.web.job_table import MAX_NAME
from issuer.web.print_form import Uploaded as Printed
from issuer.web.site import Site, page, site_of, told

Posted = Annotated[Form, Depends(posted())]
Uploaded = Annotated[Form, Depends(posted(max_bytes=MAX_UPLOAD, max_files=1))]
Signed = Annotated[Form, Depends(posted(max_files=1))]

router: Final = APIRouter(prefix="/jobs", dependencies=[Depends(signed_in)])


@router.get("/{name}")
def show(request: Request, visit: SignedIn, name: str) -> Response:
    """Show a job."""
    site = site_of(request)
    job = site.job(name)
    keys = site.settings.keys
    proposed = []
    running = site.clerk.running(job.id)
    if job.stage == "unreleased" and running is None:
        proposed = site.clerk.ask(lambda ledger: site.acts.proposals(ledger, job))
    answer = page(
        request,
        visit,
        "job.html",
        job=job,
        running=running,
        cut_off=site.is_cut_off(job),
        sheet=sheet_view.read(site.uploads.of(job.id, SHEET)),
        tokens={
            role: key_secrets.is_token(getattr(keys, role))
            for role in ("certificate", "submit", "statement")
        },
        has_results=site.uploads.of(job.id, "codes", desk.RESULTS).exists(),
        pdfs=[path.name for path in site.uploads.printed(job.id)],
        clears_at=site.clears_at(job),
        proposed=[
            (
                each,
                payload.words(release.TYP, each.payload),
                hashlib.sha256(each.payload).hexdigest(),
            )
            for each in proposed
        ],
        agent=console_of(request).settings.agent,
        release_above=site.settings.release_above,
        differences=_differences(site, job),
        papers=None if running or job.cleared_at else paper_pages.desktop(site, job),
        closing=[] if running else _closing(site, job),
    )
    if proposed:  # the page's script asks the second person's agent on this machine
        allow_agent(answer)
    return answer


@router.get("/{name}/progress")
def progress(request: Request, visit: SignedIn, name: str) -> Response:
    """Tell how far the act is, for the page's script."""
    return told(request, visit, site_of(request).job(name).id)


@router.post("/{name}/roster")
def replace(request: Request, name: str, form: Uploaded) -> Response:
    """Take a corrected workbook, or another sheet of the same one, and check again."""
    site = site_of(request)
    job = site.job(name)
    _demand_fit(job, "replace")
    if job.counts.batches:
        raise ConflictError("desk.filed", "what is filed stays: make a new job for another roster")
    if site.clerk.running(job.id):
        raise ConflictError("desk.running", "this roster is being worked on already")
    chosen, roster = form.text("page") or None, form.files.get("roster")
    if roster is not None:
        site.uploads.keep(job.id, "roster", roster.file)
        called = roster.name[:MAX_NAME]
        job = site.jobs.change(job.id, name=called, cleared_at=None, sheets=())
        chosen = None
    job = site.jobs.change(job.id, page=chosen)
    site.begin(job, "look", site.acts.look(job))
    return _back(job)


@router.post("/{name}/act")
def act(request: Request, name: str, form: Printed) -> Response:
    """Check, file, issue, print or close; with the passphrase that it needs."""
    site = site_of(request)
    job, wanted = site.job(name), form.text("act")
    if site.clerk.running(job.id):
        raise ConflictError("desk.running", "this roster is being worked on already")
    keys, given = site.settings.keys, secrets(form)
    _demand_fit(job, wanted)
    if wanted == "look":
        begun = site.acts.look(job)
    elif wanted == "file":
        paper_pages.demand(site, job)
        begun = site.acts.file(job, key_secrets.open_keys(keys, ["statement"], given))
    elif wanted == "issue":
        opened = key_secrets.open_keys(keys, ["certificate", "submit"], given)
        begun = site.acts.issue(job, opened)
    elif wanted == "correct" and job.corrects:
        opened = key_secrets.open_keys(keys, ["statement", "certificate", "submit"], given)
        begun = correction(site.acts, job, opened)
    elif wanted == "print":
        begun = _print(site, form, job)
    elif wanted == "close":
        counts = _count(form, "failed"), _count(form, "absent")
        opened = key_secrets.open_keys(keys, ["statement"], given)
        begun = site.acts.close(job, form.text("batch"), counts, opened["statement"])
    else:
        raise MalformedError("desk.upload", "no such act")
    site.begin(job, wanted, begun)
    return _back(job)


@router.post("/{name}/release")
def let_go(request: Request, name: str, form: Signed) -> Response:
    """Take a second person's signed release."""
    site = site_of(request)
    job, token = site.job(name), handed_in(form)
    said = _said(token)
    site.clerk.ask(lambda ledger: site.acts.accept(ledger, job, token, said))
    return _back(job)


@router.get("/{name}/release")
def to_release(
    request: Request, name: str, batch: Annotated[str, Query(max_length=80)] = ""
) -> Response:
    """Give the exact bytes that a second person signs."""
    site = site_of(request)
    job = site.job(name)
    proposed = site.clerk.ask(lambda ledger: site.acts.proposals(ledger, job))
    for each in proposed:
        if each.release.batch == batch:
            headers = {"Content-Disposition": 'attachment; filename="release.json"'}
            return Response(each.payload, media_type="application/json", headers=headers)
    raise ConflictError("release.nothing", "nothing waits for a release")


@router.post("/{name}/clear", dependencies=[Depends(posted())])
def clear(request: Request, name: str) -> Response:
    """Delete a job's files."""
    site = site_of(request)
    job = site.job(name)
    if site.clerk.running(job.id):
        raise ConflictError("desk.running", "this roster is being worked on already")
    return _back(site.clear(job))


def _demand_fit(job: Job, wanted: str) -> None:
    """Return unless an act is of rosters, and this is a correction: the old one comes first."""
    if job.corrects is not None and wanted in ("file", "issue", "replace"):
        raise ConflictError("desk.correction", "this is a correction: go on with it as one")


def _differences(site: Site, job: Job) -> list[correction_form.Difference]:
    """List what a correction would change."""
    if job.corrects is None:
        return []
    item = site.clerk.ask(lambda ledger: ledger.numbered(job.corrects or ""))
    if item is None or item.token is None:
        return []
    _, claims = certificate.read(item.token)
    values = correction_form.stored(site.uploads.of(job.id, "roster"), claims)
    return [] if values is None else correction_form.differences(claims, values)


def _closing(site: Site, job: Job) -> list[tuple[str, str, int, int, bool]]:
    """List the batches to be closed: name, route, rows, registered, and whether it is closed."""
    if not job.counts.registered or site.acts.filing().examination is None:
        return []

    sizes = site.clerk.ask(lambda ledger: ledger.sizes(job.roster or b""))
    return [(*each, each[0] in job.closed) for each in sizes]


def _count(form: Form, name: str) -> int:
    text = form.text(name) or "0"
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise MalformedError("close.results", "write how many failed and how many were absent")
    return int(text)


def _said(token: str) -> Release:
    try:
        return Release.from_bytes(base64url.decode(token.split(".")[1]))
    except (IndexError, MalformedError, ValueError):
        raise UntrustedError("release.signature", "that is no signed release") from None


def _print(site: Site, form: Form, job: Job) -> Callable[..., None]:
    if "photos" in form.files:
        site.uploads.unpack_photos(job.id, form.files["photos"].file)
    if "seal" in form.files:
        site.uploads.keep(job.id, "seal", form.files["seal"].file, 8 << 20)
    return site.acts.print(
        job,
        print_form.layout_of(plain(form)),
        english="english" in form.fields,
        volumes="volumes" in form.fields,
        again="again" in form.fields,
    )


def _back(job: Job) -> Response:
    return RedirectResponse(f"/jobs/{job.id}", 303)
