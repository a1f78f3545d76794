# SPDX-License-Identifier: Apache-2.0
"""A job's files to download: the marked copy, the results written back, codes, PDFs."""

from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response, StreamingResponse

from console.visit import SignedIn, Visit
from credential.errors import ConflictError
from issuer import desk, history, look, outcomes
from issuer.ledger import Ledger
from issuer.marked_copy import MarkedCopy
from issuer.web import sheet_view, uploads, words
from issuer.web.acts import SHEET
from issuer.web.home_pages import XLSX
from issuer.web.job import Job
from issuer.web.site import Site, site_of

_HEADINGS: Final = ("发证结果", "发证编号", "码文件", "未发证原因")

router: Final = APIRouter(prefix="/jobs")


@router.get("/{name}/files/{what}")
def download(request: Request, visit: SignedIn, name: str, what: str) -> Response:
    """Give one of a job's files."""
    site = site_of(request)
    job = site.job(name)
    places: dict[str, Callable[[], Response]] = {
        "marked.xlsx": lambda: _marked(site, visit, job),
        "written.xlsx": lambda: _written(site, job),
        "results.csv": lambda: _file(site.uploads.of(job.id, "codes", desk.RESULTS)),
        "codes.zip": lambda: _zip(sorted(site.uploads.of(job.id, "codes").glob("*.*"))),
        "print.zip": lambda: _zip(site.uploads.printed(job.id)),
    }
    if what in places:
        return places[what]()
    for path in site.uploads.printed(job.id):
        if path.name == what:
            return FileResponse(path, media_type="application/pdf", filename=path.name)
    raise ConflictError("desk.cleared", "there is no such file any more")


def _marked(site: Site, visit: Visit, job: Job) -> Response:
    path, filing = site.uploads.roster(job.id), site.acts.filing()
    roster, report, _ = look.look(
        path,
        job.kind,
        filing.dictionaries(),
        filing=filing,
        region=job.region,
        at=site.clock(),
        page=job.page,
        named=site.acts.papers(job, filing),
    )
    report = site.clerk.ask(lambda ledger: history.without_issued(roster, report, ledger))
    copy = MarkedCopy.of(path, job.page, job.kind)
    copy.mark(
        words.translated(report.refusals, visit.language),
        words.translated(report.warnings, visit.language),
    )
    return _attachment(copy.to_bytes(), _stem(job) + "-检查结果.xlsx", XLSX)


def _written(site: Site, job: Job) -> Response:
    path = site.uploads.roster(job.id)

    def numbers(ledger: Ledger) -> dict[int, tuple[str, str, str, str]]:
        rows = {}
        for batch in ledger.batches_of(job.roster or b""):
            for item in ledger.items(batch.batch):
                state = outcomes.REGISTERED if item.receipt else outcomes.WAITING
                file = f"{item.number}.txt" if item.receipt else ""
                rows[item.line] = (state, item.number or "", file, "")
        return rows

    copy = MarkedCopy.of(path, job.page, job.kind)
    rows = site.clerk.ask(numbers)
    laid_out = sheet_view.read(site.uploads.of(job.id, SHEET)) or {"rows": []}
    for row in laid_out["rows"]:
        refused = [m for marks in row["marks"].values() for m in marks if m["refused"]]
        if refused and row["row"] not in rows:
            said = "；".join(words.said(m["code"], m["message"], "", "zh")[0] for m in refused)
            rows[row["row"]] = (outcomes.REFUSED, "", "", said)
    copy.add(_HEADINGS, rows)
    return _attachment(copy.to_bytes(), _stem(job) + "-发证结果.xlsx", XLSX)


def _stem(job: Job) -> str:
    return Path(job.name).stem or "roster"


def _attachment(content: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=kind, headers=headers)


def _file(path: Path) -> Response:
    if not path.exists():
        raise ConflictError("desk.cleared", "there is no such file")
    return FileResponse(path, filename=path.name)


def _zip(files: list[Path]) -> Response:
    if not files:
        raise ConflictError("desk.cleared", "there are no such files any more")
    headers = {"Content-Disposition": 'attachment; filename="files.zip"'}
    return StreamingResponse(uploads.bundle(files), media_type="application/zip", headers=headers)
