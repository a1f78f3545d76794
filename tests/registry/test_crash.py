# SPDX-License-Identifier: Apache-2.0
"""Real processes, really killed; full disks and half-copied files.

After each: what was answered is there, nothing is twice, a repetition gets one receipt, and `fsck`
finds nothing.
"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from credential.errors import SealError
from credential.snapshot import Snapshot
from registry import database, fsck, publish
from tests import forked
from tests.registry.test_admission import submit
from tests.registry.test_publish import sign
from tests.registry.world import PEOPLE, Person, World

ROOT = Path(__file__).parents[2]
DEADLINE = 30.0  # seconds


@contextmanager
def served(folder: Path, failpoint: str = "") -> Iterator[tuple[forked.Process, int]]:
    words = ["-m", "tests.registry.server", folder]
    with forked.Process(words, env={**os.environ, "FAILPOINT": failpoint}) as process:
        line = process.stdout.readline()
        assert line, "the server did not start"
        yield process, int(line)


def post(port: int, path: str, body: bytes, header: str | None = None) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    if header:
        headers["Authorization"] = header
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, headers)
    with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
        value = json.load(answer)
    assert isinstance(value, dict)
    return value


def send(world: World, port: int, texts: list[str]) -> list[dict[str, Any]]:
    body = json.dumps({"items": [{"certificate": one} for one in texts]}).encode()
    header = world.first.authorise(body, jti=os.urandom(16))
    results = post(port, "/certificates", body, header)["results"]
    assert isinstance(results, list)
    return results


def whole(world: World) -> fsck.Report:
    world.registry = world.open()  # signs what the crash left
    report = fsck.fsck(world.registry)
    assert report.unsigned == 0
    return report


POINTS = {
    "before_commit": 10,
    "before_sign": 1,
    "before_signature_is_stored": 10,
    "before_answer": 1,
}


@pytest.mark.parametrize(("point", "items"), POINTS.items())
def test_killed_at_each_step_nothing_is_lost_or_doubled(
    world: World, point: str, items: int
) -> None:
    """The client hears nothing, asks again, and there is one leaf each."""
    before = fsck.fsck(world.registry).certificates
    texts = [world.first.issue(person) for person in PEOPLE[:items]]
    with served(world.folder, point) as (process, port):
        with pytest.raises(OSError, match=r"Remote|reset|closed|refused"):
            send(world, port, texts)
        assert process.wait(DEADLINE) == -signal.SIGKILL
    stored = whole(world).certificates - before
    assert stored in ({0} if point == "before_commit" else {items})
    with served(world.folder) as (_, port):
        first = send(world, port, texts)
        assert all("receipt" in one for one in first)
        assert send(world, port, texts) == first
    assert whole(world).certificates - before == items


FAIL_LAST = {
    "sqlite": (
        "create trigger fail_last before insert on persons begin select raise(abort, 'no'); end",
    ),
    "postgresql": (
        (
            "create function fail() returns trigger language plpgsql as"
            " $$ begin raise unique_violation; end $$"
        ),
        "create trigger fail_last before insert on persons for each row execute function fail()",
    ),
}
SUCCEED = {
    "sqlite": ("drop trigger fail_last",),
    "postgresql": ("drop function fail() cascade",),
}


def test_the_final_insert_fails_and_a_retry_completes(world: World) -> None:
    """A trigger refuses exactly one row, and with it everything of that transaction."""
    claims = world.first.claims(PEOPLE[0])
    with database.write(world.registry.engine) as connection:
        for statement in FAIL_LAST[world.registry.engine.dialect.name]:
            connection.execute(text(statement))
    other = world.first.issue(PEOPLE[9])
    with pytest.raises(SealError) as caught:
        submit(world, other, world.first.sign(claims))
    assert caught.value.code == "registry.conflict"
    assert fsck.fsck(world.registry).certificates == 0
    with database.write(world.registry.engine) as connection:
        for statement in SUCCEED[world.registry.engine.dialect.name]:
            connection.execute(text(statement))
    assert submit(world, other, world.first.sign(claims)) == ["admitted"] * 2
    whole(world)


def test_a_connection_that_dies_during_the_answer_changes_nothing(world: World) -> None:
    texts = [world.first.issue(PEOPLE[0])]
    body = json.dumps({"items": [{"certificate": one} for one in texts]}).encode()
    header = world.first.authorise(body)
    with served(world.folder) as (_, port):
        with socket.create_connection(("127.0.0.1", port)) as raw:
            raw.sendall(
                b"POST /certificates HTTP/1.1\r\nHost: x\r\nAuthorization: "
                + header.encode()
                + b"\r\nContent-Length: %d\r\n\r\n" % len(body)
                + body
            )
        first = send(world, port, texts)
        assert send(world, port, texts) == first
    assert whole(world).certificates == 1


def test_a_storm_over_http_makes_one_leaf(world: World) -> None:
    texts = [world.first.issue(person) for person in PEOPLE[:2]]
    answers: list[list[dict[str, Any]]] = []
    with served(world.folder) as (_, port):

        def ask() -> None:
            answers.extend(send(world, port, texts) for _ in range(5))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(answers) == 40
    assert all(one == answers[0] for one in answers)
    assert whole(world).certificates == 2


def _kills(world: World, rounds: int, seed: int) -> None:
    """Kill the server at random moments while it admits; keep a journal of what it answered."""
    rng = random.Random(seed)
    crowd = [
        Person(f"陆{chr(0x4E00 + n // 50)}{chr(0x4E80 + n % 50)}", None) for n in range(rounds * 4)
    ]
    world.first.file_batch("K", crowd)
    journal: dict[str, str] = {}
    pending: list[str] = []
    for one in range(rounds):
        pending += [world.first.issue(person, "K") for person in crowd[one * 4 : one * 4 + 4]]
        with served(world.folder) as (process, port):
            timer = threading.Timer(rng.uniform(0.0, 0.05), process.kill)
            timer.start()
            with suppress(OSError, urllib.error.URLError):
                while True:
                    results = send(world, port, pending)
                    for certificate, result in zip(pending, results, strict=True):
                        receipt = result["receipt"]
                        assert journal.setdefault(certificate, receipt) == receipt
            timer.join()
            process.wait(DEADLINE)
        whole(world)
    with served(world.folder) as (_, port):
        for certificate, result in zip(pending, send(world, port, pending), strict=True):
            assert journal.get(certificate, result["receipt"]) == result["receipt"]
    assert whole(world).certificates == len(pending)


def test_killed_at_random_moments(world: World) -> None:
    _kills(world, rounds=3, seed=1)


@pytest.mark.long
def test_killed_at_random_moments_for_long(world: World) -> None:
    """The acknowledged are among the stored, always."""
    _kills(world, rounds=100, seed=2)


# Publishing ---------------------------------------------------------------------------------------

PUBLISHER = """
import os, signal, sys
from pathlib import Path
from registry import publish
from tests.registry.world import World
world = World(Path(sys.argv[1]))
left = int(sys.argv[2])

def audit(event, args):
    global left
    if event in ("open", "os.rename", "os.mkdir", "os.remove") and "published" in str(args[0]):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(audit)
publish.publish(world.registry, world.publish, world.log)
"""


def _publisher(world: World, step: int) -> int:
    return forked.run(["-c", PUBLISHER, world.folder, step])


def _publisher_steps(world: World, steps: range) -> int:
    """Kill a publisher at these steps, as far as it has so many; count the kills."""
    sign(world)
    publish.publish(world.registry, world.publish, world.log)
    killed = 0
    for step in steps:
        claims = world.first.issue(PEOPLE[step % len(PEOPLE)])
        submit(world, claims)
        sign(world)
        if _publisher(world, step) != -signal.SIGKILL:
            break  # it had no such step, and is done
        killed += 1
        data = (world.settings.published / "snapshot.json").read_bytes()
        read = Snapshot.from_bytes(data, world.settings.anchor)  # the old or the new, whole
        for part in read.home.manifest.parts:
            assert (world.settings.published / "parts" / part.sha256).is_file()
    assert publish.publish(world.registry, world.publish, world.log).sequence > 1
    whole(world)
    return killed


def test_a_publisher_killed_at_some_steps(world: World) -> None:
    """Readers see the old or the new snapshot, never a mixture."""
    assert _publisher_steps(world, range(3, 24, 6)) == 4


@pytest.mark.long
def test_a_publisher_killed_at_every_step(world: World) -> None:
    """Every open, rename, mkdir and remove below the published folder."""
    assert _publisher_steps(world, range(1, 100)) > 20


def test_two_publishers_in_two_processes(world: World) -> None:
    sign(world)
    code = PUBLISHER.replace("int(sys.argv[2])", "0")
    words = ["-c", code, world.folder]
    with forked.Process(words) as one, forked.Process(words) as other:
        assert [process.wait(DEADLINE) for process in (one, other)] == [0, 0]
    data = (world.settings.published / "snapshot.json").read_bytes()
    assert Snapshot.from_bytes(data, world.settings.anchor).home.manifest.sequence == 2


def test_a_snapshot_that_was_half_copied_is_refused(world: World) -> None:
    """Cut anywhere, it is refused with a code; the next download is whole."""
    sign(world)
    publish.publish(world.registry, world.publish, world.log)
    data = (world.settings.published / "snapshot.json").read_bytes()
    for cut in range(0, len(data), 997):
        with pytest.raises(SealError) as caught:
            Snapshot.from_bytes(data[:cut], world.settings.anchor)
        assert caught.value.code == "snapshot.malformed"


# Full disks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_full_database_refuses_whole_and_recovers(world: World) -> None:
    """By SQLite's page limit: 503, reading works, nothing half-visible."""
    crowd = [Person(f"沈{chr(0x4E00 + n // 50)}{chr(0x4E80 + n % 50)}", None) for n in range(200)]
    world.first.file_batch("F", crowd)
    texts = [world.first.issue(person, "F") for person in crowd]
    with database.read(world.registry.engine) as connection:
        pages = connection.execute(text("pragma page_count")).scalar_one()

    def limit(connection: Any, _: Any) -> None:
        connection.execute(f"pragma max_page_count = {pages + 5}")

    from sqlalchemy import event

    event.listen(world.registry.engine, "connect", limit)
    world.registry.engine.dispose()
    with pytest.raises(SealError) as caught:
        world.first.submit_all(texts)
    assert caught.value.code == "registry.unavailable"
    assert fsck.fsck(world.registry).certificates == 0
    event.remove(world.registry.engine, "connect", limit)
    world.registry.engine.dispose()
    assert set(submit(world, *texts)) == {"admitted"}
    whole(world)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_file_size_limit_refuses_whole(world: World) -> None:
    """By RLIMIT_FSIZE, in a process of its own."""
    crowd = [Person(f"顾{chr(0x4E00 + n // 50)}{chr(0x4E80 + n % 50)}", None) for n in range(200)]
    world.first.file_batch("F", crowd)
    size = (world.folder / "registry.db").stat().st_size
    texts = [world.first.issue(person, "F") for person in crowd]
    program = (
        "import json,resource,signal,sys\nfrom pathlib import Path\n"
        "from credential.errors import SealError\nfrom tests.registry.world import World\n"
        "world = World(Path(sys.argv[1]))\ntexts = json.load(sys.stdin)\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size + 8192}, {size + 8192}))\n"
        "try:\n    world.first.submit_all(texts)\n"
        "except SealError as error:\n    print(error.code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(world.folder)],
        cwd=ROOT,
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["registry.unavailable"], done.stderr
    assert whole(world).certificates == 0
    assert set(submit(world, *texts)) == {"admitted"}
