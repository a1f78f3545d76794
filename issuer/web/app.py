# SPDX-License-Identifier: Apache-2.0
"""The desk's application: which page is where, and the server that runs it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from issuer import sheet
from issuer.web import (
    account_pages,
    archive_pages,
    download_pages,
    home_pages,
    job_pages,
    paper_pages,
    print_form,
    status_pages,
)
from issuer.web.frame import HERE, Frame, Visit
from issuer.web.settings import LOOPBACK
from issuer.web.site import Site
from issuer.web.uploads import MAX_PHOTOS

Page = Callable[[Site, Visit], Response]


def build(site: Site, *, is_local: bool = True) -> Starlette:
    """Build the application of an open desk.

    Args:
        site: The desk.
        is_local: It is asked for on this machine alone, under its loopback names.
    """
    frame = Frame(
        site.sessions,
        LOOPBACK if is_local else None,
        lambda: site.set_up_code is not None,
    )
    upload, photos = sheet.MAX_FILE + (1 << 20), MAX_PHOTOS + (16 << 20)

    def at(path: str, page: Page, method: str = "GET", **how: object) -> Route:
        wrapped = frame(partial(page, site), **how)  # type: ignore[arg-type] # passed on

        async def endpoint(request: Request) -> Response:
            return await wrapped(request)

        return Route(path, endpoint, methods=[method])

    routes = [
        at("/set-up", account_pages.ask_set_up, open_to_all=True),
        at("/set-up", account_pages.set_up, "POST", open_to_all=True),
        at("/sign-in", account_pages.ask_sign_in, open_to_all=True),
        at("/sign-in", account_pages.sign_in, "POST", open_to_all=True),
        at("/language", account_pages.language, "POST", open_to_all=True),
        at("/sign-out", account_pages.sign_out, "POST"),
        at("/account", account_pages.ask_account),
        at("/account/password", account_pages.change_password, "POST"),
        at("/account/add", account_pages.add, "POST"),
        at("/", home_pages.home),
        at("/new", home_pages.new),
        at("/new", home_pages.upload, "POST", most=upload),
        at("/empty.xlsx", home_pages.empty_workbook),
        at("/history", archive_pages.search),
        at("/history", archive_pages.search, "POST"),
        at("/certificates/{number}", archive_pages.show),
        at("/certificates/{number}/code.svg", archive_pages.picture),
        at("/certificates/{number}/status", status_pages.change, "POST"),
        at("/jobs/{job}", job_pages.show),
        at("/jobs/{job}/progress", job_pages.progress),
        at("/jobs/{job}/roster", job_pages.replace, "POST", most=upload),
        at("/jobs/{job}/papers", paper_pages.name, "POST", most=upload),
        at("/test-page.pdf", print_form.test_page, "POST", most=photos),
        at("/jobs/{job}/act", job_pages.act, "POST", most=photos),
        at("/jobs/{job}/release", job_pages.to_release),
        at("/jobs/{job}/release", job_pages.let_go, "POST"),
        at("/jobs/{job}/clear", job_pages.clear, "POST"),
        at("/jobs/{job}/files/{what}", download_pages.download),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]
    return Starlette(routes=routes)


def serve(
    site: Site, host: str, port: int, *, is_local: bool, tls: tuple[Path, Path] | None
) -> None:
    """Serve until the process is told to stop; then let the clerk end its transaction."""
    try:
        uvicorn.run(
            build(site, is_local=is_local),
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=5,
            ssl_certfile=None if tls is None else tls[0],
            ssl_keyfile=None if tls is None else tls[1],
            lifespan="off",
        )
    finally:
        site.close()
