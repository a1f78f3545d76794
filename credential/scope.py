# SPDX-License-Identifier: Apache-2.0
"""What a body was allowed to issue, and whether it stood, at one moment.

docs/format.md §5.2 and §6.2.

    filing    {"number":"沪人社备〔2026〕7号","from":n,"to":null,"districts":["310115"],
               "grants":[{"kind":"skill_level","occupations":["lyg2020:39"],"levels":["5","4","3"]}]}
    standing  {"from":n,"state":"suspended","document":"沪人社函〔2026〕12号"}

- a scope is a tuple, not a type: one grant must allow kind, occupation and level together;
- both are judged at the receipt's time, so that cutting a scope or closing a body does not kill the
  honest certificates of the past;
- `void` alone reaches back: a filing or a body that was annulled counts as if it had never been.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol, Self

from credential import levels
from credential.certificate import KINDS
from credential.members import Members, inside, refuse

MAX_DOCUMENT: Final = 80  # code points of a document's or filing's number
MAX_DISTRICTS: Final = 64
MAX_GRANTS: Final = 64
MAX_OCCUPATIONS: Final = 2_000  # of one grant

STATES: Final = ("active", "rectifying", "suspended", "removed")

_REASONS: Final = (
    *("scope.kind", "scope.occupation", "scope.level", "scope.district", "scope.expired"),
)
_COVERED: Final = len(_REASONS)


class Finding(NamedTuple):
    """What a look at standing or scope came to."""

    reason: str | None
    """None where it is as it should be."""
    document: str | None
    """Number of the filing that covers the certificate or came furthest, or of the document behind
    the standing; None where there is none."""
    void: bool = False
    """Of a scope that fails: a filing that was annulled would have covered it (`standing.void`)."""


@dataclass(frozen=True, slots=True)
class Standing:
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


@dataclass(frozen=True, slots=True)
class Grant:
    """One kind × occupations × levels."""

    kind: str
    occupations: tuple[str, ...]
    """Codes with their schemes."""
    levels: tuple[str, ...]
    """Empty for a kind without levels; then it allows a certificate without level, and no other."""
    codes: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", frozenset(self.occupations))

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


@dataclass(frozen=True, slots=True)
class Filing:
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
        met = max((grant.reach(kind, occupation, level) for grant in self.grants), default=0)
        if met < 3:
            return met
        if not (inside(region, root_region) and any(inside(region, one) for one in self.districts)):
            return 3
        return _COVERED if self.holds(t) else 4

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


class Filed(Protocol):
    """What standing and scope are read from: a body of the trust list."""

    @property
    def standing(self) -> tuple[Standing, ...]:
        """By rising start."""

    @property
    def void(self) -> str | None:
        """Number of the document that annulled the body."""

    @property
    def filings(self) -> tuple[Filing, ...]:
        """Every filing, ended and annulled ones too."""


def standing_at(body: Filed, t: int) -> Finding:
    """Tell whether a body could issue at a time.

    Returns:
        The reason `standing.void`, `standing.suspended` or `standing.removed`, or None.
    """
    if body.void is not None:
        return Finding("standing.void", body.void)
    for entry in reversed(body.standing):
        if entry.start <= t:
            if entry.state == "removed":
                return Finding("standing.removed", entry.document)
            if entry.state == "suspended" or entry.may_issue is False:
                return Finding("standing.suspended", entry.document)
            return Finding(None, entry.document)
    return Finding("standing.removed", None)


def scope_of(
    body: Filed,
    kind: str,
    occupation: str,
    level: str | None,
    region: str,
    t: int,
    root_region: str,
) -> Finding:
    """Tell whether a filing covers a certificate.

    Args:
        body: Who issued it.
        kind: The certificate's.
        occupation: Code with its scheme.
        level: None for a certificate without.
        region: The certificate's.
        t: The receipt's time.
        root_region: The region of the registry.

    Returns:
        The reason of the filing that came furthest, or None; `void` where only a filing that was
        annulled covers it.
    """
    furthest, number, annulled = -1, None, False
    for filing in body.filings:
        reach = filing.reach(kind, occupation, level, region, t, root_region)
        if filing.void is not None:
            annulled = annulled or reach == _COVERED
        elif reach == _COVERED:
            return Finding(None, filing.number)
        elif reach > furthest:
            furthest, number = reach, filing.number
    return Finding(_REASONS[max(furthest, 0)], number, annulled)


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
