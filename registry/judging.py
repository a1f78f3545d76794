# SPDX-License-Identifier: Apache-2.0
"""Judge the items of one request: what everybody can know, and what only the registry knows.

`ask` puts every question of a request to the database at once; `judge` then takes the items one by
one, and each that is admitted takes its number, index, seat and person before the next is looked
at. So the verdict on a request is that on its items, sent alone in this order.
"""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection

from credential import admission as rules
from credential import roster_commitment
from credential.admission import Grounds, RefusedError
from credential.certificate import Claims
from credential.envelope import Unverified
from credential.errors import ConflictError, SealError, UntrustedError
from credential.identity_number import IdentityNumber
from credential.said import Batch
from registry import store_batches, store_certificates
from registry.full_gate import FullGate
from registry.service import Registry
from registry.store_batches import BatchRow
from registry.store_certificates import Row, Taken
from registry.views import Held


@dataclass(slots=True)
class Item:
    """One certificate on its way."""

    position: int
    token: str
    """Compact JWS, without the final `~`."""
    unverified: Unverified
    claims: Claims
    digest: bytes
    number: tuple[str, str, str]
    """What its number is unique under."""
    place: tuple[str, int]
    """Its status index."""
    nonce: tuple[str, bytes]
    """Its key and r."""
    signature_error: SealError | None = None
    seat: tuple[int, bytes] | None = None
    """Batch and entry of its roster."""
    slot: bytes | None = None
    """Of the person, where there is a holder tag."""
    person: IdentityNumber | None = None
    """The document number that came beside it."""


@dataclass(slots=True)
class Known:
    """What the database says about the wishes of one request, and what the request itself takes."""

    taken: Taken
    batches: dict[str, BatchRow]
    plans: dict[str, Batch]
    seats: dict[tuple[int, bytes], int]
    slots: dict[bytes, int | None]
    reserved: dict[tuple[str, str, str], str]
    """Numbers reserved for a re-issue, with the code of the body that may use them."""
    numbers: set[tuple[str, str, str]] = field(default_factory=set)
    places: set[tuple[str, int]] = field(default_factory=set)
    nonces: set[tuple[str, bytes]] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)


def ask(registry: Registry, connection: Connection, code: str, wishes: list[Item]) -> Known:
    """Ask the database everything that the items need to know, one query for each question."""
    numbers = {item.number for item in wishes}
    batches = store_batches.find_batches(connection, code, {item.claims.batch for item in wishes})
    plans = registry.batches(connection, {row.number: row.log_index for row in batches.values()})
    for item in wishes:
        row = batches.get(item.claims.batch)
        if row is not None:
            entry = roster_commitment.entry(row.salt, item.claims.name, item.claims.holder_tag)
            item.seat = (row.log_index, entry)
        item.slot = rules.slot(item.claims)
    return Known(
        taken=store_certificates.taken(
            connection,
            numbers,
            {item.place for item in wishes},
            {item.nonce for item in wishes},
        ),
        batches=batches,
        plans=plans,
        seats=store_batches.free_seats(
            connection, {item.seat for item in wishes if item.seat is not None}
        ),
        slots=store_batches.held(
            connection, {item.slot for item in wishes if item.slot is not None}
        ),
        reserved=_reserved(connection, numbers),
    )


def _reserved(
    connection: Connection, numbers: set[tuple[str, str, str]]
) -> dict[tuple[str, str, str], str]:
    reserved = store_certificates.reserved_among(connection, numbers)
    superseded = store_certificates.at(connection, set(reserved.values()))
    return {key: superseded[index].body for key, index in reserved.items() if key in numbers}


def judge(item: Item, grounds: Grounds, known: Known, full_gate: FullGate, log_index: int) -> Held:
    """Judge one item, and take what it takes before the next one is judged.

    Raises:
        SealError: The first rule that it breaks; then it takes nothing.
    """
    claims, unverified, t = item.claims, item.unverified, grounds.t
    record = grounds.body.key(unverified.kid, "certificate")
    if record is None:
        raise UntrustedError("key.unknown", "the body has no certificate key with this kid")
    if record.distrusted_after is not None and t >= record.distrusted_after:
        raise UntrustedError("key.distrusted", "the key is distrusted: sign with another")
    if not record.holds(t):
        raise UntrustedError("key.not_valid_then", "the key is not in force: sign with another")
    filed = known.plans.get(claims.batch)
    rules.check(claims, grounds, filed)
    if filed is not None:
        full_gate.check(claims, filed)
    batch = known.batches[claims.batch]
    if item.seat is None or item.seat not in known.seats:
        raise RefusedError("roster.unlisted", "this person is not in the batch's roster")
    _check_free(item, known, grounds)
    if batch.taken + known.counts[batch.number] >= batch.headcount:
        raise ConflictError("batch.full", "the batch has as many certificates as people")
    if known.seats[item.seat] < 1:
        raise ConflictError("roster.taken", "this person's result has its certificate already")
    known.seats[item.seat] -= 1
    known.counts[batch.number] += 1
    known.numbers.add(item.number)
    known.places.add(item.place)
    known.nonces.add(item.nonce)
    until = rules.renewable_from(claims)
    renews = item.slot is not None and item.slot in known.slots
    if item.slot is not None:
        known.slots[item.slot] = until
    row = Row.of(log_index, item.token, unverified, claims, batch.log_index)
    return Held(row, item.seat, item.slot, until, renews)


def _check_free(item: Item, known: Known, grounds: Grounds) -> None:
    if item.number in known.taken.numbers or item.number in known.numbers:
        message = "the number belongs to another certificate, which stays as it is"
        raise ConflictError("number.taken", message)
    if known.reserved.get(item.number, grounds.body.code) != grounds.body.code:
        raise ConflictError("number.reserved", "the number is reserved for a re-issue")
    if item.place in known.taken.places or item.place in known.places:
        message = "the status index is taken: draw another and sign again under the same number"
        raise ConflictError("status.taken", message)
    if item.nonce in known.taken.nonces or item.nonce in known.nonces:
        message = (
            "two signatures of this key share their nonce, which gives the key away: stop using it"
        )
        raise UntrustedError("key.nonce", message)
    if item.slot is not None and item.slot in known.slots:
        until = known.slots[item.slot]
        if until is None or grounds.t < until:
            message = (
                "this person holds a certificate of this kind, occupation and level:"
                " supersede it first"
            )
            raise ConflictError("person.duplicate", message)
