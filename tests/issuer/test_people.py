# SPDX-License-Identifier: Apache-2.0
"""Tags: the same on one core and on several, computed once; workers end with their parent."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from credential import holder
from credential.errors import UnavailableError
from credential.identity_number import IdentityNumber
from issuer import people, workers
from issuer.ledger import Ledger
from issuer.roster import Candidate
from tests.issuer import world
from tests.issuer.sheets import name, number


def candidate(serial: int) -> Candidate:
    return Candidate(
        row=serial + 2,
        name=name(serial),
        document=IdentityNumber(1, number(serial)),
        occupation="lyg2020:39",
        occupation_name="砌筑工",
        trade=None,
        level="3",
        route="examination",
        evaluated_on="2026-11-18",
        number=None,
        detail=(),
    )


def test_tags_are_computed_once_and_kept(tmp_path: Path) -> None:
    candidates = [candidate(serial) for serial in range(6)]
    told: list[tuple[int, int]] = []
    with Ledger.open(tmp_path / "l", world.BODY, bytes) as ledger:
        first = people.find(
            ledger, candidates[:4], tagged=True, step=lambda done, of: told.append((done, of))
        )
        assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
        told.clear()
        second = people.find(
            ledger, candidates, tagged=True, step=lambda done, of: told.append((done, of))
        )
        assert told == [(1, 2), (2, 2)]
    assert {row: second[row] for row in first} == first
    for each in candidates:
        assert second[each.row].tag == holder.tag(1, each.document.number, each.name)


def test_no_tag_is_computed_where_none_is_carried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holder, "tag", None)
    with Ledger.open(tmp_path / "l", world.BODY, bytes) as ledger:
        (found,) = people.find(ledger, [candidate(0)], tagged=False).values()
        assert (found.tag, found.person) == (None, ledger.person(f"1:{number(0)}"))


def test_several_cores_give_what_one_gives() -> None:
    tasks = [(b"salt", candidate(serial).document) for serial in range(60)]
    alone = list(workers.each(people._person, tasks, cores=1))
    assert list(workers.each(people._person, tasks, cores=2, few=10)) == alone
    assert len(set(alone)) == 60


def test_tasks_are_drawn_as_workers_come_to_them() -> None:
    drawn = 0

    def tasks() -> Iterator[int]:
        nonlocal drawn
        for task in range(5_000):
            drawn += 1
            yield task

    most = workers.CHUNK * workers.PIECE * (workers.AHEAD + 1)
    done = []
    for result in workers.each(abs, tasks(), cores=2):
        done.append(result)
        assert drawn - len(done) <= most
    assert done == list(range(5_000))


def test_a_worker_that_ends_is_an_error_to_act_on() -> None:
    with pytest.raises(UnavailableError) as caught:
        list(workers.each(os._exit, [3, 3, 3], cores=2, few=0))
    assert caught.value.code == "workers.ended"


_PARENT = """
import os, signal, sys
from issuer import workers
from tests.issuer import test_people
if __name__ == "__main__":
    for answer in workers.each(test_people.own_process, [0] * 4, cores=2, few=0):
        print(answer, flush=True)
        sys.stdin.readline()
        os.kill(os.getpid(), signal.SIGKILL)
"""


def own_process(_: int) -> int:
    return os.getpid()


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "parent.py"
    program.write_text(_PARENT)
    with subprocess.Popen(
        [sys.executable, str(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    ) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        os.kill(worker, 0)  # it is there
        # Workers hold the pipe open as long as they live: it ends when the last has ended.
        rest, _ = process.communicate("\n", timeout=30)
    assert (rest, process.returncode) == ("", -signal.SIGKILL)
