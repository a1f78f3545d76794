# SPDX-License-Identifier: Apache-2.0
"""Statements as they were signed: what each says, who signed it, whether its receipt is there."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from console.pages import when
from credential import base64url, statement
from registry import store_log, store_published, store_statements
from registry.console import lists, targets
from registry.console.access import Target
from registry.console.sight import Sight, nothing
from registry.store_statements import Record

PAGE: Final = 50
MAX_LOOKED: Final = 2_000  # statements that one page looks through

BRIEF: Final = (
    *("name", "title", "number", "state", "result", "step", "role", "kid", "reason", "notice"),
    "document",
)
TIMES: Final = frozenset({"from", "to", "until", "after"})  # of clocks, not of days
RECEIPT_STATES: Final = ("waiting", "signed", "published")


@dataclass(frozen=True, slots=True)
class Signer:
    """One signature of a statement."""

    kid: str
    owner: str
    """Name of whose key it is."""


@dataclass(frozen=True, slots=True)
class StatementView:
    """One statement."""

    log_index: int
    t: int
    type: str
    subject: str
    by: str
    """Name of whose statement it is."""
    digest: str
    body: dict[str, object]
    after: str | None
    signers: tuple[Signer, ...]
    payload: str
    """Exactly what was signed."""

    @property
    def brief(self) -> list[str]:
        """The few members that tell most, for a list; words among them."""
        named = [self.body.get(name) for name in BRIEF]
        return [one for one in named if isinstance(one, str)]

    @property
    def members(self) -> list[tuple[str, str]]:
        """Its body laid out: each member's path and value."""
        return list(_laid_out("", self.body))


@dataclass(frozen=True, slots=True)
class Receipt:
    """How far the receipt of a statement is."""

    state: str
    """One of `RECEIPT_STATES`: not yet signed by the server, signed, under a checkpoint."""
    token: str | None
    epoch: int


def page(
    sight: Sight, *, before: int | None, type_: str = "", about: str = "", limit: int = PAGE
) -> tuple[list[StatementView], int | None]:
    """List the newest statements that this viewer sees.

    Args:
        sight: As whom.
        before: Where the page before this one ended.
        type_: Only of this type.
        about: Only about this subject, or what belongs to it.
        limit: How many.
    """
    found: list[StatementView] = []
    for _ in range(MAX_LOOKED // (2 * limit)):
        records = store_statements.newest(
            sight.connection, before=before, limit=2 * limit, type_=type_, about=about
        )
        for record in records:
            before = record.log_index
            if is_visible(sight, record):
                found.append(shown(sight, record))
            if len(found) == limit:
                return found, before
        if len(records) < 2 * limit:
            return found, None
    return found, before


def history(
    sight: Sight, subject: str, others: Sequence[str], limit: int = PAGE
) -> list[StatementView]:
    """List the newest statements about a subject, what belongs to it, and some others."""
    own, _ = page(sight, before=None, about=subject, limit=limit)
    records = store_statements.about(sight.connection, others)
    found = [*own, *(shown(sight, one) for one in records if is_visible(sight, one))]
    return sorted(found, key=lambda one: -one.log_index)[:limit]


def view(sight: Sight, log_index: int) -> tuple[StatementView, Receipt, tuple[str, ...]]:
    """Find one statement, its receipt, and the signatures as they came.

    Raises:
        ConflictError: `request.not_found`.
    """
    record = store_statements.at(sight.connection, [log_index]).get(log_index)
    if record is None or not is_visible(sight, record):
        raise nothing()
    return shown(sight, record), receipt_of(sight, log_index), record.signatures


def receipt_of(sight: Sight, log_index: int) -> Receipt:
    """Tell how far the receipt of a leaf is."""
    stored = store_log.leaves_at(sight.connection, [log_index])[0]
    if stored.signature is None:
        return Receipt("waiting", None, stored.leaf.epoch)
    published = store_published.last_publication(sight.connection)
    is_public = published is not None and log_index < published.size
    token = stored.leaf.receipt.unverified(stored.signature).token
    return Receipt("published" if is_public else "signed", token, stored.leaf.epoch)


def is_visible(sight: Sight, record: Record) -> bool:
    """Tell whether a statement exists for this viewer."""
    target = target_of(sight, record.subject)
    return target is not None and sight.viewer.sees(target, sight.at)


def target_of(sight: Sight, subject: str) -> Target | None:
    """Find where the subject of a statement belongs, certificates too."""
    if "/certificates/" not in subject:
        return targets.target_of(sight.directory, subject)
    parts = subject.removeprefix("https://").split("/", 3)
    if len(parts) != 4:
        return None
    host, _, kind, number = parts
    code = store_statements.body_of_certificate(sight.connection, host, kind, number)
    return None if code is None else targets.of_code(sight.directory, code)


def shown(sight: Sight, record: Record) -> StatementView:
    """Lay one statement out."""
    signed = statement.read(list(record.signatures))
    said = signed.statement
    owners = sight.directory.owners
    signers = tuple(
        Signer(
            one.kid,
            lists.name_of(sight.directory, owners[one.kid].id) if one.kid in owners else "?",
        )
        for one in signed.signatures
    )
    return StatementView(
        record.log_index,
        record.t,
        record.type,
        record.subject,
        lists.name_of(sight.directory, said.iss),
        base64url.encode(signed.digest),
        said.body,
        said.after,
        signers,
        record.payload.decode(),
    )


def laid_out(body: dict[str, object]) -> list[tuple[str, str]]:
    """Lay the body of a statement out: each member's path and value."""
    return list(_laid_out("", body))


def _laid_out(path: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, dict) and value:
        return [
            pair
            for name, one in value.items()
            for pair in _laid_out(f"{path}.{name}" if path else str(name), one)
        ]
    if isinstance(value, list) and value and any(isinstance(one, dict) for one in value):
        return [pair for n, one in enumerate(value, 1) for pair in _laid_out(f"{path}[{n}]", one)]
    if isinstance(value, list):
        return [(path, "、".join(str(one) for one in value) or "—")]
    if isinstance(value, int) and path.rpartition(".")[2] in TIMES:
        return [(path, f"{when(value)}  ({value})")]
    if value is None:
        return [(path, "—")]
    return [(path, value if isinstance(value, str) else json.dumps(value))]
