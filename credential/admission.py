# SPDX-License-Identifier: Apache-2.0
"""The rules by which a certificate is admitted that need nothing but what everybody may know.

A desk asks them before it signs, the registry before it countersigns, so that a refusal is seen
while it costs nothing. What only the registry can know (numbers, indexes, seats and people already
taken) it asks its database for, in the same transaction.

Order: host, standing, scope, dates, occupation, number, status index, batch, test data. The first
rule that is broken gives the code (docs/errors.md). Standing and scope are those of docs/format.md
§6.2 steps 7 and 8, asked at the receipt's time, so what is admitted here passes there.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from credential import certificate_number, name, scope
from credential.body import Body
from credential.catalogue import Catalogue, Occupation
from credential.certificate import Claims
from credential.certificate_number import NumberRule
from credential.members import inside
from credential.statement_bodies import Batch
from keys.errors import SealError

SKEW: Final = 300  # seconds by which a body's clock may be ahead
DEFAULT_DELAY: Final = 2_592_000  # seconds between signing and handing in
RENEWAL: Final = 90 * 86_400  # seconds before its end in which a certificate may be renewed

_CHINA: Final = timedelta(hours=8)


class RefusedError(SealError):
    """The rules do not allow this certificate: the body must change it or its filing."""


@dataclass(frozen=True, slots=True)
class Dictionaries:
    """The catalogues in force, ready to be asked."""

    occupations: Mapping[str, Occupation]
    """By full code, `<scheme>:<code>`."""
    rules: tuple[NumberRule, ...]

    @classmethod
    def of(cls, catalogues: Sequence[Catalogue]) -> "Dictionaries":
        """Index some catalogues."""
        return cls(
            {entry.code: entry for each in catalogues for entry in each.occupations},
            tuple(rule for each in catalogues for rule in each.numbers),
        )

    def instead(self, entry: Occupation, day: str) -> tuple[Occupation, ...]:
        """Give what an occupation's entry names in its place for evaluations of a day.

        Args:
            entry: Whose `equivalent` is asked; only what is `same` or `broader` can stand for it.
            day: YYYY-MM-DD, on which the other one is in force.
        """
        others = (
            self.occupations.get(code)
            for code, relation in entry.equivalent
            if relation in ("same", "broader")
        )
        return tuple(each for each in others if each is not None and each.is_in_force(day))


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a body's certificates are judged by at one moment."""

    t: int
    """The receipt's time; at a desk, now."""
    hosts: Collection[str]
    """Of the region's root."""
    region: str
    """Of the root."""
    body: Body
    """With the keys, standing, filings and blocks of the trust list."""
    dictionaries: Dictionaries
    findings: dict[tuple[str, str, str | None, str], scope.Finding] = field(
        default_factory=dict, repr=False, compare=False
    )
    """What has been found about kind, occupation, level and region: most certificates of a request
    agree in them."""


def check(claims: Claims, grounds: Grounds, batch: Batch | None) -> None:
    """Return if every rule holds.

    Args:
        claims: Of the certificate; its `iss` is the body of the grounds.
        grounds: The same for all certificates of a request.
        batch: The filed batch that the certificate names; None if there is no such batch.

    Raises:
        RefusedError: The first rule that is broken.
    """
    if claims.host not in grounds.hosts or claims.iss != grounds.body.id:
        raise RefusedError("issuer.foreign", "iss is not this body under a host of this registry")
    _check_scope(claims, grounds)
    _check_dates(claims, grounds)
    _check_occupation(claims, grounds.dictionaries)
    _check_number(claims, grounds)
    _check_index(claims, grounds.body)
    check_batch(claims, batch)
    if name.is_test_name(claims.name):
        raise RefusedError("name.test_data", "the name is one that is typed to try a system out")


def _check_scope(claims: Claims, grounds: Grounds) -> None:
    standing = scope.standing_at(grounds.body, grounds.t)
    if standing.reason is not None:
        raise RefusedError(standing.reason, "the body may not issue at this time")
    asked = (claims.kind, claims.occupation_code, claims.level, claims.region)
    finding = grounds.findings.get(asked)
    if finding is None:
        finding = scope.scope_of(grounds.body, *asked, grounds.t, grounds.region)
        grounds.findings[asked] = finding
    if finding.reason is not None:
        raise RefusedError(finding.reason, "no filing of the body covers this certificate")


def _check_dates(claims: Claims, grounds: Grounds) -> None:
    t = grounds.t
    delay = grounds.body.max_delay if grounds.body.max_delay is not None else DEFAULT_DELAY
    if claims.iat > t + SKEW:
        raise RefusedError("dates.not_yet", "signed in the future: check the clock")
    if t - claims.iat > delay:
        raise RefusedError("dates.backdated", f"signed more than {delay} seconds ago: sign it anew")
    if claims.exp is not None and claims.exp <= t:
        raise RefusedError("dates.expired", "it has already expired")
    if claims.evaluated_on > civil_date(max(t, claims.iat)):
        raise RefusedError("dates.evaluated", "the day of evaluation lies in the future")


def _check_occupation(claims: Claims, dictionaries: Dictionaries) -> None:
    entry = dictionaries.occupations.get(claims.occupation_code)
    if entry is None:
        raise RefusedError("occupation.unknown", "no catalogue in force has this occupation code")
    check_days(entry, claims.evaluated_on, dictionaries)
    if claims.occupation_name != entry.name:
        message = f"the code {entry.code} is {entry.name} in the catalogue"
        raise RefusedError("occupation.name", message)
    if claims.trade is not None and claims.trade not in entry.trades:
        raise RefusedError("occupation.trade", f"{entry.name} has no such trade in the catalogue")


def check_days(entry: Occupation, day: str, dictionaries: Dictionaries) -> None:
    """Return if evaluations of a day are certified for an occupation.

    Args:
        entry: The catalogue's.
        day: Of evaluation, YYYY-MM-DD.
        dictionaries: Where what takes its place is found.

    Raises:
        RefusedError: `occupation.not_in_force`, with the days and with what to take instead.
    """
    if entry.is_in_force(day):
        return
    others = " / ".join(f"{one.code} {one.name}" for one in dictionaries.instead(entry, day))
    message = f"{entry.code} {entry.name} is certified for evaluations {entry.days}, not of {day}"
    if others:
        message += f": use {others} instead"
    raise RefusedError("occupation.not_in_force", message)


def _check_number(claims: Claims, grounds: Grounds) -> None:
    finding = certificate_number.check(
        grounds.dictionaries.rules,
        claims.kind,
        claims.certificate_number,
        claims.level,
        certificate_number.year_of(claims.iat),
        grounds.body.prefix,
    )
    if not finding.consistent:
        raise RefusedError("number.inconsistent", finding.text)


def _check_index(claims: Claims, body: Body) -> None:
    listed = claims.status_uri.rpartition("/")[2]
    if not any(
        block.list == listed and block.first <= claims.status_index < block.first + block.size
        for block in body.blocks
    ):
        message = "the status index is outside the blocks allotted to this body"
        raise RefusedError("status.not_yours", message)


def check_batch(claims: Claims, batch: Batch | None) -> None:
    """Return if a filed batch covers a certificate.

    Raises:
        RefusedError: `batch.…`, the first thing that the batch does not cover.
    """
    if batch is None:
        raise RefusedError("batch.unknown", "this body has filed no batch of that number")
    if claims.kind != batch.kind:
        raise RefusedError("batch.kind", "the batch was filed for another kind")
    if claims.route != batch.route:
        raise RefusedError("batch.route", "the batch was filed for another route")
    plan = next((plan for plan in batch.occupations if plan.code == claims.occupation_code), None)
    if plan is None:
        raise RefusedError("batch.occupation", "the batch was not filed for this occupation")
    if claims.level not in (plan.levels or (None,)):
        raise RefusedError("batch.level", "the batch was not filed for this level")
    if not inside(claims.region, batch.region):
        raise RefusedError("batch.region", "the batch was filed for another region")
    if not batch.first_day <= claims.evaluated_on <= batch.last_day:
        message = f"the batch was filed for {batch.first_day} to {batch.last_day}"
        raise RefusedError("batch.dates", message)


@lru_cache(maxsize=1_024)
def civil_date(t: int) -> str:
    """Give the civil day of a time in China, YYYY-MM-DD."""
    return (datetime.fromtimestamp(t, UTC) + _CHINA).date().isoformat()


def slot(claims: Claims) -> bytes | None:
    """Name a person, kind, occupation and level, of which only one certificate may stand.

    Returns:
        32 bytes; None without a holder tag, since a name alone is not a person. Within one batch
        the roster then still admits each name as often as it was filed.
    """
    if claims.holder_tag is None:
        return None
    parts = (
        "skillseal-slot-1",
        name.fold(claims.name),
        claims.holder_tag,
        claims.kind,
        claims.occupation_code,
        claims.level or "",
    )
    return hashlib.sha256("\0".join(parts).encode()).digest()


def renewable_from(claims: Claims) -> int | None:
    """Give the time from which the same person may get the next certificate; None: never."""
    return None if claims.exp is None else max(claims.iat, claims.exp - RENEWAL)
