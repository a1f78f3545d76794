# SPDX-License-Identifier: Apache-2.0
"""What the desk is asked to do, and what it has to do it with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from credential.errors import ConflictError
from credential.filing_file import FilingFile
from credential.said_examination import Papers
from issuer.progress import Step, quiet


@dataclass(frozen=True, slots=True)
class Means:
    """What a run has from the machine that it runs on."""

    at: Callable[[], int]
    """The clock, seconds since 1970."""
    random: Callable[[int], bytes]
    """Random bytes."""
    below: Callable[[int], int]
    """A random number from 0 to below its argument."""
    cores: int | None = None
    step: Step = quiet
    """Told of progress: what, how many, of how many."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for."""

    roster: Path
    kind: str
    region: str | None
    """Where the evaluation took place; None for the only district that is filed."""
    filing: FilingFile
    tagged: bool
    """Certificates carry holder tags."""
    page: str | None = None
    """The sheet of the workbook; None for the one whose headings fit."""
    numbers: tuple[str, ...] = ()
    """A block allotted from outside, for the rows without a number; empty to draw by rule."""
    fonts: tuple[Path, ...] = ()
    """Font files that printing will be given, for rare characters."""
    papers: Papers | None = None
    """Plan, standards, station and assessors; None where nothing is named."""

    @classmethod
    def of(  # noqa: PLR0913  # what a desk can be asked for
        cls,
        roster: Path,
        kind: str,
        region: str | None,
        filing: FilingFile,
        *,
        without_tags: bool,
        page: str | None = None,
        numbers: tuple[str, ...] = (),
        fonts: tuple[Path, ...] = (),
        papers: Papers | None = None,
    ) -> "Order":
        """Settle the tags by the filing's policy.

        Raises:
            ConflictError: `tags.required`.
        """
        if without_tags and filing.tags == "required":
            raise ConflictError("tags.required", "this registry requires holder tags")
        tagged = filing.tags != "none" and not without_tags
        return cls(roster, kind, region, filing, tagged, page, numbers, fonts, papers)
