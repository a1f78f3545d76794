# SPDX-License-Identifier: Apache-2.0
"""The console over HTTP: accounts of every role in a town, and somebody who clicks."""

import itertools
import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from argon2 import PasswordHasher
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from console.passwords import Passwords
from registry.console import parties
from registry.console.app import build
from registry.service import Registry, open_registry
from tests.registry.console.town import ROLES, Town

PASSWORD = "a long enough password"
PLACE = "http://127.0.0.1"


@dataclass
class Office:
    """The console of a town."""

    town: Town
    registry: Registry = field(init=False)
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        town = self.town
        self.registry = open_registry(town.settings, (), clock=town.clock)
        draws = itertools.count()

        def random(size: int) -> bytes:
            return sha256(f"draw {next(draws)}".encode()).digest()[:size]

        cheap = Passwords(random, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.app = build(self.registry, random=random, passwords=cheap)

    def hire(self, *roles: str) -> None:
        """Make an account for each role."""
        for role in roles or ROLES:
            account, party = self.town.account(role), self.town.party(role)
            self.app.state.console.accounts.create(account, PASSWORD)
            parties.assign(self.registry.engine, account.name, party)

    def enter(self, role: str, *, language: str = "zh") -> "Clerk":
        """Sign somebody in."""
        client = TestClient(
            self.app, PLACE, headers={"accept-language": language}, follow_redirects=False
        )
        clerk = Clerk(client)
        if role != "anonymous":
            name = self.town.account(role).name
            answer = clerk.post("/sign-in", name=name, password=PASSWORD)
            assert answer.status_code == 303, answer.text
        return clerk


@dataclass
class Clerk:
    """Somebody at a browser."""

    client: TestClient

    def get(self, path: str) -> Response:
        return self.client.get(path)

    def post(self, path: str, **form: Any) -> Response:
        page = self.client.get("/sign-in")
        if page.status_code == 303:
            page = self.client.get("/account/password")
        found = re.search('name="csrf" value="([^"]*)"', page.text)
        assert found
        return self.client.post(path, data={"csrf": found[1], **form})
