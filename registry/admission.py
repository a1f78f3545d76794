# SPDX-License-Identifier: Apache-2.0
"""Admit certificates: a whole request in one transaction, each item judged on its own.

    outside the lock   read the tokens, verify the signatures
    one transaction    tail, directory, then one query for each question over all items, then the
                       rules item by item, then one insert for each table
    afterwards         receipts, in two steps (`registry.log`)

The rules of `credential.admission` are asked at the receipt's time against the directory that the
locked tail names, so nothing can be withdrawn between check and commit. What only the registry
knows (number, index, nonce, seat, person) is asked of the database there, and again by its unique
keys.

A content that has been admitted gets its first receipt back, whoever signs the request and whatever
the signature's bytes: r ‖ n − s is the same certificate.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from credential import admission as rules
from credential import certificate, leaf, roster_commitment
from credential.admission import Grounds, RefusedError
from credential.body import Body
from credential.certificate import Claims
from credential.envelope import Unverified
from credential.errors import ConflictError, MalformedError, SealError, UntrustedError
from credential.statement_bodies import Batch
from registry import database, log, store_certificates, store_log, submissions, views, workers
from registry.directory import Directory
from registry.log import Acknowledged
from registry.service import Registry
from registry.store_certificates import BatchRow, Row, Taken
from registry.store_log import Leaf, Tail
from registry.submissions import Asked
from registry.views import Held

_LOG = logging.getLogger("registry.admission")

ALARMS: Final = frozenset({"key.nonce", "number.taken", "key.distrusted"})
"""Refusals that mean more than a mistake."""

Outcome = Acknowledged | SealError


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


def admit(
    registry: Registry, certificates: Sequence[str], body_id: str, asked: Asked | None = None
) -> list[Outcome]:
    """Admit certificates in SD-JWT text form, `<JWS>~`.

    Args:
        registry: Where.
        certificates: At most as many as the settings allow; the caller has counted them.
        body_id: Identifier of the body that asks.
        asked: Its authorisation; None in a process that has no need of one, such as a measurement.

    Returns:
        For each, in order, its receipt or why it was refused.

    Raises:
        UntrustedError: `submission.…`, the request as a whole is refused.
        UnavailableError: Nothing was stored.
    """
    with database.read(registry.engine) as connection:
        tail = store_log.tail(connection)
        directory = registry.directory(connection, tail)
    if asked is not None:
        submissions.authenticate(directory, asked, max(registry.clock(), tail.t))
    body = directory.body_of(body_id)
    outcomes: dict[int, Outcome] = {}
    items = []

    def read(numbered: tuple[int, str]) -> Item | SealError:
        try:
            return _read(*numbered, body_id, body)
        except SealError as error:
            return error

    for position, item in enumerate(workers.spread(read, list(enumerate(certificates)))):
        if isinstance(item, SealError):
            outcomes[position] = item
        else:
            items.append(item)
    indexes: dict[int, int] = {}
    with database.write(registry.engine) as connection:
        new = _admit_in_transaction(registry, connection, items, body_id, asked, indexes, outcomes)
    # Only now is there anything durable that may be signed.
    acknowledged = log.countersign(registry.engine, registry.signers, new) or {}
    rest = sorted(set(indexes.values()) - acknowledged.keys())
    acknowledged.update(log.acknowledge(registry.engine, registry.signers, rest))
    outcomes.update((position, acknowledged[index]) for position, index in indexes.items())
    return [outcomes[position] for position in range(len(certificates))]


def _read(position: int, text: str, body_id: str, body: Body | None) -> Item:
    if not text.endswith("~"):
        raise MalformedError("malformed.token", "a certificate ends with ~")
    token = text[:-1]
    unverified, claims = certificate.read(token)
    if claims.iss != body_id:
        raise UntrustedError("submission.other_body", "this certificate is another body's")
    item = Item(
        position,
        token,
        unverified,
        claims,
        unverified.digest,
        (claims.host, claims.kind, claims.certificate_number),
        (claims.status_uri.rpartition("/")[2], claims.status_index),
        (unverified.kid, unverified.signature[:32]),
    )
    _verify(item, body)
    return item


def _verify(item: Item, body: Body | None) -> None:
    record = None if body is None else body.key(item.unverified.kid, "certificate")
    item.signature_error = None
    if record is None:
        message = "the body has no certificate key with this kid"
        item.signature_error = UntrustedError("key.unknown", message)
        return
    try:
        item.unverified.verify(record.key)
    except UntrustedError as error:
        item.signature_error = error


def _admit_in_transaction(
    registry: Registry,
    connection: Connection,
    items: list[Item],
    body_id: str,
    asked: Asked | None,
    indexes: dict[int, int],
    outcomes: dict[int, Outcome],
) -> list[Leaf]:
    """Fill `indexes` with the leaf, or `outcomes` with the refusal, of every item.

    Returns:
        The new leaves.
    """
    now = registry.clock()
    tail = store_log.tail(connection)
    t = log.next_time(tail, now)
    directory = registry.directory(connection, tail)
    if asked is not None:
        submissions.authenticate(directory, asked, t)
        submissions.use_up(connection, asked, now)
    body = directory.body_of(body_id)
    admitted = store_log.indexes_of(connection, [item.digest for item in items])
    wishes: dict[bytes, Item] = {}
    for item in items:
        if item.signature_error is not None and item.signature_error.code == "key.unknown":
            _verify(item, body)  # the key may have come since
        if item.signature_error is not None:
            outcomes[item.position] = item.signature_error
        elif item.digest not in admitted:
            wishes.setdefault(item.digest, item)
    held, refused = _judge_all(registry, connection, directory, tail, t, list(wishes.values()))
    leaves = _store(registry, connection, tail, t, held) if held else []
    admitted.update((wish.digest, held_.row.log_index) for wish, held_ in held)
    for item in items:
        if item.digest in refused and item.signature_error is None:
            outcomes[item.position] = refused[item.digest]
        elif item.signature_error is None:
            indexes[item.position] = admitted[item.digest]
    _report(body_id, len(held), refused)
    return leaves


def _judge_all(
    registry: Registry,
    connection: Connection,
    directory: Directory,
    tail: Tail,
    t: int,
    wishes: list[Item],
) -> tuple[list[tuple[Item, Held]], dict[bytes, SealError]]:
    held: list[tuple[Item, Held]] = []
    refused: dict[bytes, SealError] = {}
    body = directory.body_of(wishes[0].claims.iss) if wishes else None
    if body is None:
        return held, refused
    known = _ask(registry, connection, body.code, wishes)
    root = directory.root
    grounds = Grounds(t, frozenset(root.hosts), root.region, body, directory.dictionaries)
    for item in wishes:
        try:
            held.append((item, _judge(item, grounds, known, tail.size + len(held))))
        except SealError as error:
            refused[item.digest] = error
    return held, refused


def _ask(registry: Registry, connection: Connection, code: str, wishes: list[Item]) -> Known:
    """Ask the database everything that the items need to know, one query for each question."""
    numbers = {item.number for item in wishes}
    batches = store_certificates.find_batches(
        connection, code, {item.claims.batch for item in wishes}
    )
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
        seats=store_certificates.free_seats(
            connection, {item.seat for item in wishes if item.seat is not None}
        ),
        slots=store_certificates.held(
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


def _judge(item: Item, grounds: Grounds, known: Known, log_index: int) -> Held:
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
    rules.check(claims, grounds, known.plans.get(claims.batch))
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
    name, idx = item.place
    row = Row(
        log_index,
        claims.host,
        claims.kind,
        claims.certificate_number,
        grounds.body.code,
        unverified.kid,
        item.nonce[1],
        name,
        idx,
        batch.log_index,
        item.token,
    )
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


def _store(
    registry: Registry,
    connection: Connection,
    tail: Tail,
    t: int,
    held: list[tuple[Item, Held]],
) -> list[Leaf]:
    leaves = log.append(
        connection,
        tail,
        [(item.digest, item.claims.host) for item, _ in held],
        kind=leaf.CERTIFICATE,
        t=t,
        epoch=registry.epoch(t),
        salts=registry.random,
    )
    views.certificates(connection, [each for _, each in held])
    return leaves


def _report(body_id: str, admitted: int, refused: dict[bytes, SealError]) -> None:
    """Log what was decided by code, and what somebody must look at; never a name or a number."""
    codes = Counter(error.code for error in refused.values())
    _LOG.info("admitted", extra={"body": body_id, "admitted": admitted, "refused": dict(codes)})
    for code in sorted(ALARMS & codes.keys()):
        _LOG.warning("alarm", extra={"body": body_id, "code": code, "count": codes[code]})
