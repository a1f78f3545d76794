# SPDX-License-Identifier: Apache-2.0
"""Certificates as officials see them: found by number or name, with all that happened to each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from credential import certificate, statement_bodies
from credential.certificate import Claims
from registry import store_certificates, store_log, store_statements
from registry.console.sight import Sight, nothing
from registry.console.statement_views import StatementView, shown
from registry.store_certificates import Row

PAGE: Final = 50
MAX_LOOKED: Final = 5_000  # certificates of a body that a search by name reads

STATUS: Final = ("valid", "revoked", "suspended", "superseded")


@dataclass(frozen=True, slots=True)
class Listed:
    """One certificate in a list."""

    row: Row
    claims: Claims | None
    """None where its text has been erased."""
    status: str
    """One of `STATUS`, or `erased`."""
    t: int
    """When it was admitted."""


@dataclass(frozen=True, slots=True)
class CertificateView:
    """What the page of a certificate shows."""

    listed: Listed
    body: str
    """Name of the body."""
    receipt: str | None
    """None until the server has signed it."""
    history: tuple[StatementView, ...]
    """Every statement about it, oldest first."""
    has_number: bool
    """Whether a document number is kept beside it."""
    may_unmask: bool

    @property
    def subject(self) -> str:
        """Its identifier in statements."""
        row = self.listed.row
        return statement_bodies.certificate_subject(row.host, row.kind, row.number)


def page(
    sight: Sight,
    code: str,
    *,
    before: int | None,
    batch: int | None = None,
    name: str = "",
    limit: int = PAGE,
) -> tuple[list[Listed], int | None]:
    """List a body's newest certificates.

    Args:
        sight: As whom.
        code: The body's.
        before: Where the page before this one ended.
        batch: Log index of a batch, to list only its certificates.
        name: Part of the holder's name; then the newest `MAX_LOOKED` are read.
        limit: How many.

    Raises:
        ConflictError: `request.not_found`.
    """
    body = sight.body(code)
    asked = MAX_LOOKED if name else limit + 1
    indexes = store_certificates.page(
        sight.connection, body.code, before=before, limit=asked, batch=batch
    )
    rows = store_certificates.at(sight.connection, indexes)
    listed = in_list(sight, [rows[index] for index in indexes])
    if name:
        return [one for one in listed if one.claims and name in one.claims.name][:limit], None
    return listed[:limit], listed[limit - 1].row.log_index if len(listed) > limit else None


def numbered(sight: Sight, number: str) -> list[Listed]:
    """Find every certificate of a number that this viewer sees."""
    rows = store_certificates.named(sight.connection, number)
    return in_list(sight, [row for row in rows if sight.sees_code(row.body)])


def view(sight: Sight, kind: str, number: str) -> CertificateView:
    """Put the page of a certificate together.

    Raises:
        ConflictError: `request.not_found`.
    """
    found = [one for one in numbered(sight, number) if one.row.kind == kind]
    if not found:
        raise nothing()
    listed = found[-1]
    row = listed.row
    subject = statement_bodies.certificate_subject(row.host, row.kind, row.number)
    body = sight.directory.bodies[row.body]
    records = store_statements.about(sight.connection, [subject])
    records += [
        record
        for record in store_statements.about(sight.connection, [body.id])
        if record.type == "revoke_bulk" and f'"{row.number}"'.encode() in record.payload
    ]
    records.sort(key=lambda record: record.log_index)
    target = sight.target(body.id)
    leaf = store_log.leaves_at(sight.connection, [row.log_index])[0]
    signed = leaf.signature
    return CertificateView(
        listed=listed,
        body=body.name,
        receipt=None if signed is None else leaf.leaf.receipt.unverified(signed).token,
        history=tuple(shown(sight, record) for record in records),
        has_number=store_certificates.has_holder(sight.connection, row.log_index),
        may_unmask=sight.viewer.unmasks(target, sight.at),
    )


def in_list(sight: Sight, rows: Sequence[Row]) -> list[Listed]:
    """Put together what a list shows of certificates."""
    indexes = [row.log_index for row in rows]
    statuses = store_certificates.statuses_of(sight.connection, indexes)
    times = {
        stored.leaf.log_index: stored.leaf.t
        for stored in store_log.leaves_at(sight.connection, indexes)
    }
    found = []
    for row in rows:
        claims = certificate.read(row.token)[1] if row.token else None
        code, _ = statuses.get(row.log_index, (0, ""))
        found.append(Listed(row, claims, STATUS[code], times[row.log_index]))
    return found
