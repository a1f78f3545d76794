# SPDX-License-Identifier: Apache-2.0
"""A person's certificates by document number: for few, within bounds, always recorded."""

import logging
import re
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import select

from credential.errors import UnavailableError
from credential.identity_number import IdentityNumber
from registry import database, holders, store_certificates, store_log
from registry.console import holder_pages
from registry.console.tables import searches, unmaskings
from registry.holder_keys import HolderKey
from registry.serve import JsonLines
from tests.registry import backends
from tests.registry.console.town import ROLES, Town
from tests.registry.console.web import Clerk, Office

OURS, THEIRS, NOBODYS = "310199199003072319", "310199198511230024", "310199199003070014"
KEY, OLD = HolderKey.of(b"k" * 32), HolderKey.of(b"o" * 32)
WHY = "信访核查沪人社函12号"


@pytest.fixture
def office(town: Town) -> Office:
    """A console with the key; one person has two certificates here, another one elsewhere."""
    made = Office(town)
    made.hire()
    made.registry.holder_key = town.registry.holder_key = KEY
    people = [
        (index_of(town, f"{town.first.prefix}263000001"), IdentityNumber(1, OURS)),
        (index_of(town, f"{town.first.prefix}263000002"), IdentityNumber(1, OURS)),
        (index_of(town, f"{town.other.prefix}263000001"), IdentityNumber(1, THEIRS)),
    ]
    with database.write(town.registry.engine) as connection:
        holders.store(town.registry, connection, people)
    return made


def index_of(town: Town, number: str) -> int:
    with database.read(town.registry.engine) as connection:
        return store_certificates.named(connection, number)[0].log_index


def ask(clerk: Clerk, number: str, **changes: str) -> Response:
    return clerk.post("/holders", **{"type": "1", "number": number, "reason": WHY, **changes})


def recorded(town: Town) -> list[Any]:
    with database.read(town.registry.engine) as connection:
        query = select(searches).order_by(searches.c.at, searches.c.found.desc())
        return list(connection.execute(query).mappings())


def test_an_official_finds_a_persons_certificates_and_leaves_a_record(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    town = office.town
    caplog.set_level(logging.DEBUG)
    clerk = office.enter("official")
    assert '<form method="post" action="/holders"' in clerk.get("/holders").text
    assert 'href="/holders"' in clerk.get("/certificates").text
    answer = ask(clerk, " 310199 19900307 2319 ")  # as on the card
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    for end in ("1", "2"):
        assert f"{town.first.prefix}26300000{end}</a>" in answer.text
    assert f"{town.first.prefix}263000003" not in answer.text
    [record] = recorded(town)
    found = [index_of(town, f"{town.first.prefix}26300000{end}") for end in "12"]
    assert record["found"] == " ".join(map(str, found))
    assert (record["account"], record["reason"]) == ("official.pd", WHY)
    assert (record["at"], record["region"]) == (town.clock.now, "310115")
    # The number is nowhere: no page, no log, no database, no unmasking.
    assert OURS not in answer.text
    assert not [one for one in caplog.records if OURS in JsonLines().format(one)]
    assert OURS.encode() not in backends.content(town.registry.engine)
    with database.read(town.registry.engine) as connection:
        assert connection.execute(select(unmaskings)).all() == []


def test_nothing_and_nothing_of_yours_are_one_page(office: Office) -> None:
    """The same bytes, but for what protects the form; and a record all the same."""
    clerk = office.enter("official")
    pages = [ask(clerk, number) for number in (THEIRS, NOBODYS)]
    texts = {re.sub('name="csrf" value="[^"]*"', "", one.text) for one in pages}
    assert len(texts) == 1
    assert "没有查到" in texts.pop()
    assert [one.status_code for one in pages] == [200, 200]
    assert [one["found"] for one in recorded(office.town)] == ["", ""]


def test_whoever_may_not_look_at_numbers_may_not_search_by_them(office: Office) -> None:
    for role in set(ROLES) - {"lead", "official"}:
        clerk = office.enter(role)
        assert clerk.get("/holders").status_code == 404, role
        answer = ask(clerk, OURS)
        assert answer.status_code == 404, role
        assert "263000001" not in answer.text
        assert role == "administrator" or 'href="/holders"' not in clerk.get("/certificates").text
    assert recorded(office.town) == []


REFUSED = [
    ({"reason": "x"}, "unmask.reason"),
    ({"reason": ""}, "unmask.reason"),
    ({"number": "310199199003072317"}, "holder.malformed"),
    ({"number": ""}, "holder.malformed"),
    ({"number": "1" * 1_000}, "holder.malformed"),
    ({"type": "3"}, "holder.malformed"),
    ({"type": "²"}, "holder.malformed"),
    ({"type": ""}, "holder.malformed"),
]


def test_what_cannot_be_searched_is_refused_unrecorded(office: Office) -> None:
    clerk = office.enter("lead")
    for changes, code in REFUSED:
        answer = ask(clerk, **{"number": OURS, **changes})
        assert (answer.status_code, code in answer.text) == (422, True), changes
        assert "263000001" not in answer.text
        assert OURS not in answer.text
        assert "310199199003072317" not in answer.text
    assert recorded(office.town) == []


def test_a_number_in_an_address_does_nothing(office: Office) -> None:
    clerk = office.enter("lead")
    answer = clerk.get(f"/holders?type=1&number={OURS}&reason=abcd")
    assert "263000001" not in answer.text
    assert recorded(office.town) == []


def test_only_so_often(office: Office) -> None:
    clerk, other = office.enter("official"), office.enter("lead")
    for _ in range(holder_pages.SEARCHES):
        assert ask(clerk, "1").status_code == 422  # what is refused counts, too
    answer = ask(clerk, OURS)
    assert (answer.status_code, "limit.reached" in answer.text) == (429, True)
    assert recorded(office.town) == []
    assert "263000001" in ask(other, OURS).text
    office.town.clock.now += holder_pages.WINDOW
    assert "263000001" in ask(clerk, OURS).text


def test_a_rotation_that_is_not_finished_or_no_key_is_told(office: Office) -> None:
    """Otherwise a person whose number is under the old key would not be found."""
    town, clerk = office.town, office.enter("lead")
    index = index_of(town, f"{town.first.prefix}263000003")
    town.registry.holder_key = OLD
    with database.write(town.registry.engine) as connection:
        holders.store(town.registry, connection, [(index, IdentityNumber(1, NOBODYS))])
    for key in (KEY, OLD, None):
        office.registry.holder_key = key
        answer = ask(clerk, OURS)
        assert (answer.status_code, "holder.key" in answer.text) == (422, True)
    assert recorded(town) == []
    office.registry.holder_key = town.registry.holder_key = KEY
    assert holders.rotate(town.registry, OLD) == 1
    assert "263000003" in ask(clerk, NOBODYS).text


def test_nothing_is_shown_that_could_not_be_recorded(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = office.enter("lead")

    def refused(*_: object) -> None:
        raise UnavailableError("registry.unavailable", "later")

    monkeypatch.setattr(store_log, "demand_here", refused)
    answer = ask(clerk, OURS)
    assert answer.status_code == 503
    assert "263000001" not in answer.text
    assert recorded(office.town) == []


def test_who_watches_sees_who_searched(office: Office) -> None:
    """Inside the jurisdiction, and no body's staff."""
    ask(office.enter("official"), OURS)
    listed = office.enter("auditor").get("/unmaskings").text
    assert WHY in listed
    assert "263000001</a>" in listed
    assert OURS not in listed
    assert WHY not in office.enter("body_staff").get("/unmaskings").text
    assert WHY not in office.enter("guidance").get("/unmaskings").text
    with database.write(office.registry.engine) as connection:
        connection.execute(searches.update().values(region="310104"))
    assert WHY not in office.enter("auditor").get("/unmaskings").text
