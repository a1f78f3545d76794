# SPDX-License-Identifier: Apache-2.0
"""Scopes as officials fill them in: groups of occupations with the levels that all of them have.

    砌筑工                     kind    职业技能等级
    钢筋工 lyg2020:40          levels  五级 四级 三级

A line is an occupation's code, its name, or both; what names none or several is refused. As
`grants` each group keeps its kind; as `offers` every occupation stands for itself, with its levels.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from credential.catalogue import Occupation
from credential.errors import MalformedError
from credential.filing import Grant
from credential.levels import LEVELS

MAX_GROUPS: Final = 64
SPARE: Final = 3  # groups that a form shows beside those that are filled in
SHOWN_LEVELS: Final = (*("5", "4", "3", "2", "1"), *("apprentice", "special", "chief"))
"""The examined ones first, as they are spoken of."""

FROM_CATALOGUES: Final = frozenset({"grants", "offers", "occupations", "items"})
"""Kinds of fields that name occupations."""

Text = Callable[[str], str]
Many = Callable[[str], tuple[str, ...]]
Occupations = Mapping[str, Occupation]
"""By code, as the catalogues have them."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group as it stands in a form."""

    kind: str = ""
    occupations: str = ""
    """One a line."""
    levels: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was filled in."""
        return not (self.occupations.strip() or self.levels)


def filled(name: str, text: Text, many: Many) -> list[Group]:
    """Read the groups of a field, as they were filled in."""
    found = [
        Group(text(f"{name}-{n}-kind"), text(f"{name}-{n}-occupations"), many(f"{name}-{n}-levels"))
        for n in range(1, MAX_GROUPS + 1)
    ]
    return [group for group in found if not group.is_empty]


def of_grants(grants: Sequence[Grant], occupations: Occupations) -> list[Group]:
    """Write grants as the groups of a form."""
    return [
        Group(
            grant.kind,
            "\n".join(_line(code, occupations) for code in grant.occupations),
            tuple(grant.levels),
        )
        for grant in grants
    ]


def grants(groups: Sequence[Group], occupations: Occupations) -> list[dict[str, object]]:
    """Write groups as the grants of a filing or application.

    Raises:
        MalformedError: `act.occupation`.
    """
    return [
        {
            "kind": group.kind,
            "occupations": codes(group.occupations, occupations),
            "levels": rising(group.levels),
        }
        for group in groups
    ]


def offers(groups: Sequence[Group], occupations: Occupations) -> list[dict[str, object]]:
    """Write groups as what a station or standard is for.

    Raises:
        MalformedError: `act.occupation`.
    """
    return [
        {"code": code, "levels": rising(group.levels)}
        for group in groups
        for code in codes(group.occupations, occupations)
    ]


def codes(said: str, occupations: Occupations) -> list[str]:
    """Read occupations, one a line.

    Raises:
        MalformedError: `act.occupation`, a line names none or several.
    """
    return [_code(line.strip(), occupations) for line in said.splitlines() if line.strip()]


def _code(line: str, occupations: Occupations) -> str:
    last = line.rpartition(" ")[2]
    if last in occupations:
        return last
    named = [code for code, one in occupations.items() if one.name == line]
    if len(named) == 1:
        return named[0]
    several = f"several occupations, give the code: {', '.join(sorted(named))}"
    message = f"{line[:40]}: {several if named else 'no occupation of the catalogues'}"
    raise MalformedError("act.occupation", message)


def _line(code: str, occupations: Occupations) -> str:
    known = occupations.get(code)
    return code if known is None else f"{known.name} {code}"


def rising(levels: Sequence[str]) -> list[str]:
    """Put levels in the order of `LEVELS`; what is none is left for the profile to refuse."""
    return sorted(levels, key=lambda one: LEVELS.index(one) if one in LEVELS else -1)
