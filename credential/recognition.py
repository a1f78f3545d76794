# SPDX-License-Identifier: Apache-2.0
"""What a region recognises of a peer's certificates (docs/format.md §5.2, §6.2 step 12).

    {"region":"320000","document":"沪苏人社〔2026〕3号","from":n,"to":n,"issued_from":n,"issued_until":null,"existing":"keep",
     "terms":[{"kind":"skill_level","occupations":[{"theirs":"js2020:7","ours":"lyg2020:39","relation":"same"}],"levels":["3"]}]}

- dated: judged at the time of asking, for certificates registered in a window;
- one-way: it stands in the trust list of the region that recognises, and binds no other;
- not transitive: it is about certificates of that peer's own root, and a peer's terms count for
  nothing here;
- typed: `relation` says what theirs is to ours, and only `same` and `broader` are enough.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Final, NamedTuple, Self

from credential.catalogue import RELATIONS
from credential.certificate import KINDS
from credential.filing import MAX_DOCUMENT, meets_level, read_levels
from credential.members import Members, refuse

MAX_TERMS: Final = 64
MAX_EQUIVALENCES: Final = 2_000  # of one term
EXISTING: Final = ("keep", "drop")
ANY: Final = "*"

_NONE: Final = "recognition.none"
_REASONS: Final = (
    *("recognition.expired", "recognition.kind", "recognition.occupation", "recognition.level"),
)
_MET: Final = len(_REASONS)


class Equivalence(NamedTuple):
    """One occupation of theirs and one of ours."""

    theirs: str
    ours: str
    relation: str
    """What theirs is to ours."""


class _Term(NamedTuple):
    kind: str
    occupations: tuple[Equivalence, ...] | None
    """None stands for `"*"`: every occupation, under its own code."""
    levels: tuple[str, ...]
    """Empty for a kind without levels."""


class Term(_Term):
    """One kind × occupations × levels that is recognised."""

    @cached_property
    def table(self) -> Mapping[str, tuple[str, ...]]:
        """Our codes by theirs."""
        table: dict[str, tuple[str, ...]] = {}
        for theirs, ours, relation in self.occupations or ():
            if relation != "narrower":
                table[theirs] = (*table.get(theirs, ()), ours)
        return table

    def ours(self, theirs: str) -> tuple[str, ...]:
        """Give our codes for an occupation of theirs; empty where it is not recognised."""
        return (theirs,) if self.occupations is None else self.table.get(theirs, ())

    def reach(self, kind: str, occupation: str, level: str | None) -> int:
        """Count how many of kind, occupation and level are met, in this order."""
        if kind != self.kind:
            return 0
        if not self.ours(occupation):
            return 1
        return 3 if meets_level(level, self.levels) else 2

    def to_members(self) -> dict[str, object]:
        """Write the term."""
        occupations: object = ANY
        if self.occupations is not None:
            occupations = [each._asdict() for each in self.occupations]
        return {"kind": self.kind, "occupations": occupations, "levels": list(self.levels)}

    @classmethod
    def from_members(cls, value: object, where: str = "term") -> Self:
        """Read a term.

        Raises:
            MalformedError: `malformed.profile`.
        """
        members = Members.of(value, where, "kind occupations levels")
        kind = members.choice("kind", KINDS)
        occupations = None
        if members.raw("occupations") != ANY:
            occupations = tuple(
                _equivalence(one, f"{where}.occupations[{n}]")
                for n, one in enumerate(members.items("occupations", 0, MAX_EQUIVALENCES))
            )
            if len({each[:2] for each in occupations}) != len(occupations):
                refuse(members.at("occupations"), "the same pair twice")
        return cls(kind, occupations, read_levels(members))


class Recognition(NamedTuple):
    """One agreement, or one national rule, about one peer."""

    region: str
    """The peer's."""
    document: str
    """Number of the document that it rests on."""
    start: int
    end: int | None
    issued_from: int
    """Registered from then on, seconds since 1970."""
    issued_until: int | None
    """Registered before then; None where open."""
    existing: str
    """After its end: `keep` what was registered before, or `drop` all."""
    national: bool
    """Whether it rests on a national rule instead of a bilateral document; judged alike."""
    terms: tuple[Term, ...]

    def covers(self, t: int, at: int) -> bool:
        """Tell whether it counts at the time of asking for what was registered at t."""
        if t < self.issued_from or (self.issued_until is not None and t >= self.issued_until):
            return False
        return self.end is None or at < self.end or (self.existing == "keep" and t < self.end)

    def to_members(self) -> dict[str, object]:
        """Write the agreement."""
        members: dict[str, object] = {
            "region": self.region,
            "document": self.document,
            "from": self.start,
            "to": self.end,
            "issued_from": self.issued_from,
            "issued_until": self.issued_until,
            "existing": self.existing,
        }
        if self.national:
            members["national"] = True
        return {**members, "terms": [term.to_members() for term in self.terms]}

    @classmethod
    def from_members(cls, value: object, where: str = "recognition") -> Self:
        """Read an agreement.

        Raises:
            MalformedError: `malformed.profile`.
        """
        names = "region document from to issued_from issued_until existing national? terms"
        members = Members.of(value, where, names)
        start, end = members.time("from"), members.end("to")
        issued_from, issued_until = members.time("issued_from"), members.end("issued_until")
        if end is not None and end <= start:
            refuse(members.at("to"), "not after from")
        if issued_until is not None and issued_until <= issued_from:
            refuse(members.at("issued_until"), "not after issued_from")
        return cls(
            region=members.region("region"),
            document=members.text("document", MAX_DOCUMENT),
            start=start,
            end=end,
            issued_from=issued_from,
            issued_until=issued_until,
            existing=members.choice("existing", EXISTING),
            national=members.mark("national"),
            terms=tuple(
                Term.from_members(one, f"{where}.terms[{n}]")
                for n, one in enumerate(members.items("terms", 0, MAX_TERMS))
            ),
        )


class Judged(NamedTuple):
    """What a look at the agreements came to."""

    reason: str | None
    """None where it is recognised."""
    agreement: Recognition | None
    """The one that recognises it, or came furthest; None where there is none."""
    term: Term | None
    """The one that recognises it; its `ours` gives our codes."""


_LATE: Final[tuple[int, Term | None]] = (0, None)


def judge(
    agreements: Iterable[Recognition],
    kind: str,
    occupation: str,
    level: str | None,
    t: int,
    at: int,
) -> Judged:
    """Tell whether a peer's certificate is recognised.

    Args:
        agreements: Ours with that peer, `TrustList.agreements`.
        kind: The certificate's.
        occupation: Its code, theirs.
        level: None for a certificate without.
        t: The receipt's time.
        at: The time of asking.
    """
    furthest, nearest = -1, None
    for agreement in agreements:
        if agreement.start > at:
            continue
        reach, term = _try(agreement, kind, occupation, level) if agreement.covers(t, at) else _LATE
        if reach == _MET:
            return Judged(None, agreement, term)
        if reach > furthest:
            furthest, nearest = reach, agreement
    return Judged(_NONE if nearest is None else _REASONS[furthest], nearest, None)


def _try(
    agreement: Recognition, kind: str, occupation: str, level: str | None
) -> tuple[int, Term | None]:
    furthest = 0
    for term in agreement.terms:
        reach = term.reach(kind, occupation, level)
        if reach == 3:
            return _MET, term
        furthest = max(furthest, reach)
    return furthest + 1, None


def _equivalence(value: object, where: str) -> Equivalence:
    members = Members.of(value, where, "theirs ours relation")
    return Equivalence(
        theirs=members.occupation_code("theirs"),
        ours=members.occupation_code("ours"),
        relation=members.choice("relation", RELATIONS),
    )
