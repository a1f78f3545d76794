# SPDX-License-Identifier: Apache-2.0
"""Looking at a document number: an act with a reason, recorded before anything is shown.

Only where the console was started with the key of the numbers (`registry.holders`). The row stays,
whatever became of the page; a crash between the two leaves a look that nobody had.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import insert, select

from credential import base64url
from credential.errors import ConflictError, MalformedError, UnavailableError
from registry import database, store_certificates, store_log
from registry.console.sight import Sight
from registry.console.tables import REASON, unmaskings
from registry.service import Registry
from registry.tables import holder_numbers

MIN_REASON: Final = 4  # characters
MAX_LISTED: Final = 500

_T: Final = unmaskings


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a number."""

    at: int
    account: str
    kind: str
    number: str
    """Of the certificate."""
    reason: str


def unmask(
    registry: Registry, account: str, log_index: int, reason: str, random: Callable[[int], bytes]
) -> str:
    """Record a look, and give the document number beside a certificate.

    Raises:
        MalformedError: `unmask.reason`.
        UnavailableError: `holder.key`, the console has not the key of this number.
        ConflictError: `request.not_found`, there is none.
        UntrustedError: `holder.sealed`.
    """
    demand_reason(reason)
    key = registry.holder_key
    c = holder_numbers.c
    query = select(c.key, c.sealed).where(c.log_index == log_index)
    with database.read(registry.engine) as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise ConflictError("request.not_found", "there is nothing here")
    if key is None or key.id != row.key:
        message = "this console was started without the key of this number"
        raise UnavailableError("holder.key", message)
    values = {
        "id": base64url.encode(random(16)),
        "at": registry.clock(),
        "account": account,
        "certificate": log_index,
        "reason": reason,
    }
    with database.write(registry.engine) as connection:
        connection.execute(insert(_T).values(values))
        store_log.demand_here(connection)  # or the record would stay behind
    return key.open(log_index, row.sealed).number


def demand_reason(reason: str) -> None:
    """Return if a reason is one.

    Raises:
        MalformedError: `unmask.reason`.
    """
    if not MIN_REASON <= len(reason) <= REASON:
        message = f"say why, in {MIN_REASON} to {REASON} characters"
        raise MalformedError("unmask.reason", message)


def looks(sight: Sight) -> list[Look]:
    """List the newest looks at numbers of certificates that this viewer sees."""
    query = select(_T).order_by(_T.c.at.desc(), _T.c.id).limit(MAX_LISTED)
    rows = sight.connection.execute(query).all()
    known = store_certificates.at(sight.connection, {row.certificate for row in rows})
    return [
        Look(row.at, row.account, known[row.certificate].kind, known[row.certificate].number, why)
        for row in rows
        if row.certificate in known and sight.sees_code(known[row.certificate].body)
        for why in [row.reason]
    ]
