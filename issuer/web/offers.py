# SPDX-License-Identifier: Apache-2.0
"""What the page offers for a roster to stand on, where the registry's gate is full.

    routes of the roster → which pickers
    the filing file's directory → what is in each, with standing, occupations and levels
    what leaves no choice → is chosen already

It is made when the roster is checked and stored beside it, since only then the roster is read.
Nothing in it is about a person of the roster.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from credential import levels
from credential.entries import entry_of
from credential.examination import IN_FORCE, standard_of
from credential.examination_file import ExaminationFile
from credential.filing_file import FilingFile
from credential.said_directory import Assessor, Station
from credential.said_examination import Papers
from issuer import papers
from issuer.roster import Roster
from issuer.web.chosen import Chosen

EXAMINED: Final = ("station", "assessor", "supervisor", "operator")
_USABLE: Final = {"active", "rectifying", IN_FORCE, "received", "filed"}
_NONE: Final = Papers(None, (), None, (), None, None, None, None)


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be picked."""

    what: str
    id: str
    name: str
    state: str
    role: str
    """Of an assessor; empty for anything else."""
    cap: str
    """The highest level that an assessor may examine, in Chinese; empty for no limit."""
    occupations: tuple[str, ...]
    """Their names."""

    @property
    def is_usable(self) -> bool:
        """Whether it is in order now."""
        return self.state in _USABLE


def sift(filing: FilingFile, roster: Roster, at: int) -> dict[str, Any]:
    """Find what a roster needs and what leaves no choice.

    Returns:
        `routes` and `occupations` of the roster, and `plan` and `standards` by their names.
    """
    whole = papers.completed(filing, roster, _NONE, at) or _NONE
    return {
        "routes": sorted({each.route for each in roster.candidates}),
        "occupations": sorted({each.occupation for each in roster.candidates}),
        "plan": _last(whole.plan or ""),
        "standards": [_last(each) for each in whole.standards],
    }


def write(path: Path, sifted: Mapping[str, Any]) -> None:
    """Store what `sift` found."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(sifted, file)


def read(path: Path) -> dict[str, Any] | None:
    """Read it; None where there is none."""
    try:
        found: dict[str, Any] = json.loads(path.read_text("ascii"))
    except OSError:
        return None
    return found


def demanded(filing: FilingFile, at: int) -> bool:
    """Tell whether the registry asks what a batch stands on."""
    return filing.examination is not None and filing.examination.is_full_at(at)


def pickers(
    filing: FilingFile, sifted: Mapping[str, Any], at: int
) -> list[tuple[str, list[Offer]]]:
    """List the pickers of a roster, each with what can be picked; what helps is first."""
    routes = set(sifted["routes"])
    wanted: list[str] = []
    if routes - {"competition"}:
        wanted += ["plan", "standard"]
    if "examination" in routes:
        wanted += EXAMINED
    if "competition" in routes:
        wanted += ["competition"]
    names = _names(filing)
    found = [_offer(filing, each, names) for each in papers.choices(filing, at)]
    mine = {names.get(code, code) for code in sifted["occupations"]}

    def order(offer: Offer) -> tuple[bool, bool, str]:
        fits = not offer.occupations or bool(mine & set(offer.occupations))
        return not offer.is_usable, not fits, offer.id

    return [(what, sorted((o for o in found if o.what == what), key=order)) for what in wanted]


def needs_basis(sifted: Mapping[str, Any]) -> bool:
    """Tell whether the roster has people recognised without examination."""
    return not {"direct_recognition", "exceptional_promotion"}.isdisjoint(sifted["routes"])


def first_choice(sifted: Mapping[str, Any], picked: Sequence[tuple[str, list[Offer]]]) -> Chosen:
    """Choose what leaves no choice."""
    only = {what: offers[0].id for what, offers in picked if sum(o.is_usable for o in offers) == 1}
    return Chosen(
        plan=sifted["plan"] or None,
        standards=tuple(sifted["standards"]),
        station=only.get("station"),
        assessors=(only["assessor"],) if "assessor" in only else (),
        competition=only.get("competition"),
    )


def _offer(filing: FilingFile, choice: papers.Choice, names: Mapping[str, str]) -> Offer:
    known = filing.examination
    role, cap, codes = "", "", []
    for subject in _subjects(known, choice.what, choice.id):
        events = known.histories[subject] if known is not None else ()
        if choice.what == "standard":
            standard = standard_of(events, 1 << 40)
            codes = [each.code for each in standard.said.occupations] if standard else []
            continue
        if choice.what not in EXAMINED:
            continue
        entry = entry_of(subject, events)
        said = entry.said if entry is not None else None
        if isinstance(said, Assessor):
            role, codes = said.role, list(said.occupations)
            cap = levels.describe(said.cap).chinese if said.cap else ""
        elif isinstance(said, Station):
            codes = [each.code for each in said.occupations]
    called = tuple(names.get(code, code) for code in codes)
    return Offer(choice.what, choice.id, choice.name, choice.state, role, cap, called)


def _subjects(known: ExaminationFile | None, what: str, name: str) -> list[str]:
    folder = {"supervisor": "assessors"}.get(what, f"{what}s")
    subjects = [] if known is None else known.subjects(folder)
    return [each for each in subjects if _last(each) == name]


def _names(filing: FilingFile) -> dict[str, str]:
    return {
        f"{catalogue.scheme}:{each.code}" if ":" not in each.code else each.code: each.name
        for catalogue in filing.dictionaries()
        for each in catalogue.occupations
    }


def _last(subject: str) -> str:
    return subject.rpartition("/")[2]
