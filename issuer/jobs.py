# SPDX-License-Identifier: Apache-2.0
"""A batch as a job: how far it is, and what somebody has to do next.

    prepared   its statement is signed and kept; certificates may be drawn
    released   a second person has released everything that is drawn, where one is asked for
    signed     every certificate is signed and kept
    submitted  every certificate was handed in at least once
    registered every certificate has its receipt
    printed    every certificate was printed and read back

A job is as far as the last of its certificates; those that the registry refused are counted apart
and hold nobody up. Nothing of this is stored as a state: it is read off what the ledger has, so it
cannot disagree with it.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Final

from credential.errors import SealError
from credential.filing_file import FilingFile
from issuer import release
from issuer.ledger import Ledger
from issuer.ledger_jobs import Counts

STATES: Final = ("prepared", "released", "signed", "submitted", "registered", "printed")

NEXT: Final = {
    "file": "file the batch with the registry: `skillseal issuer submit`, or `batch` again",
    "issue": "draw and sign: `skillseal issuer issue` with the roster",
    "release": "a second person looks at it and releases it: `skillseal issuer release`",
    "submit": "hand in what is signed: `skillseal issuer submit`, or `issue` again",
    "print": "print: `skillseal issuer print` with the roster",
    "correct": "the registry refused every row: look at the results, correct, use a new roster",
    "nothing": "nothing is left to do",
}
"""What to do next, in words."""


@dataclass(frozen=True, slots=True)
class Job:
    """How far a batch is."""

    batch: str
    kind: str | None
    route: str
    state: str
    """One of STATES."""
    next: str
    """A key of NEXT."""
    rows: int
    drawn: int
    released: int
    """Drawn and free to be signed; the same as drawn where nobody else is asked."""
    signed: int
    submitted: int
    registered: int
    printed: int
    refused: int
    """By the registry."""
    waiting: int
    """Signed and without an answer."""

    def to_members(self) -> dict[str, object]:
        """Give what `skillseal issuer jobs --json` prints."""
        return asdict(self)


def of(ledger: Ledger, filing: FilingFile, at: int) -> list[Job]:
    """Tell how far every batch is, in the order in which they were prepared.

    Args:
        ledger: Of the body.
        filing: Of the body; says whose releases hold.
        at: Seconds since 1970.
    """
    counted = ledger.counts()
    sizes: dict[bytes, int] = {}
    for each in counted:
        sizes[each.roster] = sizes.get(each.roster, 0) + each.rows
    above = ledger.release_above
    asked = {roster for roster, size in sizes.items() if above is not None and size > above}
    return [_job(ledger, filing, at, each, asked) for each in counted]


def named(jobs: Iterable[Job], batch: str) -> Job | None:
    """Find one."""
    return next((job for job in jobs if job.batch == batch), None)


def _job(ledger: Ledger, filing: FilingFile, at: int, counts: Counts, asked: set[bytes]) -> Job:
    is_asked = counts.roster in asked
    released = counts.drawn
    if is_asked and counts.drawn > counts.signed:
        released = counts.drawn - _unreleased(ledger, filing, counts, at)
    state = _state(counts, released, is_asked=is_asked)
    return Job(
        batch=counts.batch,
        kind=counts.kind,
        route=counts.route,
        state=state,
        next=_next(counts, state, released),
        rows=counts.rows,
        drawn=counts.drawn,
        released=released,
        signed=counts.signed,
        submitted=counts.submitted,
        registered=counts.registered,
        printed=counts.printed,
        refused=counts.refused,
        waiting=counts.waiting,
    )


def _unreleased(ledger: Ledger, filing: FilingFile, counts: Counts, at: int) -> int:
    batch = ledger.batch_named(counts.batch)
    if batch is None:
        return counts.drawn - counts.signed
    try:
        return release.unreleased(ledger, filing, batch, at)
    except SealError:
        # A release that does not hold releases nothing; `issue` says why.
        return counts.drawn - counts.signed


def _state(counts: Counts, released: int, *, is_asked: bool) -> str:
    if counts.unsigned:
        return "released" if is_asked and 0 < released == counts.drawn else "prepared"
    if counts.unsent:
        return "signed"
    if counts.waiting or not counts.registered:
        return "submitted"
    return "registered" if counts.printed < counts.registered else "printed"


def _next(counts: Counts, state: str, released: int) -> str:
    if not counts.is_filed:
        return "file"
    if released < counts.drawn:
        return "release"
    if counts.unsigned or counts.curable:
        return "issue"
    if counts.waiting:
        return "submit"
    return {"submitted": "correct", "registered": "print", "printed": "nothing"}[state]
