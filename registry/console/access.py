# SPDX-License-Identifier: Apache-2.0
"""Who sees what, and who may do what: roles × acts × what they are about. Nothing else decides it.

    viewer.sees(target, at)       whether it exists for this account
    viewer.may(type, target, at)  whether this account may propose a statement of this type about it
    viewer.unmasks(target, at)    whether it may ask for a document number

| role | sees | may |
|---|---|---|
| `lead` | everything inside its jurisdiction | what the lead authority may |
| `official` | what lies inside its authority's region | what an authority may, there |
| `intake` 归口受理 | as `official` | hand applications in and accept them |
| `supervisor` | everything inside its region and industry | nothing |
| `auditor` | as `supervisor`, until a date that it must have | nothing |
| `guidance` | the plans that name its authority as a recipient | confirm them |
| `body_staff` | its own body | what the body itself may |
| `administrator` | accounts only, whatever other roles it has | nothing |

A region is one of GB/T 2260 and covers what begins like it. An industry is a field of authorities
(docs/format.md §7.6): a body belongs to the fields of those that entered and filed it, so that one
under two authorities is seen by both; what belongs to no field in particular concerns all.

This only decides what the console shows and proposes. Whether a statement is accepted is decided
again by `registry.authority`, which trusts no account.
"""

from dataclasses import dataclass
from typing import Final

from credential.members import inside
from credential.statement_bodies import AUTHORITY, BODY, LEAD, PROFILES

LEAD_OFFICIAL, OFFICIAL, INTAKE = "lead", "official", "intake"
SUPERVISOR, AUDITOR, GUIDANCE = "supervisor", "auditor", "guidance"
BODY_STAFF, ADMINISTRATOR = "body_staff", "administrator"
ROLES: Final = (
    *(LEAD_OFFICIAL, OFFICIAL, INTAKE, GUIDANCE),
    *(SUPERVISOR, AUDITOR, BODY_STAFF, ADMINISTRATOR),
)
PARTY_ROLES: Final = frozenset({OFFICIAL, INTAKE, GUIDANCE, BODY_STAFF})
"""Roles that act for somebody: an authority, or a body."""

_WIDE: Final = frozenset({LEAD_OFFICIAL, OFFICIAL, INTAKE, SUPERVISOR, AUDITOR})
_UNMASKING: Final = frozenset({LEAD_OFFICIAL, OFFICIAL})
_ACTS: Final = {
    LEAD_OFFICIAL: frozenset(t for t, p in PROFILES.items() if p.by & {LEAD, AUTHORITY}),
    OFFICIAL: frozenset(t for t, p in PROFILES.items() if AUTHORITY in p.by),
    INTAKE: frozenset({"application", "acceptance"}),
    GUIDANCE: frozenset({"plan_receipt"}),
    BODY_STAFF: frozenset(t for t, p in PROFILES.items() if BODY in p.by),
}


@dataclass(frozen=True, slots=True)
class Target:
    """What a page shows or a statement is about."""

    region: str | None
    """GB/T 2260; None for what belongs to the whole registry."""
    fields: frozenset[str] = frozenset()
    """Of the authorities that it belongs to; none: of all."""
    bodies: frozenset[str] = frozenset()
    """Identifiers of the bodies that it is the own affair of."""
    recipients: frozenset[str] = frozenset()
    """Identifiers of the authorities that it is addressed to."""

    @property
    def is_common(self) -> bool:
        """Whether it is nobody's in particular: everybody who may see anything sees it."""
        return self.region is None


COMMON: Final = Target(None)


@dataclass(frozen=True, slots=True)
class Limit:
    """One bound of a viewer's jurisdiction."""

    region: str | None
    """Six digits; None: the whole registry."""
    fields: frozenset[str] = frozenset()
    """None: all."""

    def covers(self, target: Target) -> bool:
        """Tell whether a target lies within."""
        placed = self.region is None or target.region is None or inside(target.region, self.region)
        return placed and (
            not self.fields or not target.fields or not self.fields.isdisjoint(target.fields)
        )


@dataclass(frozen=True, slots=True)
class Viewer:
    """An account as far as access depends on it."""

    roles: frozenset[str]
    limits: tuple[Limit, ...] = ()
    """The account's jurisdiction and that of its authority; all of them hold."""
    party: str | None = None
    """Identifier of the authority or body that it acts for."""
    until: int | None = None
    """When the account ends."""

    def sees(self, target: Target, at: int) -> bool:
        """Tell whether something exists for this viewer."""
        return any(self._sees(role, target) for role in self.active(at))

    def may(self, type_: str, target: Target, at: int) -> bool:
        """Tell whether this viewer may propose a statement of a type about something."""
        return any(
            type_ in _ACTS.get(role, ()) and self._reaches(role, target) for role in self.active(at)
        )

    def unmasks(self, target: Target, at: int) -> bool:
        """Tell whether this viewer may ask for a document number, with a reason."""
        return not target.is_common and any(
            self._sees(role, target) for role in self.active(at) & _UNMASKING
        )

    def acts(self, at: int) -> frozenset[str]:
        """Give the types of statements that this viewer may make of something."""
        found: frozenset[str] = frozenset()
        return found.union(*(_ACTS.get(role, found) for role in self.active(at)))

    def active(self, at: int) -> frozenset[str]:
        """Give the roles that count at a time."""
        if ADMINISTRATOR in self.roles or (self.until is not None and at >= self.until):
            return frozenset()
        return frozenset(
            role
            for role in self.roles
            if (role not in PARTY_ROLES or self.party is not None)
            and (role != AUDITOR or self.until is not None)
        )

    def _sees(self, role: str, target: Target) -> bool:
        if target.is_common:
            return True
        if role == BODY_STAFF:
            return self.party in target.bodies
        if role == GUIDANCE:
            return self.party in target.recipients
        return role in _WIDE and self._within(target)

    def _reaches(self, role: str, target: Target) -> bool:
        """Tell whether a role's acts reach so far: what is common is the lead authority's."""
        if role in {OFFICIAL, INTAKE, BODY_STAFF, GUIDANCE} and target.is_common:
            return False
        return self._sees(role, target)

    def _within(self, target: Target) -> bool:
        return all(limit.covers(target) for limit in self.limits)
