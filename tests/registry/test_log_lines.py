# SPDX-License-Identifier: Apache-2.0
"""What a line of the log is, and that nothing a request says gets into one."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from registry import app
from registry.gauges import Gauges
from registry.log_lines import JsonLines
from registry.metrics import Metrics
from tests.registry.test_app import body_of, post
from tests.registry.world import PEOPLE, World

NUMBER = "310199199003070017"
NAME = "司空望月"
FORMS = (NUMBER, NAME, NAME.encode("unicode_escape").decode(), "%E5%8F%B8%E7%A9%BA")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that is logged, from DEBUG on, as it goes to standard error."""
    written = io.StringIO()
    handler, root = logging.StreamHandler(written), logging.getLogger()
    handler.setFormatter(JsonLines())
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def read(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_line_has_what_an_operator_needs(world: World, lines: io.StringIO) -> None:
    with TestClient(app.build(world.registry)) as client:
        answer = client.get("/parts/nothing", headers={"X-Request-Id": "chosen by a stranger"})
        other = client.get("/parts/nothing")
    first, second = (line for line in read(lines) if line["event"] == "request")
    assert answer.headers["x-request-id"] == first["request"] != other.headers["x-request-id"]
    assert len(first["request"]) == 16
    del first["request"], first["ms"], first["time"], first["worker"]
    assert first == {
        "level": "info",
        "logger": "registry.http",
        "event": "request",
        "method": "GET",
        "route": "/parts/{sha256}",
        "status": 404,
        "code": "request.not_found",
    }
    assert second["time"].endswith("Z")


def test_every_line_of_a_request_carries_its_name(world: World, lines: io.StringIO) -> None:
    with TestClient(app.build(world.registry)) as client:
        answer = post(client, world, body_of([world.first.issue(PEOPLE[0])]))
    named = [line for line in read(lines) if line.get("request")]
    assert {line["event"] for line in named} >= {"admitted", "request"}
    assert {line["request"] for line in named} == {answer.headers["x-request-id"]}


def everywhere(client: TestClient, world: World) -> Iterator[Any]:
    """Ask every route, in every way, with the canaries wherever they could stand."""
    said = json.dumps({"items": [{"certificate": NAME, "holder": {"type": 1, "number": NUMBER}}]})
    headers = {
        "Authorization": f"Submission {NUMBER}",
        "X-Request-Id": NUMBER,
        "User-Agent": f"desk {NUMBER}",
        "Cookie": f"id={NUMBER}",
    }
    for path in client.get("/openapi.json").json()["paths"]:
        filled = "/".join(NUMBER if part.startswith("{") else part for part in path.split("/"))
        for method in ("GET", "POST", "PUT", "DELETE", NUMBER):
            for query in ("", f"?number={NUMBER}&name={NAME}"):
                yield client.request(method, filled + query, content=said, headers=headers)
        yield client.post(filled, data={"client_assertion": NUMBER, NAME: NUMBER})
        yield client.post(filled, headers={"Authorization": f"Bearer {NUMBER}"}, content=NUMBER)
    yield client.get(f"/{NUMBER}/{NAME}?{NUMBER}")
    yield client.post("/certificates", content=said, headers={"Content-Encoding": NUMBER})
    yield client.post("/certificates", content=said, headers={"Content-Length": NUMBER})
    yield post(client, world, body_of(["x~"], holder={"type": 1, "number": NUMBER}))
    claims = world.first.claims(PEOPLE[0], name=NAME)
    yield post(client, world, body_of([world.first.sign(claims)]), jti=b"n" * 16)


@pytest.mark.parametrize("broken", [False, True])
def test_nothing_personal_gets_out(
    world: World, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch, *, broken: bool
) -> None:
    counts = Metrics()
    if broken:  # as an unexpected error would say it, with its cause

        def fails(*_: object, **__: object) -> None:
            try:
                raise KeyError(NUMBER)
            except KeyError as error:
                raise ValueError(f"{NAME} has {NUMBER}") from error

        for place in ("submissions.read", "statements.accept", "health.demand_ready"):
            monkeypatch.setattr(f"registry.{place}", fails)
        monkeypatch.setattr("registry.answers.parsed", fails)
    with TestClient(
        app.build(world.registry, anchor=True, metrics=counts), raise_server_exceptions=False
    ) as client:
        answers = list(everywhere(client, world))
    page = counts.page(Gauges(world.registry)).decode()
    told = "".join(f"{one.headers!r}{one.text}" for one in answers)
    ours = [line for line in read(lines) if line["logger"].startswith(("registry", "uvicorn"))]
    assert len(ours) >= len(answers)
    written = json.dumps(ours, ensure_ascii=False)
    for canary in FORMS:
        assert canary not in written + page + told
    statuses = {one.status_code for one in answers}
    assert (500 in statuses) == broken
    assert (any("trace" in line for line in ours)) == broken


_TALK = """
import logging
from registry import log_lines
log_lines.configure()
logging.getLogger("alembic.runtime.migration").info("Context impl SQLiteImpl.")
logging.getLogger("alembic.runtime.migration").warning("heard")
logging.getLogger("registry.http").info("request")
"""


def test_a_probe_of_the_schema_writes_no_lines() -> None:
    said = subprocess.run([sys.executable, "-c", _TALK], capture_output=True, text=True, check=True)
    assert [json.loads(line)["event"] for line in said.stderr.splitlines()] == ["heard", "request"]
