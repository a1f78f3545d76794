# SPDX-License-Identifier: Apache-2.0
"""The log: each admitted content gets the next index, a time that never falls, and a receipt.

1. One transaction stores content, index, time, epoch, salt and commitment. A crash before its
   commit: nothing happened.
2. A mark outside the database says how far the log has got (`registry.marks`). A crash before or
   after it: `complete` goes on from here at the next start.
3. A receipt is signed, of what is durable. A crash here: as after 2.
4. Another transaction stores the signature, unless one is stored. A crash here: as after 2; signing
   again gives the same bytes, or another valid signature that nobody has seen.
5. What is stored is the answer.

So nothing is ever signed that could vanish, a repeated request gets the identical bytes, and
nothing that was answered is lost. The row `log_tail` is read under the write lock and moved by
compare-and-swap on the size: two writers cannot both append, whatever the isolation level.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine

from credential import base64url, leaf
from credential.errors import ConflictError, UnavailableError
from credential.leaf import SALT_BYTES
from credential.receipt import Receipt
from keys.signer import Signer
from registry import database, store_log, workers
from registry.marks import Marks
from registry.store_log import Leaf, Tail

MAX_STEP_BACK: Final = 5  # seconds by which the clock may lag behind the last leaf

Salts = Callable[[int], bytes]


class Acknowledged(NamedTuple):
    """What the registry answers for one admitted content."""

    digest: bytes
    """Content digest, 32 bytes."""
    receipt: str
    """The receipt, compact JWS."""
    salt: str
    """The leaf's salt, base64url; empty where it was destroyed by lawful erasure."""
    log_index: int


def next_time(tail: Tail, now: int) -> int:
    """Give the time of the next leaf.

    Raises:
        UnavailableError: `registry.clock`, the clock was set back: signing stops until it is right
        again.
    """
    if now < tail.t - MAX_STEP_BACK:
        raise UnavailableError(
            "registry.clock", "the registry's clock is behind its own log: nothing is admitted"
        )
    return max(now, tail.t)


def append(
    connection: Connection,
    tail: Tail,
    contents: Sequence[tuple[bytes, str]],
    *,
    kind: int,
    t: int,
    epoch: int,
    salts: Salts,
    directory: bool = False,
) -> list[Leaf]:
    """Append contents inside the caller's write transaction.

    Args:
        connection: A write transaction.
        tail: As read in this transaction.
        contents: Content digest and host of each.
        kind: `leaf.CERTIFICATE` or `leaf.STATEMENT`.
        t: From `next_time`.
        epoch: The receipt key that will sign, 1 to 255.
        salts: The source of random bytes.
        directory: Whether these are statements that change the directory.

    Returns:
        One leaf each, in order.

    Raises:
        ConflictError: `registry.conflict`, somebody else moved the tail.
    """
    random = salts(SALT_BYTES * len(contents))
    leaves = []
    for number, (digest, host) in enumerate(contents):
        index = tail.size + number
        salt = random[number * SALT_BYTES : (number + 1) * SALT_BYTES]
        commitment = leaf.commitment(salt, Receipt(host, t, digest, index, epoch).payload())
        leaves.append(Leaf(index, kind, t, epoch, host, digest, commitment, salt))
    size = tail.size + len(leaves)
    if not store_log.move_tail(connection, tail, size, t, size if directory else tail.directory):
        raise ConflictError("registry.conflict", "another request came first: send this one again")
    store_log.insert_leaves(connection, leaves)
    return leaves


def countersign(
    engine: Engine, signers: Sequence[Signer], leaves: Sequence[Leaf], marks: Marks
) -> dict[int, Acknowledged] | None:
    """Sign the receipts of durable leaves and store the signatures; the first that is stored stays.

    Returns:
        What is stored, by log index; None where somebody else had stored some of it.

    Raises:
        UnavailableError: `registry.receipt_key`, no key of a leaf's epoch is loaded; or no mark can
            be written, or the database is behind its marks (`registry.marks`).
    """
    by_epoch = {signer.kid: signer for signer in signers}
    missing = {each.epoch for each in leaves if str(each.epoch) not in by_epoch}
    if missing:
        message = f"the receipt key of epoch {min(missing)} is not loaded"
        raise UnavailableError("registry.receipt_key", message)
    if not leaves:
        return {}
    marks.cover(engine)

    def sign(each: Leaf) -> tuple[bytes, Acknowledged]:
        signing_input = each.receipt.signing_input()
        signature = by_epoch[str(each.epoch)].sign(signing_input)
        token = f"{signing_input.decode()}.{base64url.encode(signature)}"
        return signature, _acknowledged(each, token)

    made = workers.spread(sign, leaves)
    rows = [(answer.log_index, signature) for signature, answer in made]

    def store() -> bool:
        with database.write(engine) as connection:
            return store_log.insert_signatures(connection, rows)

    mine = database.repeated(store)
    return {answer.log_index: answer for _, answer in made} if mine else None


def acknowledge(
    engine: Engine, signers: Sequence[Signer], indexes: Sequence[int], marks: Marks
) -> dict[int, Acknowledged]:
    """Give what is stored for durable leaves; sign first where a receipt is missing."""
    with database.read(engine) as connection:
        stored = store_log.leaves_at(connection, indexes)
    unsigned = [row.leaf for row in stored if row.signature is None]
    if unsigned:
        countersign(engine, signers, unsigned, marks)
        with database.read(engine) as connection:
            stored = store_log.leaves_at(connection, indexes)
    return {
        row.leaf.log_index: _acknowledged(
            row.leaf, row.leaf.receipt.unverified(row.signature).token
        )
        for row in stored
        if row.signature is not None
    }


def complete(engine: Engine, signers: Sequence[Signer], marks: Marks) -> int:
    """Sign what a crash left without a receipt; called at every start.

    Returns:
        How many receipts were missing.
    """
    total = 0
    while True:
        with database.read(engine) as connection:
            unsigned = store_log.unsigned_leaves(connection, limit=1_000)
        if not unsigned:
            return total
        countersign(engine, signers, unsigned, marks)
        total += len(unsigned)


def _acknowledged(stored: Leaf, receipt: str) -> Acknowledged:
    salt = base64url.encode(stored.salt) if stored.salt else ""
    return Acknowledged(stored.digest, receipt, salt, stored.log_index)
