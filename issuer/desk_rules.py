# SPDX-License-Identifier: Apache-2.0
"""Rules of the desk's own, beyond those of the registry: age, and what a careful clerk would ask.

| code | | |
|---|---|---|
| `age.minor` | refused | younger on the day of evaluation than 16, or 18 by the kind |
| `route.evidence` | warned | a way of evaluating that rests on papers; the sheet names none |
| `id.zeros` | warned | a document number that ends as those kept as numbers do |
| `level.prerequisite` | warned | the ledger has no certificate of the level below for this person |
| `level.higher` | warned | the ledger has a higher level already |

Warnings never stop a row: what they ask about lies in folders that the desk does not see.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from credential import levels
from credential.certificate import DETAILS_OF_KIND, DETAILS_OF_ROUTE, ROUTES
from credential.identity_number import CARD, IdentityNumber
from issuer.cells import CellError
from issuer.people import Person
from issuer.refusal import Refusal
from issuer.roster import Candidate, Roster

MIN_AGE: Final = 16  # 劳动法, article 15
MIN_AGE_OF_KIND: Final = {"special_operation": 18}
EXAMINED_FROM: Final = "3"  # the lowest level for which the one below is commonly asked for

Held = Mapping[tuple[bytes, str, str, str], str]
"""(person, kind, occupation, level) to batch."""


def demand_age(candidate: Candidate, kind: str) -> None:
    """Return if the holder was old enough on the day; known from an 18-digit card alone.

    Raises:
        CellError: `age.minor`.
    """
    least = MIN_AGE_OF_KIND.get(kind, MIN_AGE)
    age = age_on(candidate.document, candidate.evaluated_on)
    if age is not None and age < least:
        message = f"younger than {least} on the day of evaluation"
        raise CellError("age.minor", message, "compare number and date with the papers")


def age_on(document: IdentityNumber, day: str) -> int | None:
    """Give the full years of age on a day; None where the number does not tell the birthday."""
    if document.document_type != CARD:
        return None
    born, on = document.number[6:14], date.fromisoformat(day)
    had_birthday = f"{on:%m%d}" >= born[4:]
    return on.year - int(born[:4]) - (not had_birthday)


def ask(roster: Roster, candidates: Iterable[Candidate]) -> Iterator[Refusal]:
    """Warn of what should be looked at, by the sheet alone."""
    for each in candidates:
        asked = {*DETAILS_OF_KIND.get(roster.kind, ()), *DETAILS_OF_ROUTE.get(each.route, ())}
        for field in sorted(asked - {name for name, _ in each.detail}):
            yield Refusal(
                each.row,
                roster.columns.title(field),
                "route.evidence",
                "the certificate would say more with this cell, and the evidence be named",
                "fill it in if there is something to write",
            )
        if each.route in ("direct_recognition", "exceptional_promotion"):
            yield Refusal(
                each.row,
                roster.columns.title("route"),
                "route.evidence",
                f"{ROUTES[each.route]} rests on papers, not on an examination",
                "keep proof of what it rests on with the batch",
            )
        if each.document.document_type == CARD and each.document.number.endswith("000"):
            yield Refusal(
                each.row,
                roster.columns.title("id_number"),
                "id.zeros",
                "the number ends in 000, as when a spreadsheet kept it as a number",
                "compare it with the document",
            )


def ask_ledger(
    roster: Roster, accepted: Sequence[Candidate], whom: Mapping[int, Person], held: Held
) -> Iterator[Refusal]:
    """Warn of levels that do not follow on those which the ledger has.

    Args:
        roster: As read.
        accepted: Results to look at.
        whom: Row to person.
        held: What these persons got before.
    """
    ranks: dict[tuple[bytes, str], set[int]] = {}
    for person, kind, occupation, level in held:
        if kind == roster.kind and level:
            ranks.setdefault((person, occupation), set()).add(levels.rank(level))
    for each in accepted:
        if each.level is None:
            continue
        rank = levels.rank(each.level)
        had = ranks.get((whom[each.row].person, each.occupation), set())
        if any(other > rank for other in had):
            code, message = "level.higher", "the ledger has a higher level of this person already"
        elif rank >= levels.rank(EXAMINED_FROM) and rank - 1 not in had:
            code = "level.prerequisite"
            below = levels.describe(levels.LEVELS[rank - 1]).chinese
            message = f"the ledger has no {below} of this person"
        else:
            continue
        suggestion = "look whether the conditions for this level are met"
        title = roster.columns.title("level")
        yield Refusal(each.row, title, code, message, suggestion)
