# SPDX-License-Identifier: Apache-2.0
"""The administrator's pages, and the first account of all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.testclient import TestClient

from console import account_pages, totp
from console.account import Account
from console.app import Console, frame, open_console
from console.database import open_file
from console.passwords import Passwords
from console.settings import Settings
from tests.console.conftest import PASSWORD, Time
from tests.console.test_app import csrf, enter

NEW = {"display": "李强", "roles": "administrator", "jurisdiction": "3101", "until": "2027-01-31"}


@pytest.fixture
def administrator(app: FastAPI, client: TestClient) -> TestClient:
    app.include_router(account_pages.router)
    enter(client)
    return client


def post(client: TestClient, path: str, **form: str) -> int:
    return client.post(path, data={"csrf": csrf(client, "/account/password"), **form}).status_code


def test_an_account_is_made_changed_and_shut(
    administrator: TestClient, console: Console, time: Time
) -> None:
    assert post(administrator, "/accounts", name="Li.Qiang", password=PASSWORD, **NEW) == 303
    assert "li.qiang" in administrator.get("/accounts").text
    made = console.accounts.get("li.qiang")
    assert (made.display, made.jurisdiction, made.temporary) == ("李强", "3101", True)
    assert made.until == 1_801_411_200  # the day after begins, in China
    assert 'value="2027-01-31"' in administrator.get("/accounts/li.qiang").text
    token = console.sessions.start("li.qiang")
    assert post(administrator, "/accounts/li.qiang", **NEW | {"until": ""}) == 303
    assert console.accounts.get("li.qiang").until is None
    assert console.sessions.find(token)
    assert post(administrator, "/accounts/li.qiang", disabled="1", **NEW) == 303
    assert console.sessions.find(token) is None
    assert post(administrator, "/accounts/li.qiang", **NEW) == 303
    assert console.accounts.check("li.qiang", PASSWORD).temporary


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "wang.li"}, "account.known"),
        ({"name": "王"}, "account.name"),
        ({"roles": "official"}, "account.roles"),
        ({"roles": ""}, "account.roles"),
        ({"jurisdiction": "3"}, "account.jurisdiction"),
        ({"until": "2027-02-30"}, "account.until"),
        ({"until": "9999-12-31"}, "account.until"),
        ({"password": "short"}, "account.password"),
    ],
)
def test_what_has_not_its_form_is_said_on_the_page(
    administrator: TestClient, console: Console, changes: dict[str, str], code: str
) -> None:
    form = {"name": "li", "password": PASSWORD, **NEW, **changes}
    form["csrf"] = csrf(administrator, "/accounts")
    answer = administrator.post("/accounts", data=form)
    assert answer.status_code in {409, 422}
    assert f"<code>{code}</code>" in answer.text
    assert len(console.accounts.list()) == 1


def test_a_forgotten_password_and_a_lost_telephone(
    administrator: TestClient, console: Console, time: Time
) -> None:
    console.accounts.create(Account("li", "李强"), PASSWORD)
    secret = console.accounts.offer_totp("li")
    console.accounts.enrol_totp("li", totp.code(secret, time.at))
    assert post(administrator, "/accounts/li/totp") == 303
    assert post(administrator, "/accounts/li/password", password=PASSWORD + "2") == 303
    assert console.accounts.check("li", PASSWORD + "2").temporary
    assert post(administrator, "/accounts/li/password", password="short") == 422
    assert post(administrator, "/accounts/wang.li/password", password=PASSWORD + "2") == 409
    assert post(administrator, "/accounts/nobody", **NEW) == 404
    assert post(administrator, "/accounts/wang.li", disabled="1", **NEW) == 409


def test_only_an_administrator_sees_accounts(
    app: FastAPI, client: TestClient, console: Console
) -> None:
    app.include_router(account_pages.router)
    console.accounts.create(Account("li", "李强", frozenset({"official"})), PASSWORD)
    assert client.get("/accounts").status_code == 303
    enter(client, name="li")
    for path in ("/accounts", "/accounts/wang.li"):
        assert client.get(path).status_code == 403
        assert post(client, path, **NEW) == 403
    assert post(client, "/accounts/wang.li/password", password=PASSWORD) == 403
    assert post(client, "/accounts/wang.li/totp") == 403


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def fresh(tmp_path: Path, time: Time, told: list[str]) -> Iterator[TestClient]:
    """An application without an account."""
    cheap = Passwords(time.random, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    engine = open_file(tmp_path / "fresh.sqlite")
    console = open_console(
        engine, Settings(), time.clock, time.random, passwords=cheap, tell=told.append
    )
    app = FastAPI()
    frame(app, console)
    with TestClient(app, "http://127.0.0.1", follow_redirects=False) as client:
        yield client
    engine.dispose()


def test_the_first_account_is_made_by_who_reads_the_terminal(
    fresh: TestClient, told: list[str]
) -> None:
    assert fresh.get("/sign-in").headers["location"] == "/set-up"
    form = {"csrf": csrf(fresh, "/set-up"), "name": "Wang", "password": PASSWORD}
    for guess in ("", told[0][::-1], "é"):
        answer = fresh.post("/set-up", data={**form, "code": guess})
        assert "account.set_up" in answer.text
    assert len(told) == 4
    assert "account.set_up" in fresh.post("/set-up", data={**form, "code": told[0]}).text
    weak = {**form, "code": told[-1], "password": "short"}
    assert "account.password" in fresh.post("/set-up", data=weak).text
    answer = fresh.post("/set-up", data={**form, "code": told[-1]})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert fresh.get("/account/password").status_code == 200
    form["csrf"] = csrf(fresh, "/account/password")
    assert "account.set_up" in fresh.post("/set-up", data={**form, "code": told[-1]}).text
    assert fresh.get("/set-up").headers["location"] == "/sign-in"


def test_elsewhere_there_is_no_such_page(client: TestClient) -> None:
    assert client.get("/set-up").headers["location"] == "/sign-in"
    form = {"csrf": csrf(client), "code": "1", "name": "x", "password": PASSWORD}
    assert client.post("/set-up", data=form).status_code == 404
