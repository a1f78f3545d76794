# SPDX-License-Identifier: Apache-2.0
"""The page that shows a document number once, and the list of who looked at which and why."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from console.error_pages import status_of
from console.forms import Form, posted
from console.visit import SignedIn, console_of
from credential.errors import SealError
from registry.console import certificates, holder_search, unmasking
from registry.console.certificates import CertificateView
from registry.console.holder_search import Search
from registry.console.sight import Sight, nothing
from registry.console.site import page, seen, site_of
from registry.console.unmasking import Look

Posted = Annotated[Form, Depends(posted())]

router: Final = APIRouter()


@router.post("/certificates/{kind}/{number}/unmask")
def unmask(request: Request, visit: SignedIn, kind: str, number: str, form: Posted) -> Response:
    """Show the document number on the certificate's page, after the look was recorded."""

    def see(sight: Sight) -> CertificateView:
        view = certificates.view(sight, kind, number)
        if not view.may_unmask:
            raise nothing()
        return view

    view, shown, code = seen(request, visit, see), None, None
    try:
        shown = unmasking.unmask(
            site_of(request).registry,
            visit.who.name,
            view.listed.row.log_index,
            form.text("reason"),
            console_of(request).random,
        )
    except SealError as error:
        if error.code == "request.not_found":
            raise
        code = error.code
    values = {"view": view, "acts_of": [], "number": shown, "code": code}
    status = status_of(code) if code else 200
    return page(request, visit, "certificate.html", status=status, **values)


@router.get("/unmaskings")
def listed(request: Request, visit: SignedIn) -> Response:
    """List who looked at which number, or searched by one, when and why."""

    def see(sight: Sight) -> tuple[list[Look], list[Search]]:
        return unmasking.looks(sight), holder_search.searches(sight)

    looks, searches = seen(request, visit, see)
    return page(request, visit, "unmaskings.html", looks=looks, searches=searches)
