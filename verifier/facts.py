# SPDX-License-Identifier: Apache-2.0
"""What was asked and what was found on the way to one verdict.

The judge fills it in; the verdict reads it when somebody looks. Nothing for people is made before
that: a gate that asks a million times looks at the outcome, and at the words only where it has to
explain itself.
"""

from datetime import datetime, timedelta
from typing import Final, NamedTuple, Self

from credential.body import Body
from credential.carrier import Carried
from credential.certificate import Claims
from credential.key_record import KeyRecord
from credential.snapshot import Bag, Snapshot
from verifier.demand import Demand
from verifier.marks import CHECKS, FITNESS, HOLDER, NOT_ASKED, SKIPPED, Mark

MAX_AGE: Final = 7 * 86_400  # seconds, docs/format.md §6.2 (15)


class Question(NamedTuple):
    """What is asked about every text alike."""

    at: int
    """The time of asking, seconds since 1970."""
    region: str
    """Where the certificate is to be used, six digits."""
    holder: str | tuple[int, str] | None
    """A tag computed for this person, or type and number of a document; None where not asked."""
    demand: Demand | None
    max_age: float
    """Seconds from which knowledge is too old."""

    @classmethod
    def of(
        cls,
        at: datetime,
        region: str,
        holder: str | tuple[int, str] | None,
        demand: Demand | str | None,
        max_age: timedelta | None,
    ) -> Self:
        """Bring the arguments of `verify` into the form that is judged by.

        Raises:
            ValueError: The time has no zone.
            MalformedError: `demand.malformed`.
        """
        if at.tzinfo is None:
            raise ValueError("the time needs a zone")
        return cls(
            int(at.timestamp()),
            region,
            holder,
            Demand.parse(demand) if isinstance(demand, str) else demand,
            MAX_AGE if max_age is None else min(MAX_AGE, max_age.total_seconds()),
        )


class Issuer(NamedTuple):
    """Whose signature held, and by what it is known."""

    bag: Bag
    """Its region."""
    body: Body
    record: KeyRecord
    """Its key."""


class Facts:
    """One case: the question, the marks, and what they rest on, as far as it got."""

    __slots__ = (
        *("snapshot", "at", "marks", "carried", "bag"),
        *("issuer", "t", "filing", "agreement", "knowledge"),
    )

    def __init__(
        self, snapshot: Snapshot | None, at: int, marks: list[Mark], carried: Carried | None = None
    ) -> None:
        """Begin a case.

        Args:
            snapshot: None only where the verifier itself failed.
            at: The time of asking, seconds since 1970.
            marks: By the numbers of `verifier.marks`.
            carried: What the text carried; to be shown only where there is an `issuer`.
        """
        self.snapshot = snapshot
        self.at = at
        self.marks = marks
        self.carried = carried
        self.bag: Bag | None = None
        """The region of the host that is named as the issuer's."""
        self.issuer: Issuer | None = None
        """Set once the body's signature held."""
        self.t: int | None = None
        """The receipt's time; only of a receipt that held."""
        self.filing: str | None = None
        """Number of the filing that covers the certificate."""
        self.agreement: str | None = None
        """Document of the agreement that recognises it; None at home."""
        self.knowledge: int | None = None
        """K: everything before this is settled, seconds since 1970; None without an anchor."""

    @property
    def claims(self) -> Claims | None:
        """What may be shown: the claims, once the body's signature held."""
        return self.carried.claims if self.carried and self.issuer else None


def blank(holder: object, demand: object) -> list[Mark]:
    """Return a mark for each check, all skipped but those of what is not asked (None)."""
    marks = [SKIPPED] * len(CHECKS)
    if holder is None:
        marks[HOLDER] = NOT_ASKED
    if demand is None:
        marks[FITNESS] = NOT_ASKED
    return marks
