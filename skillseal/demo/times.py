# SPDX-License-Identifier: Apache-2.0
"""When things happen in the demonstration, counted in days back from now."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from skillseal.demo.cast import Member
from skillseal.demo.region import DAY

EARLIER: Final = (
    (-80, "hujiang", 0),
    (-80, "haizhou", 0),
    (-70, "shenyuan", 0),
    (-70, "shenyuan", 1),
    (-70, "puan", 0),
    (-70, "subei", 0),
    (-69, "subei", 1),
    (-62, "linhu", 0),
)
"""Examinations before the first body is suspended: day, body, and which of its parts."""
LATER: Final = ((-22, "jiangbei", 0), (-22, "jiangbei", 1), (-15, "puan", 1))
"""And after that."""


@dataclass(frozen=True, slots=True)
class Times:
    """The calendar of one run."""

    now: int
    """The real time, at which the last publication is made."""
    void_body: Member
    """The body that is annulled."""
    unfiled: str
    """Credit code of a body that nobody filed."""

    def day(self, number: int) -> int:
        """Give the same time of day some days from now; before now with a minus."""
        return self.now + number * DAY

    @property
    def early(self) -> int:
        """Of the snapshot before there was an agreement."""
        return self.day(-105)

    @property
    def between(self) -> int:
        """Of the snapshot while a body was suspended, and not yet removed."""
        return self.day(-25)

    @property
    def ended_on(self) -> str:
        """The last day of evaluation for the occupation that is merged into another."""
        return self.civil_date(self.day(-10))

    @property
    def begins_on(self) -> str:
        """The first day of evaluation for the occupation that is announced."""
        return self.civil_date(self.day(60))

    @staticmethod
    def civil_date(t: int) -> str:
        """Give the day in UTC+8, YYYY-MM-DD."""
        return f"{datetime.fromtimestamp(t, UTC) + timedelta(hours=8):%Y-%m-%d}"
