# SPDX-License-Identifier: Apache-2.0
"""A desk over a registry that admits, and somebody who signs in and clicks through its pages."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from httpx2 import Response
from starlette.testclient import TestClient

from console.passwords import Passwords
from issuer.web import app
from issuer.web.settings import Keys, Settings
from issuer.web.site import Site
from tests.issuer import world
from tests.issuer.world import FakeRegistry

PASSWORD = "correct horse battery"
PLACE = "http://127.0.0.1"


@dataclass
class Visitor:
    """Somebody at the desk."""

    site: Site
    client: TestClient
    at: str = "/"
    fake: FakeRegistry = field(default_factory=FakeRegistry)

    def get(self, path: str) -> Response:
        return self.client.get(path)

    def post(self, path: str, files: Any = None, **form: str) -> Response:
        data = {"csrf": token(self.client.get("/").text), **form}
        return self.client.post(path, data=data, files=files)

    def upload(self, roster: Path) -> Response:
        with roster.open("rb") as file:
            answer = self.post("/new", {"roster": (roster.name, file)}, kind="skill_level")
        self.at = answer.url.path
        return answer

    def act(self, name: str, **form: str) -> Response:
        self.post(f"{self.at}/act", {"x": ("", b"")}, act=name, **form)
        assert self.site.clerk.wait(self.job, 30)
        return self.get(self.at)

    @property
    def job(self) -> str:
        return self.at.rpartition("/")[2]

    @property
    def stage(self) -> str:
        found = re.search('data-stage="([a-z]+)"', self.get(self.at).text)
        assert found
        return found[1]


def settings(folder: Path, url: str, **changes: Any) -> Settings:
    folder.mkdir(exist_ok=True)
    filing = folder / "filing.json"
    if not filing.exists():
        filing.write_bytes(world.filing().to_bytes())
        world.key_files(folder)
    keys = Keys(folder / "certificate.key", folder / "submit.key", folder / "statement.key")
    values: dict[str, Any] = {
        "folder": folder / "desk",
        "filing": filing,
        "ledger": folder / "ledger.sqlite",
        "registry": url,
        "keys": keys,
        "cores": 1,
    }
    return Settings(**(values | changes))


@contextmanager
def visiting(folder: Path, **changes: Any) -> Iterator[Visitor]:
    """Open a desk, and sign in as its first account; over a folder that was used, sign in again."""
    fake = changes.pop("fake", None) or FakeRegistry()
    clock = changes.pop("clock", lambda: world.AT)
    with fake.served() as url:
        site = Site.open(settings(folder, url, **changes), clock)
        told: list[str] = []
        cheap = Passwords(os.urandom, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        made = app.build(site, tell=told.append, passwords=cheap)
        client = TestClient(made, base_url=PLACE, headers={"accept-language": "zh"})
        visitor = Visitor(site, client, fake=fake)
        try:
            sign_in(client, *told)
            yield visitor
        finally:
            site.close()


def sign_in(client: TestClient, code: str | None = None) -> None:
    """Make the first account with the code of the terminal, or sign in."""
    form = {"name": "wang", "password": PASSWORD, "csrf": token(client.get("/").text)}
    if code is None:
        answer = client.post("/sign-in", data=form)
    else:
        answer = client.post("/set-up", data={**form, "code": code})
    assert answer.url.path == "/", answer.text


def token(page: str) -> str:
    """Read the token that stands in the forms of a page."""
    found = re.search('name="csrf" value="([^"]*)"', page)
    return found[1] if found else ""
