# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §4."""

from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from credential import base64url, carrier, deflate, digits, receipt
from credential.errors import MalformedError
from keys.signing_key import SigningKey
from tests.credential.samples import (
    BODY_KEY,
    CLAIMS,
    EDDSA_KEY,
    HOST,
    OTHER_HOST,
    RECEIPT_KEY,
    stamp,
    token,
)

TOKEN = token()
STAMP = stamp(TOKEN)
CODE = carrier.encode(TOKEN, STAMP)
DATA = digits.decode(CODE.partition("#")[2])
TEXT_FORM = carrier.text_form(TOKEN, STAMP)


def _code(data: bytes, host: str = HOST) -> str:
    return f"https://{host}/v#{digits.encode(data)}"


@pytest.mark.parametrize("key", [BODY_KEY, EDDSA_KEY], ids=["ES256", "EdDSA"])
def test_a_code_gives_the_identical_tokens_back(key: SigningKey) -> None:
    """docs/format.md §4.3: what a scanner read is what was signed, for any JWT library."""
    certificate_token = token(key=key)
    receipt_token = stamp(certificate_token)
    carried = carrier.decode(carrier.encode(certificate_token, receipt_token))
    assert (carried.certificate, carried.receipt) == (certificate_token, receipt_token)
    assert (carried.host, carried.inside, carried.claims) == (HOST, False, CLAIMS)
    claims = jwt.decode(carried.certificate, key.public.public, algorithms=[key.alg])
    assert claims == CLAIMS.to_members()
    assert (
        jwt.decode(receipt_token, RECEIPT_KEY.public.public, algorithms=["ES256"])["log_index"]
        == 41
    )


def test_the_sd_jwt_library_accepts_it() -> None:
    carried = carrier.decode(CODE)
    # The library's own annotation of the callback says str, wrongly; neither has types of its own.
    key: Any = JWK(**BODY_KEY.public.members)  # type: ignore[no-untyped-call]
    verifier = SDJWTVerifier(carried.certificate + "~", lambda _iss, _header: key)
    payload = verifier.get_verified_payload()  # type: ignore[no-untyped-call]  # ships no types
    assert payload == CLAIMS.to_members()


def test_the_text_form() -> None:
    carried = carrier.decode(TEXT_FORM)
    assert (carried.certificate, carried.receipt, carried.host) == (TOKEN, STAMP, None)
    alone = carrier.decode(carrier.text_form(TOKEN, None))
    assert (alone.certificate, alone.receipt) == (TOKEN, None)


@pytest.mark.parametrize(
    "text",
    [
        f"{TOKEN}~",
        f"{TOKEN}\n{STAMP}\n",
        f"{TOKEN}~~\n{STAMP}\n",
        f"{TOKEN}~\n{STAMP}",
        f"{TOKEN}~\n{STAMP}\n\n",
        f"{TOKEN}~\r\n{STAMP}\r\n",
        f"{TOKEN}~\n{STAMP}\n{STAMP}\n",
        f"{TOKEN}{TOKEN}~\n{STAMP}\n",
        f"{TOKEN}~\n {STAMP}\n",
        f"{TOKEN}~\n" + "A" * 16384 + "\n",
        f"{TOKEN}~\n{TOKEN}\n"[:-1] + "~\n",
    ],
)
def test_text_forms_that_are_refused(text: str) -> None:
    """Nothing before, between or behind."""
    with pytest.raises(MalformedError) as caught:
        carrier.decode(text)
    assert caught.value.code == "malformed.token"


def test_a_certificate_is_no_receipt() -> None:
    with pytest.raises(MalformedError) as caught:
        carrier.decode(f"{TOKEN}~\n{TOKEN}\n")
    assert caught.value.code in {"malformed.profile", "malformed.token"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "javascript:alert(1)",
        "intent://scan/#Intent;end",
        "weixin://dl/business",
        "http://jy.sh310.example/v#" + CODE.partition("#")[2],
        "HTTPS://jy.sh310.example/v#" + CODE.partition("#")[2],
        CODE.replace("jy.sh", "Jy.sh"),
        CODE.replace("https://", "https://user@"),
        CODE.replace("/v#", "/v/#"),
        CODE.replace("/v#", "/v?x#"),
        CODE.replace("/v#", "/w#"),
        CODE.replace("/v#", ":443/v#"),
        CODE.replace("#", ""),
        " " + CODE,
        "\ufeff" + CODE,
        "https://例.cn/v#1",
        "https://jy.sh310.example/v#" + "1" * 5000,
        "1" * 5000,
    ],
)
def test_texts_that_are_no_code(text: str) -> None:
    """Another address is not ours, however alike; nothing is ever opened."""
    with pytest.raises(MalformedError) as caught:
        carrier.decode(text, (HOST,))
    assert caught.value.code == "malformed.url"


@pytest.mark.parametrize(
    "text",
    [
        f"https://{HOST}/v#",
        CODE + "\n",
        CODE + "0",
        CODE[:-1],
        CODE.replace("#", "#a"),
        CODE + "#" + "1",
        _code(b"\x02" + DATA[1:]),
        _code(b"\x00" + DATA[1:]),
        _code(DATA[:1] + b"\x02" + DATA[2:]),
        _code(DATA[:1] + b"\x80" + DATA[2:]),
        _code(DATA[:2] + DATA[2:-138] + b"\0" + DATA[-138:]),
        _code(DATA[:2] + DATA[3:]),
        _code(DATA[:100]),
        _code(DATA[:-65] + b"\0" + DATA[-64:]),
        _code(DATA[:1] + bytes((1, len(HOST))) + HOST.encode() + DATA[2:]),
        _code(DATA[:1] + b"\x01\x03A.B" + DATA[2:]),
        _code(DATA[:1] + b"\x01\xff" + DATA[2:]),
        _code(DATA[:1] + b"\x01\x00" + DATA[2:]),
        _code(bytes((1, 1, 200)) + bytes(138)),
    ],
)
def test_digits_that_are_refused(text: str) -> None:
    """Version, flags, counts, ranges and the end of the stream."""
    with pytest.raises(MalformedError) as caught:
        carrier.decode(text)
    assert caught.value.code == "malformed.carrier"


def test_bytes_inside_are_judged_as_a_token() -> None:
    def code(plain: bytes) -> str:
        return _code(DATA[:2] + deflate.compress(plain, HOST) + DATA[-138:])

    header = base64url.decode(TOKEN.partition(".")[0])
    for plain, reason in (
        (header + b'{"iss":1,"iss":1}', "malformed.token"),
        (header + b"\xff", "malformed.token"),
        (header + b"{}", "malformed.profile"),
        (header.replace(b"dc+sd-jwt", b"receipt+jwt") + CLAIMS.to_bytes(), "malformed.profile"),
        (header[:-1], "malformed.token"),
        (header + CLAIMS.to_bytes() + b" ", "malformed.profile"),
        (b"", "malformed.token"),
    ):
        with pytest.raises(MalformedError) as caught:
            carrier.decode(code(plain))
        assert caught.value.code == reason


@given(
    st.text(max_size=60)
    | st.text("0123456789", max_size=900).map(lambda d: f"https://{HOST}/v#{d}")
)
def test_any_other_text_is_malformed(text: str) -> None:
    with pytest.raises(MalformedError, match=r"\w") as caught:
        carrier.decode(text, (HOST, OTHER_HOST))
    assert caught.value.code.startswith("malformed.")


def test_bare_digits_are_tried_under_each_host() -> None:
    """docs/format.md §4.4: a wrong host of the right length decodes too, under its own name."""
    bare = CODE.partition("#")[2]
    found = carrier.candidates(bare, (OTHER_HOST, HOST))
    assert [carried.claims.host for carried in found] == [OTHER_HOST, HOST]
    assert found[0].certificate != TOKEN
    assert found[1].certificate == TOKEN
    assert carrier.decode(bare, (HOST,)).certificate == TOKEN
    with pytest.raises(MalformedError) as caught:
        carrier.decode(bare)
    assert caught.value.code == "malformed.carrier"


def test_a_page_on_another_host_carries_the_tokens_host_inside() -> None:
    code = carrier.encode(TOKEN, STAMP, page_host="static.example:8443")
    assert code.startswith("https://static.example:8443/v#")
    carried = carrier.decode(code)
    assert (carried.certificate, carried.host, carried.inside) == (TOKEN, HOST, True)
    bare = code.partition("#")[2]
    found = carrier.candidates(bare, (OTHER_HOST, HOST))
    assert [carried.host for carried in found] == [HOST]


def test_the_encoder_refuses_what_does_not_belong_together() -> None:
    other = token(CLAIMS._replace(status_index=5))
    with pytest.raises(ValueError, match="not of this certificate"):
        carrier.encode(other, STAMP)
    cut = TOKEN.rpartition(".")[0] + "." + base64url.encode(bytes(63))
    with pytest.raises(ValueError, match="64 bytes"):
        carrier.encode(cut, stamp(cut))


def test_largest_values_fit() -> None:
    _, said = receipt.read(STAMP)
    said = said._replace(t=2**32 - 1, log_index=receipt.MAX_LOG_INDEX)
    last = receipt.sign(RECEIPT_KEY, said)
    assert carrier.decode(carrier.encode(TOKEN, last)).receipt == last
