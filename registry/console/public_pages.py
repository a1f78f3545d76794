# SPDX-License-Identifier: Apache-2.0
"""What everybody may read without signing in: directories, projects, credit notices, the enquiry.

The enquiry's number and name come in a form's body, never in an address, and nothing is kept of it
but the count by which a client is limited.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from console.forms import Form, posted
from console.visit import Visit, Visited, console_of
from credential.errors import UnavailableError
from registry import as_of, database, store_log
from registry.console import columns, enquiry, lists
from registry.console.columns import COLUMNS, Column
from registry.console.list_pages import sayer
from registry.console.lists import Filter
from registry.console.sight import nothing
from registry.console.site import page, site_of
from registry.directory import Directory

KINDS: Final = ("bodies", "stations", "operators", "projects", "occupations")
SIZE: Final = 50
ENQUIRIES: Final = 20  # a minute, from one address
_HIDDEN: Final = {"column.rating", "column.until"}
SHOWN: Final[Mapping[str, Sequence[Column]]] = {
    kind: [each for each in COLUMNS[kind] if each[0] not in _HIDDEN] for kind in KINDS
}

router: Final = APIRouter(prefix="/public")

Posted = Annotated[Form, Depends(posted())]
Text = Annotated[str, Query(max_length=100)]
Number = Annotated[int, Query(ge=1, le=100_000, alias="page")]


@router.get("")
def ask(request: Request, visit: Visited) -> Response:
    """Show the form of the enquiry."""
    return _asked(request, visit, None)


@router.post("")
def answer(request: Request, visit: Visited, form: Posted) -> Response:
    """Answer an enquiry by number and name."""
    console, site = console_of(request), site_of(request)
    try:
        console.limits.take("enquiry", visit.client, most=ENQUIRIES, seconds=60)
    except UnavailableError as error:
        return _asked(request, visit, None, status=429, code=error.code)
    number, name = form.text("number", most=40, needed=True), form.text("name", needed=True)
    with database.read(site.registry.engine) as connection:
        directory = site.registry.directory(connection, store_log.tail(connection))
        found = enquiry.enquire(connection, directory, number, name, site.registry.clock())
    return _asked(request, visit, found, number=number, name=name)


def _asked(  # what the page shows
    request: Request,
    visit: Visit,
    found: tuple[enquiry.Answer, ...] | None,
    *,
    status: int = 200,
    code: str | None = None,
    number: str = "",
    name: str = "",
) -> Response:
    values = {"found": found, "code": code, "number": number, "holder": name, "kinds": KINDS}
    return page(request, visit, "public_enquiry.html", status=status, kind="", **values)


@router.get("/notices")
def notices(request: Request, visit: Visited) -> Response:
    """Show the credit notices, the newest first."""
    directory, at = _now(request)
    found = [
        (row["name"], notice, row["state"])
        for kind in as_of.KINDS
        if kind not in {"assessors", "supervisors"}  # of institutions; people are not pilloried
        for row in as_of.rows(directory, kind, at)
        for notice in columns.items(row.get("notices"))
    ]
    found.sort(key=lambda each: -each[1]["from"])
    return page(request, visit, "public_notices.html", notices=found, kinds=KINDS, kind="notices")


@router.get("/{kind}")
def directory(
    request: Request, visit: Visited, kind: str, q: Text = "", number: Number = 1
) -> Response:
    """Show a directory."""
    if kind not in KINDS:
        raise nothing()
    known, at = _now(request)
    wanted = Filter(q.strip())
    rows = [row for row in lists.public_rows(known, kind, at) if wanted.lets(row)]
    shown = rows[(number - 1) * SIZE : number * SIZE]
    say = sayer(request, visit)
    return page(
        request,
        visit,
        "public_list.html",
        kind=kind,
        kinds=KINDS,
        heads=[key for key, _ in SHOWN[kind]],
        rows=[[columns.written(cell(row), say) for _, cell in SHOWN[kind]] for row in shown],
        states=[row["state"] for row in shown],
        total=len(rows),
        number=number,
        pages=max(1, -(-len(rows) // SIZE)),
        q=q,
    )


def _now(request: Request) -> tuple[Directory, int]:
    registry = site_of(request).registry
    with database.read(registry.engine) as connection:
        return registry.directory(connection, store_log.tail(connection)), registry.clock()
