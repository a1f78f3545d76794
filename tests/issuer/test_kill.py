# SPDX-License-Identifier: Apache-2.0
"""A desk killed anywhere loses nothing, doubles nothing and numbers nobody twice (attacks F36).

Every run that was killed is run again until one ends by itself; then the registry, the ledger and
the folder must agree: each row registered once, under one number and one index, its code carrying
the very receipt that the registry gave the first time.
"""

import json
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from credential import carrier
from credential.certificate import Claims
from issuer.ledger import Ledger
from tests.issuer import world
from tests.issuer.sheets import csv_file, rows
from tests.issuer.world import FakeRegistry

ROWS = 5
Run = Callable[..., dict[str, int]]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Give a function that does one run in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.issuer.mortal"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as process:
        ask, tell = process.stdin, process.stdout
        assert ask is not None
        assert tell is not None

        def once(folder: Path, url: str, **how: int) -> dict[str, int]:
            asked = {"folder": str(folder), "url": url, **how}
            ask.write(json.dumps(asked) + "\n")
            ask.flush()
            answer: dict[str, int] = json.loads(tell.readline())
            return answer

        yield once
        ask.close()


def check(folder: Path, registry: FakeRegistry) -> None:
    """Demand that registry, ledger and folder agree."""
    with Ledger.open(folder / "ledger.sqlite", world.BODY, bytes) as ledger:
        items = ledger.items("B1")
        used = ledger.indexes()
    assert len(items) == ROWS
    assert len(registry.claims) == ROWS
    assert {claims.name for claims in registry.claims} == {str(row[0]) for row in rows(ROWS)}
    numbers = {item.number for item in items}
    assert numbers == {f"{world.PREFIX}263{serial:06}" for serial in range(1, ROWS + 1)}
    assert {claims.certificate_number for claims in registry.claims} == numbers
    places = {(item.list, item.index) for item in items}
    assert len(places) == ROWS
    assert places <= used
    given = dict(registry.admitted.values())
    assert len(given) == ROWS + 1  # and the batch
    for item in items:
        assert item.receipt in given
        carried = carrier.decode((folder / "out" / f"{item.number}.txt").read_text())
        assert (carried.certificate, carried.receipt) == (item.token, item.receipt)
    suffixes = [path.suffix for path in (folder / "out").iterdir()]
    assert sorted(suffixes) == sorted([".csv", *(ROWS * [".png", ".svg", ".txt"])])


def folder_of(tmp_path: Path, number: int) -> Path:
    folder = tmp_path / str(number)
    folder.mkdir()
    csv_file(folder / "r.csv", rows(ROWS))
    return folder


def finish(run: Run, folder: Path, url: str) -> None:
    assert run(folder, url)["ended"] == 0


def taken_elsewhere(claims: Claims) -> str | None:
    """Say of every fourth index that another desk has it."""
    return "status.taken" if claims.status_index % 4 == 0 else None


def killed_at_steps(tmp_path: Path, run: Run, stride: int) -> None:
    """Kill a run at every `stride`-th step, each time in a new folder."""
    whole = FakeRegistry()
    with whole.served() as url:
        folder = folder_of(tmp_path, 0)
        steps = run(folder, url)["steps"]
    check(folder, whole)
    assert steps > 50
    for number in range(1, steps, stride):
        registry = FakeRegistry()
        folder = folder_of(tmp_path, number)
        with registry.served() as url:
            assert run(folder, url, event=number)["ended"] == -signal.SIGKILL
            finish(run, folder, url)
        check(folder, registry)


def test_a_full_disk_anywhere(tmp_path: Path, run: Run) -> None:
    whole = FakeRegistry()
    with whole.served() as url:
        folder = folder_of(tmp_path, 0)
        finish(run, folder, url)
    largest = max(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    ended = set()
    for limit in range(1_000, largest, largest // 16):
        registry = FakeRegistry()
        folder = folder_of(tmp_path, limit)
        with registry.served() as url:
            ended.add(run(folder, url, bytes=limit)["ended"])
            finish(run, folder, url)
        check(folder, registry)
    assert ended == {2}


def test_a_full_disk_for_the_codes(tmp_path: Path, run: Run) -> None:
    registry = FakeRegistry()
    folder = folder_of(tmp_path, 0)
    with registry.served() as url:
        finish(run, folder, url)
        for path in (folder / "out").iterdir():
            path.unlink()
        assert run(folder, url, bytes=10_000)["ended"] == 3
        assert {path.suffix for path in (folder / "out").iterdir()} <= {".png", ".txt"}
        finish(run, folder, url)
    check(folder, registry)


def test_killed_at_every_third_step(tmp_path: Path, run: Run) -> None:
    killed_at_steps(tmp_path, run, 3)


@pytest.mark.long
def test_killed_at_every_step(tmp_path: Path, run: Run) -> None:
    killed_at_steps(tmp_path, run, 1)


def killed_at_random(tmp_path: Path, run: Run, rounds: int) -> int:
    """Kill each run three times by a timer; gives how many of them died."""
    chance = random.Random(36)
    died = 0
    for number in range(rounds):
        registry = FakeRegistry(judge=taken_elsewhere)
        folder = folder_of(tmp_path, number)
        with registry.served() as url:
            for _ in range(3):
                ended = run(folder, url, micros=chance.randrange(2_000, 120_000))["ended"]
                assert ended in (0, -signal.SIGALRM)
                died += ended != 0
            finish(run, folder, url)
        check(folder, registry)
    return died


def test_killed_at_random(tmp_path: Path, run: Run) -> None:
    assert killed_at_random(tmp_path, run, 20) > 20


@pytest.mark.long
def test_killed_at_random_for_long(tmp_path: Path, run: Run) -> None:
    assert killed_at_random(tmp_path, run, 500) > 500
