# SPDX-License-Identifier: Apache-2.0
"""What a batch stands on: plan, standards, station and assessors, named at the desk.

    names ("PD-01", "2026", or whole identifiers) → `Papers` → into the batch's statement

Where the registry's gate is full, a roster's results are held against them before anything is
signed, by the registry's own rules (`credential.gate`) over what the filing file tells. A yearly
plan and standards that leave no choice need not be named.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from credential import gate
from credential.admission import RefusedError
from credential.certificate import ROUTES
from credential.entries import entry_of
from credential.errors import ConflictError, UnavailableError
from credential.examination import IN_FORCE, competition_of, plan_of, standard_of
from credential.examination_file import ExaminationFile
from credential.filing_file import FilingFile
from credential.gate_kinds import RULES
from credential.said_directory import Assessor
from credential.said_examination import Papers
from issuer import sign
from issuer.check import Desk, Report
from issuer.refusal import Refusal
from issuer.roster import Candidate, Roster
from issuer.sign import Mark

MAX_BASIS: Final = 64 << 20  # bytes of a list of evidence
_FIELDS: Final = {
    "gate.competition_event": "event",
    "gate.competition_rank": "rank",
    "gate.competition_dates": "evaluated_on",
    "gate.standard_scope": "level",
    "gate.level_one": "level",
}


@dataclass(frozen=True, slots=True)
class Named:
    """What the clerk named, each an identifier or the last part of one."""

    plan: str | None = None
    standards: tuple[str, ...] = ()
    station: str | None = None
    assessors: tuple[str, ...] = ()
    supervisor: str | None = None
    operator: str | None = None
    competition: str | None = None
    basis: Path | None = None
    """The list of evidence of a recognition without examination; its SHA-256 is named."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that may be named."""

    what: str
    """`plan`, `standard`, `station`, `assessor`, `supervisor`, `operator`, `competition`."""
    id: str
    """The last part of its identifier."""
    name: str
    state: str


def identified(filing: FilingFile, named: Named) -> Papers | None:
    """Turn names into identifiers; None where nothing is named.

    Raises:
        UnavailableError: `papers.basis`, the list of evidence cannot be read.
    """
    if named == Named():
        return None
    lead = f"https://{filing.hosts[0]}" if filing.examination is None else filing.examination.lead

    def whole(name: str | None, folder: str) -> str | None:
        return name if name is None or "://" in name else f"{folder}/{name}"

    def several(names: Sequence[str], folder: str) -> tuple[str, ...]:
        return tuple(str(whole(name, folder)) for name in dict.fromkeys(names))

    return Papers(
        plan=whole(named.plan, f"{filing.body.id}/plans"),
        standards=several(named.standards, f"{lead}/standards"),
        station=whole(named.station, f"{lead}/stations"),
        assessors=several(named.assessors, f"{lead}/assessors"),
        supervisor=whole(named.supervisor, f"{lead}/assessors"),
        operator=whole(named.operator, f"{lead}/operators"),
        competition=whole(named.competition, f"{lead}/competitions"),
        basis=None if named.basis is None else _digest(named.basis),
    )


def completed(filing: FilingFile, roster: Roster, papers: Papers | None, at: int) -> Papers | None:
    """Add the plan and the standards that leave no choice, where something is named at all."""
    known = filing.examination
    if papers is None or known is None:
        return papers
    if papers.plan is None:
        plans = _plans(known, filing.body.id, at)
        years = {each.evaluated_on[:4] for each in roster.candidates}
        fitting = [subject for subject, year in plans.items() if {str(year)} == years]
        if len(fitting) == 1:
            papers = replace(papers, plan=fitting[0])
    if not papers.standards:
        papers = replace(papers, standards=_standards(known, roster, at))
    return papers


def judge(
    roster: Roster, report: Report, desk: Desk, papers: Mapping[str, Papers | None], at: int
) -> Report:
    """Refuse also what the full gate would.

    Args:
        roster: As read.
        report: As judged.
        desk: The body's filing.
        papers: Of the batch of each route.
        at: Now, seconds since 1970.
    """
    known = desk.filing.examination
    if known is None or not known.is_full_at(at):
        return report
    refused = []
    answers: dict[tuple[object, ...], RefusedError | None] = {}
    for each in report.accepted:
        named = papers.get(each.route)
        if named is None:
            continue
        asked = (each.route, each.occupation, each.level, each.evaluated_on, each.detail)
        if asked not in answers:
            answers[asked] = _asked(each, roster, desk, known, named, at)
        refusal = answers[asked]
        if refusal is not None:
            refused.append(_refusal(roster, each, refusal))
    rows = {refusal.row for refusal in refused}
    accepted = tuple(each for each in report.accepted if each.row not in rows)
    refusals = sorted((*report.refusals, *refused), key=lambda refusal: refusal.row)
    return replace(report, accepted=accepted, refusals=tuple(refusals))


def everywhere(papers: Papers | None) -> dict[str, Papers | None]:
    """Name the same papers for every route."""
    return dict.fromkeys(ROUTES, papers)


def demand(filing: FilingFile, papers: Papers | None, at: int) -> None:
    """Return if the gate lets a batch be filed with what is named.

    Raises:
        ConflictError: `papers.missing`.
    """
    known = filing.examination
    if known is not None and known.is_full_at(at) and papers is None:
        message = (
            "this registry asks what a batch stands on: name station and assessors with --station"
            " and --assessor; `skillseal issuer papers` lists what there is"
        )
        raise ConflictError("papers.missing", message)


def choices(filing: FilingFile, at: int) -> list[Choice]:
    """List what may be named, with what it is now."""
    known = filing.examination
    if known is None:
        return []
    found = []
    for subject, events in known.histories.items():
        name = subject.rpartition("/")[2]
        entry = entry_of(subject, events) if _is_entry(subject) else None
        if entry is not None:
            is_supervisor = isinstance(entry.said, Assessor) and entry.said.role == "supervisor"
            what = "supervisor" if is_supervisor else entry.kind
            found.append(Choice(what, name, entry.said.name, entry.state_at(at)))
        standard = standard_of(events, at)
        if standard is not None:
            found.append(Choice("standard", name, standard.said.title, standard.state))
        plan = plan_of(events, at)
        if plan is not None:
            state = "received" if plan.is_received else "waiting"
            found.append(Choice("plan", name, str(plan.said.year), state))
        competition = competition_of(events, at)
        if competition is not None:
            found.append(Choice("competition", name, competition.name, "filed"))
    return found


def _is_entry(subject: str) -> bool:
    return subject.split("/")[-2] in {"stations", "assessors", "operators", "units"}


def _plans(known: ExaminationFile, body: str, at: int) -> dict[str, int]:
    plans = {}
    for subject in known.subjects("plans"):
        plan = plan_of(known.histories[subject], at)
        if plan is not None and subject.startswith(f"{body}/"):
            plans[subject] = plan.said.year
    return plans


def _standards(known: ExaminationFile, roster: Roster, at: int) -> tuple[str, ...]:
    """Find the standard in force for each occupation; none where there are two."""
    chosen: dict[str, None] = {}
    forms = RULES[roster.kind].forms
    for code in {each.occupation for each in roster.candidates}:
        fitting = []
        for subject in known.subjects("standards"):
            standard = standard_of(known.histories[subject], at)
            if (
                standard is not None
                and standard.state == IN_FORCE
                and standard.said.form in forms
                and any(offer.code == code for offer in standard.said.occupations)
            ):
                fitting.append(subject)
        if len(fitting) == 1:
            chosen[fitting[0]] = None
    return tuple(sorted(chosen))


def _asked(
    candidate: Candidate,
    roster: Roster,
    desk: Desk,
    known: ExaminationFile,
    papers: Papers,
    at: int,
) -> RefusedError | None:
    mark = Mark("", "", 0, at)  # the gate asks neither number nor index
    claims = sign.claims(
        candidate,
        None,
        mark,
        filing=desk.filing,
        kind=roster.kind,
        region=desk.region,
        batch="",
    )
    try:
        gate.check(claims, known.examined(desk.filing.body.id, papers))
    except RefusedError as refusal:
        return refusal
    return None


def _refusal(roster: Roster, candidate: Candidate, refusal: RefusedError) -> Refusal:
    title = roster.columns.title(_FIELDS.get(refusal.code, "occupation"))
    suggestion = "name other papers, put them in order with the authority, or take the row out"
    return Refusal(candidate.row, title, refusal.code, str(refusal), suggestion)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BASIS + 1)
    except OSError as error:
        message = f"cannot read {path.name}: {error.strerror}"
        raise UnavailableError("papers.basis", message) from None
    if not content or len(content) > MAX_BASIS:
        message = f"{path.name} is empty, or larger than {MAX_BASIS >> 20} MiB"
        raise UnavailableError("papers.basis", message)
    return hashlib.sha256(content).hexdigest()
