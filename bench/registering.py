# SPDX-License-Identifier: Apache-2.0
"""Results to registered certificates, tags ready: a desk and a registry, each in its process.

The parts that nobody can leave out, one after the other on one core: the body's signature, its
check, the receipt's signature, its check, and five durable rows in transactions of a thousand:
claims, token and receipt at the desk, certificate and receipt at the registry. What is measured
against them does much besides, on all cores: every rule twice, authorisation, HTTP, the log.
"""

import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from bench import desk_world, population
from bench.report import Row
from issuer import sign
from keys.algorithms import der_from_raw

QUICK: Final = 5_000
MAX_MEMORY: Final = 600  # MB
_CHUNK: Final = 1_000
_WRITES: Final = 5


def run(folder: Path, count: int, *more: str, tags: str = "required") -> dict[str, float]:
    """Let a desk issue a roster of a length; gives what `bench.desk_run` prints."""
    with desk_world.served(folder, count, tags=tags) as url:
        command = [sys.executable, "-m", "bench.desk_run", str(folder), url, *more]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    spent: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    if spent["registered"] != count:
        raise AssertionError(f"{spent['registered']} of {count} were registered")
    return spent


def _parts(folder: Path) -> float:
    """Do what cannot be left out for a thousand certificates; gives seconds for each."""
    said = list(population.claims(population.host_of(25)))[:_CHUNK]
    body, registry = population.BODY, population.RECEIPT
    public = body.public.public, registry.public.public
    algorithm = ec.ECDSA(hashes.SHA256())
    table = sqlite3.connect(folder / "parts.sqlite", isolation_level=None)
    table.execute("PRAGMA journal_mode=DELETE")
    table.execute("PRAGMA synchronous=FULL")
    table.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, content BLOB)")
    inputs = [sign.token(body, one.to_bytes()).rpartition(".")[0].encode() for one in said]
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        for data in inputs:
            for key, checks in zip((body, registry), public, strict=True):
                if not isinstance(checks, ec.EllipticCurvePublicKey):
                    raise TypeError("both keys are ES256")
                checks.verify(der_from_raw(key.sign(data)), data, algorithm)
        for _ in range(_WRITES):
            table.execute("BEGIN IMMEDIATE")
            table.executemany("INSERT INTO rows (content) VALUES (?)", [(each,) for each in inputs])
            table.execute("COMMIT")
        best = min(best, time.perf_counter() - start)
    table.close()
    return best / len(inputs)


def rows(count: int = QUICK) -> list[Row]:
    """Measure.

    Args:
        count: Of results in the roster.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts = _parts(folder)
        spent = run(folder, count)
    took = (spent["draw"] + spent["sign_all"] + spent["submit"]) / count
    filed, coded = count / spent["file"], count / spent["codes"]
    memory = spent["memory"] + spent["workers"] * spent["worker"]
    return [
        Row(
            f"{count:,} results, tags ready → drawn, signed, registered over HTTP",
            f"{1 / took:,.0f} /s, ratio {parts / took:.2f}",
            f"two signatures, two checks, five durable rows: {1 / parts:,.0f} /s",
        ),
        Row(
            "of the same run: read, judged and filed; codes written in three forms",
            f"{filed:,.0f} /s; {coded:,.0f} /s",
            f"the whole run: {spent['all']:,.1f} s",
        ),
        Row(
            f"of the same run: most memory of the desk with its workers, {count:,} rows",
            f"{memory:,.0f} MB",
            f"its process {spent['memory']:,.0f} MB, and {spent['workers']:.0f} workers "
            f"of at most {spent['worker']:,.0f} MB",
            f"< {MAX_MEMORY} MB",
            memory < MAX_MEMORY,
        ),
    ]
