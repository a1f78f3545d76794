# SPDX-License-Identifier: Apache-2.0
"""The console is watched as the service is: a name for each request, one line, its time."""

import json
import re
import subprocess
import sys
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest

from registry.console.app import build
from registry.gauges import Gauges
from registry.metrics import Metrics
from tests import ports
from tests.registry.console.test_command import START_IT, settings_of
from tests.registry.console.town import Town
from tests.registry.console.web import Office
from tests.registry.test_log_lines import lines, read
from tests.registry.test_metrics import samples
from tests.registry.world import World

__all__ = ["lines"]
CANARY = "310199199003072319"


def requests(written: Any) -> list[dict[str, Any]]:
    return [
        {name: line[name] for name in ("method", "route", "status", "code", "request")}
        for line in read(written)
        if line["event"] == "request"
    ]


def test_each_request_has_a_name_and_one_line_by_its_route(town: Town, lines: Any) -> None:
    office = Office(town)
    office.hire("official")
    clerk = office.enter("official")
    lines.truncate(0)
    lines.seek(0)
    number = f"{town.first.prefix}263000001"
    answers = [
        clerk.client.get(f"/certificates/skill_level/{number}", headers={"X-Request-Id": "mine"}),
        clerk.get(f"/bodies/{CANARY}"),
        clerk.get(f"/no/such/{CANARY}"),
        clerk.client.delete("/public"),
        clerk.get(f"/statements?before={CANARY}x"),
        clerk.client.post("/holders", data={"number": CANARY}),
        clerk.client.get("/", headers={"Host": "elsewhere.example"}),
        clerk.get("/static/registry/registry.css"),
    ]
    told = requests(lines)
    assert [answer.headers["x-request-id"] for answer in answers] == [
        line.pop("request") for line in told
    ]
    assert [tuple(line.values()) for line in told] == [
        ("GET", "/certificates/{kind}/{number}", 200, None),
        ("GET", "/bodies/{code}", 404, "request.not_found"),
        ("GET", "", 404, "request.not_found"),
        ("DELETE", "/public", 405, "request.method"),
        ("GET", "/statements", 404, "request.not_found"),
        ("POST", "/holders", 403, "form.csrf"),
        ("GET", "", 421, None),
        ("GET", "", 200, None),
    ]
    ours = [line for line in read(lines) if not line["logger"].startswith("httpx")]
    assert CANARY not in json.dumps(ours)
    assert number not in json.dumps(ours)


def test_a_refusal_that_a_page_shows_itself_has_its_code(town: Town, lines: Any) -> None:
    office = Office(town)
    office.hire("official")
    answer = office.enter("official").post("/holders", type="1", number=CANARY, reason="x")
    assert answer.status_code == 422
    assert requests(lines)[-1]["code"] == "unmask.reason"


def test_a_fault_is_logged_under_the_name_of_its_request(
    town: Town,
    lines: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = Office(town)

    def breaks(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("registry.console.public_pages.enquiry.enquire", breaks)
    answer = office.enter("anonymous").post("/public", number="1", name="x")
    assert answer.status_code == 500
    [fault] = [line for line in read(lines) if line["event"] == "unexpected"]
    assert fault["request"] == answer.headers["x-request-id"]
    assert CANARY not in json.dumps(fault) + answer.text


def test_it_is_counted_and_timed(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = Metrics()
    monkeypatch.setattr("tests.registry.console.web.build", partial(build, metrics=counts))
    office = Office(town)
    office.hire("official")
    clerk = office.enter("official")
    clerk.get(f"/bodies/{CANARY}")
    page = counts.page(Gauges(office.registry)).decode()
    found = samples(page)
    key = 'skillseal_request_seconds_count{method="GET",route="/bodies/{code}",status="404"}'
    assert found[key] == 1
    assert found['skillseal_refusals_total{code="request.not_found"}'] == 1
    assert CANARY not in page


def test_the_command_answers_prometheus_and_writes_lines(tmp_path: Path) -> None:
    file, port, watched = settings_of(World(tmp_path)), ports.free(), ports.free()
    words = ["registry", "console", "--settings", str(file), "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", START_IT, *words, "--metrics", str(watched)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        transport = httpx2.HTTPTransport(retries=20)
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", transport=transport) as client:
            answer = client.get("/public")
            assert client.get("/metrics").status_code == 404
        place = f"http://127.0.0.1:{watched}/metrics"
        with urllib.request.urlopen(place, timeout=10) as page:
            told = page.read().decode()
    finally:
        process.terminate()
        _, errors = process.communicate(timeout=10)
    assert re.search('request_seconds_count{.*route="/public",status="200"} 1.0', told)
    named = [json.loads(line) for line in errors.splitlines()]
    assert answer.headers["x-request-id"] in {line.get("request") for line in named}
