# SPDX-License-Identifier: Apache-2.0
"""A person's certificates by document number: an act with a reason, recorded before it is answered.

Whoever may look at a document number may search by one, and finds what they may look at: those of
bodies inside their jurisdiction. A person who has none, one whose certificates all lie elsewhere
and one of whom nobody has heard get the same answer. The record says who, when, why, how far the
account saw and what was shown; the number stands nowhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import insert, select

from credential import base64url, identity_number
from credential.identity_number import IdentityNumber
from registry import database, holders, store_certificates, store_log
from registry.console import certificates, tables, unmasking
from registry.console.access import LEAD_OFFICIAL, OFFICIAL, Target
from registry.console.certificates import Listed
from registry.console.sight import Sight, nothing
from registry.console.unmasking import MAX_LISTED
from registry.service import Registry

_ROWS: Final = tables.searches
MAX_FOUND: Final = 100  # certificates that one search shows
_SEARCHING: Final = frozenset({LEAD_OFFICIAL, OFFICIAL})
_EVERYWHERE: Final = "000000"


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to, before it is shown."""

    certificates: tuple[Listed, ...]
    region: str
    """How far the account sees: GB/T 2260, `000000` for everything."""
    fields: frozenset[str]
    """None: all."""


@dataclass(frozen=True, slots=True)
class Search:
    """One search that was recorded."""

    at: int
    account: str
    count: int
    """Certificates that were shown."""
    certificates: tuple[tuple[str, str], ...]
    """Kind and number of those that this viewer sees, too."""
    reason: str


def demand(sight: Sight) -> None:
    """Return if this viewer may search by document number.

    Raises:
        ConflictError: `request.not_found`.
    """
    if sight.viewer.active(sight.at).isdisjoint(_SEARCHING):
        raise nothing()


def read(document_type: str, number: str) -> IdentityNumber:
    """Read what was typed.

    Raises:
        MalformedError: `holder.malformed`; it does not contain the number.
    """
    kind = int(document_type) if document_type in set("1234") else 0
    return IdentityNumber(kind, identity_number.normalise(kind, number))


def search(sight: Sight, person: IdentityNumber) -> Found:
    """Find what this viewer may see of a person's certificates.

    Raises:
        UnavailableError: `holder.key`, this console has not the key under which all numbers are.
    """
    key = holders.demand_under(sight.connection, sight.registry.holder_key)
    rows = holders.rows_of(sight.connection, [key], person)
    mine = [row for row in rows if _may_unmask(sight, row.body)]
    limits = sight.viewer.limits
    narrow = [frozenset(one.fields) for one in limits if one.fields]
    return Found(
        tuple(certificates.in_list(sight, mine[-MAX_FOUND:])),
        max((one.region or _EVERYWHERE for one in limits), key=_depth, default=_EVERYWHERE),
        frozenset.intersection(*narrow) if narrow else frozenset(),
    )


def record(
    registry: Registry, account: str, found: Found, reason: str, random: Callable[[int], bytes]
) -> None:
    """Keep who searched and why; what was found may be shown once this has returned.

    Raises:
        MalformedError: `unmask.reason`.
        UnavailableError: `registry.…`, nothing may be shown.
    """
    unmasking.demand_reason(reason)
    values = {
        "id": base64url.encode(random(16)),
        "at": registry.clock(),
        "account": account,
        "region": found.region,
        "fields": " ".join(sorted(found.fields)),
        "found": " ".join(str(one.row.log_index) for one in found.certificates),
        "reason": reason,
    }
    with database.write(registry.engine) as connection:
        connection.execute(insert(_ROWS).values(values))
        store_log.demand_here(connection)  # or the record would stay behind


def searches(sight: Sight) -> list[Search]:
    """List the newest searches of accounts inside this viewer's jurisdiction."""
    query = select(_ROWS).order_by(_ROWS.c.at.desc(), _ROWS.c.id).limit(MAX_LISTED)
    listed = []
    for row in sight.connection.execute(query).all():
        if not sight.viewer.sees(Target(row.region, frozenset(row.fields.split())), sight.at):
            continue
        indexes = [int(one) for one in row.found.split()]
        known = store_certificates.at(sight.connection, indexes) if indexes else {}
        shown = tuple(
            (known[index].kind, known[index].number)
            for index in indexes
            if index in known and sight.sees_code(known[index].body)
        )
        listed.append(Search(row.at, row.account, len(indexes), shown, row.reason))
    return listed


def _may_unmask(sight: Sight, code: str) -> bool:
    body = sight.directory.bodies.get(code)
    if body is None or not sight.sees(body.id):
        return False
    return sight.viewer.unmasks(sight.target(body.id), sight.at)


def _depth(region: str) -> int:
    """Count the digits that a region is named by: of several limits the innermost counts."""
    return len(region.rstrip("0"))
