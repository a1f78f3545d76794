# SPDX-License-Identifier: Apache-2.0
"""Judge a file of evidence against an anchor: bytes in, what is proven out, and nothing else.

1. the chain of roots holds the anchor; the checkpoint is signed by the log's key;
2. every receipt is signed by its epoch's key, is for the content beside it, and its salted leaf is
in
   the tree of the checkpoint;
3. the statements, in the order of the log, were each made by somebody who might make them;
4. at the receipt's time the certificate's key, the body's standing and its filing were in order, as
the
   statements before it say;
5. the statements after it give the certificate's status.

What it cannot show is that no statement was left out: for that, compare with the status list.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from credential import (
    base64url,
    canonical,
    certificate,
    envelope,
    leaf,
    merkle,
    receipt,
    root,
    scope,
    statement,
    statement_bodies,
)
from credential.certificate import Claims
from credential.checkpoint import Checkpoint
from credential.envelope import Unverified
from credential.errors import MalformedError, UntrustedError
from credential.key_record import KeyRecord
from credential.members import Members
from credential.receipt import Receipt
from credential.root import Root
from credential.statement import Signed
from credential.statement_bodies import DIRECTORY, STATUS, Read, RevokeBulk
from registry import authority, changes, status_changes, status_rules
from registry.change import locate
from registry.directory import Directory, Target
from registry.status_changes import Affected
from registry.store_certificates import Row

MAX_BYTES: Final = 64 << 20
_LOGGED: Final = "receipt salt log_index proof"


@dataclass(frozen=True, slots=True)
class Proven:
    """What a file of evidence proves."""

    number: str
    body: str
    """Identifier of the body that answers for it."""
    admitted: int
    """The receipt's time."""
    log_index: int
    filing: str
    """Number of the filing that covered it then."""
    status: str
    """As the statements in the file leave it."""
    statements: int
    """How many statements were verified."""
    log_size: int
    """Leaves under the checkpoint."""


def check(data: bytes, anchor: str) -> Proven:
    """Judge a file.

    Args:
        data: The file.
        anchor: `REGION:HEX`, as the verifier got it; what the file says of it counts for nothing.

    Raises:
        MalformedError: `malformed.…`
        UntrustedError: `evidence.…`, `log.inclusion`, `snapshot.…`, or the code of the statement's
        or
            certificate's own fault.
    """
    if len(data) > MAX_BYTES:
        raise MalformedError("malformed.token", "longer than any evidence")
    value = canonical.parse(data, canonical=False)
    file = Members.of(value, "evidence", "anchor root checkpoint certificate statements")
    roots = root.verify_chain(_chain(file), anchor)
    checkpoint = _checkpoint(roots[-1], _text(file, "checkpoint"))
    shown = Members.of(file.raw("certificate"), "certificate", f"token {_LOGGED}")
    token = _text(shown, "token").removesuffix("~")
    unverified, claims = certificate.read(token)
    stamp = _logged(shown, roots[-1], checkpoint, unverified.digest, leaf.CERTIFICATE)
    if stamp.host != claims.host:
        raise UntrustedError("evidence.receipt", "the receipt is by another registry")
    chain = [
        _statement(one, roots[-1], checkpoint, f"statements[{n}]")
        for n, one in enumerate(file.items("statements", 0, 100_000))
    ]
    if any(b.log_index <= a.log_index for (_, a), (_, b) in pairwise(chain)):
        raise UntrustedError("evidence.order", "the statements are not in the order of the log")
    return _replay(roots, chain, token, unverified, claims, stamp, checkpoint)


def _replay(
    roots: tuple[Root, ...],
    chain: Iterable[tuple[Signed, Receipt]],
    token: str,
    unverified: Unverified,
    claims: Claims,
    stamp: Receipt,
    checkpoint: Checkpoint,
) -> Proven:
    directory = Directory.empty(roots)
    row = Row.of(stamp.log_index, token, unverified, claims, batch=-1)
    states: dict[int, tuple[int, str]] = {}
    filing, count = None, 0
    state = status_rules.VALID
    for signed, stamped in chain:
        if filing is None and stamped.log_index > stamp.log_index:
            filing = _judge(directory, unverified, claims, stamp.t)
        read = statement_bodies.read(signed.statement)
        state = _step(directory, signed, read, stamped.t, row, states) or state
        count += 1
    if filing is None:
        filing = _judge(directory, unverified, claims, stamp.t)
    return Proven(
        number=claims.certificate_number,
        body=claims.iss,
        admitted=stamp.t,
        log_index=stamp.log_index,
        filing=filing,
        status=state,
        statements=count,
        log_size=checkpoint.size,
    )


def _step(
    directory: Directory,
    signed: Signed,
    read: Read,
    t: int,
    row: Row,
    states: dict[int, tuple[int, str]],
) -> str | None:
    """Take account of one statement; give the certificate's new state where it changes it."""
    if read.profile.effect == STATUS:
        affected = _affected(directory, signed, read, row)
        authority.authorise(directory, signed, read, t, affected.targets)
        if not affected.rows:
            return None
        ((_, state),) = status_changes.decide(directory, signed.statement, affected, states)
        states[row.log_index] = status_rules.STATUS_OF_STATE[state], signed.statement.iss
        if state == status_rules.VALID:
            del states[row.log_index]
        return state
    change = locate(lambda _: {}, directory, signed, read)
    authority.authorise(directory, signed, read, t, change.targets)
    if read.profile.effect == DIRECTORY:
        changes.apply(directory, signed.statement, read, t)
    return None


def _affected(directory: Directory, signed: Signed, read: Read, row: Row) -> Affected:
    body = directory.bodies.get(row.body)
    if body is None:
        raise UntrustedError("evidence.body", "no statement enters the body")
    named = statement_bodies.certificate_subject(row.host, row.kind, row.number)
    if isinstance(read.said, RevokeBulk):
        concerned = (row.kind, row.number) in read.said.certificates
    else:
        concerned = signed.statement.subject == named
    target = Target(body.id, body.region)
    return Affected((row,) if concerned else (), (signed.statement.subject,), (target,))


def _judge(directory: Directory, unverified: Unverified, claims: Claims, t: int) -> str:
    """Judge the certificate at its receipt's time; give the number of the filing.

    Raises:
        UntrustedError: `evidence.body`, `key.…`, `signature.invalid`, `standing.…` or `scope.…`
    """
    body = directory.body_of(claims.iss)
    if body is None:
        raise UntrustedError("evidence.body", "no statement before it enters the body")
    record = body.key(unverified.kid, "certificate")
    if record is None or not record.holds(t):
        raise UntrustedError("key.not_valid_then", "its key was not in force then")
    unverified.verify(record.key)
    finding = scope.scope_of(
        body,
        claims.kind,
        claims.occupation_code,
        claims.level,
        claims.region,
        t,
        directory.root.region,
    )
    for found in (scope.standing_at(body, t), finding):
        if found.reason is not None:
            raise UntrustedError(found.reason, "it ought not to have been admitted")
    return finding.document or ""


def _statement(
    value: object, last: Root, checkpoint: Checkpoint, where: str
) -> tuple[Signed, Receipt]:
    shown = Members.of(value, where, f"signatures {_LOGGED}")
    signed = statement.read([str(one) for one in shown.items("signatures", 1, 2)])
    return signed, _logged(shown, last, checkpoint, signed.digest, leaf.STATEMENT)


def _logged(
    shown: Members, last: Root, checkpoint: Checkpoint, digest: bytes, kind: int
) -> Receipt:
    """Verify a receipt and find its leaf in the tree."""
    unverified, stamp = receipt.read(_text(shown, "receipt"))
    record = last.key("receipt", unverified.kid)
    if record is None or not record.holds(stamp.t):
        raise UntrustedError("evidence.receipt", "no receipt key of the root was in force then")
    unverified.verify(record.key)
    if stamp.digest != digest or stamp.host not in last.hosts:
        raise UntrustedError("evidence.receipt", "the receipt is for something else")
    salt = base64url.decode(_text(shown, "salt"))
    if len(salt) != leaf.SALT_BYTES or stamp.log_index != shown.raw("log_index"):
        raise UntrustedError("evidence.receipt", "the receipt is for another leaf")
    proof = [base64url.decode(str(one)) for one in shown.items("proof", 0, merkle.MAX_PROOF)]
    entry = leaf.entry(kind, stamp.t, leaf.commitment(salt, unverified.payload))
    merkle.verify_inclusion(
        merkle.leaf_hash(entry), stamp.log_index, checkpoint.size, proof, checkpoint.root
    )
    return stamp


def _checkpoint(last: Root, token: str) -> Checkpoint:
    unverified = envelope.read(token, envelope.CHECKPOINT)
    said = Checkpoint.from_bytes(unverified.payload)
    record: KeyRecord | None = last.key("log", unverified.kid)
    if record is None or record.distrusted or not record.holds(said.iat):
        raise UntrustedError("evidence.checkpoint", "not signed by a log key of the root in force")
    unverified.verify(record.key)
    return said


def _chain(file: Members) -> list[list[str]]:
    versions = file.items("root", 1, root.MAX_CHAIN)
    if not all(isinstance(one, list) for one in versions):
        raise MalformedError("malformed.profile", "evidence.root: not a chain")
    return [[str(token) for token in one] for one in versions if isinstance(one, list)]


def _text(members: Members, name: str) -> str:
    value = members.raw(name)
    if not isinstance(value, str):
        raise MalformedError("malformed.profile", f"{members.at(name)}: not text")
    return value
