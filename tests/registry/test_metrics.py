# SPDX-License-Identifier: Apache-2.0
"""What Prometheus is told: counts by outcome, the state of the database, and one page for all."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert

from registry import app, database, lists, metrics_port, publish
from registry.countersigner import Countersigner
from registry.gauges import OLD, Gauges
from registry.metrics import Metrics
from registry.office import Office
from registry.tables import holder_numbers
from tests.registry.backends import Backend, url_of
from tests.registry.test_app import body_of, post
from tests.registry.test_command import Operator, Vault, now, operator, vault
from tests.registry.test_crash import ROOT
from tests.registry.world import DAY, PEOPLE, URL, World

__all__ = ["Office", "Vault", "now", "operator", "vault"]


def told(world: World, counts: Metrics | None = None) -> dict[str, float]:
    """Read the page, each sample by its name and labels."""
    return samples((counts or Metrics()).page(Gauges(world.registry)).decode())


def samples(page: str) -> dict[str, float]:
    lines = [line for line in page.splitlines() if not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_outcomes_are_counted_by_code(world: World) -> None:
    counts = Metrics()
    with TestClient(app.build(world.registry, metrics=counts)) as client:
        good, bad = world.first.issue(PEOPLE[0]), world.first.issue(PEOPLE[1], level="1")
        assert post(client, world, body_of([good, bad])).status_code == 200
        header = world.first.authorise(b"another")
        assert post(client, world, body_of([good]), header=header).status_code == 401
        client.post("/statements", content=b"{}")
        client.get("/status/nothing")
        client.get("/no/such/310199199003070017")
    found = told(world, counts)
    assert found['skillseal_certificates_total{outcome="admitted"}'] == 1
    (refused,) = {key for key in found if key.startswith("skillseal_certificates_total")} - {
        'skillseal_certificates_total{outcome="admitted"}'
    }
    assert re.search('outcome="(batch|scope|number)[.][a-z_]+"', refused)
    assert found['skillseal_statements_total{outcome="request.malformed"}'] == 1
    assert found['skillseal_refusals_total{code="submission.body"}'] == 1
    assert found["skillseal_admission_seconds_count"] == 1
    routes = 'skillseal_request_seconds_count{method="%s",route="%s",status="%s"}'
    assert found[routes % ("POST", "/certificates", 200)] == 1
    assert found[routes % ("POST", "/certificates", 401)] == 1
    assert found[routes % ("GET", "/status/{name}", 404)] == 1
    assert found[routes % ("GET", "none", 404)] == 1


def test_the_state_of_the_database_is_measured(world: World) -> None:
    before = told(world)
    assert before["skillseal_database_up"] == 1
    assert before["skillseal_publication_old"] == 1  # there is none
    assert "skillseal_publication_age_seconds" not in before
    assert before['skillseal_directory_entries{kind="bodies"}'] == 2
    lists.sign_lists(world.registry, world.list, world.status)
    publish.publish(world.registry, world.publish, world.log)
    fresh = told(world)
    assert (fresh["skillseal_publication_old"], fresh["skillseal_publication_age_seconds"]) == (
        0,
        0,
    )
    world.clock.now += OLD
    with database.write(world.registry.engine) as connection:
        row = {"log_index": 1, "key": "k", "sealed": b"", "blind": b"", "checked": 2}
        connection.execute(insert(holder_numbers).values(**row))
    later = told(world)
    assert (later["skillseal_publication_old"], later["skillseal_publication_age_seconds"]) == (
        1,
        OLD,
    )
    assert later['skillseal_list_age_seconds{list="trust_list"}'] == OLD > 3 * DAY
    assert later['skillseal_holder_numbers{state="differs"}'] == 1


def test_a_leaf_that_waits_for_its_receipt_is_seen_and_signed(world: World) -> None:
    countersigner, gauges, counts = Countersigner(world.registry), Gauges(world.registry), Metrics()
    signers, world.registry.signers = world.registry.signers, ()
    with pytest.raises(Exception, match="receipt key"):
        world.state("gate", f"{URL}/gate", {"from": world.clock.now + DAY, "level": "full"})
    assert samples(counts.page(gauges).decode())["skillseal_unsigned_leaves"] == 1
    world.registry.signers = signers
    assert countersigner.look() == 1
    assert countersigner.look() == 0
    assert samples(counts.page(gauges).decode())["skillseal_unsigned_leaves"] == 0


def test_the_thread_signs_until_it_is_told_to_stop(world: World) -> None:
    signers, world.registry.signers = world.registry.signers, ()
    with pytest.raises(Exception, match="receipt key"):
        world.state("gate", f"{URL}/gate", {"from": world.clock.now + DAY, "level": "full"})
    world.registry.signers = signers
    stop, gauges = threading.Event(), Gauges(world.registry)
    thread = threading.Thread(target=Countersigner(world.registry).run, args=(stop, 0.001))
    thread.start()
    while samples(Metrics().page(gauges).decode())["skillseal_unsigned_leaves"]:
        thread.join(0.005)
    stop.set()
    thread.join()
    assert not thread.is_alive()


def test_a_database_that_is_gone_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from credential.errors import UnavailableError

    def gone(_: object) -> None:
        raise UnavailableError("registry.unavailable", "gone")

    monkeypatch.setattr(database, "read", gone)
    assert told(world)["skillseal_database_up"] == 0


def test_the_public_origin_does_not_tell(world: World) -> None:
    with TestClient(app.build(world.registry)) as client:
        assert client.get("/metrics").status_code == 404


def test_the_port_is_on_this_machine_and_answers_one_path() -> None:
    with metrics_port.listen(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
        metrics_port.answer(listener, lambda: b"x 1\n")
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with urllib.request.urlopen(f"{url}/metrics") as answer:
            assert answer.read() == b"x 1\n"
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{url}/")


def test_two_processes_tell_one_truth(operator: Operator, backend: Backend) -> None:
    """Whichever of them is asked; also after one has died."""
    backend.prepare(operator.folder)
    words = ["registry", "serve", "--settings", operator.settings, "--port", "0", "--metrics", "0"]
    words += ["--receipt-key", operator.file("receipt"), "--workers", "2"]
    words += ["--passphrase-file", operator.passphrase, "--database", url_of(operator.folder)]
    with subprocess.Popen(
        [sys.executable, "-m", "skillseal.main", *map(str, words)],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        ports: dict[str, Any] = {}
        answered: set[int] = set()
        try:
            while "listening" not in ports:
                line = json.loads(process.stderr.readline())
                ports[line["event"]] = line.get("port")
            asked = 0
            while len(answered) < 2:  # each connection goes to whichever waits
                url = f"http://127.0.0.1:{ports['listening']}/healthz"
                with urllib.request.urlopen(url) as answer:
                    named = answer.headers["X-Request-Id"]
                asked += 1
                while (line := json.loads(process.stderr.readline())).get("request") != named:
                    pass
                answered.add(line["worker"])
            for turn in range(8):
                if turn == 6:
                    os.kill(answered.pop(), signal.SIGKILL)
                url = f"http://127.0.0.1:{ports['metrics']}/metrics"
                with urllib.request.urlopen(url) as answer:
                    found = samples(answer.read().decode())
                route = '{method="GET",route="/healthz",status="200"}'
                assert found[f"skillseal_request_seconds_count{route}"] == asked
                assert found["skillseal_log_size"] == 0
        finally:
            process.terminate()
            process.stderr.read()
    assert process.returncode == 0
    with socket.socket() as free:
        assert free.connect_ex(("127.0.0.1", ports["metrics"])) != 0
    backend.discard(operator.folder)


def test_what_the_documentation_watches_is_there(world: World) -> None:
    chapter = (ROOT / "docs" / "operations.md").read_text("utf-8").partition("## Monitoring")[2]
    named = set(re.findall("skillseal_[a-z_]+", chapter.partition("\n## ")[0]))
    lists.sign_lists(world.registry, world.list, world.status)
    publish.publish(world.registry, world.publish, world.log)
    page = Metrics().page(Gauges(world.registry)).decode()
    known = set(re.findall("# TYPE (skillseal_[a-z_]+)", page))
    assert {name.removesuffix("_bucket") for name in named} - known == set()
    told_of = chapter.partition("\n## ")[0]
    for name in known:
        if not name.endswith("_created"):
            assert name.removeprefix("skillseal_publication") in told_of
