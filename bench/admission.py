# SPDX-License-Identifier: Apache-2.0
"""Admission with all rules on, a thousand certificates a transaction, beside what it cannot avoid.

The limit is the sum of one signature check, one signature and one stored row with the same
durability: an SQLite row of the same size in a transaction of a thousand, journal DELETE, FULL.
"""

import itertools
import json
import secrets
import sqlite3
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from bench.clock import Pair, side_by_side
from bench.report import Row
from credential import envelope
from credential.certificate import Claims
from issuer.submit import post
from keys.algorithms import der_from_raw
from registry.admission import admit
from registry.log import Acknowledged
from skillseal.demo.server import served
from tests.registry.world import Person, World

ITEMS = 1_000
ROUNDS = 5


def _batches(world: World, start: int) -> list[list[str]]:
    """Sign as many certificates as the measurement will submit; none twice."""
    desk = world.first
    batches = []
    for number in range(start, start + ROUNDS + 1):
        people = [Person(_name(number, index), None) for index in range(ITEMS)]
        desk.file_batch(f"B{number}", people)
        batches.append([desk.issue(person, f"B{number}") for person in people])
    return batches


def _name(batch: int, index: int) -> str:
    base = 0x4E00 + batch * 40
    return "".join(map(chr, (base, 0x5000 + index // 40, 0x6000 + index % 40)))


def _world(folder: Path) -> World:
    world = World(folder).found()
    blocks = {"list": "2", "first": 0, "count": 2**17}
    world.state("blocks", world.first.id, blocks)
    indexes = itertools.count()
    issue = world.first.claims

    def claims(person: Person, batch: str = "B1", **changes: object) -> Claims:
        made = issue(person, batch, **changes)
        uri = made.status_uri.replace("/status/1", "/status/2")
        return made._replace(status_uri=uri, status_index=next(indexes))

    world.first.claims = claims  # type: ignore[method-assign]  # another list, with room enough
    return world


def rows() -> list[Row]:
    """Measure."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world = _world(folder)
        pair = _in_process(world, folder)
        http = _over_http(world)
    return [
        Row(
            f"admission in process, {ITEMS:,} certificates a transaction, all rules on,"
            " signatures on all cores",
            f"{1 / pair.subject:,.0f} /s, ratio {pair.ratio:.2f}",
            f"one check, one signature and one durable row each: {1 / pair.limit:,.0f} /s",
            "≥ 0.50",
            pair.ratio >= 0.50,
        ),
        Row(
            f"the same over HTTP, {ITEMS:,} to a request, one client",
            f"{1 / http:,.0f} /s",
            f"in process: {1 / pair.subject:,.0f} /s",
        ),
    ]


def _demand_admitted(outcomes: list[object]) -> None:
    refused = [outcome for outcome in outcomes if not isinstance(outcome, Acknowledged)]
    if refused:
        raise AssertionError(f"not admitted: {refused[0]!r}")


def _in_process(world: World, folder: Path) -> Pair:
    batches = iter(_batches(world, 0))
    body = world.first.certificate.public.public
    if not isinstance(body, ec.EllipticCurvePublicKey):
        raise TypeError("this body's key is ES256")
    algorithm = ec.ECDSA(hashes.SHA256())
    sample = [envelope.read(text[:-1], envelope.CERTIFICATE) for text in _batches(world, 20)[0]]
    raw = [(der_from_raw(one.signature), one.signing_input, one.token) for one in sample]
    table = sqlite3.connect(folder / "peer.db", isolation_level=None)
    table.execute("PRAGMA journal_mode=DELETE")
    table.execute("PRAGMA synchronous=FULL")
    table.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, token TEXT, receipt BLOB)")

    def subject() -> None:
        _demand_admitted(list(admit(world.registry, next(batches), world.first.id)))

    def limit() -> None:
        stored = []
        for signature, data, token in raw:
            body.verify(signature, data, algorithm)
            stored.append((token, world.receipt.sign(data)))
        table.execute("BEGIN IMMEDIATE")
        table.executemany("INSERT INTO rows (token, receipt) VALUES (?, ?)", stored)
        table.execute("COMMIT")

    return side_by_side(subject, limit, each=ITEMS, rounds=ROUNDS)


def _over_http(world: World) -> float:
    best = float("inf")
    with served(world.registry) as url:
        for texts in _batches(world, 40)[:3]:
            body = json.dumps({"items": [{"certificate": text} for text in texts]}).encode()
            headers = {
                "Content-Type": "application/json",
                "Authorization": world.first.authorise(body, secrets.token_bytes(16)),
            }
            start = time.perf_counter()
            answer = post(f"{url}/certificates", body, headers)
            best = min(best, (time.perf_counter() - start) / ITEMS)
            results = json.loads(answer.content)["results"]
            if answer.status != 200 or not all("receipt" in one for one in results):
                raise AssertionError(f"not admitted: {answer.content[:300]!r}")
    return best
