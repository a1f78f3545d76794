# SPDX-License-Identifier: Apache-2.0
"""One job: what is wrong with its sheet, what to do next, progress, and everything to download."""

import hashlib
from collections.abc import Callable

from starlette.responses import (
    JSONResponse,
    RedirectResponse,
    Response,
)

from console.edge import allow_agent
from credential import base64url
from credential.errors import ConflictError, MalformedError, UntrustedError
from issuer import desk
from issuer.release import Release
from issuer.web import (
    key_secrets,
    paper_pages,
    print_form,
    sheet_view,
)
from issuer.web.acts import SHEET
from issuer.web.frame import Visit
from issuer.web.job import Job
from issuer.web.site import Site


def show(site: Site, visit: Visit) -> Response:
    """Show a job."""
    job = _job(site, visit)
    keys = site.settings.keys
    proposed = []
    running = site.clerk.running(job.id)
    if job.stage == "unreleased" and running is None:
        proposed = site.clerk.ask(lambda ledger: site.acts.proposals(ledger, job))
    answer = visit.page(
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
            (each, base64url.encode(each.payload), hashlib.sha256(each.payload).hexdigest())
            for each in proposed
        ],
        release_above=site.settings.release_above,
        papers=None if running or job.cleared_at else paper_pages.desktop(site, job),
        closing=[] if running else _closing(site, job),
    )
    if proposed:  # the page's script asks the second person's agent on this machine
        allow_agent(answer)
    return answer


def progress(site: Site, visit: Visit) -> Response:
    """Tell how far the act is, for the page's script."""
    job = _job(site, visit)
    running = site.clerk.running(job.id)
    if running is None:
        return JSONResponse({"running": False})
    what = visit.t(f"step.{running.what or 'start'}")
    said = {"running": True, "what": what, "done": running.done, "of": running.of}
    return JSONResponse(said)


def replace(site: Site, visit: Visit) -> Response:
    """Take a corrected workbook, or another sheet of the same one, and check again."""
    job = _job(site, visit)
    if job.counts.batches:
        raise ConflictError("desk.filed", "what is filed stays: make a new job for another roster")
    if site.clerk.running(job.id):
        raise ConflictError("desk.running", "this roster is being worked on already")
    page = visit.form.get("page", "").strip() or None
    if "roster" in visit.files and visit.names["roster"]:
        site.uploads.keep(job.id, "roster", visit.files["roster"])
        name = visit.names["roster"][:120]
        job = site.jobs.change(job.id, name=name, cleared_at=None, sheets=())
        page = None
    job = site.jobs.change(job.id, page=page)
    site.begin(job, "look", site.acts.look(job))
    return _back(job)


def act(site: Site, visit: Visit) -> Response:
    """Check, file, issue, print or close; with the passphrase that it needs."""
    job, name = _job(site, visit), visit.form.get("act", "")
    if site.clerk.running(job.id):
        raise ConflictError("desk.running", "this roster is being worked on already")
    secrets = {
        role: visit.form.get(f"secret_{role}", "")
        for role in ("certificate", "submit", "statement")
    }
    keys = site.settings.keys
    if name == "look":
        begun = site.acts.look(job)
    elif name == "file":
        paper_pages.demand(site, job)
        begun = site.acts.file(job, key_secrets.open_keys(keys, ["statement"], secrets))
    elif name == "issue":
        opened = key_secrets.open_keys(keys, ["certificate", "submit"], secrets)
        begun = site.acts.issue(job, opened)
    elif name == "print":
        begun = _print(site, visit, job)
    elif name == "close":
        counts = _count(visit, "failed"), _count(visit, "absent")
        opened = key_secrets.open_keys(keys, ["statement"], secrets)
        begun = site.acts.close(job, visit.form.get("batch", ""), counts, opened["statement"])
    else:
        raise MalformedError("desk.upload", "no such act")
    site.begin(job, name, begun)
    return _back(job)


def let_go(site: Site, visit: Visit) -> Response:
    """Take a second person's signed release."""
    job = _job(site, visit)
    token = visit.form.get("token", "").strip()
    if "signed" in visit.files and visit.names["signed"]:
        token = visit.files["signed"].read(64 << 10).decode("ascii", "replace").strip()
    said = _said(token)
    site.clerk.ask(lambda ledger: site.acts.accept(ledger, job, token, said))
    return _back(job)


def to_release(site: Site, visit: Visit) -> Response:
    """Give the exact bytes that a second person signs."""
    job = _job(site, visit)
    proposed = site.clerk.ask(lambda ledger: site.acts.proposals(ledger, job))
    wanted = visit.request.query_params.get("batch", "")
    for each in proposed:
        if each.release.batch == wanted:
            headers = {"Content-Disposition": 'attachment; filename="release.json"'}
            return Response(each.payload, media_type="application/json", headers=headers)
    raise ConflictError("release.nothing", "nothing waits for a release")


def clear(site: Site, visit: Visit) -> Response:
    """Delete a job's files."""
    job = _job(site, visit)
    if site.clerk.running(job.id):
        raise ConflictError("desk.running", "this roster is being worked on already")
    return _back(site.clear(job))


def _closing(site: Site, job: Job) -> list[tuple[str, str, int, int, bool]]:
    """List the batches to be closed: name, route, rows, registered, and whether it is closed."""
    if not job.counts.registered or site.acts.filing().examination is None:
        return []

    sizes = site.clerk.ask(lambda ledger: ledger.sizes(job.roster or b""))
    return [(*each, each[0] in job.closed) for each in sizes]


def _count(visit: Visit, name: str) -> int:
    text = visit.form.get(name, "").strip() or "0"
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise MalformedError("close.results", "write how many failed and how many were absent")
    return int(text)


def _said(token: str) -> Release:
    try:
        return Release.from_bytes(base64url.decode(token.split(".")[1]))
    except (IndexError, MalformedError, ValueError):
        raise UntrustedError("release.signature", "that is no signed release") from None


def _print(site: Site, visit: Visit, job: Job) -> Callable[..., None]:
    if "photos" in visit.files and visit.names["photos"]:
        site.uploads.unpack_photos(job.id, visit.files["photos"])
    if "seal" in visit.files and visit.names["seal"]:
        site.uploads.keep(job.id, "seal", visit.files["seal"], 8 << 20)
    return site.acts.print(
        job,
        print_form.layout_of(visit.form),
        english="english" in visit.form,
        volumes="volumes" in visit.form,
        again="again" in visit.form,
    )


def _job(site: Site, visit: Visit) -> Job:
    return site.job(str(visit.request.path_params["job"]))


def _back(job: Job) -> Response:
    return RedirectResponse(f"/jobs/{job.id}", 303)
