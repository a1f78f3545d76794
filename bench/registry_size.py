# SPDX-License-Identifier: Apache-2.0
"""What grows with the number of certificates on PostgreSQL: a look-up by number, a page of a list.

The rows are made inside the database, with the keys, indexes and partitions of the real schema.
Sizes are measured in turns, so that whatever else the machine does falls on both.
"""

import random
import statistics
import time
from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, Engine, Table, text

from bench.report import Row
from registry import database, schema, store_certificates
from registry.tables import metadata
from tests.postgresql import Server

SIZES: Final = (10_000, 1_000_000)
LONG_SIZES: Final = (10_000, 1_000_000, 10_000_000)
ASKED: Final = 1_000
GOAL: Final = 1.5
BODIES: Final = 100
PAGE: Final = 50

# A column of row number i; sizes as in practice.
_VALUES: Final = {
    "log_index": "i",
    "type": "1",
    "t": "1790000000 + i / 50",
    "epoch": "1",
    "host": "'jy.sh310.example'",
    "digest": "sha256(int8send(i))",
    "commitment": "sha256(int8send(-i))",
    "salt": "substr(sha256(int8send(i)), 1, 16)",
    "signature": "sha256(int8send(i)) || sha256(int8send(-i))",
    "kind": "'skill_level'",
    "number": "'Y' || lpad(i::text, 21, '0')",
    "body": f"'91310115MA' || lpad((i % {BODIES})::text, 8, '0')",
    "kid": f"'kid' || lpad((i % {BODIES})::text, 8, '0')",
    "nonce": "sha256(int8send(i))",
    "list": "(i / 1048576)::text",
    "idx": "(i * 7919) % 1048576",
    "batch": "0",
    "token": "repeat(md5(i::text), 24)",
}
_TABLES: Final = (
    *("leaves", "salts", "receipts", "certificates", "tokens"),
    *("digests", "numbers", "places", "nonces"),
)


def rows() -> list[Row]:
    """Measure at the everyday sizes."""
    return measure(SIZES)


def long_rows() -> list[Row]:
    """Measure at ten million as well: some 25 GB, and some twenty minutes."""
    return measure(LONG_SIZES)


def measure(sizes: tuple[int, ...]) -> list[Row]:
    """Measure at these sizes; the first is what the others are held against."""
    server = Server(durable=False)
    try:
        engines = {size: _filled(server, size) for size in sizes}
        look_up, page = (_in_turns(engines, ask) for ask in (_look_up, _page))
        for engine in engines.values():
            engine.dispose()
    finally:
        server.remove()
    first = sizes[0]
    made = []
    for what, times in (("look-up by number", look_up), (f"page of {PAGE} of a body's", page)):
        least = statistics.median(times[first])
        for size in sizes[1:]:
            ratio = statistics.median(times[size]) / least
            made.append(
                Row(
                    f"PostgreSQL, {size:,} certificates: {what}",
                    f"{_shown(times[size])}, median {ratio:.2f} × that at {first:,}",
                    f"at {first:,}: {_shown(times[first])}",
                    f"≤ {GOAL} ×" if what.startswith("look-up") else "–",
                    ratio <= GOAL if what.startswith("look-up") else None,
                )
            )
    return made


def _shown(times: list[float]) -> str:
    ordered = sorted(times)
    median, slow = statistics.median(ordered), ordered[int(len(ordered) * 0.99)]
    return f"median {median * 1e3:.2f} ms, p99 {slow * 1e3:.2f} ms"


def _filled(server: Server, size: int) -> Engine:
    engine = database.connect(server.url(server.create()))
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("set local session_replication_role = replica"))  # no foreign keys
        for name in _TABLES:
            if name in metadata.tables:
                connection.execute(text(_filling(metadata.tables[name], size)))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
    return engine


def _filling(table: Table, size: int) -> str:
    names = ", ".join(column.name for column in table.columns)
    values = ", ".join(_VALUES[column.name] for column in table.columns)
    rows_ = f"generate_series(0::bigint, {size - 1}) as i"
    return f"insert into {table.name} ({names}) select {values} from {rows_}"  # noqa: S608  # names only


def _in_turns(
    engines: dict[int, Engine], ask: Callable[[Connection, random.Random, int], None]
) -> dict[int, list[float]]:
    source = random.Random(7)
    times: dict[int, list[float]] = {size: [] for size in engines}
    for number in range(ASKED + 50):
        for size, engine in engines.items():
            start = time.perf_counter()
            with database.read(engine) as connection:
                ask(connection, source, size)
            if number >= 50:  # connections and plans are made by then
                times[size].append(time.perf_counter() - start)
    return times


def _look_up(connection: Connection, source: random.Random, size: int) -> None:
    number = f"Y{source.randrange(size):021d}"
    (found,) = store_certificates.named(connection, number)
    if found.number != number:
        raise AssertionError(f"found another: {found.number}")


def _page(connection: Connection, source: random.Random, size: int) -> None:
    body = f"91310115MA{source.randrange(BODIES):08d}"
    before = source.randrange(size // 2, size)
    found = store_certificates.page(connection, body, before=before, limit=PAGE)
    if len(store_certificates.at(connection, found)) != PAGE:
        raise AssertionError("the page is not full")
