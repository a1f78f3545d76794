# SPDX-License-Identifier: Apache-2.0
"""Looking at a correction: which row puts which certificate right, and whether it may.

Nothing is signed or sent here. A row has the name or the document of the one whose certificate it
puts right, and was evaluated in the same way; the certificate stands, or is superseded by one of
this very roster already (`issuer.correct` goes on then).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from credential import certificate
from credential.certificate import Claims
from credential.errors import ConflictError
from credential.name import fold
from issuer import desk, papers
from issuer.act import SUPERSEDED, State
from issuer.check import Desk, Report
from issuer.ledger import Ledger
from issuer.order import Means, Order
from issuer.people import Person
from issuer.records import Batch, Item
from issuer.roster import Candidate, Roster


class RefusedRowsError(ConflictError):
    """Rows that cannot be issued; carries the report that says why."""

    def __init__(self, report: Report) -> None:
        super().__init__("correct.refused", "a row cannot be issued as it is: nothing is changed")
        self.report = report


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate and the row that puts it right."""

    old: Item
    claims: Claims
    candidate: Candidate


def foresee(olds: Sequence[str], order: Order, ledger: Ledger, means: Means) -> None:
    """Return if certificates can be corrected so, as far as the desk can tell; nothing is signed.

    Args:
        olds: Their numbers, one for each row of the roster, in the order of the rows.
        order: The roster with what is right.
        ledger: Of the body.
        means: Of the machine.

    Raises:
        ConflictError: `correct.…`, `certificate.unknown`, `status.…`, `act.waiting`.
        SealError: As `desk.look`, `papers.demand`.
    """
    looked(olds, order, ledger, means)


def looked(
    olds: Sequence[str], order: Order, ledger: Ledger, means: Means
) -> tuple[Roster, Desk, list[Pair], dict[int, Person], list[Batch]]:
    """Look at what a correction is to be made of.

    Returns:
        The roster, how it was judged, each certificate with its row, the people by their rows, and
        the batches that are prepared already.

    Raises:
        SealError: As `foresee`.
    """
    at = means.at()
    roster, report, judged = desk.looked(order, at)
    if report.refusals:
        raise RefusedRowsError(report)
    if len(report.accepted) != len(olds) or len(set(olds)) != len(olds):
        message = f"{len(olds)} certificates are named and the roster has {len(report.accepted)}"
        raise ConflictError("correct.rows", f"{message} rows: one row for each, in this order")
    whom = desk.people_of(order, ledger, report.accepted, means)
    pairs = [
        _pair(ledger, order, old, candidate, whom[candidate.row])
        for old, candidate in zip(olds, report.accepted, strict=True)
    ]
    batches = ledger.batches_of(ledger.roster(roster.content))
    _demand_standing(ledger, batches, pairs)
    if not batches:
        papers.demand(order.filing, order.papers, at)
    return roster, judged, pairs, whom, batches


def _pair(ledger: Ledger, order: Order, old: str, candidate: Candidate, person: Person) -> Pair:
    """Find the certificate that a row corrects.

    Raises:
        ConflictError: `certificate.unknown`, `correct.route`, `correct.other_person`.
    """
    found = [each for each in ledger.numbered_all(old) if each.kind == order.kind]
    if not found or found[0].token is None or found[0].receipt is None:
        message = f"the ledger has no registered certificate {old} of this kind"
        raise ConflictError("certificate.unknown", message)
    _, claims = certificate.read(found[0].token)
    if candidate.route != claims.route:
        message = f"{old} was evaluated in another way than row {candidate.row} says"
        raise ConflictError("correct.route", message)
    if found[0].person != person.person and fold(claims.name) != fold(candidate.name):
        message = f"row {candidate.row} has neither the name nor the document of {old}"
        raise ConflictError("correct.other_person", message)
    return Pair(found[0], claims, candidate)


def _demand_standing(ledger: Ledger, batches: Sequence[Batch], pairs: Sequence[Pair]) -> None:
    """Return if every old certificate may be superseded, or is by one of this very roster.

    Raises:
        ConflictError: `status.final`, `status.move`, `act.waiting`, `correct.issued`.
    """
    items = {item.line: item for each in batches for item in ledger.items(each.batch)}
    ours = {item.number for item in items.values()}
    for pair in pairs:
        number = pair.claims.certificate_number
        state = State.of(ledger.acts_about((pair.old.kind, number)))
        if state.waiting is not None and state.waiting.successor not in ours:
            message = f"{number}: another change of it has not been answered: send that first"
            raise ConflictError("act.waiting", message)
        if state.name == SUPERSEDED and state.successor in ours:
            continue
        item = items.get(pair.candidate.row)
        if item is not None and item.token is not None:
            message = "this roster was issued by itself, not as a correction"
            raise ConflictError("correct.issued", message)
        refusal = state.refusal_of("supersede")
        if refusal is not None:
            message = f"{number} is {state.name}: it cannot be corrected"
            raise ConflictError(refusal, message)
