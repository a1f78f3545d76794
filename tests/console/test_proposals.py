# SPDX-License-Identifier: Apache-2.0
"""Acts of two people: exact bytes, two signers, carried out once they are there, and not before."""

import hashlib
import json

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from console import payload
from console.app import Console
from console.proposals import WEEK, Proposal
from tests.console.conftest import Time
from tests.console.proposing import LI, STATEMENT, STRANGER, WANG, Town, signed, signer
from tests.console.test_accounts import code_of
from tests.console.test_app import csrf, enter


@pytest.fixture
def town(console: Console, app: FastAPI) -> Town:
    made = Town(console)
    made.add_to(app)
    return made


def test_two_people_sign_and_it_is_done_once(town: Town) -> None:
    proposal = town.propose()
    assert (proposal.state, proposal.missing, proposal.payload) == ("open", 2, STATEMENT)
    first = town.sign(proposal, WANG)
    assert [each.signer for each in first.signatures] == [WANG.kid]

    def carry_out() -> str:
        return code_of(lambda: town.proposals.carry_out(proposal.id, by="li", act=town.act))

    assert carry_out() == "proposal.incomplete"
    assert code_of(lambda: town.sign(proposal, WANG)) == "proposal.signed"
    town.sign(proposal, LI)
    assert [each.id for each in town.proposals.open()[0]] == [proposal.id]
    done = town.proposals.carry_out(proposal.id, by="li", act=town.act)
    assert (done.state, done.ended_by, done.tokens) == ("complete", "li", town.done[0])
    assert set(town.done[0]) == {signed(WANG), signed(LI)}
    assert carry_out() == "proposal.ended"
    assert len(town.done) == 1
    assert town.proposals.open() == ((), None)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (signed(STRANGER), "signature.invalid"),
        (signed(WANG, STATEMENT.replace(b"suspended", b"removed")), "proposal.other"),
        (signed(WANG, STATEMENT + b" "), "proposal.other"),
        (signed(WANG)[:-4] + "AAAA", "signature.invalid"),
        (signed(WANG).replace(".", ".A", 1), "proposal.other"),
        ("", "proposal.other"),
        ("a.b", "proposal.other"),
        ("é.é.é", "proposal.other"),
    ],
)
def test_what_is_no_signature_over_it_does_not_count(town: Town, token: str, code: str) -> None:
    proposal = town.propose()
    refused = code_of(lambda: town.proposals.sign(proposal.id, token, by="wang.li", signer=signer))
    assert refused == code
    assert town.proposals.get(proposal.id).signatures == ()


def test_nothing_is_added_once_it_has_ended(town: Town, time: Time) -> None:
    late, withdrawn = town.propose(), town.propose()
    town.sign(late, WANG)
    town.proposals.withdraw(withdrawn.id, by="wang.li")
    assert code_of(lambda: town.sign(withdrawn, LI)) == "proposal.ended"
    assert code_of(lambda: town.proposals.withdraw(withdrawn.id, by="x")) == "proposal.ended"
    time.at += WEEK
    assert town.proposals.get(late.id).state == "expired"
    assert code_of(lambda: town.sign(late, LI)) == "proposal.ended"
    assert code_of(lambda: town.proposals.withdraw(late.id, by="x")) == "proposal.ended"
    refused = code_of(lambda: town.proposals.carry_out(late.id, by="x", act=town.act))
    assert refused == "proposal.ended"
    assert town.proposals.open() == ((), None)
    assert code_of(lambda: town.proposals.get("nothing")) == "proposal.unknown"


def test_what_was_carried_out_while_it_was_withdrawn_is_complete(town: Town) -> None:
    proposal = town.propose()
    for key in (WANG, LI):
        town.sign(proposal, key)

    def act(_: Proposal) -> None:
        town.proposals.withdraw(proposal.id, by="wang.li")

    done = town.proposals.carry_out(proposal.id, by="li", act=act)
    assert (done.state, done.ended_by) == ("complete", "li")


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"[" * 100_000, b'"x"'])
def test_only_an_object_is_proposed(town: Town, content: bytes) -> None:
    refused = code_of(
        lambda: town.proposals.create("statement+jwt", content, about="x", by="wang.li")
    )
    assert refused == "proposal.payload"


def test_those_that_wait_are_listed_newest_first_in_pages(town: Town, time: Time) -> None:
    made = []
    for _ in range(5):
        made.append(town.propose().id)
        time.at += 1
    first, after = town.proposals.open(size=2)
    second, after = town.proposals.open(size=2, after=after)
    third, end = town.proposals.open(size=2, after=after)
    found = [[each.id for each in some] for some in (first, second, third)]
    assert found == [made[:2:-1], made[2:0:-1], made[:1]]
    assert end is None


def test_the_pages_show_the_exact_payload_and_take_signatures(
    town: Town, client: TestClient
) -> None:
    proposal = town.propose()
    at = f"/proposals/{proposal.id}"
    assert client.get(at).status_code == 303
    enter(client)
    assert proposal.about in client.get("/proposals").text
    page = client.get(at)
    assert hashlib.sha256(STATEMENT).hexdigest() in page.text
    assert "<dt>body notice</dt><dd>沪建人〔2026〕8号</dd>" in page.text
    assert "http://127.0.0.1:*" in page.headers["content-security-policy"]
    assert "127.0.0.1" not in client.get("/proposals").headers["content-security-policy"]
    assert client.get(f"{at}/payload").content == STATEMENT
    form = {"csrf": csrf(client, at), "token": f" {signed(WANG)}\n"}
    assert client.post(f"{at}/sign", data=form).status_code == 303
    assert "proposal.signed" in client.post(f"{at}/sign", data=form).text
    town.is_closed = True
    file = {"signed": ("signed.txt", signed(LI).encode())}
    refused = client.post(f"{at}/sign", data={"csrf": form["csrf"]}, files=file)
    assert "town.closed" in refused.text
    town.is_closed = False
    again = client.get(at).text
    assert f"{at}/carry-out" in again
    assert client.post(f"{at}/carry-out", data=form).status_code == 303
    assert len(town.done) == 1
    page = client.get(at)
    assert "已办结" in page.text
    assert "127.0.0.1:*" not in page.headers["content-security-policy"]


def test_it_is_taken_back_by_who_made_it_and_hidden_from_others(
    town: Town, client: TestClient
) -> None:
    mine = town.propose()
    theirs = town.proposals.create("statement+jwt", STATEMENT, about="x", by="li")
    hidden = town.proposals.create("statement+jwt", STATEMENT, about="hidden", by="li")
    enter(client)
    form = {"csrf": csrf(client, "/account/password")}
    for path in ("", "/payload"):
        assert client.get(f"/proposals/{hidden.id}{path}").status_code == 404
    for path in ("/sign", "/withdraw", "/carry-out"):
        assert client.post(f"/proposals/{hidden.id}{path}", data=form).status_code == 404
    assert client.post(f"/proposals/{theirs.id}/withdraw", data=form).status_code == 403
    assert client.post(f"/proposals/{mine.id}/withdraw", data={"csrf": "x"}).status_code == 403
    assert client.post(f"/proposals/{mine.id}/withdraw", data=form).status_code == 303
    assert "已撤回" in client.get(f"/proposals/{mine.id}").text
    assert "proposal.nothing" in client.post(f"/proposals/{theirs.id}/sign", data=form).text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), json_values, max_size=5))
def test_a_layout_is_visible_and_leaves_nothing_out(content: dict[str, object]) -> None:
    laid_out = payload.lay_out(json.dumps(content).encode())
    assert all(line.name.isprintable() and line.value.isprintable() for line in laid_out.lines)
    assert len(laid_out.lines) == _leaves(content)


def _leaves(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return sum(map(_leaves, inner)) or 1


def test_a_deceiving_character_is_shown_as_its_number() -> None:
    content = json.dumps({"to": "a\u202eb\x1b[2J"}).encode()
    assert payload.lay_out(content).lines[0].value == "a\\u202eb\\u001b[2J"
