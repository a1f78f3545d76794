# SPDX-License-Identifier: Apache-2.0
"""Who is let in, with one answer for everybody else; second factor; slower guesses."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from console import lockout, tables, totp
from console.account import Account
from console.app import Console
from keys.errors import SealError
from tests.console.conftest import PASSWORD, Time

ADMINISTRATOR = frozenset({"administrator"})


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(SealError) as caught:
        call()
    return caught.value.code


def test_name_and_password_let_in(console: Console) -> None:
    assert console.accounts.check(" WANG.li", PASSWORD).display == "王丽"


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("wang.li", PASSWORD + "x"),
        ("wang.li", ""),
        ("nobody", PASSWORD),
        ("", ""),
        ("wang.li", PASSWORD + "x" * 200),
    ],
)
def test_everything_else_has_one_answer(console: Console, name: str, password: str) -> None:
    with pytest.raises(SealError, match="name, password or code is not right") as caught:
        console.accounts.check(name, password)
    assert caught.value.code == "account.refused"


def test_an_unknown_name_costs_a_hash_too(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified = []
    hasher = type(console.accounts._passwords._hasher)
    real = hasher.verify

    def verify(self: object, stored: str, password: str) -> object:
        verified.append(stored[:10])
        return real(self, stored, password)  # type: ignore[arg-type] # it is one

    monkeypatch.setattr(hasher, "verify", verify)
    for name in ("nobody", "wang.li"):
        code_of(lambda: console.accounts.check(name, "wrong"))  # noqa: B023 # called at once
    assert verified == ["$argon2id$"] * 2


@pytest.mark.parametrize("name", ["wang.li", "nobody"])
def test_guessing_gets_slower(console: Console, time: Time, name: str) -> None:
    def guess() -> str:
        return code_of(lambda: console.accounts.check(name, "wrong"))

    assert [guess() for _ in range(4)] == ["account.refused"] * 3 + ["account.wait"]
    time.at += 1
    assert code_of(lambda: console.accounts.check(name, PASSWORD)) == "account.wait"
    time.at += 1
    assert guess() == "account.refused"
    assert guess() == "account.wait"


def test_delays_grow_to_a_limit_and_success_forgives(console: Console, time: Time) -> None:
    delays = [lockout.delay(n) for n in range(1, 40)]
    assert delays == sorted(delays)
    assert (delays[:4], delays[-1]) == ([0, 0, 2, 4], 900)
    for _ in range(3):
        code_of(lambda: console.accounts.check("wang.li", "wrong"))
    time.at += 2
    console.accounts.check("wang.li", PASSWORD)
    with console.engine.connect() as connection:
        assert connection.execute(select(tables.failures)).all() == []


def test_a_code_is_demanded_and_taken_once(console: Console, time: Time) -> None:
    secret = console.accounts.offer_totp("wang.li")
    assert console.accounts.offer_totp("wang.li") == secret
    wrong = f"{(int(totp.code(secret, time.at)) + 1) % 1_000_000:06}"
    assert code_of(lambda: console.accounts.enrol_totp("wang.li", wrong)) == "account.code"
    console.accounts.enrol_totp("wang.li", totp.code(secret, time.at))

    def enter(typed: str | None) -> str:
        return code_of(lambda: console.accounts.check("wang.li", PASSWORD, typed))

    assert enter(None) == "account.refused"
    assert enter(totp.code(secret, time.at)) == "account.refused"  # its enrolment used it
    time.at += 30
    fresh = totp.code(secret, time.at)
    assert console.accounts.check("wang.li", PASSWORD, fresh).has_totp
    assert enter(fresh) == "account.refused"
    assert code_of(lambda: console.accounts.offer_totp("wang.li")) == "account.totp_known"


def test_codes_are_those_of_the_rfc() -> None:
    assert totp.code(b"12345678901234567890", 59) == "287082"  # RFC 6238, appendix B


@pytest.mark.parametrize("password", ["short", "x" * 40, "wang.li" * 2, "é" * 129])
def test_a_weak_password_is_refused(console: Console, password: str) -> None:
    refused = code_of(lambda: console.accounts.set_password("wang.li", password))
    assert refused == "account.password"


@pytest.mark.parametrize(
    ("account", "code"),
    [
        (Account("Wang", "王"), "account.name"),
        (Account("x" * 41, "王"), "account.name"),
        (Account("a", ""), "account.display"),
        (Account("a", "王\u202e"), "account.display"),
        (Account("a", "王", frozenset({"two words"})), "account.roles"),
        (Account("a", "王", jurisdiction="3"), "account.jurisdiction"),
        (Account("wang.li", "王"), "account.known"),
    ],
)
def test_an_account_has_its_form(console: Console, account: Account, code: str) -> None:
    assert code_of(lambda: console.accounts.create(account, PASSWORD)) == code


def test_an_account_ends_and_is_shut_but_never_the_last_administrator(
    console: Console, time: Time
) -> None:
    auditor = Account("auditor", "审计员", ADMINISTRATOR, until=time.at + 60)
    console.accounts.create(auditor, PASSWORD)
    time.at += 60
    assert code_of(lambda: console.accounts.check("auditor", PASSWORD)) == "account.refused"
    last = replace(console.accounts.get("wang.li"), disabled=True)
    assert code_of(lambda: console.accounts.change(last)) == "account.last"
    console.accounts.create(Account("li", "李", ADMINISTRATOR), PASSWORD)
    console.accounts.change(last)
    assert code_of(lambda: console.accounts.check("wang.li", PASSWORD)) == "account.refused"


def test_sessions_end(console: Console, time: Time) -> None:
    def start() -> str:
        return console.sessions.start("wang.li")

    token = start()
    assert console.sessions.find(token)
    assert console.sessions.find(token[:-1] + "_") is None
    time.at += 30 * 60 + 1
    assert console.sessions.find(token) is None
    token = start()
    for _ in range(36):  # used all the time, and still over after half a day
        assert console.sessions.find(token)
        time.at += 20 * 60
    time.at += 1
    assert console.sessions.find(token) is None
    token = start()
    console.accounts.set_password("wang.li", PASSWORD + "!")
    assert console.sessions.find(token) is None


def test_no_secret_stands_in_the_database(console: Console) -> None:
    token = console.sessions.start("wang.li")
    with console.engine.connect() as connection:
        rows = [connection.execute(select(t)).all() for t in tables.metadata.sorted_tables]
    assert PASSWORD not in str(rows)
    assert token not in str(rows)
