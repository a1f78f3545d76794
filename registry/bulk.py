# SPDX-License-Identifier: Apache-2.0
"""A thousand rows at a time, straight to the driver.

SQLAlchemy's compiler costs a few microseconds a row, which a thousand rows in six tables turn into
a fifth of an admission. The statements here are made of the names of tables and columns alone;
values are always parameters, in whichever style the driver has.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Column, Connection, Table
from sqlalchemy.engine import Dialect

T = TypeVar("T")

MAX_VALUES: Final = 900  # in one IN (…), below the least limit of any SQLite

_ARRAYS: Final = {  # of PostgreSQL
    bool: "boolean[]",
    bytes: "bytea[]",
    int: "bigint[]",
    str: "text[]",
}
_MARKS: Final = {"qmark": "?", "format": "%s", "pyformat": "%s"}


def insert(
    connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], *, keep: bool = False
) -> int:
    """Insert rows, whose values stand in the order of the table's columns.

    Args:
        connection: A write transaction.
        table: Where to.
        rows: At least one.
        keep: Leave rows that exist as they are, instead of failing.

    Returns:
        How many rows were inserted.
    """
    quote = connection.dialect.identifier_preparer.quote  # a column may be named as a keyword
    names = ", ".join(quote(column.name) for column in table.columns)
    if connection.dialect.name == "postgresql":
        return _insert_columns(connection, table, names, rows, keep=keep)
    marks = ", ".join([_mark(connection.dialect)] * len(table.columns))
    clause = " ON CONFLICT DO NOTHING" if keep else ""
    sql = f"INSERT INTO {table.name} ({names}) VALUES ({marks}){clause}"  # noqa: S608  # names only
    return connection.exec_driver_sql(sql, list(rows)).rowcount


def _insert_columns(
    connection: Connection, table: Table, names: str, rows: Sequence[tuple[Any, ...]], *, keep: bool
) -> int:
    """Insert rows as one array for each column: one statement, whatever their number."""
    types = ", ".join(f"%s::{_ARRAYS[column.type.python_type]}" for column in table.columns)
    clause = " ON CONFLICT DO NOTHING" if keep else ""
    sql = f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({types}){clause}"  # noqa: S608  # names only
    columns = tuple(map(list, zip(*rows, strict=True)))
    return connection.exec_driver_sql(sql, columns).rowcount


def select(
    connection: Connection,
    columns: Sequence[Column[Any]],
    among: Column[Any],
    values: Collection[Any],
    **fixed: str | int,
) -> Iterator[tuple[Any, ...]]:
    """Read columns of the rows in which one column has one of many values.

    Args:
        connection: A transaction.
        columns: Of one table.
        among: The column that is looked up.
        values: Any number of them.
        fixed: Other columns that must have one value each.
    """
    table, mark = among.table, _mark(connection.dialect)
    names = ", ".join(column.name for column in columns)
    conditions = "".join(f"{name} = {mark} AND " for name in fixed)
    wanted = list(values)
    if connection.dialect.name == "postgresql":
        array = _ARRAYS[among.type.python_type]
        sql = (
            f"SELECT {names} FROM {table.description}"  # noqa: S608  # names only
            f" WHERE {conditions}{among.name} = ANY(%s::{array})"
        )
        yield from map(tuple, connection.exec_driver_sql(sql, (*fixed.values(), wanted)))
        return
    for start in range(0, len(wanted), MAX_VALUES):
        some = wanted[start : start + MAX_VALUES]
        marks = ", ".join([mark] * len(some))
        sql = (
            f"SELECT {names} FROM {table.description}"  # noqa: S608  # names only
            f" WHERE {conditions}{among.name} IN ({marks})"
        )
        yield from map(tuple, connection.exec_driver_sql(sql, (*fixed.values(), *some)))


def chunks(values: Collection[T]) -> Iterator[list[T]]:
    """Cut values into lists that one statement can take."""
    ordered = list(values)
    for start in range(0, len(ordered), MAX_VALUES):
        yield ordered[start : start + MAX_VALUES]


def _mark(dialect: Dialect) -> str:
    return _MARKS[dialect.paramstyle]
