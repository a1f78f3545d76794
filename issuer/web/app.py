# SPDX-License-Identifier: Apache-2.0
"""The desk's application: its pages on the shared frame, and the server that runs it.

app = build(site, hosts=("127.0.0.1", "localhost"), tell=print)
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import uvicorn
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from console import account_pages
from console.account import ADMINISTRATOR
from console.app import frame, open_console
from console.passwords import Passwords
from console.settings import AGENT, LOOPBACK
from console.settings import Settings as Frame
from issuer.web import (
    archive_pages,
    change_pages,
    correction_pages,
    download_pages,
    home_pages,
    job_pages,
    paper_pages,
    print_form,
    status_pages,
    words,
)
from issuer.web.site import CLERK, HERE, Site

NAVIGATION: Final = (
    ("/", "nav.jobs", None),
    ("/new", "nav.new", None),
    ("/history", "nav.history", None),
    ("/changes", "changes", None),
    ("/accounts", "accounts.title", ADMINISTRATOR),
)
ROUTERS: Final = (
    *(home_pages.router, job_pages.router, paper_pages.router, print_form.router),
    *(download_pages.router, archive_pages.router, status_pages.router, change_pages.router),
    *(correction_pages.router, account_pages.router),
)
STATUS: Final = (
    ("act.unknown", 404),
    ("certificate.unknown", 404),
    ("desk.busy", 503),
    ("desk.cleared", 404),
    ("desk.job", 404),
)


def build(
    site: Site,
    *,
    hosts: tuple[str, ...] = LOOPBACK,
    tell: Callable[[str], None] | None = None,
    passwords: Passwords | None = None,
    agent: str = AGENT,
) -> FastAPI:
    """Build the application of an open desk.

    Args:
        site: The desk.
        hosts: Names that it answers under.
        tell: Prints the code that the first account is made with, in the terminal.
        passwords: Other costs than usual.
        agent: Where pages look for a second person's signing agent first.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.state.site = site
    settings = Frame(
        hosts=hosts,
        roles=(ADMINISTRATOR, CLERK),
        issuer=f"SkillSeal {site.acts.filing().body.name}",
        navigation=NAVIGATION,
        status_of_code=STATUS,
        agent=agent,
        has_jurisdictions=False,
        hint=site.settings.hint,
        cookies="desk-",
    )
    console = open_console(
        site.engine,
        settings,
        site.clock,
        site.random,
        folders=(HERE,),
        passwords=passwords,
        tell=tell,
        explain=words.sentence,
    )
    frame(app, console)
    app.mount("/static/desk", StaticFiles(directory=HERE / "static"), name="desk")
    for router in ROUTERS:
        app.include_router(router)
    return app


def serve(app: FastAPI, host: str, port: int, *, tls: tuple[Path, Path] | None) -> None:
    """Serve until the process is told to stop; then let the clerk end its transaction."""
    try:
        uvicorn.run(
            app,
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
        app.state.site.close()
