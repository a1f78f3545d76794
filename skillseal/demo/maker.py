# SPDX-License-Identifier: Apache-2.0
"""What cases are made of: certificates that the story issued, and forgeries after their pattern."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from credential import carrier
from credential.carrier import Carried
from credential.certificate import Claims
from skillseal.demo.cases import Case
from skillseal.demo.examination import Issued
from skillseal.demo.forgery import Forger
from skillseal.demo.region import DAY, Region
from skillseal.demo.times import Times

_SERIALS: Final = 900_000  # of forged numbers: no real one comes near
_PATTERN: Final = 30  # which certificate of a body is the pattern of its forgeries


@dataclass(frozen=True, slots=True)
class Asked:
    """How a case is asked, where not in the usual way."""

    region: str = "310115"
    at: int | None = None
    snapshot: str | None = None
    anchor: str | None = None
    id_number: str | None = None
    demand: str | None = None


USUALLY: Final = Asked()


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes cases from what the story has left behind."""

    shanghai: Region
    jiangsu: Region
    issued: dict[tuple[str, str], list[Issued]]
    """By body and kind; the first three of `hujiang` were revoked and so on."""
    times: Times
    serials: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def good(self, number: int = 20, body: str = "hujiang", kind: str = "skill_level") -> Issued:
        """Give a certificate that nothing happened to."""
        return self.issued[body, kind][number]

    def carried(self, number: int = 20, body: str = "hujiang") -> Carried:
        """Give what such a certificate's code carries."""
        return carrier.decode(self.good(number, body).text)

    def claims(self, t: int, body: str = "hujiang", kind: str = "skill_level") -> Claims:
        """Take a real certificate as the pattern of a forgery, signed at a time of its own."""
        pattern = self.issued[body, kind]
        claims = carrier.decode(pattern[min(_PATTERN, len(pattern) - 1)].text).claims
        number = claims.certificate_number
        if kind == "skill_level":
            number = f"{number[:16]}{_SERIALS + next(self.serials):06d}"
        day = self.times.civil_date(t - DAY)
        return claims._replace(iat=t, certificate_number=number, evaluated_on=day)

    def forged(
        self,
        title: str,
        reason: str,
        claims: Claims,
        t: int,
        *,
        by: str = "hujiang",
        outcome: str = "INVALID",
        epoch: int = 1,
        asked: Asked = USUALLY,
    ) -> Case:
        """Forge a certificate and its receipt.

        Args:
            title: What is wrong with it.
            reason: The verdict's.
            claims: What it says.
            t: The receipt's time.
            by: The body, or the name of another key, that signs.
            outcome: The verdict's.
            epoch: Whose receipt key countersigns.
            asked: How it is asked.
        """
        holder = self.jiangsu if f"{by}-certificate" in self.jiangsu.keys else self.shanghai
        key = by if by in holder.keys else f"{by}-certificate"
        text = Forger(holder).code(claims, t, by=key, epoch=epoch, serial=next(self.serials))
        return self.case(title, outcome, reason, text, claims, asked)

    def real(
        self, title: str, outcome: str, reason: str, issued: Issued, asked: Asked = USUALLY
    ) -> Case:
        """Take a certificate as it was issued."""
        claims = carrier.decode(issued.text).claims
        return self.case(title, outcome, reason, issued.text, claims, asked)

    def case(
        self,
        title: str,
        outcome: str,
        reason: str,
        text: str,
        claims: Claims,
        asked: Asked = USUALLY,
    ) -> Case:
        """Put a case together around the text of a code."""
        return Case(
            number=claims.certificate_number,
            text=text,
            name=claims.name,
            region=asked.region,
            outcome=outcome,
            reason=reason,
            title=title,
            at=asked.at,
            snapshot=asked.snapshot,
            anchor=asked.anchor,
            id_number=asked.id_number,
            demand=asked.demand,
        )
