# SPDX-License-Identifier: Apache-2.0
"""The days of an occupation: how they are read, and that no verdict asks (docs/format.md §5.3)."""

from collections.abc import Iterator

from credential.catalogue import Occupation
from tests.vectors.asking import ask
from tests.vectors.bags import case as snapshot
from tests.vectors.case import Case, Members
from tests.vectors.world import Steady, file, slim

_PROFILE = {"code": "malformed.profile"}
_SOURCE = "docs/format.md §5.3"
_NAME = "occupation/days"


def cases() -> Iterator[Case]:
    """Give the cases of this layer."""
    yield from _read()
    yield from _refused()
    yield from _orders()
    yield from _snapshots()
    yield from _verdicts()


def _about(name: str, comment: str, expect: Members, entry: Members, source: str) -> Case:
    catalogue = slim().catalogues[0]
    _, *others = catalogue.occupations
    payload = {
        "iss": catalogue.iss,
        "region": "310000",
        "version": 1,
        "iat": 1,
        "exp": 2,
        "scheme": "lyg2020",
        "occupations": [entry, *(each.to_members() for each in others)],
        "numbers": [],
    }
    asked = {"catalogues": [payload], "have": "mohurd2017:010", "want": "lyg2020:39"}
    return Case(f"{_NAME}-{name}", comment, source, "satisfies", asked, expect)


def _entry(**days: object) -> dict[str, object]:
    return {**_occupation().to_members(), **days}


def _occupation() -> Occupation:
    return slim().catalogues[0].occupations[0]


def _read() -> Iterator[Case]:
    for name, comment, days in (
        ("from", "it begins, and has no end", {"from": "2026-01-01"}),
        ("to", "it ends; an equivalence counts on", {"to": "2020-12-31"}),
        ("both", "first and last day", {"from": "2020-05-01", "to": "2026-03-31"}),
        ("one-day", "both are the same day", {"from": "2026-03-31", "to": "2026-03-31"}),
        ("leap-day", "a day of a leap year", {"from": "2024-02-29"}),
        ("widest", "the first and the last day that can be written",
         {"from": "0001-01-01", "to": "9999-12-31"}),
    ):  # fmt: skip
        yield _about(name, comment, {"meets": True}, _entry(**days), _SOURCE)


def _refused() -> Iterator[Case]:
    yield from (
        _about(f"refused-{name}", comment, _PROFILE, _entry(**days), f"{_SOURCE}, §1.1")
        for name, comment, days in (
            ("from-null", "null is no day: what has none leaves the member away", {"from": None}),
            ("to-null", "null is no day: what has none leaves the member away", {"to": None}),
            ("empty", "nothing is no day", {"to": ""}),
            ("number", "a day is text, a time is not one", {"from": 1_767_225_600}),
            ("no-leap-year", "2026 has no 29 February", {"from": "2026-02-29"}),
            ("month", "there is no month 13", {"to": "2026-13-01"}),
            ("year-zero", "years begin with 1", {"from": "0000-01-01"}),
            ("year-long", "a year has four digits", {"to": "10000-01-01"}),
            ("short", "two digits each", {"from": "2026-1-1"}),
            ("basic", "hyphens between", {"from": "20260101"}),
            ("week", "no day of a week", {"from": "2026-W01-1"}),
            ("time", "a day, and nothing after it", {"to": "2026-03-31T00:00:00Z"}),
            ("line", "not even the end of a line", {"to": "2026-03-31\n"}),
            ("full-width", "digits are ASCII", {"to": "２０２６-03-31"}),
            ("before", "the day before from", {"from": "2026-04-01", "to": "2026-03-31"}),
            ("year-before", "a year before from", {"from": "2026-01-01", "to": "2025-12-31"}),
        )
    )


def _orders() -> Iterator[Case]:
    days = {"to": "2026-03-31", "from": "2026-01-01"}
    comment = "members in another order"
    yield _about("refused-to-first", comment, _PROFILE, _entry(**days), f"{_SOURCE}, §1.2")
    members = {"from": "2026-01-01", **_occupation().to_members()}
    yield _about("refused-from-first", comment, _PROFILE, members, f"{_SOURCE}, §1.2")
    members = dict(_entry(**{"from": "2026-01-01"}))
    members["equivalent"] = members.pop("equivalent")
    yield _about("refused-before-equivalent", comment, _PROFILE, members, f"{_SOURCE}, §1.2")
    yield _about("refused-until", "a member that there is not", _PROFILE,
                 _entry(until="2026-03-31"), f"{_SOURCE}, §1.2")  # fmt: skip


def _with_days(first: str | None, last: str | None) -> Steady:
    home = slim()
    catalogue = home.catalogues[0]
    entry, *others = catalogue.occupations
    dated = entry._replace(first_day=first, last_day=last)
    home.catalogues = [catalogue._replace(occupations=(dated, *others))]
    return home


def _snapshots() -> Iterator[Case]:
    for name, days, code, comment in (
        ("catalogue-with-days", ("2020-05-01", "2026-03-31"), "", "an occupation that has ended"),
        ("catalogue-days-turned", ("2026-03-31", "2020-05-01"), "malformed",
         "an occupation that ends before it begins"),
        ("catalogue-no-day", (None, "2026-02-30"), "malformed", "a day that there is not"),
    ):  # fmt: skip
        home = _with_days(*days)
        yield snapshot(name, file(home), home.anchor, code, comment, "§5.3, §5.6")


def _verdicts() -> Iterator[Case]:
    for name, days, comment in (
        ("ended", (None, "2026-03-31"), "evaluated after the occupation's last day"),
        ("announced", ("2030-01-01", None), "evaluated before the occupation's first day"),
    ):
        home = _with_days(*days)
        yield ask(
            f"verdict/occupation-{name}",
            home.text(),
            "VALID",
            f"{comment}: that is admission's to refuse, and the receipt answers for it",
            "§5.3, §6.2",
            snapshot=f"occupation-{name}.json",
            anchor=home.anchor,
            data=file(home),
            demand="skill_level/mohurd2017:010/3",
            marks={"scope": "pass", "number": "pass", "fitness": "pass"},
        )
