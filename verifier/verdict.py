# SPDX-License-Identifier: Apache-2.0
"""The verdict: one outcome, one reason, and what every check came to (docs/format.md §6).

    verdict = verify(text, snapshot, at=now, region="310115")
    if verdict: …                      # true for VALID alone
    verdict.outcome, verdict.reason    # Outcome.INVALID, "status.revoked"

- any check that fails makes it INVALID, with the first such check's reason;
- else any that is unknown makes it INDETERMINATE: what cannot be told is never valid;
- no claim is shown unless the issuer's signature held; no document number is ever in it.
"""

from enum import StrEnum
from typing import NamedTuple

from verifier import details
from verifier.facts import Facts
from verifier.marks import CHECKS


class Outcome(StrEnum):
    """What a gate acts on."""

    VALID = "VALID"
    INVALID = "INVALID"
    INDETERMINATE = "INDETERMINATE"


class Check(NamedTuple):
    """One check of the fourteen."""

    name: str
    outcome: str
    """`pass`, `fail`, `unknown`, `not_asked` or `skipped`."""
    reason: str | None
    """Null unless it fails, is unknown, or is `freshness.stale`."""
    detail: str | None
    """For people; not to be compared."""


class Issuer(NamedTuple):
    """Who answers for the certificate."""

    id: str
    name: str
    filing: str | None
    """Number of the filing that covered it when it was registered."""
    standing_now: str
    """`active`, `rectifying`, `suspended`, `removed`, `void` or `none`, at the time of asking."""
    recognition: str | None
    """Document of the agreement that it is recognised by; None at home."""


class Verdict(NamedTuple):
    """What `verify` answers."""

    outcome: Outcome
    reason: str
    """`ok`, `freshness.stale`, or the code of the first check that failed or is unknown."""
    facts: Facts
    """What it rests on; read it through the properties."""

    def __bool__(self) -> bool:
        return self.outcome is Outcome.VALID

    @property
    def checks(self) -> tuple[Check, ...]:
        """All fourteen, in the order of reporting."""
        return tuple(
            Check(name, mark.outcome, mark.reason, details.of(self.facts, index))
            for index, (name, mark) in enumerate(zip(CHECKS, self.facts.marks, strict=True))
        )

    @property
    def certificate(self) -> dict[str, object] | None:
        """The claims; None unless the issuer's signature held."""
        claims = self.facts.claims
        return None if claims is None else claims.to_members()

    @property
    def issuer(self) -> Issuer | None:
        """Who answers for it; None unless the issuer's signature held."""
        facts = self.facts
        if facts.issuer is None:
            return None
        body = facts.issuer.body
        now = details.standing_now(body, facts.at)
        return Issuer(body.id, body.name, facts.filing, now, facts.agreement)

    @property
    def knowledge(self) -> str | None:
        """The time up to which things are settled, ISO 8601; None without an anchor."""
        return None if self.facts.knowledge is None else details.iso(self.facts.knowledge)

    @property
    def age_seconds(self) -> int | None:
        """How old that is at the time of asking; below zero where the clock is behind."""
        return None if self.facts.knowledge is None else self.facts.at - self.facts.knowledge

    @property
    def anchor(self) -> str | None:
        """`REGION:HEX`, what everything rests on."""
        return self.facts.snapshot.anchor if self.facts.snapshot else None

    @property
    def environment(self) -> str | None:
        """`demo`, `test` or `production`: whatever is not production certifies nothing."""
        snapshot = self.facts.snapshot
        return snapshot.home.root.environment if snapshot and snapshot.anchored else None

    def to_members(self) -> dict[str, object]:
        """Give the JSON object of `skillseal verify --json`."""
        issuer = self.issuer
        return {
            "outcome": self.outcome.value,
            "reason": self.reason,
            "environment": self.environment,
            "checks": [check._asdict() for check in self.checks],
            "certificate": self.certificate,
            "issuer": issuer._asdict() if issuer else None,
            "knowledge": self.knowledge,
            "age_seconds": self.age_seconds,
            "anchor": self.anchor,
        }
