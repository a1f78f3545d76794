# SPDX-License-Identifier: Apache-2.0
"""Filings and standing: what a body was allowed to issue, and its history (docs/format.md §5.2).

    filing    {"number":"沪人社备〔2026〕7号","from":n,"to":null,"districts":["310115"],
               "grants":[{"kind":"skill_level","occupations":["lyg2020:39"],"levels":["5","4","3"]}]}
    standing  {"from":n,"state":"suspended","document":"沪人社函〔2026〕12号"}

A scope is a tuple, not a type: one grant must allow kind, occupation and level together. Whether a
certificate is covered is told by `credential.scope`.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Final, NamedTuple, Self

from credential import levels
from credential.certificate import KINDS
from credential.members import Members, inside, refuse

COVERED: Final = 5  # of kind, occupation, level, district and window, all are met
MAX_DOCUMENT: Final = 80  # code points of a document's or filing's number
MAX_DISTRICTS: Final = 64
MAX_GRANTS: Final = 64
MAX_OCCUPATIONS: Final = 2_000  # of one grant

STATES: Final = ("active", "rectifying", "suspended", "removed")


class Standing(NamedTuple):
    """One entry of a body's history, in force until the next begins."""

    start: int
    state: str
    """`active`, `rectifying`, `suspended` or `removed`."""
    document: str
    may_issue: bool | None = None
    """Only with `rectifying`, where false means as if suspended; None where absent."""

    def to_members(self) -> dict[str, object]:
        """Write the entry."""
        members: dict[str, object] = {
            "from": self.start,
            "state": self.state,
            "document": self.document,
        }
        if self.may_issue is not None:
            members["may_issue"] = self.may_issue
        return members

    @classmethod
    def from_members(cls, value: object, where: str = "standing") -> Self:
        """Read an entry.

        Raises:
            MalformedError: `malformed.profile`.
        """
        members = Members.of(value, where, "from state document may_issue?")
        state = members.choice("state", STATES)
        if "may_issue" in members and state != "rectifying":
            refuse(members.at("may_issue"), "stands only with rectifying")
        return cls(
            start=members.time("from"),
            state=state,
            document=members.text("document", MAX_DOCUMENT),
            may_issue=members.flag("may_issue") if "may_issue" in members else None,
        )


class _Grant(NamedTuple):
    kind: str
    occupations: tuple[str, ...]
    """Codes with their schemes."""
    levels: tuple[str, ...]
    """Empty for a kind without levels; then it allows a certificate without level, and no other."""


class Grant(_Grant):
    """One kind × occupations × levels."""

    @cached_property
    def codes(self) -> frozenset[str]:
        """The occupations, for looking one up."""
        return frozenset(self.occupations)

    def reach(self, kind: str, occupation: str, level: str | None) -> int:
        """Count how many of kind, occupation and level are met, in this order."""
        if kind != self.kind:
            return 0
        if occupation not in self.codes:
            return 1
        return 3 if meets_level(level, self.levels) else 2

    def to_members(self) -> dict[str, object]:
        """Write the grant."""
        return {
            "kind": self.kind,
            "occupations": list(self.occupations),
            "levels": list(self.levels),
        }

    @classmethod
    def from_members(cls, value: object, where: str = "grant") -> Self:
        """Read a grant.

        Raises:
            MalformedError: `malformed.profile`.
        """
        members = Members.of(value, where, "kind occupations levels")
        kind = members.choice("kind", KINDS)
        occupations = distinct(
            (
                Members({"code": one}, members.at("occupations")).occupation_code("code")
                for one in members.items("occupations", 1, MAX_OCCUPATIONS)
            ),
            members.at("occupations"),
        )
        return cls(kind, occupations, read_levels(members))


class Filing(NamedTuple):
    """What a body has filed to issue, where, and from when to when."""

    number: str
    """As the authority numbered it; an amended filing stands once for each window."""
    start: int
    end: int | None
    districts: tuple[str, ...]
    grants: tuple[Grant, ...]
    void: str | None = None
    """Number of the document that annulled it; None where none did."""

    def holds(self, t: int) -> bool:
        """Tell whether a time lies in the filing's window."""
        return self.start <= t and (self.end is None or t < self.end)

    def reach(
        self, kind: str, occupation: str, level: str | None, region: str, t: int, root_region: str
    ) -> int:
        """Count how many of kind, occupation, level, district and window are met, in this order."""
        # Plain loops: this is asked for every verdict.
        met = 0
        for grant in self.grants:
            met = max(met, grant.reach(kind, occupation, level))
            if met == 3:
                break
        else:
            return met
        if not inside(region, root_region):
            return 3
        for district in self.districts:
            if inside(region, district):
                return COVERED if self.start <= t and (self.end is None or t < self.end) else 4
        return 3

    def to_members(self) -> dict[str, object]:
        """Write the filing."""
        members: dict[str, object] = {
            "number": self.number,
            "from": self.start,
            "to": self.end,
            "districts": list(self.districts),
            "grants": [grant.to_members() for grant in self.grants],
        }
        if self.void is not None:
            members["void"] = self.void
        return members

    @classmethod
    def from_members(cls, value: object, where: str = "filing") -> Self:
        """Read a filing.

        Raises:
            MalformedError: `malformed.profile`.
        """
        members = Members.of(value, where, "number from to districts grants void?")
        start, end = members.time("from"), members.end("to")
        if end is not None and end <= start:
            refuse(members.at("to"), "not after from")
        districts = distinct(
            (
                Members({"region": one}, members.at("districts")).region("region")
                for one in members.items("districts", 1, MAX_DISTRICTS)
            ),
            members.at("districts"),
        )
        return cls(
            number=members.text("number", MAX_DOCUMENT),
            start=start,
            end=end,
            districts=districts,
            grants=tuple(
                Grant.from_members(one, f"{where}.grants[{n}]")
                for n, one in enumerate(members.items("grants", 0, MAX_GRANTS))
            ),
            void=members.text("void", MAX_DOCUMENT) if "void" in members else None,
        )


def meets_level(level: str | None, allowed: tuple[str, ...]) -> bool:
    """Tell whether a level is among those allowed; none is met by an empty list alone."""
    return level in allowed if level is not None else not allowed


def read_levels(members: Members) -> tuple[str, ...]:
    """Read the member `levels` of a grant or term.

    Raises:
        MalformedError: `malformed.profile`.
    """
    return distinct(
        (
            Members({"level": one}, members.at("levels")).choice("level", levels.LEVELS)
            for one in members.items("levels", 0, len(levels.LEVELS))
        ),
        members.at("levels"),
    )


def distinct(values: Iterable[str], where: str) -> tuple[str, ...]:
    """Collect values that differ from each other.

    Raises:
        MalformedError: `malformed.profile`.
    """
    collected = tuple(values)
    if len(set(collected)) != len(collected):
        refuse(where, "the same entry twice")
    return collected
