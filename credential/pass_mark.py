# SPDX-License-Identifier: Apache-2.0
"""Pass marks: what a filing asks for in theory and in practice, where it is not 60 and 60 of 100.

    {"kind":"skill_level","occupations":["lyg2020:39"],"levels":["2","1"],"theory":60,"practice":70}

A member of the filing file. `occupations` may be "*"; `levels` is empty for a kind without levels.
The first entry that covers a result decides, so exceptions stand before the rule.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple, Self

from credential.certificate import KINDS
from credential.filing import MAX_OCCUPATIONS, distinct, meets_level, read_levels
from credential.members import Members, refuse

FULL: Final = 100
USUAL: Final = (60, 60)  # theory, practice
MAX_MARKS: Final = 64  # entries


class PassMark(NamedTuple):
    """What some results need to be a pass."""

    kind: str
    occupations: tuple[str, ...] | None
    """Codes with their schemes; None for every one."""
    levels: tuple[str, ...]
    theory: int
    """Of 100."""
    practice: int

    def covers(self, kind: str, occupation: str, level: str | None) -> bool:
        """Tell whether it is about a result."""
        is_ours = self.occupations is None or occupation in self.occupations
        return kind == self.kind and is_ours and meets_level(level, self.levels)

    def to_members(self) -> dict[str, object]:
        """Write the entry."""
        return {
            "kind": self.kind,
            "occupations": "*" if self.occupations is None else list(self.occupations),
            "levels": list(self.levels),
            "theory": self.theory,
            "practice": self.practice,
        }

    @classmethod
    def from_members(cls, value: object, where: str) -> Self:
        """Read an entry.

        Raises:
            MalformedError: `malformed.profile`.
        """
        members = Members.of(value, where, "kind occupations levels theory practice")
        occupations = None
        if members.raw("occupations") != "*":
            occupations = distinct(
                (
                    Members({"code": one}, members.at("occupations")).occupation_code("code")
                    for one in members.items("occupations", 1, MAX_OCCUPATIONS)
                ),
                members.at("occupations"),
            )
        return cls(
            kind=members.choice("kind", KINDS),
            occupations=occupations,
            levels=read_levels(members),
            theory=members.integer("theory", 0, FULL),
            practice=members.integer("practice", 0, FULL),
        )


def read(value: object, where: str = "pass") -> tuple[PassMark, ...]:
    """Read a list of entries, as `skillseal registry filing-file --pass` is given it.

    Raises:
        MalformedError: `malformed.profile`.
    """
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_MARKS:
        refuse(where, f"not a list of 1 to {MAX_MARKS} entries")
    return tuple(PassMark.from_members(one, f"{where}[{n}]") for n, one in enumerate(value))


def needed(
    marks: Iterable[PassMark], kind: str, occupation: str, level: str | None
) -> tuple[int, int]:
    """Give what a result needs in theory and in practice."""
    for mark in marks:
        if mark.covers(kind, occupation, level):
            return mark.theory, mark.practice
    return USUAL
