# SPDX-License-Identifier: Apache-2.0
"""One's own account: another password, and a second factor."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from console import totp
from console import visit as visits
from console.answers import go
from console.error_pages import status_of
from console.forms import Form, posted
from console.pages import set_cookie
from console.visit import SignedIn, Visit, console_of
from credential.errors import MalformedError, SealError

router: Final = APIRouter(prefix="/account")

Posted = Annotated[Form, Depends(posted())]


@router.get("/password")
def password_page(request: Request, visit: SignedIn) -> Response:
    """Ask for the old and the new password."""
    return console_of(request).pages.render("password.html", visit, code=None)


@router.post("/password")
def change_password(request: Request, visit: SignedIn, form: Posted) -> Response:
    """Change it; every session ends, and this browser gets a new one."""
    console, name = console_of(request), visit.who.name
    try:
        if form.secret("new") != form.secret("again"):
            raise MalformedError("account.repeat", "the new password was not repeated as typed")
        console.accounts.change_password(name, form.secret("old"), form.secret("new"))
    except SealError as error:
        status = status_of(error.code)
        return console.pages.render("password.html", visit, status=status, code=error.code)
    response = RedirectResponse("/", 303)
    token = console.sessions.start(name)
    set_cookie(response, visit, visits.SESSION, token)
    return response


@router.get("/totp")
def totp_page(request: Request, visit: SignedIn) -> Response:
    """Show the secret to be scanned, or that there is one in use."""
    return _totp_page(request, visit, None)


@router.post("/totp")
def enrol_totp(request: Request, visit: SignedIn, form: Posted) -> Response:
    """Put the secret to use once its first code came."""
    try:
        console_of(request).accounts.enrol_totp(visit.who.name, form.text("totp"))
    except SealError as error:
        return _totp_page(request, visit, error.code)
    return go(request, visit, "/account/totp", "totp.on")


def _totp_page(request: Request, visit: Visit, code: str | None) -> Response:
    console, account = console_of(request), visit.who
    values: dict[str, object] = {"code": code, "secret": None}
    if not account.has_totp:
        secret = console.accounts.offer_totp(account.name)
        address = totp.address(secret, console.settings.issuer, account.name)
        side, path = totp.picture(address)
        values.update(secret=totp.base32(secret), side=side, path=path)
    status = status_of(code) if code else 200
    return console.pages.render("totp.html", visit, status=status, **values)
