# SPDX-License-Identifier: Apache-2.0
"""What the full gate is asked about: kind, route, occupation and level on a day.

docs/format.md §7.6.

A certificate asks once, for the day on which its holder was evaluated; a batch that is to be filed
asks for each of its occupations and levels, on its first and on its last day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from credential.certificate import Claims
from credential.entries import Event
from credential.said import Batch
from credential.said_directory import Offer
from credential.said_examination import Papers

DAY: Final = 86_400  # seconds
_CHINA: Final = 8 * 3_600  # seconds ahead of UTC
_EPOCH: Final = date(1970, 1, 1)

Histories = Mapping[str, Sequence[Event]]
"""What was said, by subject."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What a batch is held against."""

    lead: str
    """`https://HOST` of the lead authority, under which the national list stands."""
    body: str
    """Identifier of the body."""
    papers: Papers | None
    """What the batch named; None where it named nothing."""
    histories: Histories


class Asked(NamedTuple):
    """One question."""

    kind: str
    route: str
    occupation: str
    level: str | None
    day: str
    """Civil date of the evaluation."""

    @classmethod
    def of(cls, claims: Claims) -> "Asked":
        """Ask about a certificate."""
        return cls(
            claims.kind, claims.route, claims.occupation_code, claims.level, claims.evaluated_on
        )

    @classmethod
    def of_batch(cls, batch: Batch) -> Iterator["Asked"]:
        """Ask about everything that a batch is to be filed for."""
        for plan in batch.occupations:
            for level in plan.levels or (None,):
                for day in {batch.first_day, batch.last_day}:
                    yield cls(batch.kind, batch.route, plan.code, level, day)

    @property
    def first_second(self) -> int:
        """When the day begins in China, seconds since 1970."""
        return (date.fromisoformat(self.day) - _EPOCH) // timedelta(seconds=1) - _CHINA

    @property
    def last_second(self) -> int:
        """When the day ends."""
        return self.first_second + DAY - 1

    def is_among(self, offers: Sequence[Offer]) -> bool:
        """Tell whether the occupation is offered, at the level if there is one."""
        return any(
            offer.code == self.occupation and (self.level is None or self.level in offer.levels)
            for offer in offers
        )
