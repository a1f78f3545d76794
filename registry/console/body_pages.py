# SPDX-License-Identifier: Apache-2.0
"""A body's page, its batches, and the page of a batch."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from console.exports import Cell
from console.visit import SignedIn
from registry.console import batches, body_view, certificates, columns, statement_views
from registry.console.list_pages import file, sayer
from registry.console.sight import Sight
from registry.console.site import page, seen

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
        stated, _ = statement_views.page(sight, before=None, about=view.body.id, limit=20)
        acts = [type_ for type_ in ACTS if sight.viewer.may(type_, target, sight.at)]
        return view, stated, acts

    view, stated, acts = seen(request, visit, see)
    return page(request, visit, "body.html", view=view, stated=stated, acts_of=acts)


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
