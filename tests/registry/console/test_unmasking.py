# SPDX-License-Identifier: Apache-2.0
"""A document number is masked; whoever looks leaves a record with a reason."""

from sqlalchemy import select

from credential.identity_number import IdentityNumber
from registry import database, holders
from registry.console.tables import unmaskings
from registry.holder_keys import HolderKey
from tests.registry.console.town import Town
from tests.registry.console.web import Office

NUMBER = "310199199003072316"
KEY = HolderKey.of(b"k" * 32)


def opened(town: Town, *, with_key: bool = True) -> Office:
    office = Office(town)
    office.hire("official", "supervisor", "auditor", "body_staff")
    town.registry.holder_key = KEY
    index = town.see("official", lambda s: place(s, town))
    with database.write(town.registry.engine) as connection:
        holders.store(town.registry, connection, [(index, IdentityNumber(1, NUMBER))])
    if with_key:
        office.registry.holder_key = KEY
    return office


def place(sight: object, town: Town) -> int:
    from registry import store_certificates

    with database.read(town.registry.engine) as connection:
        rows = store_certificates.named(connection, f"{town.first.prefix}263000001")
    return rows[0].log_index


def path(town: Town) -> str:
    return f"/certificates/skill_level/{town.first.prefix}263000001"


def recorded(town: Town) -> list[tuple[str, str]]:
    with database.read(town.registry.engine) as connection:
        query = select(unmaskings.c.account, unmaskings.c.reason)
        return [(account, reason) for account, reason in connection.execute(query)]


def test_a_number_is_masked_until_somebody_says_why(town: Town) -> None:
    office = opened(town)
    clerk = office.enter("official")
    assert NUMBER not in clerk.get(path(town)).text
    assert "••••" in clerk.get(path(town)).text
    short = clerk.post(f"{path(town)}/unmask", reason="x")
    assert "unmask.reason" in short.text
    assert recorded(town) == []
    shown = clerk.post(f"{path(town)}/unmask", reason="补贴核查沪人社函12号")
    assert NUMBER in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert recorded(town) == [("official.pd", "补贴核查沪人社函12号")]
    assert NUMBER not in clerk.get(path(town)).text
    listed = office.enter("auditor").get("/unmaskings").text
    assert "补贴核查沪人社函12号" in listed
    assert NUMBER not in listed


def test_who_may_not_look_finds_nothing_and_leaves_nothing(town: Town) -> None:
    office = opened(town)
    for role in ("supervisor", "auditor", "body_staff"):
        clerk = office.enter(role)
        answer = clerk.post(f"{path(town)}/unmask", reason="好奇好奇")
        assert answer.status_code == 404
        assert NUMBER not in answer.text
    assert recorded(town) == []


def test_without_the_key_nothing_is_shown(town: Town) -> None:
    office = opened(town, with_key=False)
    answer = office.enter("official").post(f"{path(town)}/unmask", reason="补贴核查")
    assert "holder.key" in answer.text
    assert NUMBER not in answer.text
    assert recorded(town) == []


def test_a_key_that_is_not_this_numbers_is_no_key(town: Town) -> None:
    office = opened(town)
    office.registry.holder_key = HolderKey.of(b"x" * 32)
    answer = office.enter("official").post(f"{path(town)}/unmask", reason="补贴核查")
    assert "holder.key" in answer.text
    assert NUMBER not in answer.text
    assert recorded(town) == []
