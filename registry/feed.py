# SPDX-License-Identifier: Apache-2.0
"""Write what the registry has acknowledged as a feed (`credential.feed`), from any place on.

Written every few minutes and kept elsewhere, it is what a copy of the database lacks. It has names
in it and is as secret as the database. What has been erased is left out: it cannot be put back.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from credential import canonical
from credential.feed import Fed
from credential.leaf import STATEMENT
from registry import database, store_certificates, store_log, store_statements
from registry.service import Registry

GROUP = 1_000


@dataclass(slots=True)
class Feed:
    """What is being written."""

    lines: int = 0
    left_out: int = 0
    """Leaves without a receipt yet, or erased."""


def walk(registry: Registry, start: int, feed: Feed) -> Iterator[bytes]:
    """Write the lines of the leaves from an index on, in order; `feed` counts them.

    Raises:
        UnavailableError: `registry.…`
    """
    while True:
        with database.read(registry.engine) as connection:
            stored = store_log.leaves_from(connection, start, GROUP)
            indexes = [one.leaf.log_index for one in stored]
            tokens = store_certificates.at(connection, indexes)
            said = store_statements.at(connection, indexes)
            beside = store_statements.attachments_of(connection, indexes)
        if not stored:
            return
        for one in stored:
            row, index = one.leaf, one.leaf.log_index
            text = "" if row.kind == STATEMENT else tokens[index].token
            if one.signature is None or not row.salt or (row.kind != STATEMENT and not text):
                feed.left_out += 1
                continue
            feed.lines += 1
            token = row.receipt.unverified(one.signature).token
            if row.kind == STATEMENT:
                attachment = beside.get(index)
                value = None
                if attachment is not None:
                    value = canonical.parse(attachment.encode(), canonical=False)
                made = Fed(token, row.salt, None, said[index].signatures, value)
            else:
                made = Fed(token, row.salt, f"{text}~")
            yield made.to_line()
        start = stored[-1].leaf.log_index + 1
