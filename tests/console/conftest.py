# SPDX-License-Identifier: Apache-2.0
"""A small application inside the console, at a time that a test can move."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient

from console.account import Account
from console.app import Console, frame, open_console
from console.database import open_file
from console.passwords import Passwords
from console.settings import Settings
from console.visit import SignedIn
from tests.web.conftest import browser, playwright

__all__ = ["browser", "playwright"]  # the browser that the tests of the phone's page have too

PASSWORD = "a long enough password"
AT = 1_795_000_000


@dataclass
class Time:
    """A clock that stands still until a test moves it, and randomness that can be repeated."""

    at: int = AT
    draws: Iterator[int] = field(default_factory=itertools.count)

    def clock(self) -> int:
        return self.at

    def random(self, size: int) -> bytes:
        return sha256(f"draw {next(self.draws)}".encode()).digest()[:size]


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def console(tmp_path: Path, time: Time) -> Iterator[Console]:
    cheap = Passwords(time.random, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    engine = open_file(tmp_path / "console.sqlite")
    settings = Settings(hosts=("127.0.0.1", "desk.example"))
    made = open_console(engine, settings, time.clock, time.random, passwords=cheap)
    roles = frozenset({"administrator"})
    made.accounts.create(Account("wang.li", "王丽", roles), PASSWORD)
    yield made
    engine.dispose()


@pytest.fixture
def app(console: Console) -> FastAPI:
    made = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    frame(made, console)

    @made.get("/")
    def home(visit: SignedIn) -> Response:
        return PlainTextResponse(f"hello {visit.who.display}")

    @made.get("/fault")
    def fault() -> Response:
        raise RuntimeError("the inside")

    return made


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, "http://127.0.0.1", follow_redirects=False) as made:
        yield made
