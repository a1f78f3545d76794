# SPDX-License-Identifier: Apache-2.0
"""Accept statements: everything that changes the registry and is not a certificate.

One write transaction reads the directory, judges, stores the statement exactly as signed, moves the
views and appends the leaf; the receipt follows in two steps (`registry.log`). The same statement
again, with whichever of its signatures, gets the first answer.

`after` names the subject's last accepted statement, so a replay and a race are refused by comparing
it with the row of that subject, under the lock of the log's tail.
"""

import json
from collections.abc import Sequence
from functools import partial

from sqlalchemy import Connection

from credential import base64url, leaf, scope, statement, statement_bodies
from credential.admission import SKEW, RefusedError
from credential.errors import AfterError, ConflictError, MalformedError, UntrustedError
from credential.roster_commitment import Commitment
from credential.said_examination import BatchClose
from credential.statement import Signed
from credential.statement_bodies import DIRECTORY, Read
from credential.statement_bodies import Batch as SaidBatch
from registry import (
    authority,
    catalogues,
    changes,
    database,
    examination,
    log,
    store_certificates,
    store_log,
    store_statements,
    views,
)
from registry.change import Change, locate
from registry.directory import Directory
from registry.log import Acknowledged
from registry.service import Registry
from registry.store_log import Tail
from registry.store_statements import Record


def accept(
    registry: Registry, tokens: Sequence[str], attachment: object | None = None
) -> Acknowledged:
    """Accept one statement, or answer again for one that was accepted.

    Args:
        registry: Where.
        tokens: One or two compact JWS over one payload.
        attachment: The roster of a batch as `{"roster":[…],"salt":…}`; None for all others.

    Raises:
        SealError: Why not (docs/errors.md); nothing was stored then.
    """
    index = database.repeated(partial(_store, registry, tokens, attachment))
    return log.acknowledge(registry.engine, registry.signers, [index], registry.marks)[index]


def record(registry: Registry, tokens: Sequence[str], attachment: object | None = None) -> bytes:
    """Accept one statement where no receipt key is at hand; the server signs its receipt later.

    Returns:
        The statement's digest, 32 bytes.

    Raises:
        SealError: As `accept`.
    """
    database.repeated(partial(_store, registry, tokens, attachment))
    return statement.read(list(tokens)).digest


def _store(registry: Registry, tokens: Sequence[str], attachment: object | None) -> int:
    """Store a statement unless it is stored; give its leaf."""
    signed = statement.read(list(tokens))
    read = statement_bodies.read(signed.statement)
    roster = None if attachment is None else Commitment.from_members(attachment)
    fresh: Directory | None = None
    with database.write(registry.engine) as connection:
        tail = store_log.tail(connection)
        registry.marks.demand(tail.size)
        index = store_log.indexes_of(connection, [signed.digest]).get(signed.digest)
        if index is None:
            index = tail.size
            fresh = _accept_new(registry, connection, tail, signed, read, roster)
        else:
            authority.recognise(registry.directory(connection, tail), signed)
    if fresh is not None:
        registry.remember(fresh)
    return index


def _accept_new(
    registry: Registry,
    connection: Connection,
    tail: Tail,
    signed: Signed,
    read: Read,
    roster: Commitment | None,
) -> Directory | None:
    said = signed.statement
    t = log.next_time(tail, registry.clock())
    directory = registry.directory(connection, tail)
    if said.aud != registry.settings.url:
        raise UntrustedError("statement.audience", "this statement is for another registry")
    if said.iat > t + SKEW:
        raise UntrustedError("statement.future", "signed in the future: check the clock")
    change = locate(partial(store_certificates.find, connection), directory, signed, read)
    authority.authorise(directory, signed, read, t, change.targets)
    _check_order(connection, change)
    check_attachment(read, roster)
    if isinstance(read.said, SaidBatch):
        _check_scope(directory, read, read.said, t)
        catalogues.check_batch(directory, read.said)
        examination.check_batch(connection, directory, read, t)
    elif isinstance(read.said, BatchClose):
        examination.check_close(connection, read)
    record = Record(
        tail.size,
        t,
        said.iss,
        said.jti,
        said.type,
        said.subject,
        signed.payload,
        tuple(signature.token for signature in signed.signatures),
    )
    changes_directory = read.profile.effect == DIRECTORY
    log.append(
        connection,
        tail,
        [(signed.digest, registry.settings.host)],
        kind=leaf.STATEMENT,
        t=t,
        epoch=registry.epoch(t),
        salts=registry.random,
        directory=changes_directory,
    )
    content = None if roster is None else json.dumps(roster.to_members(), separators=(",", ":"))
    store_statements.insert_statement(connection, record, content)
    fresh = None
    if changes_directory:
        fresh = directory.copy()
        changes.apply(fresh, said, read, t)
        catalogues.check_kept(directory, fresh)
        fresh.size = tail.size + 1
    views.statement(connection, fresh or directory, change, tail.size, roster)
    return fresh


def _check_order(connection: Connection, change: Change) -> None:
    said = change.statement
    if store_statements.jti_used(connection, said.iss, said.jti):
        raise ConflictError(
            "statement.replayed", "another statement has used this jti: make a new one"
        )
    head = store_statements.heads_of(connection, change.subjects[:1]).get(said.subject)
    last = None if head is None else base64url.encode(head)
    if said.after != last:
        message = f"the subject's last statement is {last or 'none'}: look at it and decide again"
        raise AfterError(last, message)


def check_attachment(read: Read, roster: Commitment | None) -> None:
    """Return if what travels beside a statement is what its body commits to.

    Raises:
        MalformedError: `statement.attachment`, `roster.mismatch` or `roster.headcount`.
    """
    if not isinstance(read.said, SaidBatch):
        if roster is not None:
            raise MalformedError("statement.attachment", "only a batch has an attachment")
        return
    if roster is None:
        raise MalformedError("statement.attachment", "a batch comes with its roster")
    if roster.root != read.said.roster:
        raise MalformedError("roster.mismatch", "the roster is not the one that the batch names")
    if len(roster.entries) != read.said.headcount:
        raise MalformedError("roster.headcount", "the roster has not as many entries as the batch")


def _check_scope(directory: Directory, read: Read, batch: SaidBatch, t: int) -> None:
    """Refuse a batch that could never be issued, while nobody has been examined for nothing."""
    body = directory.bodies[read.subject["owner"][-18:]]
    standing = scope.standing_at(body, t)
    if standing.reason is not None:
        raise RefusedError(standing.reason, "the body may not issue at this time")
    for plan in batch.occupations:
        for level in plan.levels or (None,):
            finding = scope.scope_of(
                body, batch.kind, plan.code, level, batch.region, t, directory.root.region
            )
            if finding.reason is not None:
                raise RefusedError(finding.reason, f"no filing of the body covers {plan.code}")
