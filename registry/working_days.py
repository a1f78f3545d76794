# SPDX-License-Identifier: Apache-2.0
"""Counting in working days, with national holidays and the weekend days worked for them as data.

`holidays.json` has the years that the State Council's notices were known for when this was written;
a signed statement `holidays` replaces a year (docs/format.md §7.5). In a year that nobody stated,
Monday to Friday count, and the answer says that it is not certain.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Final

from credential.said_directory import Holidays

CHINA: Final = timezone(timedelta(hours=8))
_FILE: Final = Path(__file__).with_name("holidays.json")


def day_of(t: int) -> date:
    """Give the civil day of a time in UTC+8."""
    return datetime.fromtimestamp(t, UTC).astimezone(CHINA).date()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked."""

    years: frozenset[int]
    """The years whose holidays are known."""
    off: frozenset[date]
    """Week-days that are not worked."""
    work: frozenset[date]
    """Weekend days that are."""

    @classmethod
    def of(cls, stated: Mapping[int, Holidays]) -> "Calendar":
        """Put a calendar together; what was stated replaces a year of the program's own."""
        years = {**shipped(), **stated}
        return cls(
            frozenset(years),
            frozenset(date.fromisoformat(day) for one in years.values() for day in one.off),
            frozenset(date.fromisoformat(day) for one in years.values() for day in one.work),
        )

    def is_worked(self, day: date) -> bool:
        """Tell whether a day is a working day."""
        return day in self.work or (day.weekday() < 5 and day not in self.off)

    def after(self, day: date, count: int) -> tuple[date, bool]:
        """Find the last of so many working days that follow a day.

        Returns:
            The day, and whether the holidays of every year on the way are known.
        """
        certain = True
        while count:
            day += timedelta(days=1)
            certain = certain and day.year in self.years
            count -= self.is_worked(day)
        return day, certain


@cache
def shipped() -> Mapping[int, Holidays]:
    """Read the years that come with the program."""
    years = json.loads(_FILE.read_text("utf-8"))
    return {
        int(year): Holidays(tuple(one["off"]), tuple(one["work"]), one["document"])
        for year, one in years.items()
    }
