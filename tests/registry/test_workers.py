# SPDX-License-Identifier: Apache-2.0
"""Several processes over one database: shared load, deaths in the middle, one history."""

import json
import os
import random
import signal
import threading
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from typing import Any

import pytest

from credential.certificate import Claims
from credential.errors import SealError
from registry import database, fsck, store_statements
from tests import forked
from tests.registry.test_admission import submit
from tests.registry.test_crash import DEADLINE, send
from tests.registry.world import PEOPLE, Person, World, subject_of


class Crowd:
    """A server of several processes."""

    def __init__(self, process: forked.Process) -> None:
        self.process = process
        self.lines = process.stdout
        self.port = int(self.lines.readline())
        self.workers: list[int] = []

    def await_workers(self, count: int) -> None:
        """Wait until so many have come that were not known."""
        for _ in range(count):
            line = self.lines.readline()
            assert line, "the server ended"
            self.workers.append(int(line))

    def kill_one(self, rng: random.Random) -> None:
        """Kill one of those that live; another will come."""
        os.kill(self.workers.pop(rng.randrange(len(self.workers))), signal.SIGKILL)


@contextmanager
def crowd(world: World, workers: int = 2) -> Iterator[Crowd]:
    """Serve a region from several processes."""
    words = ["-m", "tests.registry.server", world.folder]
    with forked.Process(words, env={**os.environ, "WORKERS": str(workers)}) as process:
        made = Crowd(process)
        made.await_workers(workers)
        yield made
        process.terminate()
        assert process.wait(DEADLINE) == 0


def people(count: int) -> list[Person]:
    return [Person(f"苏{chr(0x4E00 + n // 50)}{chr(0x4E80 + n % 50)}", None) for n in range(count)]


def together(acts: list[Callable[[], object]]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_processes_share_the_load_and_write_one_log(world: World) -> None:
    """What eight clients send to two processes is there once, without gaps."""
    somebody = people(160)
    world.first.file_batch("W", somebody)
    parts = [[world.first.issue(one, "W") for one in somebody[n::8]] for n in range(8)]
    answers: dict[str, str] = {}
    with crowd(world) as server:

        def client(texts: list[str]) -> None:
            for some in (texts[:7], texts[7:], texts):
                for certificate, result in zip(some, send(world, server.port, some), strict=True):
                    receipt = result["receipt"]
                    assert answers.setdefault(certificate, receipt) == receipt

        together([lambda part=part: client(part) for part in parts])  # type: ignore[misc]  # bound now
    assert len(answers) == 160
    report = fsck.fsck(world.registry)  # it demands indexes without gaps
    assert (report.certificates, report.unsigned) == (160, 0)


def kills(world: World, rounds: int, seed: int) -> None:
    """Kill one of two processes while both admit; keep a journal of what was answered."""
    rng = random.Random(seed)
    somebody = people(rounds * 4)
    world.first.file_batch("K", somebody)
    journal: dict[str, str] = {}
    certificates: list[str] = []
    with crowd(world) as server:
        for one in range(rounds):
            fresh = [world.first.issue(each, "K") for each in somebody[one * 4 : one * 4 + 4]]
            certificates += fresh
            timer = threading.Timer(rng.uniform(0.0, 0.03), server.kill_one, (rng,))
            timer.start()
            parts = (fresh[:2], fresh[2:], certificates[-40:])
            together([lambda part=part: ask(world, server, part, journal) for part in parts])  # type: ignore[misc]  # bound now
            timer.join()
            server.await_workers(1)
        for start in range(0, len(certificates), 500):
            ask(world, server, certificates[start : start + 500], journal)
    assert len(journal) == len(certificates)
    report = fsck.fsck(world.registry)
    assert (report.certificates, report.unsigned) == (len(certificates), 0)


def ask(world: World, server: Crowd, texts: list[str], journal: dict[str, str]) -> None:
    """Send until it is answered, as a desk does."""
    while True:
        with suppress(OSError):
            results: list[dict[str, Any]] = send(world, server.port, texts)
            break
    for certificate, result in zip(texts, results, strict=True):
        assert journal.setdefault(certificate, result["receipt"]) == result["receipt"]


def test_a_worker_killed_during_batches_loses_nothing(world: World) -> None:
    """Killed with another process at work all the time."""
    kills(world, rounds=10, seed=3)


@pytest.mark.long
def test_workers_killed_five_hundred_times(world: World) -> None:
    kills(world, rounds=500, seed=4)


def test_many_hands_on_one_status_write_one_history(world: World) -> None:
    """32 at once revoke, suspend and reinstate; each change follows the one before it."""
    claims = [world.first.claims(person) for person in PEOPLE[:2]]
    assert submit(world, *map(world.first.sign, claims)) == ["admitted"] * 2
    told: Counter[str] = Counter()

    def hand(number: int) -> None:
        for turn in range(2):
            act = ("suspend", "reinstate", "suspend", "reinstate", "revoke")[(number + turn) % 5]
            certificate = claims[number % 2]
            if act == "revoke" and number < 24:
                act = "suspend"
            told[attempt(world, act, certificate)] += 1

    together([lambda number=number: hand(number) for number in range(32)])  # type: ignore[misc]  # bound now
    assert sum(told.values()) == 64
    assert told.keys() <= {"done", "statement.after", "status.move", "status.final"}
    assert told["done"] > 0
    for one in claims:
        assert linear(world, one) > 0
    assert fsck.fsck(world.registry).certificates == 2


def attempt(world: World, act: str, claims: Claims) -> str:
    """State a change after what is last now; tell what became of it."""
    try:
        world.first.change(act, claims)
    except SealError as error:
        return error.code
    return "done"


def linear(world: World, claims: Claims) -> int:
    """Count the statements about a certificate, each of which names the one before it."""
    from credential import base64url, statement
    from credential.statement import Statement

    with database.read(world.registry.engine) as connection:
        records = store_statements.about(connection, [subject_of(claims)])
    last = None
    for record in records:
        assert Statement.from_bytes(record.payload).after == last
        last = base64url.encode(statement.read(list(record.signatures)).digest)
    states = [record.type for record in records]
    for before, after in pairwise(states):
        assert before != after
        assert before != "revoke"
    return len(records)


def test_a_server_of_several_processes_replaces_the_dead(world: World) -> None:
    rng = random.Random(1)
    with crowd(world, workers=3) as server:
        for _ in range(2):
            server.kill_one(rng)
            server.await_workers(1)
        with urllib.request.urlopen(
            f"http://127.0.0.1:{server.port}/healthz", timeout=DEADLINE
        ) as answer:
            assert json.load(answer)["status"] == "ok"
        assert len(set(server.workers)) == 3
