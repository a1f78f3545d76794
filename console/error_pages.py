# SPDX-License-Identifier: Apache-2.0
"""Refusals as pages: what happened in the reader's language, what to do, and the stable code.

The text is `error.<code>` of the catalogue, or else the error's own line.
"""

from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Match, Mount

from console.visit import console_of, visit
from credential.errors import ConflictError, SealError

_STATUS: Final = {
    "account.code": 422,
    "account.known": 409,
    "account.last": 409,
    "account.own": 409,
    "account.refused": 403,
    "account.role": 403,
    "account.set_up": 403,
    "account.sign_in": 401,
    "account.temporary": 403,
    "account.totp_known": 409,
    "account.unknown": 404,
    "account.wait": 429,
    "console.unavailable": 503,
    "form.csrf": 403,
    "form.origin": 403,
    "form.too_large": 413,
    "export.too_many": 409,
    "limit.reached": 429,
    "page.cursor": 404,
    "proposal.ended": 409,
    "proposal.incomplete": 409,
    "proposal.other": 422,
    "proposal.signed": 409,
    "proposal.unknown": 404,
    "request.method": 405,
    "request.not_found": 404,
}
_MISSING: Final = HTTPStatus.NOT_FOUND
_WAYS: Final = {"account.sign_in": "/sign-in", "account.temporary": "/account/password"}


def status_of(code: str, more: dict[str, int] | None = None) -> int:
    """Give the HTTP status of a code; an application's own table comes first."""
    return {**_STATUS, **(more or {})}.get(code, 422)


async def refused(request: Request, error: Exception) -> Response:
    """Answer with the page of an error that has a code, or show the way on."""
    assert isinstance(error, SealError)  # noqa: S101 # what this handler is registered for
    if error.code in _WAYS and request.method == "GET":
        asked = f"{request.url.path}?{request.url.query}".removesuffix("?")
        return RedirectResponse(f"{_WAYS[error.code]}?next={quote(asked, safe='')}", 303)
    return await run_in_threadpool(_page, request, error)


async def odd(request: Request, _error: Exception) -> Response:
    """Answer an address that no page of ours makes as what does not exist."""
    return await refused(request, ConflictError("request.not_found", "there is nothing here"))


async def missing(request: Request, error: Exception) -> Response:
    """Answer what the router itself refuses."""
    is_missing = isinstance(error, HTTPException) and error.status_code == HTTPStatus.NOT_FOUND
    code = "request.not_found" if is_missing else "request.method"
    return await refused(request, ConflictError(code, "there is nothing here"))


def _page_before(request: Request) -> str:
    """Find the page that a form or link stood on: no referrer tells it, so by the address."""
    path, method = request.url.path, request.method
    while path != "/":
        asked = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
        pages = (route for route in request.app.routes if not isinstance(route, Mount))
        if method != "GET" and any(page.matches(asked)[0] == Match.FULL for page in pages):
            return path
        path, method = path.rpartition("/")[0] or "/", ""
    return "/"


def _page(request: Request, error: SealError) -> Response:
    console = console_of(request)
    status = status_of(error.code, dict(console.settings.status_of_code))
    try:
        visited = visit(request)
        is_ours = visited.session and status != _MISSING and error.code != "account.role"
        return console.pages.render(
            "error.html",
            visited,
            status=status,
            code=error.code,
            said=console.explain(error.code, str(error), visited.language),
            here=_page_before(request) if is_ours else "/",
        )
    except SealError:  # no visit can be had: no database, or plain http
        return PlainTextResponse(f"{error} [{error.code}]", status)
