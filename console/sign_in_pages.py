# SPDX-License-Identifier: Apache-2.0
"""Signing in and out, the first account of all, and the language."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from console import language
from console import visit as visits
from console.account import ADMINISTRATOR, Account, folded
from console.error_pages import status_of
from console.forms import Form, posted
from console.pages import set_cookie
from console.visit import Visit, Visited, console_of, local
from credential.errors import ConflictError, SealError

YEAR: Final = 31_536_000  # seconds

router: Final = APIRouter()

Posted = Annotated[Form, Depends(posted())]
Next = Annotated[str, Query(alias="next", max_length=500)]


@router.get("/sign-in")
def sign_in_page(request: Request, visit: Visited, onward: Next = "/") -> Response:
    """Ask for name and password."""
    console = console_of(request)
    if visit.account:
        return RedirectResponse(local(onward), 303)
    if console.set_up and console.set_up.code:
        return RedirectResponse("/set-up", 303)
    values: dict[str, Any] = {"onward": local(onward), "name": "", "code": None}
    return console.pages.render("sign_in.html", visit, **values)


@router.post("/sign-in")
def sign_in(request: Request, visit: Visited, form: Posted) -> Response:
    """Let somebody in under a new token, or say the one thing that is said to all others."""
    console, onward = console_of(request), local(form.secret("next"))
    most = console.settings.sign_ins_a_minute
    console.limits.take("sign_in", visit.client, most=most, seconds=60)
    name = form.text("name")
    try:
        account = console.accounts.check(name, form.secret("password"), form.text("totp"))
    except SealError as error:
        values = {"onward": onward, "name": name, "code": error.code}
        return console.pages.render("sign_in.html", visit, status=status_of(error.code), **values)
    return _let_in(request, visit, account.name, onward)


@router.get("/set-up")
def set_up_page(request: Request, visit: Visited) -> Response:
    """Ask for the code of the terminal and for the first account."""
    console = console_of(request)
    if console.set_up is None or console.set_up.code is None:
        return RedirectResponse("/sign-in", 303)
    return console.pages.render("set_up.html", visit, code=None, name="", display="")


@router.post("/set-up")
def set_up(request: Request, visit: Visited, form: Posted) -> Response:
    """Make the first account and let its owner in."""
    console = console_of(request)
    if console.set_up is None:
        raise ConflictError("request.not_found", "there is nothing here")
    name = folded(form.text("name"))
    display = form.text("display") or name
    account = Account(name, display, frozenset({ADMINISTRATOR}))
    try:
        console.set_up.finish(form.text("code"), account, form.secret("password"))
    except SealError as error:
        return console.pages.render(
            "set_up.html",
            visit,
            status=status_of(error.code),
            code=error.code,
            name=name,
            display=form.text("display"),
        )
    return _let_in(request, visit, name, "/")


@router.post("/sign-out", dependencies=[Depends(posted())])
def sign_out(request: Request, visit: Visited) -> Response:
    """End the session."""
    if visit.session:
        console_of(request).sessions.end(visit.session)
    response = RedirectResponse("/sign-in", 303)
    set_cookie(response, visit, visits.SESSION, "")
    return response


@router.get("/language/{chosen}")
def choose_language(request: Request, chosen: str, onward: Next = "/") -> Response:
    """Remember a language, and go back."""
    response = RedirectResponse(local(onward), 303)
    if chosen in language.LANGUAGES:
        response.set_cookie(
            language.COOKIE,
            chosen,
            max_age=YEAR,
            path="/",
            secure=visits.is_secure(request),
            httponly=True,
            samesite="lax",
        )
    return response


def _let_in(request: Request, visit: Visit, name: str, onward: str) -> Response:
    """Go on under a new token; the old one, whoever knew it, is worth nothing."""
    console = console_of(request)
    if visit.session:
        console.sessions.end(visit.session)
    response = RedirectResponse(onward, 303)
    token = console.sessions.start(name)
    set_cookie(response, visit, visits.SESSION, token)
    return response
