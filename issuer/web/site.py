# SPDX-License-Identifier: Apache-2.0
"""One desk, put together: jobs, uploads, the clerk, and what its pages need of them.

Accounts and sessions are the console's, in the same file.
"""

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from fastapi import Request
from sqlalchemy import Engine
from starlette.responses import JSONResponse, Response

from console import database
from console.account import Account
from console.accounts import Accounts, Clock
from console.visit import Visit, console_of
from credential.errors import SealError
from issuer.web import settings as of_desk
from issuer.web import words
from issuer.web.acts import Acts
from issuer.web.clerk import Act, Clerk
from issuer.web.job import Job
from issuer.web.job_table import JobTable
from issuer.web.settings import DAY, Settings
from issuer.web.uploads import Uploads

SHORT: Final = 2.0  # seconds that a page waits for an act before it shows progress
CLERK: Final = "clerk"
"""A role that does everything but make accounts: one institution, one desk."""
HERE: Final = Path(__file__).parent


def now() -> int:
    """Tell the time."""
    return int(time.time())


@dataclass(slots=True)
class Site:
    """An open desk."""

    settings: Settings
    engine: Engine
    jobs: JobTable
    uploads: Uploads
    acts: Acts
    clock: Clock
    random: Callable[[int], bytes]
    clerk: Clerk = field(init=False)

    def __post_init__(self) -> None:
        self.clerk = Clerk(self.acts.open_ledger, self.jobs.ended)

    @classmethod
    def open(
        cls,
        settings: Settings,
        clock: Clock = now,
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> Self:
        """Open a desk, and count again what may have changed while it was closed.

        Raises:
            SealError: `desk.folder`, `filing.…`, `ledger.…`, `console.unavailable`.
        """
        of_desk.prepare(settings)
        settings.database.touch(mode=0o600)
        engine = database.open_file(settings.database)
        jobs, uploads = JobTable(engine, clock), Uploads(settings.folder)
        acts = Acts(settings, jobs, uploads, clock)
        site = cls(
            settings=settings,
            engine=engine,
            jobs=jobs,
            uploads=uploads,
            acts=acts,
            clock=clock,
            random=random,
        )
        site._catch_up()
        site.clerk.start()
        return site

    def add_account(self, account: Account, password: str) -> None:
        """Make an account from outside the browser.

        Raises:
            SealError: `account.…`.
        """
        Accounts(self.engine, self.clock, self.random).create(account, password)

    def close(self) -> None:
        """End the clerk and close the files."""
        self.clerk.stop()
        self.engine.dispose()

    def begin(self, job: Job, name: str, act: Act) -> None:
        """Start an act, and wait a moment: most are done before anybody needs a progress bar."""
        self.jobs.begun(job.id, name)
        self.clerk.begin(job.id, name, act)
        self.clerk.wait(job.id, SHORT)

    def job(self, job: str) -> Job:
        """Find a job; its files are deleted when their time has come."""
        found = self.jobs.get(job)
        if found.cleared_at is None and self.clears_at(found) <= self.clock():
            return self.clear(found)
        return found

    def sweep(self) -> None:
        """Delete the files of every job whose time has come."""
        for each in self.jobs.uncleared():
            if self.clerk.running(each.id) is None:
                self.job(each.id)

    def clears_at(self, job: Job) -> int:
        """Tell when a job's files are deleted: some days after printing, or after a last upload."""
        days = self.settings.keep_days if job.printed_at else 3 * self.settings.keep_days
        return (job.printed_at or job.made_at) + days * DAY

    def clear(self, job: Job) -> Job:
        """Delete what has document numbers in it."""
        self.uploads.clear(job.id)
        # A crash before this line: the files are gone, and the next look says so.
        return self.jobs.change(job.id, cleared_at=self.clock())

    def is_cut_off(self, job: Job) -> bool:
        """Tell whether an act was under way when the desk was ended."""
        return job.act is not None and self.clerk.running(job.id) is None

    def _catch_up(self) -> None:
        if self.settings.release_above is not None:
            with self.acts.open_ledger() as ledger:
                ledger.lower_release(self.settings.release_above)
        if self.settings.second_above is not None:
            with self.acts.open_ledger() as ledger:
                ledger.lower_second(self.settings.second_above)
        self.sweep()
        for each in self.jobs.newest():
            # Of a job that is broken only its own page needs to tell.
            with suppress(SealError), self.acts.open_ledger() as ledger:
                self.acts.count(ledger, each.id)


def site_of(request: Request) -> Site:
    """Return the desk of the application that a request came to."""
    site: Site = request.app.state.site
    return site


def page(
    request: Request, visit: Visit, template: str, /, *, status: int = 200, **values: object
) -> Response:
    """Render a page of this application."""

    def said(code: str, message: str, advice: str = "") -> tuple[str, str]:
        """Say in the visitor's language what a code means, and what to do."""
        return words.said(code, message, advice, visit.language)

    return console_of(request).pages.render(template, visit, status=status, said=said, **values)


def told(request: Request, visit: Visit, about: str) -> Response:
    """Tell a page's script how far an act is."""
    running = site_of(request).clerk.running(about)
    if running is None:
        return JSONResponse({"running": False})
    texts = console_of(request).pages.texts
    what = texts.say(visit.language, f"step.{running.what or 'start'}")
    said = {"running": True, "what": what, "done": running.done, "of": running.of}
    return JSONResponse(said)
