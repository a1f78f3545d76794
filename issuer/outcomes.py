# SPDX-License-Identifier: Apache-2.0
"""What became of every row: registered, waiting, unreleased or refused; they add up to the rows.

| the ledger has | then the row is |
|---|---|
| a receipt | registered, whatever the rules would say today |
| claims and no token | unreleased: a second person must release it before it is signed |
| a refusal of the registry | refused, with its code |
| a token | waiting: signed, and not yet answered |
| nothing | refused, by the sheet, by the rules, or since it was not filed |
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from credential.errors import UnavailableError
from issuer import check
from issuer.check import Report
from issuer.records import Item
from issuer.refusal import Refusal
from issuer.roster import Roster

REGISTERED: Final = "已登记"
WAITING: Final = "待登记"
UNRELEASED: Final = "待放行"
REFUSED: Final = "未发证"


@dataclass(frozen=True, slots=True)
class Line:
    """A row with a certificate, or with one on its way."""

    batch: str
    line: int
    """The sheet's row."""
    number: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a roster."""

    rows: int
    """Rows with content under the headings."""
    registered: tuple[Line, ...]
    waiting: tuple[Line, ...]
    refusals: tuple[Refusal, ...]
    """One or more for each row that is neither registered nor waiting, by row."""
    unreachable: UnavailableError | None
    """Why some wait."""
    unreleased: tuple[Line, ...] = ()
    """Drawn, and waiting for a second person."""

    @property
    def refused(self) -> int:
        """How many rows were refused."""
        return len({refusal.row for refusal in self.refusals})


def settle(
    roster: Roster,
    report: Report,
    items: Iterable[Item],
    held: Mapping[int, str],
    unreachable: UnavailableError | None,
) -> Outcome:
    """Say what became of every row.

    Args:
        roster: As read.
        report: As judged now.
        items: The ledger's, of all batches of the roster; drawn once, and none is kept.
        held: Row to the batch in which the same person got the same certificate.
        unreachable: Why submitting ended early, if it did.
    """
    registered: list[Line] = []
    unreleased: list[Line] = []
    waiting: list[Line] = []
    answered: list[Refusal] = []
    for item in items:
        line = Line(item.batch, item.line, item.number or "")
        if item.receipt:
            registered.append(line)
        elif item.payload and not item.token:
            unreleased.append(line)
        elif item.problem:
            answered.append(_by_registry(roster, item))
        elif item.token:
            waiting.append(line)
    told = {each.line for each in (*registered, *unreleased, *waiting)}
    told.update(each.row for each in answered)
    left = [each for each in report.accepted if each.row not in told]
    refusals = [
        *answered,
        *(refusal for refusal in report.refusals if refusal.row not in told),
        *check.issued_before(roster, left, held),
        *(
            Refusal(
                each.row,
                roster.columns.title("name"),
                "row.not_filed",
                "the row could not be issued when the batch was filed, so the batch is without it",
                "put it into a roster of its own, and file and issue that",
            )
            for each in left
            if each.row not in held
        ),
    ]
    ordered = tuple(sorted(refusals, key=lambda refusal: refusal.row))
    return Outcome(
        roster.rows,
        tuple(registered),
        tuple(waiting),
        ordered,
        unreachable,
        tuple(unreleased),
    )


def rows(outcome: Outcome, names: Mapping[int, str]) -> Iterable[tuple[str, ...]]:
    """Write the rows of `issuer.results.table`, in the order of the sheet.

    Args:
        outcome: What became of the roster.
        names: Row to the file with the code's text.
    """
    told: list[tuple[int, tuple[str, ...]]] = [
        *(
            (each.line, (REGISTERED, each.number, "", "", "", "", names.get(each.line, "")))
            for each in outcome.registered
        ),
        *((each.line, (WAITING, each.number, "", "", "", "", "")) for each in outcome.waiting),
        *(
            (each.line, (UNRELEASED, each.number, "", "", "", "", ""))
            for each in outcome.unreleased
        ),
        *(
            (each.row, (REFUSED, "", each.column, each.code, each.message, each.suggestion, ""))
            for each in outcome.refusals
        ),
    ]
    for line, cells in sorted(told, key=lambda row: row[0]):
        yield str(line), *cells


def _by_registry(roster: Roster, item: Item) -> Refusal:
    problem = json.loads(item.problem or "{}")
    code = problem.get("code") if isinstance(problem, dict) else None
    detail = problem.get("detail") if isinstance(problem, dict) else None
    return Refusal(
        item.line,
        roster.columns.title("name"),
        code if isinstance(code, str) else "registry.answer",
        f"the registry refuses it: {detail}",
        "correct what it says; a row that changes goes into a roster of its own",
    )
