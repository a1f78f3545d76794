# SPDX-License-Identifier: Apache-2.0
"""What the clerk chose on the page for a roster's batches to stand on; kept with the job.

    {"station":"PD-01","assessors":["A-001"],"plan":"2026","standards":["GF-1"],"has_basis":false}

Names are the last parts of identifiers, as `issuer.papers.Named` takes them. A field of the form
is a choice; each assessor and standard has a field of its own, `assessor:A-001`, since several may
be ticked. The list of evidence stays in the job's folder.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

from credential.errors import MalformedError
from credential.said_examination import Papers
from issuer.papers import Named

MAX_NAME: Final = 200  # characters of one name
MAX_NAMES: Final = 30  # assessors, or standards, of one batch
_ONE: Final = ("plan", "station", "supervisor", "operator", "competition")


@dataclass(frozen=True, slots=True)
class Chosen:
    """One choice."""

    plan: str | None = None
    standards: tuple[str, ...] = ()
    station: str | None = None
    assessors: tuple[str, ...] = ()
    supervisor: str | None = None
    operator: str | None = None
    competition: str | None = None
    has_basis: bool = False
    """A list of evidence was uploaded."""

    @classmethod
    def of_form(cls, form: Mapping[str, str], *, has_basis: bool) -> Self:
        """Read what was picked.

        Raises:
            MalformedError: `desk.upload`, too much or too long a name.
        """
        one = {name: form.get(name, "").strip() or None for name in _ONE}
        standards, assessors = _ticked(form, "standard:"), _ticked(form, "assessor:")
        names = [*(each for each in one.values() if each), *standards, *assessors]
        if any(len(each) > MAX_NAME for each in names) or (
            max(len(standards), len(assessors)) > MAX_NAMES
        ):
            raise MalformedError("desk.upload", f"at most {MAX_NAMES} of one sort can be named")
        return cls(standards=standards, assessors=assessors, has_basis=has_basis, **one)

    @classmethod
    def of_papers(cls, papers: Papers) -> Self:
        """Choose as a batch before did; a list of evidence is uploaded anew."""

        def last(subject: str | None) -> str | None:
            return subject and subject.rpartition("/")[2]

        return cls(
            plan=last(papers.plan),
            standards=tuple(each.rpartition("/")[2] for each in papers.standards),
            station=last(papers.station),
            assessors=tuple(each.rpartition("/")[2] for each in papers.assessors),
            supervisor=last(papers.supervisor),
            operator=last(papers.operator),
            competition=last(papers.competition),
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        values = json.loads(text)
        for name in ("standards", "assessors"):
            values[name] = tuple(values[name])
        return cls(**values)

    def to_json(self) -> str:
        """Write it."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is named."""
        return self == type(self)()

    def named(self, basis: Path) -> Named:
        """Give it as the desk's modules take it.

        Args:
            basis: Where the list of evidence is, if there is one.
        """
        return Named(
            plan=self.plan,
            standards=self.standards,
            station=self.station,
            assessors=self.assessors,
            supervisor=self.supervisor,
            operator=self.operator,
            competition=self.competition,
            basis=basis if self.has_basis else None,
        )


def _ticked(form: Mapping[str, str], lead: str) -> tuple[str, ...]:
    return tuple(name.removeprefix(lead) for name in form if name.startswith(lead))
