# SPDX-License-Identifier: Apache-2.0
"""What the HTTP application says of itself in /openapi.json is what it does.

schemathesis reads the description and makes up requests, fitting and unfitting ones. Some of the
fitting ones are given what no generator can make up: the authorisation of a body over exactly these
bytes, certificates that are really signed, statements that are really due. Every answer has a
status, media type and form that the description names; none is a fault of the server; none needs an
authorisation that it does not check; none contains a person's name or document number, though the
registry keeps them and the requests are full of them.
"""

import itertools
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from schemathesis.engine import events, from_schema

from credential import client_assertion, holder
from credential.client_assertion import SCOPES
from registry import app, holder_keys, lists, machines, publish
from tests.registry.backends import Sqlite
from tests.registry.world import PEOPLE, START, URL, Person, World

CANARY = "310199199003070014"
STRANGER = "310199199003070022"
_DESCRIBED = {
    *("GET /anchor.json", "GET /head.json", "GET /healthz", "GET /parts/{sha256}", "GET /readyz"),
    *("GET /snapshot.json", "GET /status/{name}", "POST /certificates", "POST /statements"),
    *("GET /certificates/{kind}/{number}", "POST /heads", "POST /token"),
}


@dataclass
class Visit:
    """An application with people in it, and what became of the calls to it."""

    world: World
    calls: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    turn: int = 0

    def __post_init__(self) -> None:
        desk = self.world.first
        tag = holder.tag(1, CANARY, PEOPLE[0].name)
        self.people = [Person(PEOPLE[0].name, tag), *PEOPLE[1:]]
        desk.file_batch("B2", self.people)
        self.certificates = [desk.issue(person, "B2") for person in self.people]
        self.statements = [
            self.world.sign("gate", f"{URL}/gate", {"from": start, "level": "basic"}, keys)
            for start in (START, START + 1)
            for keys in ([self.world.lead], [desk.statement])
        ]
        lists.sign_lists(self.world.registry, self.world.list, self.world.status)
        publish.publish(self.world.registry, self.world.publish, self.world.log)
        folder = self.world.settings.published
        self.token = machines.sign_in(self.world.registry, self._asserted(), None).token
        self.parts = sorted(part.name for part in (folder / "parts").iterdir())

    def run(self, examples: int, seed: int) -> None:
        """Call every operation, those with something to vary so many times at least."""
        application = app.build(self.world.registry, anchor=True)
        schema = schemathesis.openapi.from_asgi("/openapi.json", application)
        schema.config.seed = seed
        schema.config.generation.update(max_examples=examples)
        # A text of the right form is no certificate: most fitting requests are rightly refused.
        schema.config.checks.update(excluded_check_names=["positive_data_acceptance"])

        schema.auth(refresh_interval=None)(self._desk())
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                self._note(event)
            elif isinstance(event, (events.NonFatalError, events.FatalError)):
                self.failures.append(str(vars(event)))

    def _note(self, event: events.ScenarioFinished) -> None:
        secrets = {CANARY, STRANGER, *(person.name for person in self.people)}
        label = event.recorder.label
        for interaction in event.recorder.interactions.values():
            if interaction.response is None:
                self.failures.append(f"{label}: no answer")
                continue
            self.calls[label, int(interaction.response.status_code)] += 1
            told = (interaction.response.content or b"").decode()
            told += str(interaction.response.headers)
            self.failures += [f"{label}: tells {one}" for one in secrets if one in told]
        for checks in event.recorder.checks.values():
            for one in checks:
                if one.failure_info is not None:
                    failure = one.failure_info.failure
                    self.failures.append(f"{label}: {one.name}: {failure.title}: {failure.message}")

    def _filled(self, body: Any) -> Any:
        """Put real certificates, statements and document numbers into some of the requests."""
        if self.turn % 3 or not isinstance(body, dict):
            return body
        turn = self.turn // 3
        if isinstance(body.get("items"), list):
            text = self.certificates[turn % len(self.certificates)]
            number = (CANARY, STRANGER)[turn % 2]
            item = {"certificate": text, "holder": {"type": 1, "number": number}}
            return {**body, "items": [item, *body["items"][:3]]}
        if isinstance(body.get("signatures"), list):
            return {"signatures": self.statements[turn % len(self.statements)]}
        if "client_assertion" in body:
            return {**body, "client_assertion": self._asserted(), "scope": SCOPES[turn % 2]}
        if isinstance(body.get("subjects"), list):
            return {"subjects": [self.world.first.id, *body["subjects"][:3]]}
        return body

    def _asserted(self) -> str:
        desk, jti = self.world.first, (self.turn | 1 << 64).to_bytes(16)
        return client_assertion.make(desk.submit, client=desk.id, registry=URL, iat=START, jti=jti)

    def _addressed(self, parameters: dict[str, str]) -> dict[str, str]:
        """Ask for what there is, and for a person, now and then."""
        turn = self.turn // 3
        there = {"sha256": self.parts[turn % len(self.parts)], "name": "1"}
        if self.turn % 3:
            return parameters
        return {name: there.get(name, CANARY) if turn % 2 else CANARY for name in parameters}

    def _desk(visit) -> type:  # noqa: N805  # the class below has a self of its own
        class Desk:
            """Completes requests that fit, and authorises exactly what is sent."""

            def get(self, case: Any, _: object) -> str:
                visit.turn += 1
                if case.meta.generation.mode.is_positive:
                    case.body = visit._filled(case.body)
                    case.path_parameters = visit._addressed(dict(case.path_parameters or {}))
                given = case.as_transport_kwargs(base_url=URL)
                kept = {key: given[key] for key in ("json", "data", "headers") if key in given}
                sent = requests.Request(case.method, URL, **kept).prepare().body or b""
                if case.path in {"/heads", "/certificates/{kind}/{number}"}:
                    return f"Bearer {visit.token}"
                raw = sent.encode() if isinstance(sent, str) else bytes(sent)  # type: ignore[arg-type] # no stream
                return visit.world.first.authorise(raw, jti=visit.turn.to_bytes(16))

            def set(self, case: Any, header: str, _: object) -> None:
                case.headers["Authorization"] = header

        return Desk


@pytest.fixture
def visit(tmp_path: Path) -> Visit:
    Sqlite().prepare(tmp_path)
    World(tmp_path).found().registry.engine.dispose()
    world = World(tmp_path, jtis=itertools.count(1_000))
    key = tmp_path / "holder.key"
    holder_keys.create(key, bytes)
    world.settings = replace(world.settings, holder_numbers="optional", holder_key=key)
    world.registry = world.open()
    return Visit(world)


def told(visit: Visit) -> None:
    """Assert that nothing was wrong, and that the calls reached what they are for."""
    assert not visit.failures, "\n".join(sorted(set(visit.failures)))
    assert {label for label, _ in visit.calls} == _DESCRIBED
    assert not [call for call in visit.calls if call[1] >= 500]
    for reached in (
        ("POST /certificates", 200),
        ("POST /certificates", 401),
        ("POST /certificates", 422),
        ("POST /statements", 200),
        ("POST /statements", 422),
        ("GET /parts/{sha256}", 200),
        ("GET /parts/{sha256}", 404),
        ("GET /status/{name}", 200),
        ("GET /status/{name}", 404),
        ("GET /certificates/{kind}/{number}", 404),
        ("POST /heads", 200),
        ("POST /heads", 422),
        ("POST /token", 200),
        ("POST /token", 400),
        ("POST /token", 401),
    ):
        assert visit.calls[reached], reached


def test_the_application_is_as_described(visit: Visit) -> None:
    visit.run(examples=230, seed=1)
    told(visit)
    assert visit.calls.total() >= 1_500


@pytest.mark.long
def test_the_application_is_as_described_at_length(visit: Visit) -> None:
    visit.run(examples=3_200, seed=2)
    told(visit)
    assert visit.calls.total() >= 20_000
