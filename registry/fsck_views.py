# SPDX-License-Identifier: Apache-2.0
"""Compare tables: a view with its rebuilt copy, the number of rows with that of leaves."""

from collections.abc import Mapping

from sqlalchemy import Connection, RowMapping, Table, func, select

from credential.errors import UntrustedError
from registry.replay import corrupt
from registry.tables import attachments, holder_numbers, metadata, statements, tokens


def compare_view(scratch: Connection, real: Connection, table: Table) -> None:
    """Compare a view row by row in the order of its key.

    Args:
        scratch: Where it was rebuilt.
        real: Where it stands.
        table: The view.

    Raises:
        UntrustedError: `registry.corrupt`, with the first row that disagrees.
    """
    order = list(table.primary_key.columns)
    query = select(table).order_by(*order)
    rebuilt = iter(scratch.execute(query).mappings())
    stored = iter(real.execute(query).mappings())

    def key(row: RowMapping) -> tuple[str | int | bytes, ...]:
        return tuple(row[column.name] for column in order)

    expected, found = next(rebuilt, None), next(stored, None)
    while expected is not None or found is not None:
        if expected == found:
            expected, found = next(rebuilt, None), next(stored, None)
            continue
        if found is None or (expected is not None and key(expected) < key(found)):
            row, what = expected, "is missing"
        elif expected is None or key(found) < key(expected):
            row, what = found, "ought not to be there"
        else:
            row, what = found, "is not what was signed"
        named = ", ".join(f"{c.name} {_shown(row[c.name])}" for c in order) if row else ""
        raise UntrustedError("registry.corrupt", f"{table.name}: the row {named} {what}")


def stray_rows(real: Connection, expected: Mapping[str, int]) -> None:
    """Find rows that belong to no leaf.

    Args:
        real: The database.
        expected: How many rows each table should have.

    Raises:
        UntrustedError: `registry.corrupt`.
    """
    for name, count in expected.items():
        query = select(func.count()).select_from(metadata.tables[name])
        found = real.execute(query).scalar_one()
        if found != count:
            message = f"{name}: {found} rows instead of {count}"
            raise UntrustedError("registry.corrupt", message)
    stray = select(attachments.c.log_index).where(
        attachments.c.log_index.not_in(select(statements.c.log_index))
    )
    if (index := real.execute(stray).scalar()) is not None:
        raise corrupt(index, "attachments: of no statement")
    number = select(holder_numbers.c.log_index).where(
        holder_numbers.c.log_index.not_in(select(tokens.c.log_index))
    )
    if (index := real.execute(number).scalar()) is not None:
        raise corrupt(index, "holder_numbers: of no certificate")


def _shown(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
