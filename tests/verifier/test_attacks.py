# SPDX-License-Identifier: Apache-2.0
"""Texts that an attacker would show: never VALID, never an exception, nothing opened."""

import sys
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import canonical, carrier, certificate, digits, envelope, receipt
from keys import base64url
from tests.verifier.asking import HERE, ask, reasons
from tests.verifier.world import (
    NOW,
    PREFIX,
    Issued,
    Region,
    body_key,
    clock,
    jiangsu,
    key,
    shanghai,
)
from verifier import Outcome, verify

HOME = shanghai()
KNOWN = shanghai(jiangsu()).snapshot()
GOOD = HOME.issue()
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def outcome(text: str) -> Outcome:
    return verify(text, KNOWN, at=clock(NOW), region=HERE).outcome


def not_valid(text: str) -> None:
    verdict = verify(text, KNOWN, at=clock(NOW), region=HERE)
    assert not verdict, text
    assert verdict.reason != "internal", text


def test_the_good_one_is_good() -> None:
    assert ask(KNOWN, GOOD)
    assert ask(KNOWN, GOOD.text)


def test_no_flipped_bit_of_a_code_gives_another_certificate() -> None:
    head, _, tail = GOOD.code.partition("#")
    data = bytearray(digits.decode(tail))
    same = 0
    for bit in range(len(data) * 8):
        data[bit // 8] ^= 1 << bit % 8
        code = f"{head}#{digits.encode(bytes(data))}"
        if outcome(code) is Outcome.VALID:
            # DEFLATE fills its last byte with bits that mean nothing, and can say one thing in
            # several ways: what comes out must then be the identical tokens (docs/format.md §4.3).
            carried = carrier.decode(code)
            assert (carried.certificate, carried.receipt) == GOOD
            same += 1
        else:
            not_valid(code)
        data[bit // 8] ^= 1 << bit % 8
    assert same < 8


def test_no_flipped_bit_of_a_text_form_is_valid() -> None:
    data = bytearray(GOOD.text.encode())
    for bit in range(len(data) * 8):
        data[bit // 8] ^= 1 << bit % 8
        not_valid(data.decode("latin-1"))
        data[bit // 8] ^= 1 << bit % 8


@pytest.mark.parametrize("text", [GOOD.code, GOOD.text], ids=["code", "text form"])
def test_no_text_with_a_character_more_or_less_is_valid(text: str) -> None:
    for at in range(len(text)):
        not_valid(text[:at] + text[at + 1 :])
        not_valid(text[:at] + "0" + text[at:])
        not_valid(text[:at] + text[at] + "~" + text[at + 1 :])
    not_valid(text + "\n")
    not_valid("\ufeff" + text)
    not_valid(text + text)


def test_no_digit_changed_to_another_is_valid() -> None:
    head, _, tail = GOOD.code.partition("#")
    for at in range(len(tail)):
        other = (int(tail[at]) + 1 + at % 9) % 10
        if str(other) != tail[at]:
            not_valid(f"{head}#{tail[:at]}{other}{tail[at + 1 :]}")


def test_a_receipt_is_good_for_its_own_certificate_alone() -> None:
    issued = [
        HOME.issue(certificate_number=f"{PREFIX}263{n:06d}", status_index=n) for n in range(1, 31)
    ]
    for one, other in permutations(issued, 2):
        verdict = ask(KNOWN, carrier.text_form(one.certificate, other.receipt))
        assert verdict.reason == "receipt.mismatch"
    for one, other in permutations(issued[:6], 2):
        assert ask(KNOWN, with_tail_of(one, other)).reason == "receipt.invalid"


def with_tail_of(one: Issued, other: Issued) -> str:
    """Put the receipt of another certificate into a code."""
    tail = 4 + 5 + 1 + 64
    ours, theirs = (digits.decode(each.code.partition("#")[2]) for each in (one, other))
    return f"{one.code.partition('#')[0]}#{digits.encode(ours[:-tail] + theirs[-tail:])}"


def test_a_malleated_signature_is_the_same_certificate() -> None:
    # (r, n - s) verifies too: it must neither be refused nor become another certificate.
    head, _, signature = GOOD.certificate.rpartition(".")
    raw = base64url.decode(signature)
    s = P256_ORDER - int.from_bytes(raw[32:])
    token = f"{head}.{base64url.encode(raw[:32] + s.to_bytes(32))}"
    verdict = ask(KNOWN, carrier.text_form(token, GOOD.receipt))
    assert verdict.reason == "ok"
    assert certificate.read(token)[0].digest == certificate.read(GOOD.certificate)[0].digest
    revoked = shanghai(statuses={70_031: 1})
    assert ask(revoked, carrier.text_form(token, GOOD.receipt)).reason == "status.revoked"


EDGES = [0, 1, P256_ORDER - 1, P256_ORDER, P256_ORDER + 1, 2**256 - 1]


@pytest.mark.parametrize("r", EDGES)
@pytest.mark.parametrize("s", EDGES)
def test_no_edge_of_the_curve_is_a_signature(r: int, s: int) -> None:
    head = GOOD.certificate.rpartition(".")[0]
    token = f"{head}.{base64url.encode(r.to_bytes(32) + s.to_bytes(32))}"
    verdict = ask(KNOWN, carrier.text_form(token, GOOD.receipt))
    assert verdict.reason == "signature.invalid"
    assert verdict.certificate is None


@pytest.mark.parametrize("size", [0, 1, 63, 65, 70, 72])
def test_a_signature_of_another_length_is_none(size: int) -> None:
    head, _, signature = GOOD.certificate.rpartition(".")
    raw = (base64url.decode(signature) * 2)[:size]
    verdict = ask(KNOWN, carrier.text_form(f"{head}.{base64url.encode(raw)}", GOOD.receipt))
    assert verdict.reason in {"signature.invalid", "malformed.token"}


def forged(header: object, payload: bytes | None = None) -> str:
    """Write a text form with any header, signed by the right key."""
    body = certificate.read(GOOD.certificate)[0].payload if payload is None else payload
    encoded = header if isinstance(header, bytes) else canonical.encode(header)
    signing_input = f"{base64url.encode(encoded)}.{base64url.encode(body)}"
    signature = body_key(HOME.host).sign(signing_input.encode())
    return f"{signing_input}.{base64url.encode(signature)}~\n{GOOD.receipt}\n"


KID = body_key(HOME.host).kid
TYP = envelope.CERTIFICATE
OTHER_TYPES = [*sorted(envelope.ROLE_OF_TYP.keys() - {TYP}), "JWT", "vc+sd-jwt", "DC+SD-JWT", ""]


@pytest.mark.parametrize(
    "header",
    [
        *({"alg": alg, "kid": KID, "typ": TYP} for alg in ("none", "None", "nOnE", "", "HS256")),
        *({"alg": alg, "kid": KID, "typ": TYP} for alg in ("ES384", "ES256K", "RS256", "es256")),
        {"kid": KID, "typ": TYP},
        {"alg": "EdDSA", "kid": KID, "typ": TYP},
        {"alg": "ES256", "typ": TYP},
        {"alg": "ES256", "kid": KID},
        *({"alg": "ES256", "kid": KID, "typ": typ} for typ in OTHER_TYPES),
        *(
            {"alg": "ES256", "kid": kid, "typ": TYP}
            for kid in ("../../etc/passwd", "' OR 1=1--", "\0", "x" * 10_000, "", "1")
        ),
        *({"alg": "ES256", "kid": kid, "typ": TYP} for kid in ([KID], 7, None, {"a": KID}, True)),
        {"alg": "ES256", "kid": KID, "typ": TYP, "jwk": key("certificate", "x").public.members},
        {"alg": "ES256", "kid": KID, "typ": TYP, "jku": "https://evil.example/keys"},
        {"alg": "ES256", "kid": KID, "typ": TYP, "x5u": "https://evil.example/chain"},
        {"alg": "ES256", "kid": KID, "typ": TYP, "crit": ["b64"], "b64": False},
        {"alg": "ES256", "kid": KID, "typ": TYP, "crit": []},
        {"alg": "ES256", "kid": KID, "typ": TYP, "zip": "DEF"},
        {"typ": TYP, "kid": KID, "alg": "ES256"},
        [],
        None,
        b'{"alg":"ES256","alg":"none","kid":"%b","typ":"%b"}' % (KID.encode(), TYP.encode()),
        b'{ "alg":"ES256","kid":"%b","typ":"%b"}' % (KID.encode(), TYP.encode()),
        b"",
        b"\xff",
    ],
    ids=lambda header: str(header)[:60],
)
def test_a_header_cannot_steer_the_verifier(header: object) -> None:
    not_valid(forged(header))


PAYLOAD = certificate.read(GOOD.certificate)[0].payload


@pytest.mark.parametrize(
    "payload",
    [
        PAYLOAD.replace(b'"iat":', b'"iat":"x","iat":', 1),
        PAYLOAD.replace(b'"iat":1', b'"iat":1.0e9,"x":1', 1),
        PAYLOAD.replace(b'"kind":"skill_level"', b'"kind":"skill_level","kind":"skill_level"'),
        PAYLOAD.replace(b'"name":"', b'"name":"\\ud800'),
        PAYLOAD.replace(b'"name":"', b'"name":"\xed\xa0\x80'),
        PAYLOAD.replace(b'"name":"', '"name":"\u202e'.encode()),
        PAYLOAD.replace(b'"name":"', b'"name":"<script>'),
        PAYLOAD.replace(b'"name":"', b'"name":"\x1b[32m'),
        PAYLOAD.replace(b'"vct"', b'"__proto__":{},"vct"'),
        PAYLOAD.replace(b"certificate:1", b"certificate:2"),
        PAYLOAD.replace(b'"idx":70031', b'"idx":-1'),
        PAYLOAD.replace(b'"idx":70031', b'"idx":4294967296'),
        PAYLOAD.replace(b'"idx":70031', b'"idx":70031.0'),
        PAYLOAD.replace(b"jy.sh310.example/status", b"jy.js320.example/status"),
        PAYLOAD[:-1],
        PAYLOAD + b" ",
        b"\xef\xbb\xbf" + PAYLOAD,
        b"[" * 5_000,
        b'{"a":' * 100 + b"1" + b"}" * 100,
        b"9" * 6_000,
        b"NaN",
        b"null",
        b"",
    ],
    ids=range(23),
)
def test_a_payload_that_is_not_strict_is_refused(payload: bytes) -> None:
    text = forged({"alg": "ES256", "kid": KID, "typ": TYP}, payload)
    verdict = ask(KNOWN, text)
    assert verdict.reason in {"malformed.token", "malformed.profile"}
    assert verdict.certificate is None


def tokens() -> dict[str, str]:
    """Give one honest token of every other type, all properly signed."""
    texts = KNOWN.home.texts
    return {
        "receipt": GOOD.receipt,
        "root": texts.chain[0][0],
        "manifest": texts.manifest,
        "trust list": texts.trust_list,
        "catalogue": texts.catalogues[0],
        "checkpoint": texts.checkpoint,
    }


@pytest.mark.parametrize("name", tokens())
def test_another_kind_of_token_is_no_certificate(name: str) -> None:
    verdict = ask(KNOWN, f"{tokens()[name]}~\n{GOOD.receipt}\n")
    assert verdict.reason in {"malformed.profile", "malformed.token"}


@pytest.mark.parametrize("name", sorted(tokens().keys() - {"receipt"}))
def test_another_kind_of_token_is_no_receipt(name: str) -> None:
    verdict = ask(KNOWN, f"{GOOD.certificate}~\n{tokens()[name]}\n")
    assert verdict.reason in {"malformed.profile", "malformed.token"}


def test_a_receipt_by_the_bodys_own_key_is_none() -> None:
    said = receipt.read(GOOD.receipt)[1]
    signing_input = said.signing_input()
    signature = base64url.encode(body_key(HOME.host).sign(signing_input))
    text = carrier.text_form(GOOD.certificate, f"{signing_input.decode()}.{signature}")
    assert ask(KNOWN, text).reason == "receipt.invalid"


@pytest.mark.parametrize(
    "text",
    [
        *("~", "~~\n", GOOD.certificate, f"{GOOD.certificate}\n", f"{GOOD.certificate}~"),
        f"{GOOD.certificate}~~\n{GOOD.receipt}\n",
        f"{GOOD.certificate}~disclosure~\n{GOOD.receipt}\n",
        f"{GOOD.certificate}~\r\n{GOOD.receipt}\r\n",
        f"{GOOD.certificate}~\n{GOOD.receipt}",
        f"{GOOD.certificate}~\n{GOOD.receipt}~\n",
        f"{GOOD.certificate}~\n{GOOD.receipt}\n{GOOD.receipt}\n",
        f"{GOOD.certificate}~{GOOD.certificate}~\n{GOOD.receipt}\n",
        f" {GOOD.text}",
        f"{GOOD.text}\n",
    ],
)
def test_the_text_form_has_one_shape(text: str) -> None:
    not_valid(text)


LOOK_ALIKES = [
    "http://jy.sh310.example/v#{}",
    "HTTPS://jy.sh310.example/v#{}",
    "https://JY.sh310.example/v#{}",
    "https://jy.sh310.example./v#{}",
    "https://jy.sh310.example/v/#{}",
    "https://jy.sh310.example/v?#{}",
    "https://jy.sh310.example/v?x=1#{}",
    "https://jy.sh310.example/V#{}",
    "https://jy.sh310.example//v#{}",
    "https://jy.sh310.example/%76#{}",
    "https://jy.sh310.example:443/v#{}",
    "https://jy.sh310.example:0443/v#{}",
    "https://jy.sh310.example:/v#{}",
    "https://user@jy.sh310.example/v#{}",
    "https://jy.sh310.example@evil.example/v#{}",
    "https://evil.example/v#{}",
    "https://evil.example/jy.sh310.example/v#{}",
    "https://xn--jy-sh310.example/v#{}",
    "https://jy.sh310.exаmple/v#{}",
    "https://jy。sh310。example/v#{}",
    "https:\\\\jy.sh310.example\\v#{}",
    "https:/jy.sh310.example/v#{}",
    "https://jy.sh310.example/v{}",
    "https://jy.sh310.example/v#\u0660{}",
    "https://jy.sh310.example/v# {}",
    "https://jy.sh310.example/v#+{}",
    "https://jy.sh310.example/v#{} ",
    "https://jy.sh310.example/v#{}\n",
    "https://jy.sh310.example/v#{}#{}",
    "https://jy.sh310.example/v#0{}",
    "https://jy.sh310.example/v#{}0",
    "https://jy.sh310.example/v#1_{}",
    " https://jy.sh310.example/v#{}",
    "javascript:{}",
    "intent://jy.sh310.example/v#{}",
    "weixin://{}",
    "data:text/html,{}",
    "//jy.sh310.example/v#{}",
    "jy.sh310.example/v#{}",
    "０{}",
]


@pytest.mark.parametrize("shape", LOOK_ALIKES)
def test_a_text_that_only_looks_like_a_code_is_refused(shape: str) -> None:
    tail = GOOD.code.partition("#")[2]
    verdict = ask(KNOWN, shape.replace("{}", tail))
    assert not verdict
    assert {reason.partition(".")[0] for reason in reasons(verdict)} <= {
        *("malformed", "carrier", "issuer", "key", "signature", "receipt"),
    }


def test_a_bomb_is_not_unpacked() -> None:
    import zlib

    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    stream = engine.compress(bytes(800_000)) + engine.flush()
    data = bytes((1, 0)) + stream[:870] + bytes(138)
    not_valid(f"https://{HOME.host}/v#{digits.encode(data)}")


@given(st.text())
def test_no_text_is_an_exception(text: str) -> None:
    verdict = verify(text, KNOWN, at=clock(NOW), region=HERE)
    assert verdict.outcome is Outcome.INVALID
    assert verdict.reason != "internal"
    assert verdict.to_members()["certificate"] is None


@given(st.binary(min_size=140, max_size=600))
def test_no_bytes_in_a_code_are_an_exception(data: bytes) -> None:
    tail = digits.encode(bytes((1, 0)) + data)
    not_valid(f"https://{HOME.host}/v#{tail}")


@given(
    st.lists(
        st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        min_size=3,
        max_size=3,
    )
)
def test_no_token_is_an_exception(parts: list[str]) -> None:
    not_valid(f"eyJ{'.'.join(parts)}~\n")


@pytest.mark.parametrize("text", [None, 7, b"https://", ["x"], object()])
def test_what_is_no_text_is_not_valid_either(text: object) -> None:
    verdict = verify(text, KNOWN, at=clock(NOW), region=HERE)  # type: ignore[arg-type] # on purpose
    assert (verdict.outcome, verdict.reason) == (Outcome.INDETERMINATE, "internal")


EVENTS: list[str] = []
_is_listening = False


def _listen(event: str, _: tuple[object, ...]) -> None:
    if _is_listening:
        EVENTS.append(event)


def test_deciding_opens_no_file_no_socket_and_no_process() -> None:
    sys.addaudithook(_listen)  # stays for the life of the process, but hears only here
    foreign = Region("330000", "jy.zj330.example").issue().code
    texts = [GOOD.code, GOOD.text, foreign, "https://evil.example/v#1", "weixin://x", ""]
    texts.append(forged({"alg": "ES256", "kid": KID, "typ": TYP, "jku": "https://evil.example"}))
    for _ in range(2):  # the first time round may still import what it needs
        EVENTS.clear()
        globals()["_is_listening"] = True
        for text in texts:
            ask(KNOWN, text, holder="AAAA", demand="skill_level/lyg2020:39/3")
        globals()["_is_listening"] = False
    loud = ("open", "socket", "subprocess", "os.", "urllib", "import", "exec", "compile", "ctypes")
    assert [event for event in EVENTS if event.startswith(loud)] == []
    EVENTS.clear()
    globals()["_is_listening"] = True
    open(__file__, "rb").close()  # noqa: PTH123 # shows that the listener hears
    globals()["_is_listening"] = False
    assert "open" in EVENTS
