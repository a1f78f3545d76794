# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §3."""

import pytest

from credential import base64url, envelope, receipt
from credential.errors import MalformedError
from credential.receipt import Receipt
from keys.signing_key import SigningKey
from tests.credential.samples import HOST, RECEIPT_KEY

SAID = Receipt(HOST, 1_790_000_060, bytes(range(32)), 41, 3)


def test_five_values_determine_every_byte() -> None:
    token = receipt.sign(RECEIPT_KEY, SAID)
    header, payload, signature = (base64url.decode(part) for part in token.split("."))
    assert header == b'{"alg":"ES256","kid":"3","typ":"receipt+jwt"}'
    digest = base64url.encode(SAID.digest)
    assert payload.decode() == (
        f'{{"iss":"https://{HOST}","iat":1790000060,"digest":"{digest}","log_index":41}}'
    )
    unverified, read = receipt.read(token)
    unverified.verify(RECEIPT_KEY.public)
    assert read == SAID
    assert SAID.unverified(signature).token == token


@pytest.mark.parametrize(
    "payload",
    [
        b'{"iss":"https://a.b","iat":1,"digest":"%b","log_index":-1}' % (b"A" * 43),
        b'{"iss":"https://a.b","iat":1,"digest":"%b","log_index":1099511627776}' % (b"A" * 43),
        b'{"iss":"https://a.b","iat":1,"digest":"%b","log_index":1}' % (b"A" * 42),
        b'{"iss":"https://a.b/","iat":1,"digest":"%b","log_index":1}' % (b"A" * 43),
        b'{"iat":1,"iss":"https://a.b","digest":"%b","log_index":1}' % (b"A" * 43),
        b'{"iss":"https://a.b","iat":1,"digest":"%b"}' % (b"A" * 43),
    ],
)
def test_values_that_are_refused(payload: bytes) -> None:
    with pytest.raises(MalformedError) as caught:
        receipt.read(envelope.sign(RECEIPT_KEY, envelope.RECEIPT, payload))
    assert caught.value.code == "malformed.profile"


@pytest.mark.parametrize("kid", ["0", "256", "01", "", "1a", "+1", "AAAAAAAAAAA"])
def test_epochs_that_are_refused(kid: str) -> None:
    header = f'{{"alg":"ES256","kid":"{kid}","typ":"receipt+jwt"}}'.encode()
    text = ".".join(map(base64url.encode, (header, SAID.payload(), bytes(64))))
    with pytest.raises(MalformedError) as caught:
        receipt.read(text)
    assert caught.value.code == "malformed.profile"


def test_a_receipt_is_never_eddsa() -> None:
    header = b'{"alg":"EdDSA","kid":"3","typ":"receipt+jwt"}'
    text = ".".join(map(base64url.encode, (header, SAID.payload(), bytes(64))))
    with pytest.raises(MalformedError, match="ES256"):
        receipt.read(text)


def test_the_key_is_of_the_epoch() -> None:
    with pytest.raises(RuntimeError, match="epoch"):
        receipt.sign(SigningKey.from_seed("receipt", b"registry", epoch=4), SAID)
