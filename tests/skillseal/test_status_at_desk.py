# SPDX-License-Identifier: Apache-2.0
"""Revoking, suspending and reinstating from the desk, against a real registry."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from credential import envelope
from credential.statement import Statement
from issuer import consent, desk_token, status_change
from issuer.act import Act, Change
from keys.signing_key import SigningKey
from tests.issuer.afterwards import Bureau, evaluated, issued, reopened
from tests.issuer.refusals import code_of
from tests.registry.world import DAY

ROWS = 5


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A registry and a ledger in which five certificates were issued; copied for each test."""
    folder = tmp_path_factory.mktemp("issued")
    return folder, issued(folder, ROWS)


@pytest.fixture
def numbers(before: tuple[Path, list[str]]) -> list[str]:
    return before[1]


@pytest.fixture
def bureau(tmp_path: Path, before: tuple[Path, list[str]]) -> Iterator[Bureau]:
    with reopened(tmp_path, before[0]) as made:
        yield made


def lower(bureau: Bureau, above: int) -> None:
    with bureau.ledger() as ledger:
        ledger.lower_second(above)


def waiting(bureau: Bureau) -> tuple[Change, list[Act]]:
    (name,) = bureau.changes
    with bureau.ledger() as ledger:
        return consent.find(ledger, name)


def agree(bureau: Bureau, key: SigningKey) -> None:
    change, acts = waiting(bureau)
    typ, payload = consent.sought(bureau.filing, change, acts)
    sign = envelope.sign if typ == envelope.STATEMENT else desk_token.sign
    with bureau.ledger() as ledger:
        consent.accept(ledger, bureau.filing, change, acts, sign(key, typ, payload), bureau.at)


def test_one_after_the_other(bureau: Bureau, numbers: list[str]) -> None:
    one, two, *_ = numbers
    assert bureau.change("suspend", [one, two], "inquiry 核查期间") == [("done", None)] * 2
    assert [bureau.status(each) for each in numbers] == [2, 2, 0, 0, 0]
    assert bureau.change("reinstate", [one], "cleared 核查无误") == [("done", None)]
    assert bureau.change("revoke", [two, one]) == [("done", None)] * 2
    assert [bureau.state(each) for each in numbers] == ["revoked"] * 2 + ["valid"] * 3
    assert [bureau.status(each) for each in numbers] == [1, 1, 0, 0, 0]


def test_what_is_not_possible_is_said_and_not_sent(bureau: Bureau, numbers: list[str]) -> None:
    bureau.change("revoke", numbers[:1])
    before = len(bureau.sent)
    assert bureau.change("revoke", [numbers[0], "Y1", numbers[0]]) == [
        ("refused", "status.final"),
        ("refused", "certificate.unknown"),
    ]
    assert bureau.change("reinstate", numbers[1:2], "cleared 核查无误") == [
        ("refused", "status.move")
    ]
    assert len(bureau.sent) == before


def test_the_same_receipt_after_a_lost_answer(bureau: Bureau, numbers: list[str]) -> None:
    bureau.lost = 6
    assert bureau.change("revoke", numbers[:1]) == [("waiting", None)]
    assert bureau.error is not None
    assert bureau.error.code == "registry.unreachable"
    assert bureau.status(numbers[0]) == 1
    assert bureau.change("revoke", numbers[:1]) == [("done", None)]
    assert len(set(bureau.sent)) == 1


def test_without_a_network_it_waits(bureau: Bureau, numbers: list[str]) -> None:
    assert bureau.change("suspend", numbers[:2], online=False) == [("waiting", None)] * 2
    assert bureau.sent == []
    # Meanwhile another change of the same certificate has to wait.
    assert bureau.change("revoke", numbers[:1], online=False) == [("refused", "act.waiting")]
    assert bureau.change("suspend", numbers[:2], key=False) == [("done", None)] * 2
    assert bureau.status(numbers[1]) == 2
    assert code_of(lambda: bureau.change("revoke", numbers[2:3], key=False)) == "act.key"


def order_of_authority(bureau: Bureau, type_: str, number: str) -> None:
    host = bureau.filing.host
    bureau.world.state(
        type_, f"https://{host}/certificates/skill_level/{number}", {"reason": "核查"}
    )


def test_an_authority_acted_first(bureau: Bureau, numbers: list[str]) -> None:
    one, two, three, *_ = numbers
    for number in (one, two):
        order_of_authority(bureau, "suspend", number)
    # A revocation only tightens: it is made again after what the authority said.
    assert bureau.change("revoke", [one]) == [("done", None)]
    assert bureau.status(one) == 1
    # The registry decides whether the status allows it; then the desk knows that it knows nothing.
    assert bureau.change("suspend", [two]) == [("refused", "status.move")]
    assert bureau.state(two) == "unknown"
    assert bureau.change("reinstate", [two], "cleared 核查无误") == [("refused", "statement.actor")]
    assert bureau.status(two) == 2
    order_of_authority(bureau, "revoke", three)
    assert bureau.change("revoke", [three]) == [("refused", "status.final")]
    assert bureau.state(three) == "revoked"


def test_what_loosens_is_looked_at_again(bureau: Bureau, numbers: list[str]) -> None:
    one = numbers[0]
    bureau.change("suspend", [one])
    order_of_authority(bureau, "suspend", one)
    order_of_authority(bureau, "reinstate", one)
    bureau.change("suspend", [one])  # the desk believes that it is suspended still
    assert bureau.change("reinstate", [one], "mistake 操作有误") == [("refused", "statement.after")]
    assert bureau.status(one) == 0
    assert bureau.change("suspend", [one]) == [("done", None)]
    assert bureau.status(one) == 2


def test_many_are_revoked_by_two_people(bureau: Bureau, numbers: list[str]) -> None:
    lower(bureau, 2)
    assert bureau.change("revoke", numbers[:3]) == [("waiting", "consent.missing")] * 3
    assert bureau.sent == []
    first, second = bureau.world.first.statement, bureau.world.first.second
    assert code_of(lambda: agree(bureau, first)) == "consent.same_person"
    stranger = SigningKey.from_seed("statement", b"stranger")
    assert code_of(lambda: agree(bureau, stranger)) == "key.not_registered"
    agree(bureau, second)
    assert code_of(lambda: waiting(bureau)) == "consent.nothing"
    # The desk did not know the body's last statement: both sign again, after that one.
    assert bureau.change("revoke", numbers[:3]) == [("waiting", "consent.missing")] * 3
    agree(bureau, second)
    assert bureau.change("revoke", numbers[:3]) == [("done", None)] * 3
    assert [bureau.status(each) for each in numbers] == [1, 1, 1, 0, 0]
    (change,) = bureau.changes
    with bureau.ledger() as ledger:
        (act,) = ledger.acts_of_change(change)
    assert (act.type, len(act.signatures)) == ("revoke_bulk", 2)
    # From now on the desk knows the head: two people are asked once.
    lower(bureau, 1)
    assert bureau.change("revoke", numbers[3:]) == [("waiting", "consent.missing")] * 2
    agree(bureau, second)
    assert bureau.change("revoke", numbers[3:]) == [("done", None)] * 2


def test_asked_before_two_people_sign_once(bureau: Bureau, numbers: list[str]) -> None:
    lower(bureau, 2)
    bureau.submit = bureau.world.first.submit
    assert bureau.change("revoke", numbers[:3]) == [("waiting", "consent.missing")] * 3
    agree(bureau, bureau.world.first.second)
    assert bureau.change("revoke", numbers[:3]) == [("done", None)] * 3
    assert [bureau.status(each) for each in numbers] == [1, 1, 1, 0, 0]
    assert len([one for one in bureau.sent if b"signatures" in one]) == 1


def test_who_cannot_be_asked_says_it_later(bureau: Bureau, numbers: list[str]) -> None:
    lower(bureau, 2)
    bureau.submit, bureau.cut = bureau.world.first.submit, True
    assert bureau.change("revoke", numbers[:3]) == [("waiting", "consent.missing")] * 3
    bureau.cut = False
    agree(bureau, bureau.world.first.second)
    assert bureau.change("revoke", numbers[:3]) == [("waiting", "consent.missing")] * 3
    agree(bureau, bureau.world.first.second)
    assert bureau.change("revoke", numbers[:3]) == [("done", None)] * 3


def test_a_key_that_signs_nobody_in_is_said(bureau: Bureau, numbers: list[str]) -> None:
    lower(bureau, 2)
    bureau.submit = SigningKey.from_seed("submit", b"stranger")
    assert code_of(lambda: bureau.change("revoke", numbers[:3])) == "client.invalid"
    bureau.submit = None
    assert bureau.change("revoke", numbers[:1]) == [("done", None)]


def test_a_bulk_revocation_that_the_registry_refuses(bureau: Bureau, numbers: list[str]) -> None:
    lower(bureau, 1)
    order_of_authority(bureau, "revoke", numbers[1])
    for _ in range(2):
        bureau.change("revoke", numbers[:3])
        agree(bureau, bureau.world.first.second)
    assert bureau.change("revoke", numbers[:3]) == [("refused", "status.final")] * 3
    assert [bureau.state(each) for each in numbers[:3]] == ["unknown"] * 3
    # One by one it is found out which of them it was.
    assert bureau.change("revoke", numbers[1:2]) == [("refused", "status.final")]
    assert bureau.change("revoke", numbers[:1]) == [("done", None)]


def test_many_are_suspended_after_a_consent(bureau: Bureau, numbers: list[str]) -> None:
    lower(bureau, 2)
    said = "inquiry 核查期间"
    assert bureau.change("suspend", numbers[:3], said) == [("waiting", "consent.missing")] * 3
    change, acts = waiting(bureau)
    typ, payload = consent.sought(bureau.filing, change, acts)
    assert typ == "consent+jwt"
    assert [each["number"] for each in json.loads(payload)["certificates"]] == numbers[:3]
    consent.read(payload)
    other = payload.replace(numbers[2].encode(), numbers[3].encode())
    second = bureau.world.first.second
    with bureau.ledger() as ledger:
        for token, code in (
            (desk_token.sign(second, typ, other), "consent.mismatch"),
            (desk_token.sign(bureau.world.first.statement, typ, payload), "consent.same_person"),
            (desk_token.sign(second, "evidence+jwt", payload), "key.not_registered"),
            (desk_token.sign(second, typ, payload)[:-4] + "AAAA", "signature.invalid"),
        ):
            given = (ledger, bureau.filing, change, acts, token, bureau.at)
            assert code_of(consent.accept, *given) == code
    assert bureau.change("suspend", numbers[:3], said) == [("waiting", "consent.missing")] * 3
    agree(bureau, second)
    assert bureau.change("suspend", numbers[:3], said) == [("done", None)] * 3
    assert [bureau.status(each) for each in numbers] == [2, 2, 2, 0, 0]


def test_a_consent_that_no_longer_holds_sends_nothing(bureau: Bureau, numbers: list[str]) -> None:
    lower(bureau, 1)
    bureau.change("suspend", numbers[:2])
    agree(bureau, bureau.world.first.second)
    bureau.world.clock.now += 400 * DAY
    assert code_of(lambda: bureau.change("suspend", numbers[:2])) == "key.not_registered"
    assert bureau.sent == []


def test_a_consent_holds_for_a_statement_that_was_made_again(
    bureau: Bureau, numbers: list[str]
) -> None:
    lower(bureau, 1)
    bureau.change("suspend", numbers[:2])
    agree(bureau, bureau.world.first.second)
    bureau.world.clock.now += 60
    # As a kill leaves it, just after what an authority did has made the first statement old.
    with bureau.ledger() as ledger:
        (name,) = bureau.changes
        first, _ = ledger.acts_of_change(name)
        key = bureau.world.first.statement
        maker = status_change.Maker(ledger, bureau.filing, key, bureau.at, os.urandom)
        ledger.sign_again(maker.again(first))
    assert bureau.change("suspend", numbers[:2]) == [("done", None)] * 2
    # What was agreed to is the list: a consent for another one stays another one.
    bureau.change("suspend", numbers[2:4])
    change, _ = waiting(bureau)
    with bureau.ledger() as ledger:
        ledger.keep_consent(change.change, ledger.change_named(name).consent)  # type: ignore[union-attr, arg-type]
    assert code_of(lambda: bureau.change("suspend", numbers[2:4])) == "consent.mismatch"
    assert [bureau.status(each) for each in numbers[2:4]] == [0, 0]


def test_a_change_can_be_withdrawn_before_it_is_sent(bureau: Bureau, numbers: list[str]) -> None:
    lower(bureau, 0)
    bureau.change("revoke", numbers[:1])
    change, _ = waiting(bureau)
    with bureau.ledger() as ledger:
        ledger.withdraw(change.change)
        assert ledger.open_acts() == []
        (decision,) = status_change.decide(ledger, "suspend", numbers[:1])
    assert (decision.outcome, decision.state) == ("ready", "valid")


def test_the_threshold_is_only_lowered(bureau: Bureau) -> None:
    lower(bureau, 5)
    for above in (6, -1):
        assert code_of(lower, bureau, above) == "act.threshold"
    with bureau.ledger() as ledger:
        assert ledger.second_above == 5


def test_whoever_was_revoked_can_be_issued_again(bureau: Bureau, numbers: list[str]) -> None:
    bureau.change("revoke", numbers[:1])
    (again,) = bureau.issue([evaluated(0)], "B10")
    assert again not in numbers
    assert bureau.status(again) == 0


def test_statements_say_who_what_and_why(bureau: Bureau, numbers: list[str]) -> None:
    bureau.change("revoke", numbers[:1])
    with bureau.ledger() as ledger:
        (act,) = ledger.acts_about(("skill_level", numbers[0]))
        assert ledger.acts_about(("skill_level", numbers[1])) == []
    said = Statement.from_bytes(act.payload)
    assert (said.iss, said.type, said.after) == (bureau.world.first.id, "revoke", None)
    assert said.body == {"reason": "fraud 弄虚作假"}
