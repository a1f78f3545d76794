# SPDX-License-Identifier: Apache-2.0
"""The page on which officials find a person's certificates by document number.

The number comes in a form's body, never in an address, and is not shown again.
"""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.error_pages import status_of
from console.forms import Form, posted
from console.visit import SignedIn, Visit, console_of
from credential.errors import SealError
from registry.console import holder_search
from registry.console.certificates import Listed
from registry.console.site import page, seen, site_of
from registry.console.unmasking import demand_reason

SEARCHES: Final = 20  # of one account
WINDOW: Final = 600  # seconds
TYPES: Final = ("1", "2", "3", "4")

Posted = Annotated[Form, Depends(posted())]

router: Final = APIRouter(prefix="/holders")


@router.get("")
def ask(request: Request, visit: SignedIn) -> Response:
    """Show the form."""
    seen(request, visit, holder_search.demand)
    return _page(request, visit)


@router.post("")
def answer(request: Request, visit: SignedIn, form: Posted) -> Response:
    """Show what was found, after the search was recorded."""
    seen(request, visit, holder_search.demand)
    console, site = console_of(request), site_of(request)
    try:
        who = visit.who.name
        console.limits.take("holder_search", who, most=SEARCHES, seconds=WINDOW)
        reason = form.text("reason")
        demand_reason(reason)
        person = holder_search.read(form.secret("type"), form.secret("number"))
        found = seen(request, visit, lambda sight: holder_search.search(sight, person))
        holder_search.record(site.registry, who, found, reason, console.random)
    except SealError as error:
        return _page(request, visit, code=error.code)
    return _page(request, visit, found=found.certificates)


def _page(
    request: Request,
    visit: Visit,
    *,
    found: tuple[Listed, ...] | None = None,
    code: str | None = None,
) -> Response:
    more = dict(console_of(request).settings.status_of_code)
    status = status_of(code, more) if code else 200
    values = {"found": found, "code": code, "types": TYPES}
    return page(request, visit, "holders.html", status=status, **values)
