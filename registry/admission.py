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
from typing import Final

from sqlalchemy import Connection

from credential import certificate, leaf
from credential.admission import Grounds
from credential.body import Body
from credential.errors import ConflictError, MalformedError, SealError, UntrustedError
from credential.identity_number import IdentityNumber
from registry import (
    database,
    holders,
    judging,
    log,
    store_certificates,
    store_log,
    submissions,
    views,
    workers,
)
from registry.directory import Directory
from registry.full_gate import FullGate
from registry.judging import Item
from registry.log import Acknowledged
from registry.service import Registry
from registry.store_log import Leaf, Tail
from registry.submissions import Asked
from registry.views import Held

_LOG = logging.getLogger("registry.admission")

ALARMS: Final = frozenset({"key.nonce", "number.taken", "key.distrusted"})
"""Refusals that mean more than a mistake."""

Outcome = Acknowledged | SealError


def admit(
    registry: Registry,
    certificates: Sequence[str],
    body_id: str,
    asked: Asked | None = None,
    people: Sequence[IdentityNumber | None] = (),
) -> list[Outcome]:
    """Admit certificates in SD-JWT text form, `<JWS>~`.

    Args:
        registry: Where.
        certificates: At most as many as the settings allow; the caller has counted them.
        body_id: Identifier of the body that asks.
        asked: Its authorisation; None in a process that has no need of one, such as a measurement.
        people: The document number beside each certificate; empty where none has one.

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
            item.person = people[position] if people else None
            items.append(item)
    indexes: dict[int, int] = {}

    def store() -> list[Leaf]:
        indexes.clear()
        for item in items:
            outcomes.pop(item.position, None)  # of an attempt that never was
        with database.write(registry.engine) as connection:
            return _admit_in_transaction(
                registry, connection, items, body_id, asked, indexes, outcomes
            )

    new = database.repeated(store)
    # Only now is there anything durable that may be signed.
    acknowledged = log.countersign(registry.engine, registry.signers, new, registry.marks) or {}
    rest = sorted(set(indexes.values()) - acknowledged.keys())
    acknowledged.update(log.acknowledge(registry.engine, registry.signers, rest, registry.marks))
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
    registry.marks.demand(tail.size)
    t = log.next_time(tail, now)
    directory = registry.directory(connection, tail)
    if asked is not None:
        submissions.authenticate(directory, asked, t)
        submissions.use_up(connection, asked, now)
    body = directory.body_of(body_id)
    admitted = store_log.indexes_of(connection, [item.digest for item in items])
    erased = store_certificates.erased_among(connection, set(admitted.values()))
    wishes: dict[bytes, Item] = {}
    for item in items:
        if item.signature_error is not None and item.signature_error.code == "key.unknown":
            _verify(item, body)  # the key may have come since
        if item.signature_error is not None:
            outcomes[item.position] = item.signature_error
        elif item.digest not in admitted:
            wishes.setdefault(item.digest, item)
        elif admitted[item.digest] in erased:
            message = "this certificate was admitted and has been lawfully erased"
            outcomes[item.position] = ConflictError("certificate.erased", message)
    held, refused = _judge_all(registry, connection, directory, tail, t, list(wishes.values()))
    leaves = _store(registry, connection, tail, t, held) if held else []
    admitted.update((wish.digest, held_.row.log_index) for wish, held_ in held)
    for item in items:
        if item.digest in refused and item.signature_error is None:
            outcomes[item.position] = refused[item.digest]
        elif item.position not in outcomes:
            indexes[item.position] = admitted[item.digest]
    numbered = [
        (indexes[item.position], item.person)
        for item in items
        if item.person is not None and item.position in indexes
    ]
    holders.store(registry, connection, numbered)
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
    known = judging.ask(registry, connection, body.code, wishes)
    root = directory.root
    grounds = Grounds(t, frozenset(root.hosts), root.region, body, directory.dictionaries)
    full_gate = FullGate(directory, body.id, t)
    for item in wishes:
        try:
            one = judging.judge(item, grounds, known, full_gate, tail.size + len(held))
            held.append((item, one))
        except SealError as error:
            refused[item.digest] = error
    return held, refused


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
