# SPDX-License-Identifier: Apache-2.0
"""The desk's three acts, put together from the modules that do them.

    check   roster → what can be issued and what cannot
    file    roster → a batch for each route, filed with the registry
    issue   roster, filed → certificates drawn, signed, registered, their codes written

The clock, randomness and the pause between two attempts come in with `Means`, so that a test
decides them; progress goes out through `step`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, groupby
from pathlib import Path
from typing import Final

from credential import statement_bodies
from credential.admission import Dictionaries, civil_date
from credential.errors import ConflictError, UnavailableError
from credential.said import Batch as Filed
from credential.said_examination import Papers
from credential.statement import Statement
from issuer import (
    batch,
    chunks,
    codes,
    given,
    history,
    issue,
    outcomes,
    papers,
    people,
    release,
    results,
)
from issuer.check import Desk, Report
from issuer.indexes import Block, Indexes
from issuer.ledger import Ledger
from issuer.look import look
from issuer.order import Means, Order
from issuer.outcomes import Outcome
from issuer.people import Person
from issuer.records import Batch, Item
from issuer.roster import Candidate, Roster
from issuer.submit import Registry
from keys.signer import Signer

RESULTS: Final = "results.csv"


__all__ = ["BatchEmptyError", "Means", "Order", "file", "issue_roster", "look"]


def file(
    order: Order,
    ledger: Ledger,
    registry: Registry,
    key: Signer,
    means: Means,
    name: str | None = None,
) -> tuple[list[Batch], Report]:
    """File the batches of a roster; what was filed for it before stays as it is.

    Raises:
        SealError: As `look`, `batch.prepare` and `batch.file`; `batch.empty`, when no row can be
            issued.
    """
    at = means.at()
    given.demand_key(order.filing, key, at)
    roster, report, desk = looked(order, at)
    batches = ledger.batches_of(ledger.roster(roster.content))
    routes = {each.route for each in batches}
    # A refused batch was forgotten while one of another route was filed: only that is prepared.
    missing = any(each.route not in routes for each in report.accepted)
    if missing or not batches:
        papers.demand(order.filing, order.papers, at)
        whom = people_of(order, ledger, report.accepted, means)
        report = history.except_issued(roster, report, ledger, whom)
        if not report.accepted and not batches:
            raise BatchEmptyError(report)
        batches += batch.prepare(
            ledger,
            roster,
            [(each, whom[each.row]) for each in report.accepted if each.route not in routes],
            desk=desk,
            key=key,
            name=name or batch_name(at, means.random),
            at=at,
            random=means.random,
        )
    return [batch.file(ledger, registry, order.filing, each) for each in batches], report


class BatchEmptyError(ConflictError):
    """No row of the roster can be issued; carries the report that says why."""

    def __init__(self, report: Report) -> None:
        super().__init__("batch.empty", "no row of the roster can be issued: nothing is filed")
        self.report = report


def issue_roster(
    order: Order,
    ledger: Ledger,
    registry: Registry,
    keys: tuple[Signer, Signer],
    folder: Path,
    means: Means,
) -> Outcome:
    """Issue a filed roster, or go on with it.

    Args:
        order: What is asked for.
        ledger: Of the body.
        registry: Where to register.
        keys: Of role `certificate` and of role `submit`.
        folder: For the codes and the table of results; made if it is absent.
        means: Of the machine.

    Raises:
        ConflictError: `batch.not_filed`, `indexes.exhausted`, `key.not_registered`, or a code of
            the registry for a request as a whole.
        SealError: As `look`; `ledger.…`, `output.unwritable`, `receipt.…`.
    """
    at = means.at()
    for key in keys:
        given.demand_key(order.filing, key, at)
    roster, report, judged = looked(order, at)
    batches = ledger.batches_of(ledger.roster(roster.content))
    if not batches or any(each.receipt is None for each in batches):
        message = "no batch is filed for this roster: run `skillseal issuer batch` on it first"
        raise ConflictError("batch.not_filed", message)
    report = papers.judge(roster, report, judged, papers_of(batches), at)
    whom = people_of(order, ledger, report.accepted, means)
    unreachable = None
    needs_release = release.is_needed(ledger, batches)
    make_folder(folder)
    for each in batches:
        job = job_of(order, ledger, each, report.accepted, whom, keys[0], means)
        if needs_release:
            job = replace(
                job, may_sign=release.released(ledger, order.filing, each, at).__contains__
            )
        issue.draw(job)
        # A crash before the release: the second person releases these very claims.
        if not needs_release or release.unreleased(ledger, order.filing, each, at) == 0:
            issue.sign_all(job)
        if unreachable is None:
            try:
                issue.submit(job, registry, keys[1], means.random)
            except UnavailableError as error:
                if not error.code.startswith("registry."):
                    raise
                unreachable = error
    items = chain.from_iterable(ledger.each(each.batch) for each in batches)
    held = history.held_before(ledger, order.kind, report.accepted, whom)
    outcome = outcomes.settle(roster, report, items, held, unreachable)
    names = codes.write(
        folder,
        _registered(ledger, outcome),
        len(outcome.registered),
        cores=means.cores,
        step=lambda done, of: means.step("codes", done, of),
    )
    results.write(folder / RESULTS, results.table(outcomes.rows(outcome, names)))
    return outcome


def _registered(ledger: Ledger, outcome: Outcome) -> Iterator[Item]:
    """Read the certificates of an outcome as they are needed."""
    for name, lines in groupby(outcome.registered, key=lambda each: each.batch):
        for _, some in chunks.of([each.line for each in lines], issue.CHUNK):
            yield from ledger.some(name, some)


def make_folder(folder: Path) -> None:
    """Make the folder for what is written.

    Raises:
        UnavailableError: `output.unwritable`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot make the folder {folder.name}: {error.strerror}"
        raise UnavailableError("output.unwritable", message) from None


def looked(order: Order, at: int) -> tuple[Roster, Report, Desk]:
    """Read and judge the roster of an order."""
    roster, report, desk = look(
        order.roster,
        order.kind,
        order.filing.dictionaries(),
        filing=order.filing,
        region=order.region,
        at=at,
        page=order.page,
        numbers=order.numbers,
        fonts=order.fonts,
        named=order.papers,
    )
    if desk is None:
        raise AssertionError("there is a filing")
    return roster, report, desk


def papers_of(batches: Sequence[Batch]) -> dict[str, Papers | None]:
    """Read what filed batches stand on, by route."""
    said = {
        each.route: statement_bodies.read(Statement.from_bytes(each.payload)).said
        for each in batches
    }
    return {route: one.papers for route, one in said.items() if isinstance(one, Filed)}


def people_of(
    order: Order, ledger: Ledger, accepted: Sequence[Candidate], means: Means
) -> dict[int, Person]:
    """Name the person of each row."""
    return people.find(
        ledger,
        accepted,
        tagged=order.tagged,
        cores=means.cores,
        step=lambda done, of: means.step("tags", done, of),
    )


def batch_name(at: int, random: Callable[[int], bytes]) -> str:
    """Draw a name for a batch."""
    day = civil_date(at).replace("-", "")
    return f"B{day}-{random(4).hex()}"


def job_of(
    order: Order,
    ledger: Ledger,
    filed: Batch,
    accepted: Sequence[Candidate],
    whom: dict[int, Person],
    key: Signer,
    means: Means,
) -> issue.Job:
    """Put together what issuing a filed batch takes."""
    body = order.filing.body
    said = Statement.from_bytes(filed.payload).body
    return issue.Job(
        ledger=ledger,
        batch=filed,
        kind=order.kind,
        region=str(said["region"]),
        filing=order.filing,
        dictionaries=Dictionaries.of(order.filing.dictionaries()),
        candidates={each.row: each for each in accepted if each.route == filed.route},
        people=whom,
        key=key,
        indexes=Indexes(
            [Block(each.list, each.first, each.size) for each in body.blocks],
            ledger.indexes(),
            means.below,
        ),
        at=means.at,
        step=means.step,
    )
