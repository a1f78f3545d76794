# SPDX-License-Identifier: Apache-2.0
"""Document numbers beside certificates: kept encrypted, checked afterwards, found by a blind index.

Whether a number comes with a certificate is the region's policy: `refused` (the default),
`optional` or `required`. It is stored in the transaction that admits, and compared with the
certificate's holder tag later (`check`), since a tag takes some 25 ms of work. A number that
differs changes nothing about the certificate: it is an alarm, and people look.

No number ever leaves this module but encrypted; no error, log line or answer contains one.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select, update

from credential import certificate, holder, identity_number
from credential.errors import MalformedError, UnavailableError
from credential.identity_number import IdentityNumber
from registry import bulk, database, store_certificates, workers
from registry.holder_keys import HolderKey
from registry.personal_tables import AGREES, DIFFERS, PENDING, UNTAGGED
from registry.service import Registry
from registry.store_certificates import Row
from registry.tables import holder_numbers

_LOG: Final = logging.getLogger("registry.holders")

REFUSED, OPTIONAL, REQUIRED = "refused", "optional", "required"
GROUP: Final = 200  # numbers that are checked, or encrypted anew, in one transaction


@dataclass(frozen=True, slots=True)
class Checked:
    """Where the comparison with the tags stands."""

    agree: int
    untagged: int
    """Their certificates have no tag to compare with."""
    differ: tuple[tuple[int, str], ...]
    """Log index and certificate number of those with another person's tag."""


def read(policy: str, asked: tuple[int, str] | None) -> IdentityNumber | None:
    """Read the number beside one certificate, as the region's policy has it.

    Args:
        policy: `refused`, `optional` or `required`.
        asked: Type and number as they were sent; None where there was none.

    Raises:
        MalformedError: `holder.not_asked`, `holder.required` or `holder.malformed`.
    """
    if asked is None:
        if policy == REQUIRED:
            message = "this region asks for the holder's document number beside each certificate"
            raise MalformedError("holder.required", message)
        return None
    if policy == REFUSED:
        message = "this region does not ask for document numbers: send none"
        raise MalformedError("holder.not_asked", message)
    return IdentityNumber(asked[0], identity_number.normalise(*asked))


def store(
    registry: Registry, connection: Connection, people: Sequence[tuple[int, IdentityNumber]]
) -> None:
    """Keep numbers beside admitted certificates, by log index; the first that is kept stays."""
    if people:
        key = _key(registry)
        rows = [
            (index, key.id, key.seal(index, one, registry.random), key.blind(one), PENDING)
            for index, one in people
        ]
        bulk.insert(connection, holder_numbers, rows, keep=True)


def find(registry: Registry, keys: Sequence[HolderKey], person: IdentityNumber) -> list[str]:
    """Find a person's certificate numbers.

    Args:
        registry: Where.
        keys: The key; during a rotation the old one too.
        person: Whose.
    """
    with database.read(registry.engine) as connection:
        return [row.number for row in rows_of(connection, keys, person)]


def rows_of(connection: Connection, keys: Sequence[HolderKey], person: IdentityNumber) -> list[Row]:
    """Find a person's certificates, in the order of the log; with the same work if there is none.

    Args:
        connection: A transaction.
        keys: As `find` has them.
        person: Whose.
    """
    blinds = [key.blind(person) for key in keys]
    query = select(holder_numbers.c.log_index).where(holder_numbers.c.blind.in_(blinds))
    found = store_certificates.at(connection, list(connection.execute(query).scalars()) or [-1])
    return [found[index] for index in sorted(found)]


def demand_under(connection: Connection, key: HolderKey | None) -> HolderKey:
    """Return the key, if every number is under it: with another one, some would not be found.

    Raises:
        UnavailableError: `holder.key`.
    """
    c = holder_numbers.c.key
    ends = [select(end(c)).scalar_subquery() for end in (func.min, func.max)]  # each by the index
    found = set(connection.execute(select(*ends)).one()) - {None}
    if key is None or not found <= {key.id}:
        message = "the key of all document numbers is not loaded, or a rotation is not finished"
        raise UnavailableError("holder.key", message)
    return key


def check(registry: Registry) -> Checked:
    """Compare every number that has not been compared yet with its certificate's tag.

    It may be killed at any time and run again, also by several at once.

    Raises:
        UntrustedError: `holder.sealed`, a stored number was changed.
        UnavailableError: `holder.key`, a number is under another key: finish the rotation.
    """
    while rows := list(_pending(registry)):
        results = workers.spread(lambda row: _compare(registry, *row), rows)
        c = holder_numbers.c
        with database.write(registry.engine) as connection:
            for (index, *_), result in zip(rows, results, strict=True):
                change = update(holder_numbers).where(c.log_index == index, c.checked == PENDING)
                connection.execute(change.values(checked=result))
    return _report(registry)


def _pending(registry: Registry) -> Iterator[tuple[int, str, bytes, str]]:
    c = holder_numbers.c
    query = (
        select(c.log_index, c.key, c.sealed)
        .where(c.checked == PENDING)
        .order_by(c.log_index)
        .limit(GROUP)
    )
    with database.read(registry.engine) as connection:
        rows = connection.execute(query).all()
        texts = store_certificates.at(connection, [row.log_index for row in rows])
    for row in rows:
        yield row.log_index, row.key, row.sealed, texts[row.log_index].token


def _compare(registry: Registry, index: int, key_id: str, sealed: bytes, token: str) -> int:
    if not token:
        return UNTAGGED  # erased in this moment, and so is the number
    key = _key(registry)
    if key_id != key.id:
        message = f"numbers are still under the key {key_id}: run rotate-holder-key to its end"
        raise UnavailableError("holder.key", message)
    _, claims = certificate.read(token)
    if claims.holder_tag is None:
        return UNTAGGED
    person = key.open(index, sealed)
    tag = holder.tag(person.document_type, person.number, claims.name)
    return AGREES if tag == claims.holder_tag else DIFFERS


def _report(registry: Registry) -> Checked:
    c = holder_numbers.c
    with database.read(registry.engine) as connection:
        counts: dict[int, int] = dict(
            connection.execute(select(c.checked, func.count()).group_by(c.checked)).all()
        )
        wrong = list(connection.execute(select(c.log_index).where(c.checked == DIFFERS)).scalars())
        rows = store_certificates.at(connection, wrong)
    if wrong:
        _LOG.warning("alarm", extra={"code": "holder.mismatch", "count": len(wrong)})
    differ = tuple((index, rows[index].number) for index in sorted(wrong))
    return Checked(counts.get(AGREES, 0), counts.get(UNTAGGED, 0), differ)


def rotate(registry: Registry, old: HolderKey) -> int:
    """Encrypt what is under an old key anew, under the one of the settings.

    Group by group, each in a transaction; killed in the middle, it goes on where it was. The old
    key is needed until this has returned.

    Returns:
        How many numbers.

    Raises:
        UntrustedError: `holder.sealed`.
        UnavailableError: `holder.key`, `registry.…`.
    """
    new, c, total = _key(registry), holder_numbers.c, 0
    query = select(c.log_index, c.sealed).where(c.key == old.id).order_by(c.log_index).limit(GROUP)
    while new.id != old.id:
        with database.write(registry.engine) as connection:
            rows = connection.execute(query).all()
            for index, sealed in rows:
                person = old.open(index, sealed)
                connection.execute(
                    update(holder_numbers)
                    .where(c.log_index == index)
                    .values(
                        key=new.id,
                        sealed=new.seal(index, person, registry.random),
                        blind=new.blind(person),
                    )
                )
        total += len(rows)
        if not rows:
            break
    return total


def _key(registry: Registry) -> HolderKey:
    if registry.holder_key is None:
        message = "the settings name no key for document numbers: holder_key"
        raise UnavailableError("holder.key", message)
    return registry.holder_key
