# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §5.2."""

import pytest

from credential import canonical
from credential.body import MAX_DELAY, Block, Body
from credential.errors import MalformedError
from credential.filing import Standing
from credential.key_record import KeyRecord
from credential.trust_list import Gate, TrustList
from tests.credential.world import AGREEMENT, BEGIN, World

WORLD = World()
LIST = WORLD.home.trust_list
BODY = LIST.bodies[0]
KEY = WORLD.home.body_key


def _refusal(payload: bytes) -> MalformedError:
    with pytest.raises(MalformedError) as caught:
        TrustList.from_bytes(payload)
    return caught.value


def _list(**changes: object) -> bytes:
    members = canonical.parse(LIST.to_bytes())
    assert isinstance(members, dict)
    return canonical.encode({**members, **changes})


def _with(body: Body) -> bytes:
    return LIST._replace(bodies=(body,)).to_bytes()


def test_a_trust_list_comes_back_as_it_was() -> None:
    rich = BODY._replace(
        max_delay=86_400,
        void="人社撤〔2026〕2号",
        standing=(*BODY.standing, Standing(BEGIN + 1, "rectifying", "2", may_issue=False)),
    )
    for each in (LIST, LIST._replace(bodies=(rich,)), LIST._replace(bodies=(), gate=())):
        read = TrustList.from_bytes(each.to_bytes())
        assert read == each
        assert read.to_bytes() == each.to_bytes()


def test_what_is_looked_up() -> None:
    assert LIST.body(BODY.code) is BODY
    assert LIST.body("x") is None
    assert LIST.agreements("320000") == (AGREEMENT,)
    assert LIST.agreements("330000") == ()
    assert BODY.key(KEY.kid, "certificate") is BODY.keys[0]
    assert BODY.key(KEY.kid, "submit") is None
    assert BODY.host == LIST.authorities[0].host == "jy.sh310.example"


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"iss": "https://jy.sh310.example/"}, "iss"),
        ({"region": "0"}, "region"),
        ({"version": 0}, "version"),
        ({"version": 2**53}, "strict JSON"),
        ({"exp": LIST.iat}, "exp"),
        ({"gate": [Gate(5, "full").to_members(), Gate(5, "basic").to_members()]}, "gate"),
        ({"gate": [{"from": 1, "level": "half"}]}, "level"),
        ({"bodies": [BODY.to_members()] * 2}, "codes do not rise"),
        ({"bodies": {}}, "bodies"),
        ({"authorities": [LIST.authorities[0].to_members()] * 2}, "identifier stands twice"),
        ({"authorities": [{}]}, "members"),
        ({"recognitions": [1]}, "recognitions"),
        ({"extra": 1}, "members"),
    ],
)
def test_lists_that_are_refused(change: dict[str, object], match: str) -> None:
    error = _refusal(_list(**change))
    assert error.code.startswith("malformed.")
    assert match in str(error)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"id": "https://jy.sh310.example/bodies/91310115MA1K3YJ12I"}, "id"),
        ({"id": "https://jy.sh310.example/authorities/91310115MA1K3YJ12X"}, "id"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"prefix": "y1"}, "prefix"),
        ({"prefix": "1" * 21}, "prefix"),
        ({"region": 310115}, "region"),
        ({"max_delay": 0}, "members"),  # not where the format has it
        ({"keys": [{}]}, "keys"),
        ({"filings": [{}]}, "filings"),
        ({"blocks": [{"list": "1", "first": 0, "count": 1_023}]}, "count"),
        ({"blocks": [{"list": "1", "first": 2**20 - 1_024, "count": 1_025}]}, "count"),
        ({"blocks": [{"list": "A", "first": 0, "count": 1_024}]}, "list"),
    ],
)
def test_bodies_that_are_refused(change: dict[str, object], match: str) -> None:
    with pytest.raises(MalformedError, match=match) as caught:
        Body.from_members({**BODY.to_members(), **change})
    assert caught.value.code == "malformed.profile"


@pytest.mark.parametrize("delay", [0, MAX_DELAY + 1])
def test_a_delay_is_bounded(delay: int) -> None:
    assert "max_delay" in str(_refusal(_with(BODY._replace(max_delay=delay))))


def test_standing_rises() -> None:
    for start in (BEGIN, BEGIN - 1):
        entries = (*BODY.standing, Standing(start, "removed", "9"))
        assert "does not rise" in str(_refusal(_with(BODY._replace(standing=entries))))


def test_a_registrys_key_or_mark_does_not_belong_to_a_body() -> None:
    status = WORLD.home.key("status")
    record = KeyRecord(status.kid, status.public, "status", BEGIN, None)
    assert "role" in str(_refusal(_with(BODY._replace(keys=(record,)))))
    marked = BODY.keys[0]._replace(distrusted=True)
    assert "distrusted_after" in str(_refusal(_with(BODY._replace(keys=(marked,)))))


@pytest.mark.parametrize("role", ["certificate", "statement"])
def test_a_key_stands_once_in_the_whole_list(role: str) -> None:
    again = BODY.keys[0]._replace(role=role)
    code = "91310115MA1K3YJ99X"
    other = BODY._replace(id=f"https://jy.sh310.example/bodies/{code}", code=code, keys=(again,))
    assert _refusal(LIST._replace(bodies=(BODY, other)).to_bytes()).code == "snapshot.duplicate_key"


def test_a_key_of_a_body_is_not_an_authoritys() -> None:
    borrowed = LIST.authorities[0]._replace(keys=(BODY.keys[0]._replace(role="statement"),))
    payload = LIST._replace(authorities=(borrowed,)).to_bytes()
    assert _refusal(payload).code == "snapshot.duplicate_key"


def test_a_kid_stands_once_in_a_body() -> None:
    assert "kid" in str(_refusal(_with(BODY._replace(keys=(BODY.keys[0],) * 2))))


def test_blocks_come_back_as_they_were() -> None:
    block = Block("main-2", 2**20 - 1_024, 1_024)
    assert Block.from_members(block.to_members()) == block


@pytest.mark.parametrize("host", ["a..example", "a.example:443", "-a.example"])
def test_an_authority_is_under_a_host(host: str) -> None:
    authority = LIST.authorities[0]
    moved = authority._replace(id=authority.id.replace("jy.sh310.example", host))
    assert "host" in str(_refusal(LIST._replace(authorities=(moved,)).to_bytes()))
