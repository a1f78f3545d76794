# SPDX-License-Identifier: Apache-2.0
"""A body's page, its batches, and the page of a batch."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from console.exports import Cell, attachment
from console.visit import SignedIn
from credential.body import Body
from credential.filing_file import TAGS
from registry import office
from registry.console import batches, body_view, certificates, columns, statement_views
from registry.console.access import BODY_STAFF
from registry.console.list_pages import file, sayer
from registry.console.sight import Sight, nothing
from registry.console.site import page, seen, site_of

ACTS: Final = (
    *("standing", "recheck", "body_roles", "selection", "filing", "filing_void", "blocks"),
    *("key", "key_end", "key_distrust", "revoke_bulk", "body_void"),
)
EXPORTED: Final = (
    *("batch", "body", "kind", "first_day", "last_day", "headcount", "taken", "filed", "closed"),
)
MAX_EXPORTED: Final = 5_000  # batches in one file

router: Final = APIRouter()

Code = Annotated[str, Query(max_length=18)]
Before = Annotated[int | None, Query(ge=0, lt=1 << 53)]


@router.get("/bodies/{code}")
def body(request: Request, visit: SignedIn, code: str) -> Response:
    """Show a body with all that is known of it."""

    def see(sight: Sight) -> tuple[object, ...]:
        view = body_view.body_view(sight, code)
        target = sight.target(view.body.id)
        stated = statement_views.history(sight, view.body.id, view.others)
        acts = [type_ for type_ in ACTS if sight.viewer.may(type_, target, sight.at)]
        return view, stated, acts, _may_have_file(sight, view.body)

    view, stated, acts, has_file = seen(request, visit, see)
    return page(
        request,
        visit,
        "body.html",
        view=view,
        stated=stated,
        acts_of=acts,
        tags=TAGS if has_file else (),
    )


@router.get("/bodies/{code}/filing-file")
def filing_file(request: Request, visit: SignedIn, code: str, tags: str = "optional") -> Response:
    """Give the file that the body's desk works with: whoever files it may, and the body itself."""

    def see(sight: Sight) -> Body:
        body = sight.body(code)
        if tags not in TAGS or not _may_have_file(sight, body):
            raise nothing()
        return body

    body = seen(request, visit, see)
    made = office.filing_file(site_of(request).registry, body.id, tags)
    return attachment(made.to_bytes(), f"filing-{body.code}.json", "application/json")


def _may_have_file(sight: Sight, body: Body) -> bool:
    is_own = sight.viewer.party == body.id and BODY_STAFF in sight.viewer.active(sight.at)
    return is_own or sight.viewer.may("filing", sight.target(body.id), sight.at)


@router.get("/batches")
def listed(request: Request, visit: SignedIn, body: Code = "", before: Before = None) -> Response:
    """List batches, the newest first."""
    found, more = seen(request, visit, lambda s: batches.page(s, body or None, before=before))
    return page(request, visit, "batches.html", batches=found, more=more, body=body)


@router.get("/batches.{form}")
def listed_file(request: Request, visit: SignedIn, form: str, body: Code = "") -> Response:
    """Give the newest batches as a file."""
    found, _ = seen(
        request, visit, lambda s: batches.page(s, body or None, before=None, limit=MAX_EXPORTED)
    )
    say = sayer(request, visit)
    heads = [say(f"column.{name}", prefix="") for name in EXPORTED]
    rows: list[list[Cell]] = [
        [
            *(one.row.number, one.name, say(one.said.kind), one.said.first_day, one.said.last_day),
            *(one.row.headcount, one.row.taken, columns.day(one.t)),
            say("yes" if one.closed else "no"),
        ]
        for one in found
    ]
    return file(form, say("batches.title", prefix=""), heads, rows)


@router.get("/bodies/{code}/batches/{number}")
def batch(
    request: Request, visit: SignedIn, code: str, number: str, before: Before = None
) -> Response:
    """Show a batch with its certificates."""

    def see(sight: Sight) -> tuple[object, ...]:
        view = batches.batch(sight, code, number)
        found, more = certificates.page(sight, code, before=before, batch=view.row.log_index)
        return view, found, more

    view, found, more = seen(request, visit, see)
    return page(request, visit, "batch.html", view=view, certificates=found, more=more)
