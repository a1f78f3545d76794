# SPDX-License-Identifier: Apache-2.0
"""What statements say of how people are examined: standards, plans, competitions, papers.

docs/format.md §7.6. `credential.said_examination_readers` reads them from JSON; `credential.gate`
holds a certificate against them.
"""

from dataclasses import dataclass

from credential.said_directory import Offer


@dataclass(frozen=True, slots=True)
class Standard:
    """Enter a standard, method or project, or a new version of it; it is a draft from then on."""

    form: str
    """`national`, `industry`, `enterprise`; `method` 考核办法; `project` 专项职业能力项目."""
    title: str
    version: str
    sha256: str
    """Of the text, 64 hex digits."""
    body: str | None
    """Code of the body that drew it up; None for one that no body of this registry did."""
    occupations: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class StandardStep:
    """Move a standard on: reviewed by its industry, filed, in force, withdrawn."""

    step: str
    """`reviewed`, `filed`, `in_force` or `withdrawn`."""
    start: int
    document: str


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of a yearly plan."""

    kind: str
    occupation: str
    levels: tuple[str, ...]
    headcount: int


@dataclass(frozen=True, slots=True)
class YearPlan:
    """Plan a year's evaluations, or plan them anew; it counts when both recipients have it."""

    year: int
    items: tuple[Planned, ...]
    recipients: tuple[str, ...]
    """Identifiers of two authorities."""

    @property
    def headcount(self) -> int:
        """How many people in all."""
        return sum(item.headcount for item in self.items)


@dataclass(frozen=True, slots=True)
class PlanReceipt:
    """Confirm that a plan was received."""

    document: str


@dataclass(frozen=True, slots=True)
class Competition:
    """File a competition whose winners get certificates."""

    name: str
    tier: str
    """`national`, `provincial`, `city`, `district` or `industry`."""
    organiser: str
    year: int
    occupations: tuple[Offer, ...]
    ranks: int
    """The last rank that wins."""
    first_day: str
    last_day: str
    document: str


@dataclass(frozen=True, slots=True)
class NationalList:
    """Say which occupations the national list of qualifications (国家职业资格目录) names."""

    start: int
    codes: tuple[str, ...]
    document: str


@dataclass(frozen=True, slots=True)
class Papers:
    """What a batch stands on, by identifier."""

    plan: str | None
    standards: tuple[str, ...]
    station: str | None
    assessors: tuple[str, ...]
    supervisor: str | None
    operator: str | None
    competition: str | None
    basis: str | None
    """SHA-256 of the evidence list of a recognition without examination, 64 hex digits."""

    def to_members(self) -> dict[str, object]:
        """Write what is named, in the order of the format."""
        members: dict[str, object] = {
            "plan": self.plan,
            "standards": list(self.standards),
            "station": self.station,
            "assessors": list(self.assessors),
            "supervisor": self.supervisor,
            "operator": self.operator,
            "competition": self.competition,
            "basis": self.basis,
        }
        return {name: one for name, one in members.items() if one}


@dataclass(frozen=True, slots=True)
class BatchClose:
    """Close a batch with its results; nothing of it is admitted afterwards."""

    passed: int
    failed: int
    absent: int


SaidExamination = (
    Standard | StandardStep | YearPlan | PlanReceipt | Competition | NationalList | BatchClose
)
