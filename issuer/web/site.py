# SPDX-License-Identifier: Apache-2.0
"""One desk, put together: accounts, jobs, uploads, the clerk, and what its pages need of them."""

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Self

from sqlalchemy import Engine

from console import database
from console.accounts import Accounts, Clock
from console.sessions import Sessions
from credential.errors import SealError
from issuer.web import settings as of_desk
from issuer.web.acts import Acts
from issuer.web.clerk import Act, Clerk
from issuer.web.job import Job
from issuer.web.job_table import JobTable
from issuer.web.settings import DAY, Settings
from issuer.web.uploads import Uploads

SHORT: Final = 2.0  # seconds that a page waits for an act before it shows progress
ROLE: Final = "administrator"  # whoever may sign in may do everything: one institution, one desk


def now() -> int:
    """Tell the time."""
    return int(time.time())


@dataclass(slots=True)
class Site:
    """An open desk."""

    settings: Settings
    engine: Engine
    accounts: Accounts
    sessions: Sessions
    jobs: JobTable
    uploads: Uploads
    acts: Acts
    clock: Clock
    random: Callable[[int], bytes]
    set_up_code: str | None
    """Asked for where there is no account yet."""
    tell: Callable[[str], None] = print
    """Shows a new set-up code in the terminal."""
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
        accounts = Accounts(engine, clock, random)
        jobs, uploads = JobTable(engine, clock), Uploads(settings.folder)
        code = None if accounts.list() else _code(random)
        acts = Acts(settings, jobs, uploads, clock)
        site = cls(
            settings=settings,
            engine=engine,
            accounts=accounts,
            sessions=Sessions(engine, clock, random),
            jobs=jobs,
            uploads=uploads,
            acts=acts,
            clock=clock,
            random=random,
            set_up_code=code,
        )
        site._catch_up()
        site.clerk.start()
        return site

    def renew_code(self) -> None:
        """Draw another set-up code, and print it where only the desk's owner reads."""
        self.set_up_code = _code(self.random)
        self.tell(self.set_up_code)

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
        self.sweep()
        for each in self.jobs.newest():
            # Of a job that is broken only its own page needs to tell.
            with suppress(SealError), self.acts.open_ledger() as ledger:
                self.acts.count(ledger, each.id)


def _code(random: Callable[[int], bytes]) -> str:
    return f"{int.from_bytes(random(8)) % 10**8:08}"
