# SPDX-License-Identifier: Apache-2.0
"""Lawful erasure: what the registry keeps of a certificate's holder goes, in one transaction.

Two officials state it, with their keys, over the certificate (docs/format.md §7.2, `erase`); the
statement names no person. The transaction that stores it deletes

- the certificate's text, with the name in it;
- the document number that came beside it, if any;
- the salt of its leaf, without which nobody can say what the leaf is of;
- the slot that says what its holder holds.

What stays: leaf, receipt time, number, status index and status. So a code that is still in
somebody's hands goes on being judged by its status; the erased content is never admitted again; and
no number or index is given away twice. The statement names the status index once more: that is what
list signer and `fsck` go by when there is no text any more.

A copy that was made before the erasure still has all of it (docs/operations.md).
"""

from sqlalchemy import Connection, select

from credential.errors import ConflictError, MalformedError, UntrustedError
from credential.statement_bodies import Erase
from registry import database, store_batches, store_certificates
from registry.service import Registry
from registry.store_certificates import Row
from registry.tables import certificates, erasures, persons, seats, successors


def check_place(row: Row, said: Erase) -> None:
    """Return if the statement names the certificate's status index.

    Raises:
        MalformedError: `erase.place`.
    """
    if (row.list, row.idx) != (said.list, said.index):
        message = "the statement names another status index than the certificate has"
        raise MalformedError("erase.place", message)


def apply(connection: Connection, row: Row, said: Erase, statement: int) -> None:
    """Erase a certificate.

    Args:
        connection: The transaction that stores the statement.
        row: The certificate.
        said: What was stated.
        statement: Log index of the statement.

    Raises:
        ConflictError: `certificate.erased`, it has been erased already.
        MalformedError: `erase.place`.
    """
    check_place(row, said)
    if store_certificates.erased_among(connection, [row.log_index]):
        message = "this certificate has been erased already: there is nothing left to erase"
        raise ConflictError("certificate.erased", message)
    store_certificates.erase(connection, row.log_index, statement)
    store_batches.let_go(connection, [row.log_index])


def place(registry: Registry, host: str, kind: str, number: str) -> tuple[str, int]:
    """Find the status index of a certificate, which the statement of its erasure names.

    Raises:
        ConflictError: `certificate.unknown`.
    """
    key = (host, kind, number)
    with database.read(registry.engine) as connection:
        row = store_certificates.find(connection, [key]).get(key)
    if row is None:
        raise ConflictError("certificate.unknown", "there is no such certificate")
    return row.list, row.idx


# What a rebuilt view cannot know -----------------------------------------------------------------


def settle(scratch: Connection, real: Connection) -> None:
    """Put into rebuilt views what only the erased texts would tell: whose seat was taken.

    For each batch it is known how many erased certificates hold a seat, and not which ones: the
    real seats are taken over if they exceed the rebuilt ones by exactly that many. A slot that an
    erased certificate had taken over from one that ran out is free.

    Raises:
        UntrustedError: `registry.corrupt`, they exceed them by another number.
    """
    c = certificates.c
    freed = select(successors.c.certificate)
    query = (
        select(c.batch)
        .join(erasures, erasures.c.log_index == c.log_index)
        .where(c.log_index.not_in(freed))
    )
    held: dict[int, int] = {}
    for batch in scratch.execute(query).scalars():
        held[batch] = held.get(batch, 0) + 1
    for batch, number in held.items():
        _settle_seats(scratch, real, batch, number)
    _settle_slots(scratch, real)


def _settle_seats(scratch: Connection, real: Connection, batch: int, number: int) -> None:
    query = select(seats.c.hash, seats.c.taken).where(seats.c.batch == batch)
    stored, rebuilt = dict(real.execute(query).all()), dict(scratch.execute(query).all())
    more = {entry: stored[entry] - taken for entry, taken in rebuilt.items() if entry in stored}
    if min(more.values(), default=0) < 0 or sum(more.values()) != number:
        message = f"seats: batch {batch}: not as many taken as certificates hold, erased or not"
        raise UntrustedError("registry.corrupt", message)
    for entry, extra in more.items():
        if extra:
            store_batches.take_seats(scratch, [(batch, entry)] * extra)


def _settle_slots(scratch: Connection, real: Connection) -> None:
    count = len(scratch.execute(select(erasures.c.log_index)).all())
    if not count:
        return
    ending = select(persons.c.slot).where(persons.c.until.is_not(None))
    slots = list(scratch.execute(ending).scalars())
    lapsed = set(slots) - store_batches.held(real, slots).keys()
    if len(lapsed) <= count:
        store_batches.give_up(scratch, lapsed)
