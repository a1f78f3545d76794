# SPDX-License-Identifier: Apache-2.0
"""The desk with its certificate key in a token, whose signatures differ each time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from issuer import codes, desk, sign, submit
from issuer.outcomes import Outcome
from keys.errors import KeyMaterialError
from keys.pkcs11_token import Token, TokenKey
from tests import softhsm
from tests.issuer import world
from tests.issuer.sheets import csv_file, rows
from tests.issuer.test_desk import Desk
from tests.softhsm import PIN

CHUNK = 2


@pytest.fixture(scope="module")
def key() -> Iterator[TokenKey]:
    hsm = softhsm.started()
    with Token.open(hsm.module, "desk", PIN, write=True) as token:
        yield token.generate("desk's certificates", "certificate")


@pytest.fixture
def at_desk(tmp_path: Path, key: TokenKey, monkeypatch: pytest.MonkeyPatch) -> Desk:
    # The body's key, wherever its filing and the registry look.
    monkeypatch.setattr(world, "CERTIFICATE_KEY", key)
    monkeypatch.setattr(submit, "PAUSES", ())
    return Desk(tmp_path, csv_file(tmp_path / "r.csv", rows(5)))


def receipts_of(at_desk: Desk) -> list[str]:
    return [str(item.receipt) for item in at_desk.items()]


def test_a_thousand_certificates(
    tmp_path: Path, at_desk: Desk, key: TokenKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "write", lambda *_, **__: {})  # another test's matter, and slow
    csv_file(tmp_path / "r.csv", rows(1000))
    at_desk.file()
    outcome = at_desk.issue()
    assert (len(outcome.registered), outcome.refusals) == (1000, ())
    # The registry of the tests verified each with the public half.
    assert len(at_desk.fake.claims) == 1000
    assert len({str(item.token).rpartition(".")[2] for item in at_desk.items()}) == 1000


def test_what_was_stored_is_sent_again_and_gets_the_same_receipt(at_desk: Desk) -> None:
    at_desk.file()

    def lose(path: str) -> None:
        raise OSError

    # Admitted, and the line broke before the answer.
    at_desk.fake.after = lose
    outcome: Outcome = at_desk.issue()
    assert outcome.unreachable is not None
    sent = [item.token for item in at_desk.items()]
    assert all(sent)
    admitted = dict(at_desk.fake.admitted)
    assert len(admitted) == 6  # the batch and five certificates
    at_desk.fake.after = lambda path: None
    assert len(at_desk.issue().registered) == 5
    assert [item.token for item in at_desk.items()] == sent
    assert at_desk.fake.admitted == admitted
    assert set(receipts_of(at_desk)) <= {receipt for receipt, _ in admitted.values()}


def test_signed_twice_it_is_still_one_certificate(
    at_desk: Desk, key: TokenKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy of the ledger from before the signatures makes other ones: same receipts."""
    at_desk.file()
    at_desk.issue()
    first, receipts = [item.token for item in at_desk.items()], receipts_of(at_desk)
    with at_desk.ledger() as ledger:
        ledger._connection.execute("UPDATE item SET token = NULL, receipt = NULL")
    at_desk.issue()
    again = [item.token for item in at_desk.items()]
    assert all(one != other for one, other in zip(first, again, strict=True))
    assert receipts_of(at_desk) == receipts
    assert len(at_desk.fake.claims) == 5


def test_a_token_taken_away_in_the_middle(
    at_desk: Desk, key: TokenKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issuer.issue.CHUNK", CHUNK)
    at_desk.file()
    whole, signed = sign.token, 0

    def pulled(signer: TokenKey, payload: bytes) -> str:
        nonlocal signed
        signed += 1
        if signed > 3:
            with softhsm.started().unplugged():
                return whole(signer, payload)
        return whole(signer, payload)

    monkeypatch.setattr(sign, "token", pulled)
    with pytest.raises(KeyMaterialError, match="nothing is lost") as caught:
        at_desk.issue()
    assert caught.value.code == "token.failed"
    before = at_desk.items()
    assert [bool(item.token) for item in before] == [True, True, False, False, False]
    monkeypatch.setattr(sign, "token", whole)
    # Plugged in again, which needs a new session.
    with Token.open(softhsm.started().module, "desk", PIN) as token:
        monkeypatch.setattr(
            world, "CERTIFICATE_KEY", token.key("desk's certificates", "certificate")
        )
        assert len(at_desk.issue().registered) == 5
    after = at_desk.items()
    assert [item.payload for item in after] == [item.payload for item in before]
    assert [item.token for item in after[:CHUNK]] == [item.token for item in before[:CHUNK]]
    assert desk.RESULTS in {path.name for path in at_desk.out.iterdir()}
