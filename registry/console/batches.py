# SPDX-License-Identifier: Apache-2.0
"""Batches: what was filed, how many of its people have a certificate, and how it was closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from credential.said import Batch
from credential.said_examination import BatchClose
from registry import store_batches, store_statements
from registry.console import columns, lists
from registry.console.sight import Sight, nothing
from registry.store_batches import BatchRow

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class BatchView:
    """One batch."""

    row: BatchRow
    name: str
    """Of the body."""
    body: str
    """Identifier of the body."""
    t: int
    """When it was filed."""
    said: Batch
    occupations: tuple[tuple[str, tuple[str, ...]], ...]
    """Name and levels of each."""
    papers: tuple[tuple[str, str, str], ...]
    """Kind, identifier and name of each thing that it stands on."""
    closed: BatchClose | None
    closed_at: int | None

    @property
    def subject(self) -> str:
        """Its identifier."""
        return f"{self.body}/batches/{self.row.number}"


def page(
    sight: Sight, code: str | None, *, before: int | None, limit: int = PAGE
) -> tuple[list[BatchView], int | None]:
    """List the newest batches that this viewer sees.

    Args:
        sight: As whom.
        code: Of one body, or None for all.
        before: Where the page before this one ended.
        limit: How many.

    Returns:
        The batches, and where the next page begins, if there is one.
    """
    codes = [sight.body(code).code] if code else [body.code for body in sight.bodies]
    found = store_batches.page(sight.connection, codes, before=before, limit=limit + 1)
    more = found[limit - 1].log_index if len(found) > limit else None
    return _views(sight, found[:limit]), more


def batch(sight: Sight, code: str, number: str) -> BatchView:
    """Find one batch.

    Raises:
        ConflictError: `request.not_found`.
    """
    row = store_batches.find_batches(sight.connection, sight.body(code).code, [number]).get(number)
    if row is None:
        raise nothing()
    return _views(sight, [row])[0]


def _views(sight: Sight, found: Sequence[BatchRow]) -> list[BatchView]:
    records = store_statements.at(sight.connection, [row.log_index for row in found])
    wanted = {str(row.log_index): row.log_index for row in found}
    said = sight.registry.batches(sight.connection, wanted)
    views = []
    for row in found:
        body = sight.directory.bodies[row.body]
        events = sight.directory.history.get(f"{body.id}/batches/{row.number}", ())
        closing = [(e.said, e.t) for e in events if isinstance(e.said, BatchClose)]
        closed, at = closing[-1] if closing else (None, None)
        filed, t = said[str(row.log_index)], records[row.log_index].t
        occupations = tuple(
            (lists.occupation(sight.directory, plan.code), plan.levels)
            for plan in filed.occupations
        )
        papers = _papers(sight, filed)
        views.append(BatchView(row, body.name, body.id, t, filed, occupations, papers, closed, at))
    return views


def _papers(sight: Sight, filed: Batch) -> tuple[tuple[str, str, str], ...]:
    """Name what a batch stands on, as the directories have it."""
    if filed.papers is None:
        return ()
    members = {**filed.papers.to_members(), "basis": None}
    named = [one for value in members.values() for one in columns.items(value) or [value] if one]
    return tuple(
        (
            one.split("/")[-2],
            one,
            lists.title_of(sight.directory, one) or one.rpartition("/")[2],
        )
        for one in map(str, named)
    )
