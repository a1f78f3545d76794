# SPDX-License-Identifier: Apache-2.0
"""The registry's console as an application: its pages on the shared frame, on an origin of its own.

    app = build(registry, hosts=("console.example",), random=secrets.token_bytes)

It opens the registry without any key. What its people state they sign elsewhere; receipts are
signed by the server.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from console import account_pages, error_pages, proposal_pages
from console.app import frame, open_console
from console.passwords import Passwords
from console.settings import LOOPBACK, Settings
from credential.errors import SealError
from registry import problems
from registry.console import (
    act_pages,
    body_pages,
    certificate_pages,
    holder_pages,
    home_pages,
    list_pages,
    party_pages,
    public_pages,
    statement_pages,
    unmask_pages,
)
from registry.console.access import ADMINISTRATOR, ROLES
from registry.console.matters import MATTERS
from registry.console.site import HERE, Site
from registry.metrics import Metrics
from registry.service import Registry
from registry.watch import Watch

AGENT: Final = "http://127.0.0.1:8311"
_OFFICIALS: Final = f"-{ADMINISTRATOR}"  # to whom the registry exists
NAVIGATION: Final = (
    ("/", "nav.home", _OFFICIALS),
    ("/directories/bodies", "nav.directories", _OFFICIALS),
    ("/batches", "nav.batches", _OFFICIALS),
    ("/certificates", "nav.certificates", _OFFICIALS),
    ("/statements", "nav.statements", _OFFICIALS),
    ("/acts", "acts.title", _OFFICIALS),
    ("/proposals", "proposals.title", _OFFICIALS),
    ("/parties", "nav.parties", ADMINISTRATOR),
    ("/accounts", "accounts.title", ADMINISTRATOR),
)
ROUTERS: Final = (
    *(home_pages.router, account_pages.router, party_pages.router, act_pages.router),
    *(body_pages.router, certificate_pages.router, unmask_pages.router, statement_pages.router),
    *(holder_pages.router, public_pages.router),
)
STATUS: Final = (
    ("certificate.erased", 410),
    ("certificate.unknown", 404),
    ("evidence.unpublished", 409),
    ("registry.moved", 503),
    ("registry.unavailable", 503),
    ("statement.after", 409),
)

Answer = Callable[[Request, Exception], Awaitable[Response]]
ANSWERS: Final[tuple[tuple[type[Exception], Answer], ...]] = (
    (SealError, error_pages.refused),
    (HTTPException, error_pages.missing),
    (RequestValidationError, error_pages.odd),
)


def build(
    registry: Registry,
    *,
    random: Callable[[int], bytes],
    hosts: tuple[str, ...] = LOOPBACK,
    passwords: Passwords | None = None,
    tell: Callable[[str], None] | None = None,
    agent: str = AGENT,
    metrics: Metrics | None = None,
) -> FastAPI:
    """Put the application together.

    Args:
        registry: Opened without keys.
        random: Gives that many random bytes.
        hosts: Names that it answers under.
        passwords: Other costs than usual.
        tell: Prints the code that the first account is made with.
        agent: Where pages look for the official's signing agent first.
        metrics: What counts; by default something that nobody reads.
    """
    counts = metrics or Metrics()
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = Site(registry)
    settings = Settings(
        hosts=hosts,
        roles=ROLES,
        issuer=f"SkillSeal {registry.settings.host}",
        navigation=NAVIGATION,
        status_of_code=STATUS,
        agent=agent,
    )
    console = open_console(
        registry.engine,
        settings,
        registry.clock,
        random,
        folders=(HERE,),
        passwords=passwords,
        tell=tell,
    )
    frame(app, console)
    app.mount("/static/registry", StaticFiles(directory=HERE / "static"), name="registry")

    for kind, answer in ANSWERS:
        app.add_exception_handler(kind, _noted(answer, counts))
    app.add_middleware(Watch, counts=counts, logger="registry.console")  # around the frame's edge
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(proposal_pages.routes(MATTERS))
    app.include_router(list_pages.router)  # the last: its paths would take others' places
    return app


def _noted(answer: Answer, counts: Metrics) -> Answer:
    """Let a refusal's code be counted, and stand in the request's line of the log."""

    async def noted(request: Request, error: Exception) -> Response:
        code = "request.not_found"
        if isinstance(error, SealError):
            code = error.code
        elif isinstance(error, HTTPException) and error.status_code != HTTPStatus.NOT_FOUND:
            code = "request.method"
        request.scope[problems.CODE] = code
        counts.refusal(code)
        return await answer(request, error)

    return noted
