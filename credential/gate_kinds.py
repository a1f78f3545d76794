# SPDX-License-Identifier: Apache-2.0
"""What the full gate asks of each kind of certificate (docs/format.md §7.6), as one table.

Where it comes from: who may examine and on which standard, 沪建科信联〔2022〕269号 and
沪绿容〔2023〕396号; the national list, 建人〔2019〕5号; recognition without examination and
promotion by an employer, 沪人社职〔2023〕345号; the two years of a special operation,
建质〔2008〕75号.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

POSTS: Final = frozenset({"apprentice", "special", "chief"})
"""Levels that are posts in an enterprise: an employer gives them, on top of an occupation's own."""

_STANDARDS: Final = frozenset({"national", "industry", "enterprise"})
_ANY_ROLE: Final = frozenset(
    {"employer", "social_organisation", "school", "appraisal_institution", "association"}
)
_TWO_YEARS: Final = 732  # days: with a leap day, and one for the hour at which it is signed


@dataclass(frozen=True, slots=True)
class Rule:
    """What one kind demands."""

    routes: frozenset[str] = frozenset({"examination"})
    forms: frozenset[str] = _STANDARDS
    """Of the standard that it is examined by."""
    roles: frozenset[str] = _ANY_ROLE
    """As one of which the body is entered."""
    employer_routes: frozenset[str] = frozenset({"direct_recognition", "exceptional_promotion"})
    """Routes that only an employer may go."""
    national: bool | None = None
    """Whether the national list must name the occupation, or must not; None: no matter."""
    longest: int | None = None
    """Days until it ends at the latest; None where it need not end."""


RULES: Final[Mapping[str, Rule]] = {
    "skill_level": Rule(
        routes=frozenset(
            {"examination", "direct_recognition", "exceptional_promotion", "competition"}
        ),
    ),
    "vocational_qualification": Rule(
        routes=frozenset({"examination", "competition"}),
        forms=frozenset({"national"}),
        roles=frozenset({"appraisal_institution"}),
        national=True,
    ),
    "specialised_skill": Rule(forms=frozenset({"project"})),
    "industry_skill": Rule(
        routes=frozenset({"examination", "competition"}),
        forms=frozenset({"method"}),
        roles=frozenset({"appraisal_institution", "association"}),
    ),
    "special_operation": Rule(forms=frozenset({"national", "industry"}), longest=_TWO_YEARS),
    "safety_competency": Rule(forms=frozenset({"national", "industry", "method"})),
    "training_completion": Rule(national=False),
    "overseas_recognition": Rule(
        routes=frozenset({"direct_recognition"}),
        forms=frozenset({"method"}),
        employer_routes=frozenset(),
    ),
}
"""By kind, for every kind."""
