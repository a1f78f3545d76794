# SPDX-License-Identifier: Apache-2.0
"""One body with all that is known of it: standing, roles, filings, keys, blocks, what it filed."""

from dataclasses import dataclass

from credential.body import Block, Body
from credential.entries import Step, step_at, steps_of
from credential.filing import Filing
from credential.key_record import KeyRecord
from registry import as_of, store_batches, store_certificates
from registry.as_of import Row
from registry.console import lists
from registry.console.lists import Filter
from registry.console.sight import Sight
from registry.directory import Directory

MAX_LISTED = 50  # of each kind on the page; all of them stand in the lists


@dataclass(frozen=True, slots=True)
class Known:
    """One key and what it may do now."""

    record: KeyRecord
    state: str
    """`in_force`, `announced`, `ended` or `distrusted`."""


@dataclass(frozen=True, slots=True)
class Filed:
    """One filing and what it is now."""

    filing: Filing
    state: str
    """`in_force`, `announced`, `ended` or `void`."""
    grants: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
    """Kind, names of the occupations and levels of each."""


@dataclass(frozen=True, slots=True)
class BodyView:
    """What the page of a body shows."""

    body: Body
    row: Row
    """As in the directory, with roles and rating."""
    steps: tuple[Step, ...]
    now: Step | None
    filings: tuple[Filed, ...]
    keys: tuple[Known, ...]
    blocks: tuple[Block, ...]
    applications: tuple[Row, ...]
    standards: tuple[Row, ...]
    plans: tuple[Row, ...]
    stations: tuple[Row, ...]
    batches: int
    certificates: int

    @property
    def others(self) -> tuple[str, ...]:
        """Identifiers of what is the body's and does not stand under its own identifier."""
        rows = (*self.applications, *self.standards, *self.stations)
        return tuple(str(row["id"]) for row in rows)


def body_view(sight: Sight, code: str) -> BodyView:
    """Put the page of a body together.

    Raises:
        ConflictError: `request.not_found`.
    """
    body = sight.body(code)
    events = sight.directory.history.get(body.id, ())
    steps = steps_of(events)

    def of(kind: str, member: str) -> tuple[Row, ...]:
        found = lists.rows(sight, kind, Filter())
        return tuple(row for row in found if row.get(member) == code)[:MAX_LISTED]

    return BodyView(
        body=body,
        row=row_of(sight.directory, body, sight.at),
        steps=steps,
        now=step_at(steps, sight.at),
        filings=tuple(_filed(sight, one) for one in body.filings),
        keys=tuple(Known(one, key_state(one, sight.at)) for one in body.keys),
        blocks=body.blocks,
        applications=of("applications", "applicant"),
        standards=of("standards", "body"),
        plans=of("plans", "body"),
        stations=of("stations", "body"),
        batches=len(store_batches.of_body(sight.connection, code)),
        certificates=store_certificates.count_of(sight.connection, code),
    )


def row_of(directory: Directory, body: Body, at: int) -> Row:
    """Give a body's row of the directory."""
    return next(row for row in as_of.rows(directory, "bodies", at) if row["id"] == body.id)


def state_of(directory: Directory, body: Body, at: int) -> str:
    """Tell how a body stands at a time: `active`, `suspended` and so on, or `void`."""
    if body.void is not None:
        return "void"
    step = step_at(steps_of(directory.history.get(body.id, ())), at)
    return "announced" if step is None else step.state


def key_state(record: KeyRecord, at: int) -> str:
    """Tell what a key may do at a time."""
    if record.distrusted or record.distrusted_after is not None:
        return "distrusted"
    if at < record.start:
        return "announced"
    return "in_force" if record.holds(at) else "ended"


def _filed(sight: Sight, filing: Filing) -> Filed:
    grants = tuple(
        (
            grant.kind,
            tuple(lists.occupation(sight.directory, code) for code in grant.occupations),
            tuple(grant.levels),
        )
        for grant in filing.grants
    )
    return Filed(filing, _filing_state(filing, sight.at), grants)


def _filing_state(filing: Filing, at: int) -> str:
    if filing.void is not None:
        return "void"
    if at < filing.start:
        return "announced"
    return "in_force" if filing.holds(at) else "ended"
