# SPDX-License-Identifier: Apache-2.0
"""A desk killed anywhere loses nothing, doubles nothing and numbers nobody twice.

Every run that was killed is run again until one ends by itself; then the registry, the ledger and
the folder must agree: each row registered once, under one number and one index, its code carrying
the very receipt that the registry gave the first time. Where the whole way is gone, two people
issue and the certificates are printed: each file is recorded once and is the one that was recorded,
and what an earlier run has committed is never another afterwards.
"""

import hashlib
import json
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from credential import carrier
from credential.certificate import Claims
from issuer import jobs
from issuer.ledger import Ledger
from issuer.ledger_jobs import Print
from tests.issuer import mortal, printing, world
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

        def once(folder: Path, url: str, **how: Any) -> dict[str, int]:
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


def finish(run: Run, folder: Path, url: str, **how: Any) -> None:
    assert run(folder, url, **how)["ended"] == 0


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


def shortest(tmp_path: Path, run: Run, **how: Any) -> int:
    """Give how long a run takes here that nobody kills, the best of three, in microseconds."""
    took = []
    for number in range(3):
        folder = folder_of(tmp_path, 1_000_000 + number)
        with FakeRegistry(judge=taken_elsewhere).served() as url:
            answer = run(folder, url, **how)
        assert answer["ended"] == 0
        took.append(answer["micros"])
        shutil.rmtree(folder)
    return min(took)


def killed_at_random(tmp_path: Path, run: Run, rounds: int) -> None:
    """Kill each run three times by a timer, for so many rounds and until more than that died.

    How long a run takes changes with what else the machine does, so a timer may come too late.
    """
    chance = random.Random(36)
    died, longest = 0, shortest(tmp_path, run)
    for number in range(rounds * 5):
        if number >= rounds and died > rounds:
            break
        registry = FakeRegistry(judge=taken_elsewhere)
        folder = folder_of(tmp_path, number)
        with registry.served() as url:
            for _ in range(3):
                ended = run(folder, url, micros=chance.randrange(2_000, longest))["ended"]
                assert ended in (0, -signal.SIGALRM)
                died += ended != 0
            finish(run, folder, url)
        check(folder, registry)
    assert died > rounds


def test_killed_at_random(tmp_path: Path, run: Run) -> None:
    killed_at_random(tmp_path, run, 20)


@pytest.mark.long
def test_killed_at_random_for_long(tmp_path: Path, run: Run) -> None:
    killed_at_random(tmp_path, run, 500)


Kept = dict[int, tuple[str | None, list[Print]]]
"""Row to receipt and prints."""


def kept(folder: Path) -> tuple[str, Kept]:
    """Read what the ledger holds after a run, killed or not; gives the job's state too."""
    with Ledger.open(folder / "ledger.sqlite", world.BODY, bytes) as ledger:
        found = jobs.of(ledger, mortal.filing(), world.AT + 70_000)
        items = {item.line: item.receipt for item in ledger.items("B1")}
        have = {line: (receipt, ledger.prints("B1", line)) for line, receipt in items.items()}
    return (found[0].state if found else "none"), have


def outlives(before: Kept, after: Kept) -> None:
    """Demand that what was committed is still what it was."""
    for line, (receipt, prints) in before.items():
        later, more = after[line]
        assert receipt in (None, later)
        assert more[: len(prints)] == prints


def check_printed(folder: Path) -> None:
    """Demand one recorded print of everybody in each form, and that it is the file."""
    state, have = kept(folder)
    assert (state, len(have)) == ("printed", ROWS)
    with Ledger.open(folder / "ledger.sqlite", world.BODY, bytes) as ledger:
        names = {item.line: f"{item.number}.pdf" for item in ledger.items("B1")}
    for line, (_, prints) in have.items():
        files = {"a4": names[line], "volume": "volume-001.pdf"}
        assert sorted((each.form, each.again) for each in prints) == [
            ("a4", False),
            ("volume", False),
        ]
        for each in prints:
            content = (folder / "printed" / files[each.form]).read_bytes()
            assert each.file == hashlib.sha256(content).digest()
    made = sorted(path.name for path in (folder / "printed").iterdir())
    assert made == sorted([*names.values(), "volume-001.pdf"])


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("state", jobs.STATES)
def test_killed_around_every_state_of_the_job(
    tmp_path: Path, run: Run, state: str, *, after: bool
) -> None:
    printing.typeface()
    registry = FakeRegistry()
    folder = folder_of(tmp_path, 0)
    with registry.served() as url:
        killed = run(folder, url, whole=True, named=state, after=after)
        assert killed["ended"] == -signal.SIGKILL
        reached, before = kept(folder)
        order = ("none", *jobs.STATES)
        assert order.index(reached) <= order.index(state)
        assert after or reached != state
        finish(run, folder, url, whole=True)
        outlives(before, kept(folder)[1])
    check(folder, registry)
    check_printed(folder)


def killed_on_the_whole_way(tmp_path: Path, run: Run, rounds: int, kills: int) -> None:
    """Kill each run so many times by a timer, printing too, until more than half have died."""
    printing.typeface()
    chance = random.Random(37)
    died, longest = 0, shortest(tmp_path, run, whole=True)
    for number in range(rounds * 5):
        if number >= rounds and died > rounds * kills // 2:
            break
        registry = FakeRegistry(judge=taken_elsewhere)
        folder = folder_of(tmp_path, number)
        before: Kept = {}
        with registry.served() as url:
            for _ in range(kills):
                answer = run(folder, url, whole=True, micros=chance.randrange(2_000, longest))
                assert answer["ended"] in (0, -signal.SIGALRM)
                died += answer["ended"] != 0
                _, now = kept(folder)
                outlives(before, now)
                before = now
            finish(run, folder, url, whole=True)
            outlives(before, kept(folder)[1])
        check(folder, registry)
        check_printed(folder)
        shutil.rmtree(folder)
    assert died > rounds * kills // 2


def test_killed_at_random_on_the_whole_way(tmp_path: Path, run: Run) -> None:
    killed_on_the_whole_way(tmp_path, run, 20, 1)


@pytest.mark.long
def test_killed_at_random_on_the_whole_way_for_long(tmp_path: Path, run: Run) -> None:
    killed_on_the_whole_way(tmp_path, run, 500, 3)
