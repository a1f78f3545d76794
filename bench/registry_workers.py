# SPDX-License-Identifier: Apache-2.0
"""Admission on PostgreSQL over HTTP, with 1, 2 and 4 worker processes.

Beside it the sum of the parts: one signature check, one signature, and one row of the same size
stored with the same durability, a thousand to a transaction, by one process.
"""

import itertools
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from bench.report import Row
from credential import envelope
from credential.certificate import Claims
from issuer.submit import post
from keys.algorithms import der_from_raw
from tests.postgresql import Server
from tests.registry.world import Person, World

ITEMS = 200  # to a request
REQUESTS = 20
WORKERS = (1, 2, 4)


def rows() -> list[Row]:
    """Measure."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = Server(durable=True)
        try:
            (folder / "database").write_text(server.url(server.create()), "utf-8")
            world = _world(folder)
            parts = _parts(world, server)
            rates = {count: _rate(world, number, count) for number, count in enumerate(WORKERS)}
        finally:
            server.remove()
    return [
        Row(
            f"admission on PostgreSQL over HTTP, {ITEMS} to a request, {workers} worker"
            + ("s" if workers > 1 else ""),
            f"{rate:,.0f} /s, ratio {rate / parts:.2f}",
            f"one check, one signature and one durable row each, one process: {parts:,.0f} /s",
        )
        for workers, rate in rates.items()
    ]


def _world(folder: Path) -> World:
    world = World(folder).found()
    world.state("blocks", world.first.id, {"list": "2", "first": 0, "count": 2**17})
    indexes, issue = itertools.count(), world.first.claims

    def claims(person: Person, batch: str = "B1", **changes: object) -> Claims:
        made = issue(person, batch, **changes)
        uri = made.status_uri.replace("/status/1", "/status/2")
        return made._replace(status_uri=uri, status_index=next(indexes))

    world.first.claims = claims  # type: ignore[method-assign]  # another list, with room enough
    return world


def _texts(world: World, run: int) -> list[list[str]]:
    made = []
    for number in range(run * REQUESTS, (run + 1) * REQUESTS):
        first = chr(0x4E00 + number)
        people = [
            Person(f"{first}{chr(0x5000 + n // 40)}{chr(0x6000 + n % 40)}", None)
            for n in range(ITEMS)
        ]
        world.first.file_batch(f"P{number}", people)
        made.append([world.first.issue(person, f"P{number}") for person in people])
    return made


def _rate(world: World, run: int, workers: int) -> float:
    requests = iter(_texts(world, run))
    lock, faults = threading.Lock(), list[str]()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.registry.server", str(world.folder)],
        env={**os.environ, "WORKERS": str(workers)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = f"http://127.0.0.1:{int(process.stdout.readline())}"
        for _ in range(workers if workers > 1 else 0):
            process.stdout.readline()
        with urllib.request.urlopen(f"{url}/healthz", timeout=30):  # noqa: S310  # our own, on loopback
            pass

        def client() -> None:
            while True:
                with lock:
                    texts = next(requests, None)
                if texts is None:
                    return
                body = json.dumps({"items": [{"certificate": one} for one in texts]}).encode()
                headers = {
                    "Content-Type": "application/json",
                    "Authorization": world.first.authorise(body, secrets.token_bytes(16)),
                }
                content = post(f"{url}/certificates", body, headers).content
                if content.count(b'"receipt"') != ITEMS:
                    faults.append(content[:300].decode())

        threads = [threading.Thread(target=client) for _ in range(2 * workers)]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - start
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
    if faults:
        raise AssertionError(f"not admitted: {faults[0]}")
    return ITEMS * REQUESTS / took


def _parts(world: World, server: Server) -> float:
    key = world.first.certificate.public.public
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TypeError("this body's key is ES256")
    algorithm = ec.ECDSA(hashes.SHA256())
    claims = [world.first.claims(Person("苏合", None)) for _ in range(1_000)]
    signed = [envelope.read(world.first.sign(one)[:-1], envelope.CERTIFICATE) for one in claims]
    raw = [(der_from_raw(one.signature), one.signing_input, one.token) for one in signed]
    best = float("inf")
    name = server.create()
    host, port = str(server.folder), server.port
    with psycopg.connect(
        host=host, port=port, dbname=name, user="skill", autocommit=True
    ) as connection:
        connection.execute(
            "create table rows (id bigserial primary key, token text, receipt bytea)"
        )
        for _ in range(5):
            start = time.perf_counter()
            stored = []
            for signature, data, token in raw:
                key.verify(signature, data, algorithm)
                stored.append((token, world.receipt.sign(data)))
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany("insert into rows (token, receipt) values (%s, %s)", stored)
            best = min(best, time.perf_counter() - start)
    return len(raw) / best
