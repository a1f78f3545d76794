# SPDX-License-Identifier: Apache-2.0
"""SQL of statements, their subjects, and the unique keys of the directory; no rules."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select

from registry.guards import numbers
from registry.tables import (
    attachments,
    bodies,
    cells,
    certificates,
    heads,
    kids,
    leaves,
    statements,
    submissions,
)


@dataclass(frozen=True, slots=True)
class Record:
    """One accepted statement, as signed, with the time of its receipt."""

    log_index: int
    t: int
    iss: str
    jti: str
    type: str
    subject: str
    payload: bytes
    signatures: tuple[str, ...]
    """One or two compact JWS."""


def insert_statement(connection: Connection, record: Record, attachment: str | None) -> None:
    """Store a statement exactly as signed, and what travelled beside it."""
    connection.execute(
        insert(statements).values(
            log_index=record.log_index,
            iss=record.iss,
            jti=record.jti,
            type=record.type,
            subject=record.subject,
            payload=record.payload,
            signatures="\n".join(record.signatures),
        )
    )
    if attachment is not None:
        connection.execute(
            insert(attachments).values(log_index=record.log_index, content=attachment)
        )


def walk(
    connection: Connection,
    types: Collection[str] | None = None,
    *,
    start: int = 0,
    end: int | None = None,
) -> Iterator[Record]:
    """Read statements with log index in [start, end) in order, all or of some types."""
    query = _records().where(statements.c.log_index >= start)
    if end is not None:
        query = query.where(statements.c.log_index < end)
    if types is not None:
        query = query.where(statements.c.type.in_(types))
    for row in connection.execute(query.execution_options(yield_per=500)):
        yield _record(row)


def at(connection: Connection, indexes: Collection[int]) -> dict[int, Record]:
    """Read the statements at these places of the log."""
    rows = connection.execute(_records().where(statements.c.log_index.in_(indexes)))
    return {record.log_index: record for record in map(_record, rows)}


def about(connection: Connection, subjects: Collection[str]) -> list[Record]:
    """Read the statements about these subjects, in order."""
    rows = connection.execute(_records().where(statements.c.subject.in_(subjects)))
    return [_record(row) for row in rows]


def newest(
    connection: Connection, *, before: int | None, limit: int, type_: str = "", about: str = ""
) -> list[Record]:
    """Read the newest statements, newest first.

    Args:
        connection: A transaction.
        before: Where the page before this one ended; None for the first page.
        limit: How many.
        type_: Only of this type, unless it is empty.
        about: Only about this subject or what belongs to it, unless it is empty.
    """
    c = statements.c
    query = _records().order_by(None).order_by(c.log_index.desc()).limit(limit)
    if before is not None:
        query = query.where(c.log_index < before)
    if type_:
        query = query.where(c.type == type_)
    if about:
        query = query.where(
            (c.subject == about) | c.subject.startswith(about + "/", autoescape=True)
        )
    return [_record(row) for row in connection.execute(query)]


def body_of_certificate(connection: Connection, host: str, kind: str, number: str) -> str | None:
    """Find the code of the body whose certificate has this number."""
    c = numbers.c
    query = (
        select(certificates.c.body)
        .join(numbers, c.log_index == certificates.c.log_index)
        .where(c.number == number, c.kind == kind, c.host == host)
    )
    return connection.execute(query).scalar_one_or_none()


def _records() -> Select[Any]:
    c = statements.c
    columns = (c.log_index, leaves.c.t, c.iss, c.jti, c.type, c.subject, c.payload, c.signatures)
    return select(*columns).join(leaves, leaves.c.log_index == c.log_index).order_by(c.log_index)


def _record(row: Row[Any]) -> Record:
    values: list[Any] = list(row)
    values[-1] = tuple(values[-1].split("\n"))
    return Record(*values)


def attachments_of(connection: Connection, indexes: Collection[int]) -> dict[int, str]:
    """Read what travelled beside statements."""
    query = select(attachments).where(attachments.c.log_index.in_(indexes))
    return {row.log_index: row.content for row in connection.execute(query)}


def jti_used(connection: Connection, iss: str, jti: str) -> bool:
    """Tell whether an issuer has used a statement identifier."""
    query = select(statements.c.log_index).where(statements.c.iss == iss, statements.c.jti == jti)
    return connection.execute(query).first() is not None


def heads_of(connection: Connection, subjects: Collection[str]) -> dict[str, bytes]:
    """Read the digest of the last accepted statement of each subject."""
    query = select(heads).where(heads.c.subject.in_(subjects))
    return {row.subject: row.digest for row in connection.execute(query)}


def move_heads(connection: Connection, subjects: Sequence[str], digest: bytes) -> None:
    """Make this statement the last one of its subjects."""
    connection.execute(delete(heads).where(heads.c.subject.in_(subjects)))
    connection.execute(
        insert(heads), [{"subject": subject, "digest": digest} for subject in subjects]
    )


def remember_submission(connection: Connection, iss: str, jti: str, exp: int, *, now: int) -> bool:
    """Use up a request identifier, once; forget those that have expired.

    Returns:
        Whether it had not been used.
    """
    connection.execute(delete(submissions).where(submissions.c.exp < now - 3600))
    query = select(submissions.c.exp).where(submissions.c.iss == iss, submissions.c.jti == jti)
    if connection.execute(query).first() is not None:
        return False
    connection.execute(insert(submissions).values(iss=iss, jti=jti, exp=exp))
    return True


# The unique keys of the directory ----------------------------------------------------------------


def insert_kid(connection: Connection, kid: str, thumbprint: bytes, owner: str, role: str) -> None:
    """Take a key identifier and thumbprint for ever."""
    connection.execute(insert(kids).values(kid=kid, thumbprint=thumbprint, owner=owner, role=role))


def insert_body(connection: Connection, code: str, prefix: str) -> None:
    """Take a body's code and number prefix."""
    connection.execute(insert(bodies).values(code=code, prefix=prefix or None))


def insert_cells(connection: Connection, name: str, numbers: Collection[int], body: str) -> None:
    """Take the cells of a block of status indexes."""
    connection.execute(
        insert(cells), [{"list": name, "cell": number, "body": body} for number in numbers]
    )
