# SPDX-License-Identifier: Apache-2.0
"""Judging a roster's results before anything is signed.

The registry's own rules (`credential.admission`) are asked of the certificate that each row would
become, so what it would refuse is refused here first, with the same code; and the desk's own: no
result twice in the sheet, none that the ledger says was issued, no certificate number twice, and
those of `issuer.desk_rules`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from credential import admission, certificate_number
from credential.admission import Dictionaries, Grounds, RefusedError
from credential.certificate_number import year_of
from credential.errors import SealError
from credential.filing_file import FilingFile
from credential.said_examination import Papers
from credential.statement_bodies import Batch, Plan
from issuer import desk_rules, numbers, occupations, sign
from issuer.cells import CellError
from issuer.refusal import Refusal
from issuer.roster import Candidate, Roster
from issuer.sign import Mark

_BATCH: Final = "check"
_LAPSES: Final = 30 * 86_400  # seconds before a filing's end in which the desk warns

# The cell that a rule's code is about, where it is not the occupation's.
_FIELDS: Final = {
    "batch.level": "level",
    "dates.evaluated": "evaluated_on",
    "number": "number",
    "name": "name",
    "occupation.trade": "trade",
    "scope.level": "level",
}
_SUGGESTIONS: Final = {
    "dates.evaluated": "write the day on which the holder was evaluated",
    "number.inconsistent": "leave the cell empty to have one drawn, or correct it",
    "number.malformed": "leave the cell empty to have one drawn, or correct it",
    "number.no_rule": "write the number that the authority allotted",
    "occupation.trade": "write the trade as the catalogue has it, or leave it empty",
    "scope.kind": "file this kind of certificate with the authority first",
    "scope.occupation": "file this occupation with the authority first",
    "scope.level": "file this level with the authority first",
    "scope.district": "say with --region where the evaluation took place",
    "scope.expired": "renew the filing with the authority first",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What can be issued and what cannot."""

    accepted: tuple[Candidate, ...]
    refusals: tuple[Refusal, ...]
    """Of the sheet and of the rules, by row."""
    warnings: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """What rows are judged against."""

    filing: FilingFile
    grounds: Grounds
    """Of the filing, now."""
    region: str
    """Where the evaluation took place."""
    papers: Papers | None = None
    """What the batch is to stand on; None where nothing is named."""


def judge(roster: Roster, desk: Desk | None, dictionaries: Dictionaries, at: int) -> Report:
    """Judge every result.

    Args:
        roster: As read.
        desk: The body's filing; None to judge by the catalogue alone.
        dictionaries: The catalogues.
        at: Now, seconds since 1970.

    Raises:
        RefusedError: `standing.…`, when the body may not issue at all.
    """
    judged = _Judge(roster, desk, dictionaries, at)
    accepted = tuple(each for each in roster.candidates if judged.accepts(each))
    refusals = sorted((*roster.refusals, *judged.refusals), key=lambda refusal: refusal.row)
    lapsing = _lapsing(roster, desk, at) if desk else ()
    warnings = (*roster.warnings, *lapsing, *desk_rules.ask(roster, accepted))
    return Report(accepted, tuple(refusals), warnings)


def issued_before(
    roster: Roster, accepted: Iterable[Candidate], held: Mapping[int, str]
) -> list[Refusal]:
    """Refuse what the ledger says was issued already.

    Args:
        roster: As read.
        accepted: Results to look at.
        held: Row to the batch in which the same result was issued.
    """
    return [
        Refusal(
            each.row,
            roster.columns.title("id_number"),
            "row.issued",
            f"this person has this certificate already, from batch {held[each.row]}",
            "take the row out; to replace a certificate, supersede it",
        )
        for each in accepted
        if each.row in held
    ]


def batches(candidates: Iterable[Candidate], kind: str, region: str) -> dict[str, Batch]:
    """Describe the batches that would cover results: one for each route.

    Returns:
        Route to batch; the commitment to the roster is still empty.
    """
    routes: dict[str, list[Candidate]] = {}
    for each in candidates:
        routes.setdefault(each.route, []).append(each)
    described = {}
    for route, results in sorted(routes.items()):
        levels: dict[str, set[str]] = {}
        for each in results:
            levels.setdefault(each.occupation, set()).update({each.level} if each.level else ())
        days = [each.evaluated_on for each in results]
        described[route] = Batch(
            kind=kind,
            route=route,
            occupations=tuple(
                Plan(code, tuple(sorted(found))) for code, found in sorted(levels.items())
            ),
            region=region,
            first_day=min(days),
            last_day=max(days),
            headcount=len(results),
            roster=b"",
        )
    return described


class _Judge:
    def __init__(
        self, roster: Roster, desk: Desk | None, dictionaries: Dictionaries, at: int
    ) -> None:
        self._roster = roster
        self._desk = desk
        self._dictionaries = dictionaries
        self._at = at
        self._people: dict[tuple[object, ...], int] = {}
        self._numbers: dict[str, int] = {}
        self._samples: dict[str | None, str] = {}
        region = desk.region if desk else ""
        self._batches = batches(roster.candidates, roster.kind, region)
        self.refusals: list[Refusal] = []

    def accepts(self, candidate: Candidate) -> bool:
        """Note every reason against a result."""
        before = len(self.refusals)
        self._once(candidate)
        try:
            desk_rules.demand_age(candidate, self._roster.kind)
            if self._desk is None:
                self._by_catalogue(candidate)
            else:
                self._by_registry(candidate, self._desk)
        except CellError as error:
            self._note(candidate, "id_number", error.code, error.message, error.suggestion)
        except SealError as error:
            if error.code.startswith("standing."):
                raise
            self._refuse(candidate, error)
        return len(self.refusals) == before

    def _once(self, candidate: Candidate) -> None:
        result = (candidate.document, candidate.occupation, candidate.level)
        first = self._people.setdefault(result, candidate.row)
        if first != candidate.row:
            self._note(
                candidate,
                "id_number",
                "row.duplicate",
                f"the same person, occupation and level as in row {first}",
                "keep one of the two rows",
            )
        if candidate.number is not None:
            first = self._numbers.setdefault(candidate.number, candidate.row)
            if first != candidate.row:
                message = f"the same certificate number as in row {first}"
                self._note(candidate, "number", "number.duplicate", message, "correct one of them")

    def _by_catalogue(self, candidate: Candidate) -> None:
        entry = self._dictionaries.occupations[candidate.occupation]
        admission.check_days(entry, candidate.evaluated_on, self._dictionaries)
        if candidate.trade is not None and candidate.trade not in entry.trades:
            message = f"{entry.name} has no such trade in the catalogue"
            raise RefusedError("occupation.trade", message)
        if candidate.evaluated_on > admission.civil_date(self._at):
            raise RefusedError("dates.evaluated", "the day of evaluation lies in the future")
        if candidate.number is not None:
            certificate_number.clean(candidate.number)

    def _by_registry(self, candidate: Candidate, desk: Desk) -> None:
        if candidate.number is not None:
            certificate_number.clean(candidate.number)
        number = candidate.number or self._sample(desk.filing.body.prefix, candidate.level)
        block = next(iter(desk.filing.body.blocks), None)
        mark = Mark(number, block.list if block else "0", block.first if block else 0, self._at)
        claims = sign.claims(
            candidate,
            None,
            mark,
            filing=desk.filing,
            kind=self._roster.kind,
            region=desk.region,
            batch=_BATCH,
        )
        admission.check(claims, desk.grounds, self._batches[candidate.route])

    def _sample(self, prefix: str, level: str | None) -> str:
        """Make a number like the one that will be drawn; the same one for all of a level."""
        if level not in self._samples:
            rules, year = self._dictionaries.rules, year_of(self._at)
            self._samples[level] = numbers.sample(rules, self._roster.kind, prefix, year, level)
        return self._samples[level]

    def _refuse(self, candidate: Candidate, error: SealError) -> None:
        field = _FIELDS.get(error.code) or _FIELDS.get(error.code.partition(".")[0], "occupation")
        suggestion = _SUGGESTIONS.get(error.code, "correct the cell or take the row out")
        if error.code == "occupation.not_in_force":
            entry = self._dictionaries.occupations[candidate.occupation]
            instead = self._dictionaries.instead(entry, candidate.evaluated_on)
            suggestion = occupations.suggestion(instead)
        self._note(candidate, field, error.code, str(error), suggestion)

    def _note(
        self, candidate: Candidate, field: str, code: str, message: str, suggestion: str
    ) -> None:
        title = self._roster.columns.title(field)
        self.refusals.append(Refusal(candidate.row, title, code, message, suggestion))


def _lapsing(roster: Roster, desk: Desk, at: int) -> Iterable[Refusal]:
    for filing in desk.filing.body.filings:
        if filing.void is None and filing.end is not None and at <= filing.end < at + _LAPSES:
            yield Refusal(
                roster.columns.header_row,
                roster.columns.title("occupation"),
                "filing.lapses",
                f"filing {filing.number} ends on {admission.civil_date(filing.end)}",
                "renew it with the authority in time",
            )
