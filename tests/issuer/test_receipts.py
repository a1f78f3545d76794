# SPDX-License-Identifier: Apache-2.0
"""What a desk believes to be a receipt."""

from dataclasses import replace
from typing import Any

import pytest

from credential import receipt
from credential.errors import SealError
from credential.receipt import Receipt
from issuer import receipts
from keys.signing_key import SigningKey
from tests.issuer.world import AT, HOST, RECEIPT_KEY, filing, record

DIGEST = bytes(range(32))
SAID = Receipt(HOST, AT, DIGEST, 7, 1)
KNOWN = record(RECEIPT_KEY)._replace(start=AT - 10, end=AT + 10)
FILING = replace(filing(), receipts=(KNOWN,))
SECOND = SigningKey.from_seed("receipt", b"registry", epoch=2)


def code_of(act: Any) -> str:
    with pytest.raises(SealError) as caught:
        act()
    return caught.value.code


def test_the_registrys_own_is_believed() -> None:
    assert receipts.check(receipt.sign(RECEIPT_KEY, SAID), DIGEST, FILING) == SAID


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"digest": bytes(32)}, "receipt.mismatch"),
        ({"host": "jy.js320.example"}, "receipt.mismatch"),
        ({"t": AT - 11}, "receipt.invalid"),
        ({"t": AT + 10}, "receipt.invalid"),
    ],
)
def test_what_the_registrys_key_signed_for_something_else(
    changes: dict[str, Any], expected: str
) -> None:
    """Of another content, of another host, and of a time at which the key was not in force."""
    token = receipt.sign(RECEIPT_KEY, SAID._replace(**changes))
    assert code_of(lambda: receipts.check(token, DIGEST, FILING)) == expected


@pytest.mark.parametrize("t", [AT - 10, AT + 9])
def test_the_window_of_a_key_is_half_open(t: int) -> None:
    token = receipt.sign(RECEIPT_KEY, SAID._replace(t=t))
    assert receipts.check(token, DIGEST, FILING).t == t


def test_a_key_of_a_later_epoch_needs_a_new_filing_file() -> None:
    token = receipt.sign(SECOND, SAID._replace(epoch=2))
    assert code_of(lambda: receipts.check(token, DIGEST, FILING)) == "receipt.invalid"
    known = replace(FILING, receipts=(KNOWN, record(SECOND)))
    assert receipts.check(token, DIGEST, known).epoch == 2


@pytest.mark.parametrize("token", [None, 1, "", "a.b.c", ["x"], "x" * 100_000])
def test_what_is_no_receipt(token: object) -> None:
    assert code_of(lambda: receipts.check(token, DIGEST, FILING)) == "receipt.invalid"
