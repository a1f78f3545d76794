# SPDX-License-Identifier: Apache-2.0
"""What the ledger says about a roster's people and numbers: who has this certificate already."""

from collections.abc import Iterator, Sequence

from credential.certificate import EXPIRY_REQUIRED
from issuer import check, desk_rules, people
from issuer.check import Report
from issuer.ledger import Ledger
from issuer.people import Person
from issuer.refusal import Refusal
from issuer.roster import Candidate, Roster


def without_issued(roster: Roster, report: Report, ledger: Ledger) -> Report:
    """Refuse also what the ledger says was issued before.

    Raises:
        UnavailableError: `workers.ended`.
    """
    whom = people.find(ledger, report.accepted, tagged=False)
    return except_issued(roster, report, ledger, whom)


def except_issued(
    roster: Roster, report: Report, ledger: Ledger, whom: dict[int, Person]
) -> Report:
    """Refuse also what the ledger says was issued before, the persons being known.

    Args:
        roster: As read.
        report: As judged.
        ledger: Remembers.
        whom: Row to person, of all accepted results.
    """
    again = [
        *check.issued_before(
            roster, report.accepted, held_before(ledger, roster.kind, report.accepted, whom)
        ),
        *_used_numbers(ledger, roster, report.accepted),
    ]
    rows = {refusal.row for refusal in again}
    accepted = tuple(each for each in report.accepted if each.row not in rows)
    refusals = tuple(sorted((*report.refusals, *again), key=lambda each: each.row))
    persons = {whom[each.row].person for each in accepted}
    recorded = ledger.recorded_levels(persons)
    asked = desk_rules.ask_ledger(roster, accepted, whom, {**recorded, **ledger.held(persons)})
    told = _recorded(roster, accepted, whom, recorded)
    return Report(accepted, refusals, (*report.warnings, *asked, *told))


def held_before(
    ledger: Ledger, kind: str, accepted: Sequence[Candidate], whom: dict[int, Person]
) -> dict[int, str]:
    """Find the results that a person has already.

    Args:
        ledger: Remembers.
        kind: Of certificate; one that expires is renewed, so it counts for nothing here.
        accepted: The results.
        whom: Row to person.

    Returns:
        Row to the batch in which the person got the same certificate.
    """
    if kind in EXPIRY_REQUIRED:
        return {}  # such a certificate is renewed; the registry says from when
    held = ledger.held({whom[each.row].person for each in accepted})
    found = {}
    for each in accepted:
        known = held.get((whom[each.row].person, kind, each.occupation, each.level or ""))
        if known is not None:
            found[each.row] = known
    return found


def _used_numbers(ledger: Ledger, roster: Roster, accepted: Sequence[Candidate]) -> list[Refusal]:
    return [
        Refusal(
            each.row,
            roster.columns.title("number"),
            "number.used",
            "another certificate of this body has this number",
            "leave the cell empty to have one drawn, or correct it",
        )
        for each in accepted
        if each.number is not None and ledger.has_number(roster.kind, each.number)
    ]


def _recorded(
    roster: Roster,
    accepted: Sequence[Candidate],
    whom: dict[int, Person],
    recorded: dict[tuple[bytes, str, str, str], str],
) -> Iterator[Refusal]:
    """Warn of certificates of before this system: they are issued again, or twice."""
    for each in accepted:
        result = (whom[each.row].person, roster.kind, each.occupation, each.level or "")
        if result in recorded:
            yield Refusal(
                each.row,
                roster.columns.title("id_number"),
                "record.held",
                f"this person has {recorded[result]} of before this system",
                "right if that one is being issued again as a signed one",
            )
