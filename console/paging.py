# SPDX-License-Identifier: Apache-2.0
"""Long lists, a page at a time: the next page begins after the last row of this one (keyset).

    with database.read(engine) as connection:
        page = paged(connection, select(t), (t.c.made_at, t.c.id), after=asked, newest_first=True)

However long the list is, a page costs the same where an index has these columns; rows that come or
go meanwhile neither repeat nor hide others. The last column must make the key unique.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Connection, RowMapping, Select, tuple_

from credential import base64url
from credential.errors import MalformedError

SIZE: Final = 50  # rows
MAX_SIZE: Final = 500
MAX_CURSOR: Final = 1_000  # characters

Key = str | int


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list."""

    rows: Sequence[RowMapping]
    after: str | None
    """Where the next page begins, for its link; None: this is the last one."""


def paged(  # each shapes the query
    connection: Connection,
    query: Select[Any],
    key: Sequence[Column[Any]],
    *,
    after: str | None = None,
    size: int = SIZE,
    newest_first: bool = False,
) -> Page:
    """Read one page.

    Args:
        connection: Of a read transaction.
        query: Without order; it selects the key's columns, too.
        key: What it is ordered by: columns of text or whole numbers, unique together.
        after: `Page.after` of the page before; None or "" for the first one.
        size: Rows, at most `MAX_SIZE`.
        newest_first: Descending.

    Raises:
        MalformedError: `page.cursor`, not a place that a page of ours gave.
    """
    size = max(1, min(size, MAX_SIZE))
    if after:
        here, there = tuple_(*key), tuple_(*read(after, key))
        query = query.where(here < there if newest_first else here > there)
    order = [column.desc() if newest_first else column.asc() for column in key]
    rows = connection.execute(query.order_by(*order).limit(size + 1)).mappings().all()
    more = len(rows) > size
    last = rows[size - 1] if more else None
    return Page(rows[:size], None if last is None else write([last[column.name] for column in key]))


def write(values: Sequence[Key]) -> str:
    """Write a place in a list."""
    return base64url.encode(json.dumps(values, ensure_ascii=False).encode())


def read(cursor: str, key: Sequence[Column[Any]]) -> list[Key]:
    """Read a place in a list that is ordered by these columns.

    Raises:
        MalformedError: `page.cursor`.
    """
    try:
        values = json.loads(base64url.decode(cursor[: MAX_CURSOR + 1]))
    except (ValueError, RecursionError, MalformedError):
        values = None
    kinds = [column.type.python_type for column in key]
    if (
        not isinstance(values, list)
        or [type(value) for value in values] != kinds
        or any(isinstance(each, int) and not -(1 << 63) <= each < 1 << 63 for each in values)
        or any(isinstance(each, str) and "\0" in each for each in values)
    ):
        raise MalformedError("page.cursor", "that is no place in this list: begin again")
    return values
