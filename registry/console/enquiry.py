# SPDX-License-Identifier: Apache-2.0
"""The public enquiry: a certificate by number and name; nothing to whoever has not both.

A wrong number, a wrong name, an erased certificate: the same answer after the same work, so that
nobody learns that a number exists, or whose it is.
"""

import hmac
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from credential import certificate
from credential.name import fold
from registry import store_certificates, store_log
from registry.console.body_view import state_of
from registry.console.certificates import STATUS
from registry.directory import Directory

COMPARED: Final = 4
"""Certificates that are compared: those of the number, and others where it has not so many."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What everybody may know who has number and name."""

    kind: str
    number: str
    status: str
    body: str
    """Name of the body."""
    standing: str
    """Of the body today; what it issued before a suspension stays as it is."""
    occupation: str
    level: str | None
    evaluated_on: str
    admitted: int
    expires: int | None


def enquire(
    connection: Connection, directory: Directory, number: str, name: str, at: int
) -> tuple[Answer, ...]:
    """Answer an enquiry.

    Args:
        connection: A read transaction.
        directory: As of now.
        number: As it was typed.
        name: As it was typed.
        at: Now.
    """
    asked = fold(name).encode()
    rows = store_certificates.named_among(connection, number.strip().upper(), COMPARED)
    another = next((row.token for row, _ in rows if row.token), None)  # for one that was erased
    matches = []
    for row, is_asked in rows:
        token = row.token or another
        claims = certificate.read(token)[1] if token else None
        known = fold(claims.name).encode() if claims else b"\0"
        same = hmac.compare_digest(known, asked)
        if same and is_asked and row.token and claims is not None:
            matches.append((row, claims))
    found = [row.log_index for row, _ in matches]
    statuses = store_certificates.statuses_of(connection, found)
    leaves = store_log.leaves_at(connection, found)
    times = {stored.leaf.log_index: stored.leaf.t for stored in leaves}
    return tuple(
        Answer(
            kind=row.kind,
            number=row.number,
            status=STATUS[statuses.get(row.log_index, (0, ""))[0]],
            body=directory.bodies[row.body].name,
            standing=state_of(directory, directory.bodies[row.body], at),
            occupation=claims.occupation_name,
            level=claims.level,
            evaluated_on=claims.evaluated_on,
            admitted=times[row.log_index],
            expires=claims.exp,
        )
        for row, claims in matches
    )
