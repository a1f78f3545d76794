# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §7."""

from dataclasses import replace
from typing import Any

import pytest

from credential import envelope, submission
from credential.errors import MalformedError, UntrustedError
from keys.signing_key import SigningKey
from tests.credential.samples import BODY_CODE, HOST

KEY = SigningKey.from_seed("submit", b"body")
BODY = b'{"items":[]}'
AUD = f"https://{HOST}"
AT = 1_790_000_000
TOKEN = submission.authorise(
    KEY, iss=f"{AUD}/bodies/{BODY_CODE}", aud=AUD, iat=AT, jti=bytes(range(16)), body=BODY
)


def test_one_request_is_authorised() -> None:
    unverified, said = submission.read(TOKEN)
    unverified.verify(KEY.public)
    assert said.exp - said.iat == submission.MAX_LIFETIME
    submission.check(said, aud=AUD, body=BODY, at=AT)


@pytest.mark.parametrize(
    ("aud", "body", "at", "code"),
    [
        ("https://other.example", BODY, AT, "submission.audience"),
        (AUD, BODY + b" ", AT, "submission.body"),
        (AUD, BODY, AT - 61, "submission.expired"),
        (AUD, BODY, AT + 360, "submission.expired"),
    ],
)
def test_no_other_request_is(aud: str, body: bytes, at: int, code: str) -> None:
    """Not elsewhere, not for another body, not later."""
    with pytest.raises(UntrustedError) as caught:
        submission.check(submission.read(TOKEN)[1], aud=aud, body=body, at=at)
    assert caught.value.code == code


@pytest.mark.parametrize("at", [AT - 60, AT + 359])
def test_clocks_may_differ_a_little(at: int) -> None:
    submission.check(submission.read(TOKEN)[1], aud=AUD, body=BODY, at=at)


@pytest.mark.parametrize(
    "change",
    [
        {"exp": AT},
        {"exp": AT + 301},
        {"jti": "x"},
        {"sha256": "0" * 63},
        {"iss": "https://a.b"},
        {"aud": "a.b"},
    ],
)
def test_values_that_are_refused(change: dict[str, Any]) -> None:
    said = replace(submission.read(TOKEN)[1], **change)
    with pytest.raises(MalformedError) as caught:
        submission.read(envelope.sign(KEY, envelope.SUBMISSION, said.to_bytes()))
    assert caught.value.code == "malformed.profile"
