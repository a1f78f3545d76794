# SPDX-License-Identifier: Apache-2.0
"""The same room on PostgreSQL: two at once are counted, refused and let in as one after another."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine

from console import lockout, tables
from console.account import Account
from console.app import Console, open_console
from console.database import open_file
from console.passwords import Passwords
from console.settings import Settings
from keys.errors import SealError
from tests import postgresql
from tests.console.conftest import PASSWORD, Time
from tests.console.proposing import LI, WANG, Town


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, time: Time, tmp_path: Path) -> Iterator[Console]:
    """A console on each database."""
    cheap = Passwords(time.random, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    if request.param == "sqlite":
        engine = open_file(tmp_path / "console.sqlite")
    else:
        server = postgresql.started()
        url = server.url(server.create()).replace("postgresql:", "postgresql+psycopg:")
        engine = create_engine(url)
        tables.metadata.create_all(engine)
    console = open_console(engine, Settings(), time.clock, time.random, passwords=cheap)
    console.accounts.create(Account("wang.li", "王丽", frozenset({"administrator"})), PASSWORD)
    yield console
    engine.dispose()


def at_once(count: int, call: Callable[[int], object]) -> list[str]:
    """Call it in several threads and give what each came to."""
    barrier = threading.Barrier(count)
    said = [""] * count

    def one(number: int) -> None:
        barrier.wait()
        try:
            call(number)
        except SealError as error:
            said[number] = error.code

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


def test_uses_at_once_are_all_counted(both: Console) -> None:
    said = at_once(8, lambda _: both.limits.take("x", "somebody", most=5, seconds=60))
    assert said == [""] * 5 + ["limit.reached"] * 3


def test_guesses_at_once_are_all_counted(both: Console, time: Time) -> None:
    said = at_once(8, lambda _: lockout.enter(both.engine, "wang.li", time.at))
    assert said == [""] * 3 + ["account.wait"] * 5


def test_a_name_is_taken_once(both: Console) -> None:
    said = at_once(4, lambda _: both.accounts.create(Account("li", "李"), PASSWORD))
    assert said == ["", *["account.known"] * 3]


def test_sessions_and_acts_of_two_people(both: Console) -> None:
    assert both.accounts.check("wang.li", PASSWORD).display == "王丽"
    token = both.sessions.start("wang.li")
    assert both.sessions.find(token)
    town = Town(both)
    proposal = town.propose()
    said = at_once(4, lambda number: town.sign(proposal, (WANG, LI)[number % 2]))
    assert said == ["", "", "proposal.signed", "proposal.signed"]
    assert [each.missing for each in town.proposals.open(size=1)[0]] == [0]
    done = town.proposals.carry_out(proposal.id, by="wang.li", act=town.act)
    assert done.state == "complete"
    both.accounts.set_password("wang.li", PASSWORD + "!")
    assert both.sessions.find(token) is None
