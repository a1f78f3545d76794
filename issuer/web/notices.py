# SPDX-License-Identifier: Apache-2.0
"""What runs out soon: filing, keys, status indexes, catalogue; shown before it stops anybody."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from credential.filing_file import FilingFile
from credential.key_record import BODY_ROLES
from issuer.web.settings import DAY

SOON: Final = 45 * DAY
FEW_INDEXES: Final = 0.1  # of the blocks


@dataclass(frozen=True, slots=True)
class Notice:
    """One line of the home page."""

    key: str
    """`notice.<key>` of the texts."""
    is_over: bool
    """Nothing can be issued because of it."""
    what: str = ""
    at: int | None = None
    left: int = 0


def of(filing: FilingFile, used: Collection[tuple[str, int]], at: int) -> list[Notice]:
    """List what has ended or ends soon.

    Args:
        filing: Of the body.
        used: Status indexes that may not be drawn again.
        at: Now, seconds since 1970.
    """
    body, notices = filing.body, []
    for each in body.filings:
        if each.void is None and each.end is not None and each.end < at + SOON:
            is_over = each.end <= at
            later = [f for f in body.filings if f.void is None and f.holds(at)]
            if not (is_over and later):
                notices.append(Notice("filing", is_over, each.number, each.end))
    for role in BODY_ROLES:
        records = [r for r in body.keys if r.role == role and r.distrusted_after is None]
        open_ones = [r for r in records if r.holds(at)]
        if not open_ones:
            notices.append(Notice("no_key", is_over=True, what=role))
        elif all(r.end is not None and r.end < at + SOON for r in open_ones):
            end = max(r.end or 0 for r in open_ones)
            notices.append(Notice("key", is_over=False, what=role, at=end))
    size = sum(block.size for block in body.blocks)
    ours = {block.list: (block.first, block.first + block.size) for block in body.blocks}
    spent = sum(
        any(b.list == name and b.first <= index < b.first + b.size for b in body.blocks)
        for name, index in used
        if name in ours
    )
    if size - spent <= size * FEW_INDEXES:
        notices.append(Notice("indexes", size <= spent, left=size - spent))
    for catalogue in filing.dictionaries():
        if catalogue.exp < at + SOON:
            is_over = catalogue.exp <= at
            notices.append(Notice("catalogue", is_over, catalogue.scheme, catalogue.exp))
    standing = [each for each in body.standing if each.start <= at]
    if standing and standing[-1].state != "active":
        notices.append(Notice("standing", is_over=True, what=standing[-1].state))
    return notices
