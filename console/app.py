# SPDX-License-Identifier: Apache-2.0
"""A console around an application: frame, sign-in, and what it hands to the handlers.

    console = open_console(engine, Settings(roles=("administrator", "issuer")), clock, random)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    frame(app, console)

It is served at the root of an origin of its own, as its cookies demand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from console import error_pages, own_pages, sign_in_pages
from console.accounts import Accounts, Clock
from console.edge import Edge
from console.language import Texts
from console.limits import Limits
from console.pages import HERE, Pages
from console.passwords import Passwords, Random
from console.sessions import Sessions
from console.set_up import SetUp
from console.settings import Settings
from credential.errors import SealError

STATIC: Final = HERE / "static"

Explain = Callable[[str, str, str], str]


@dataclass(frozen=True, slots=True)
class Console:
    """What handlers find at `app.state.console`."""

    settings: Settings
    engine: Engine
    clock: Clock
    random: Random
    accounts: Accounts
    sessions: Sessions
    limits: Limits
    pages: Pages
    explain: Explain
    set_up: SetUp | None = None
    """How the first account is made in the browser, if it is."""


def open_console(
    engine: Engine,
    settings: Settings,
    clock: Clock,
    random: Random,
    *,
    folders: Sequence[Path] = (),
    passwords: Passwords | None = None,
    tell: Callable[[str], None] | None = None,
    explain: Explain | None = None,
) -> Console:
    """Put a console together.

    Args:
        engine: Where `console.tables` are.
        settings: Of the application.
        clock: Gives seconds since 1970.
        random: Gives that many random bytes.
        folders: The application's, each with `templates/` and `texts/zh.json`, `texts/en.json`.
        passwords: Other costs than usual.
        tell: Prints the code that the first account is made with, in an application of one process;
            without it, that account is made elsewhere.
        explain: Says what a refusal means whose code has no text: given the code, the error's own
            line and the language.
    """
    accounts = Accounts(engine, clock, random, passwords)
    set_up = SetUp(accounts, random, tell) if tell else None
    if set_up:
        set_up.begin()
    texts = Texts.load([folder / "texts" for folder in (HERE, *folders)])
    return Console(
        settings=settings,
        engine=engine,
        clock=clock,
        random=random,
        accounts=accounts,
        sessions=Sessions(engine, clock, random),
        limits=Limits(engine, clock),
        pages=Pages([folder / "templates" for folder in folders], texts, settings),
        explain=explain or _as_it_is,
        set_up=set_up,
    )


def frame(app: FastAPI, console: Console) -> None:
    """Put the console around an application: its pages, its headers, its error pages."""
    app.state.console = console
    app.mount("/static/console", StaticFiles(directory=STATIC), name="console")
    for router in (sign_in_pages.router, own_pages.router):
        app.include_router(router)
    app.add_exception_handler(SealError, error_pages.refused)
    app.add_exception_handler(HTTPException, error_pages.missing)
    app.add_exception_handler(RequestValidationError, error_pages.odd)
    app.add_middleware(Edge, hosts=console.settings.hosts)


def _as_it_is(_code: str, message: str, _language: str) -> str:
    return message
