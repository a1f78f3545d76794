# SPDX-License-Identifier: Apache-2.0
"""A job: one roster on its way from upload to print, as the list of the desk shows it.

    uploaded → checked → prepared → filed → unreleased → released → signed → registered → printed

Where it stands follows from counts, and those are counted in the ledger, which is the truth; the
row in the desk's own table only remembers the last count, so that a list is shown at once.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final, Self

from issuer.records import Batch, Item
from issuer.web.chosen import Chosen

STAGES: Final = (
    *("uploaded", "checked", "prepared", "filed", "unreleased", "released", "signed"),
    *("registered", "printed"),
)
DELETED_STAGE: Final = "deleted"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of what; the numbers of a job."""

    rows: int = 0
    good: int = 0
    """Can be issued, as last checked."""
    wrong: int = 0
    """Rows with a refusal."""
    odd: int = 0
    """Warnings."""
    batches: int = 0
    filed: int = 0
    """Batches with the registry's receipt."""
    items: int = 0
    """Certificates of the batches."""
    drawn: int = 0
    """With number, index and claims."""
    unreleased: int = 0
    """Drawn, and waiting for a second person."""
    signed: int = 0
    refused: int = 0
    """Signed, and refused by the registry."""
    registered: int = 0
    printed: int = 0

    def to_json(self) -> str:
        """Write them."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class Job:
    """One roster."""

    id: str
    """Random; it is in addresses, so it says nothing."""
    name: str
    """Of the file, as uploaded."""
    kind: str
    region: str | None
    page: str | None
    """The sheet; None for the one that fits."""
    made_by: str
    made_at: int
    counts: Counts
    roster: bytes | None
    """The ledger's digest of it; None before it was read."""
    act: str | None
    """Under way, or cut off; None at rest."""
    error: tuple[str, str] | None
    """Code and message of the act that failed last."""
    sheets: tuple[str, ...]
    """Of a workbook that has several which could be meant."""
    printed_at: int | None
    cleared_at: int | None
    """When its files were deleted."""
    papers: Chosen | None = None
    """What its batches are to stand on; None where nothing was chosen."""
    closed: tuple[str, ...] = ()
    """Batches that the registry has closed."""
    corrects: str | None = None
    """Number of the certificate that its one row takes the place of."""
    reason: str = ""
    """Of the correction, as the statement says it."""

    @property
    def stage(self) -> str:
        """Where it stands."""
        return stage(self.counts)


def stage(counts: Counts) -> str:
    """Tell from the counts where a job stands."""
    if not counts.batches:
        return "checked" if counts.rows else "uploaded"
    if counts.filed < counts.batches:
        return "prepared"
    if not counts.drawn:
        return "filed"
    if counts.unreleased:
        return "unreleased"
    if counts.signed < counts.drawn:
        return "released"
    if counts.registered + counts.refused < counts.signed:
        return "signed"
    if counts.registered and counts.printed >= counts.registered:
        return "printed"
    return "registered"


def count(batches: Sequence[Batch], items: Sequence[Item], unreleased: int) -> dict[str, int]:
    """Count in what the ledger has.

    Args:
        batches: Of one roster.
        items: Of those batches.
        unreleased: How many of them wait for a second person.
    """
    return {
        "batches": len(batches),
        "filed": sum(each.receipt is not None for each in batches),
        "items": len(items),
        "drawn": sum(each.payload is not None for each in items),
        "unreleased": unreleased,
        "signed": sum(each.token is not None for each in items),
        "refused": sum(each.problem is not None and each.receipt is None for each in items),
        "registered": sum(each.receipt is not None for each in items),
    }
