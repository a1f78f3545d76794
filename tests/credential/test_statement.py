# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §7."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from credential import base64url, canonical, envelope, statement
from credential.errors import MalformedError
from credential.statement import Statement
from keys.signing_key import SigningKey
from tests.credential.samples import HOST

FIRST = SigningKey.from_seed("statement", b"official one")
SECOND = SigningKey.from_seed("statement", b"official two")
SAID = Statement(
    iss=f"https://{HOST}",
    aud=f"https://{HOST}",
    jti=base64url.encode(bytes(16)),
    iat=1_790_000_000,
    type="standing",
    subject=f"https://{HOST}/bodies/91310115MA1K3YJ12X",
    after=None,
    body={"from": 1_790_000_000, "state": "suspended", "document": "沪建〔2026〕9号"},
)


def _signed(said: Statement = SAID, *keys: SigningKey) -> list[str]:
    return [envelope.sign(key, envelope.STATEMENT, said.to_bytes()) for key in keys or (FIRST,)]


def test_one_or_two_signatures_are_one_statement() -> None:
    alone = statement.read(_signed())
    both = statement.read(_signed(SAID, FIRST, SECOND))
    assert alone.statement == both.statement == SAID
    assert alone.digest == both.digest == hashlib.sha256(SAID.to_bytes()).digest()
    assert [signature.kid for signature in both.signatures] == [FIRST.kid, SECOND.kid]


def test_after_follows_the_subject() -> None:
    later = replace(SAID, after=base64url.encode(bytes(32)))
    members = canonical.parse(later.to_bytes())
    assert isinstance(members, dict)
    assert list(members)[-2:] == ["after", "body"]
    assert Statement.from_bytes(later.to_bytes()) == later


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://evil.example/x"},
        {"aud": "http://a.b"},
        {"jti": "short"},
        {"iat": -1},
        {"type": "Standing"},
        {"subject": ""},
        {"subject": "a b"},
        {"after": "x"},
    ],
)
def test_values_that_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(MalformedError) as caught:
        Statement.from_bytes(replace(SAID, **change).to_bytes())
    assert caught.value.code == "malformed.profile"


def test_the_body_is_an_object() -> None:
    members = canonical.parse(SAID.to_bytes())
    assert isinstance(members, dict)
    members["body"] = []
    with pytest.raises(MalformedError, match="body"):
        Statement.from_bytes(canonical.encode(members))


def test_signatures_that_do_not_go_together() -> None:
    other = replace(SAID, iat=SAID.iat + 1)
    for tokens in (
        [],
        _signed(SAID, FIRST, FIRST),
        [*_signed(), *_signed(other, SECOND)],
        _signed(SAID, FIRST, SECOND, SigningKey.from_seed("statement", b"three")),
    ):
        with pytest.raises(MalformedError) as caught:
            statement.read(tokens)
        assert caught.value.code == "statement.signatures"
