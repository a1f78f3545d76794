# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §1.3."""

import hashlib
import itertools
from collections.abc import Callable

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import base64url, envelope
from credential.errors import MalformedError, UntrustedError
from keys.signing_key import SigningKey
from tests.credential.samples import BODY_KEY, EDDSA_KEY

PAYLOAD = b'{"a":1}'
TYP = envelope.CERTIFICATE


def _key(typ: str) -> SigningKey:
    return SigningKey.from_seed(
        envelope.ROLE_OF_TYP[typ], b"any", epoch=7 if typ == envelope.RECEIPT else None
    )


def _forge(header: bytes, payload: bytes = PAYLOAD, signature: bytes = bytes(64)) -> str:
    return ".".join(base64url.encode(part) for part in (header, payload, signature))


@pytest.mark.parametrize("key", [BODY_KEY, EDDSA_KEY], ids=["ES256", "EdDSA"])
def test_an_independent_library_accepts_it(key: SigningKey) -> None:
    token = envelope.sign(key, TYP, PAYLOAD)
    assert jwt.decode(token, key.public.public, algorithms=[key.alg]) == {"a": 1}
    unverified = envelope.read(token, TYP)
    unverified.verify(key.public)
    assert (unverified.token, unverified.payload, unverified.kid) == (token, PAYLOAD, key.kid)
    assert unverified.digest == hashlib.sha256(token.rpartition(".")[0].encode()).digest()


@pytest.mark.parametrize(
    ("said", "expected"), list(itertools.product(envelope.ROLE_OF_TYP, repeat=2))
)
def test_only_the_expected_type_is_read(said: str, expected: str) -> None:
    """Every type shown as every other."""
    token = envelope.sign(_key(said), said, PAYLOAD)
    if said == expected:
        envelope.read(token, expected).verify(_key(said).public)
        return
    with pytest.raises(MalformedError) as caught:
        envelope.read(token, expected)
    assert caught.value.code == "malformed.profile"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        *[
            (
                b'{"alg":"%b","kid":"%b","typ":"dc+sd-jwt"}' % (alg, BODY_KEY.kid.encode()),
                "malformed.profile",
            )
            for alg in (
                b"none",
                b"None",
                b"nOnE",
                b"",
                b"HS256",
                b"ES384",
                b"ES512",
                b"ES256K",
                b"RS256",
                b"PS256",
                b"Ed25519",
            )
        ],
        (b'{"kid":"%b","typ":"dc+sd-jwt"}' % BODY_KEY.kid.encode(), "malformed.profile"),
        *[
            (b'{"alg":"ES256","kid":%b,"typ":"dc+sd-jwt"}' % kid, "malformed.profile")
            for kid in (
                b'"../../etc/x"',
                b'"\' OR 1=1--"',
                b'""',
                b"7",
                b"[1]",
                b'"https://a"',
                b'"AAAAAAAAAAB"',
                b'"%b"' % (b"A" * 5000),
                b"null",
            )
        ],
        *[
            (
                b'{"alg":"ES256","kid":"%b","typ":"dc+sd-jwt",%b}' % (BODY_KEY.kid.encode(), more),
                "malformed.profile",
            )
            for more in (
                b'"crit":["b64"]',
                b'"crit":[]',
                b'"b64":false',
                b'"jku":"https://a"',
                b'"jwk":{}',
                b'"x5u":"https://a"',
                b'"x5c":[]',
                b'"zip":"DEF"',
            )
        ],
        (
            b'{"alg": "ES256","kid":"%b","typ":"dc+sd-jwt"}' % BODY_KEY.kid.encode(),
            "malformed.profile",
        ),
        (
            b'{"alg":"ES256","alg":"ES256","kid":"%b","typ":"dc+sd-jwt"}' % BODY_KEY.kid.encode(),
            "malformed.token",
        ),
        (b"\xff", "malformed.token"),
        (b"{", "malformed.token"),
        (b"[]", "malformed.profile"),
    ],
)
def test_headers_that_are_refused(header: bytes, code: str) -> None:
    """Nothing in a header can choose a key, an algorithm or a meaning."""
    with pytest.raises(MalformedError) as caught:
        envelope.read(_forge(header), TYP)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t + "=",
        lambda t: t + "\n",
        lambda t: " " + t,
        lambda t: t.replace(".", "..", 1),
        lambda t: t + ".AA",
        lambda t: t + ".AA.AA",
        lambda t: t.rpartition(".")[0],
        lambda t: t.replace(".", ".é", 1),
        lambda t: t.replace("e", "+", 1),
        lambda t: "." + t.partition(".")[2],
        lambda t: t.partition(".")[0] + ".." + t.rpartition(".")[2],
        lambda t: t[:-1] + "B",
        lambda t: t + "A" * 9000,
        lambda _: "",
        lambda _: '{"payload":"","signatures":[]}',
    ],
)
def test_texts_that_are_refused(change: Callable[[str], str]) -> None:
    """Five parts, JSON serialisation, padding, glued and cut tokens."""
    token = envelope.sign(BODY_KEY, TYP, PAYLOAD)
    with pytest.raises(MalformedError) as caught:
        envelope.read(change(token), TYP)
    assert caught.value.code == "malformed.token"


@pytest.mark.parametrize("length", [0, 1, 63, 65, 70, 72])
def test_signatures_of_another_length(length: int) -> None:
    """A signature is 64 bytes; DER is not one."""
    token = envelope.sign(BODY_KEY, TYP, PAYLOAD)
    short = token.rpartition(".")[0] + "." + base64url.encode(bytes(length))
    with pytest.raises(UntrustedError) as caught:
        envelope.read(short, TYP).verify(BODY_KEY.public)
    assert caught.value.code == "signature.invalid"


ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
EDGES = (0, 1, ORDER - 1, ORDER, ORDER + 1, 2**256 - 1)


@pytest.mark.parametrize(("r", "s"), list(itertools.product(EDGES, EDGES)))
def test_psychic_signatures(r: int, s: int) -> None:
    """Both r and s at and beyond the edges of their range."""
    token = envelope.sign(BODY_KEY, TYP, PAYLOAD)
    forged = token.rpartition(".")[0] + "." + base64url.encode(r.to_bytes(32) + s.to_bytes(32))
    with pytest.raises(UntrustedError) as caught:
        envelope.read(forged, TYP).verify(BODY_KEY.public)
    assert caught.value.code == "signature.invalid"


def test_the_key_decides_the_algorithm() -> None:
    """A header's `alg` other than the key's is refused before any arithmetic."""
    token = envelope.sign(EDDSA_KEY, TYP, PAYLOAD)
    with pytest.raises(UntrustedError, match="another algorithm") as caught:
        envelope.read(token, TYP).verify(BODY_KEY.public)
    assert caught.value.code == "signature.invalid"


@given(st.integers(0, 8 * 64 - 1))
def test_no_flipped_bit_of_the_signature_holds(bit: int) -> None:
    unverified = envelope.read(envelope.sign(BODY_KEY, TYP, PAYLOAD), TYP)
    flipped = bytearray(unverified.signature)
    flipped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(UntrustedError):
        unverified._replace(signature=bytes(flipped)).verify(BODY_KEY.public)


def test_a_key_signs_its_own_type_only() -> None:
    with pytest.raises(RuntimeError, match="does not sign"):
        envelope.sign(BODY_KEY, envelope.STATEMENT, PAYLOAD)


def test_what_this_machine_cannot_compute_is_unsupported() -> None:

    from cryptography.exceptions import UnsupportedAlgorithm

    def check(_signature: bytes, _data: bytes) -> None:
        raise UnsupportedAlgorithm("no such curve")

    token = envelope.sign(BODY_KEY, TYP, PAYLOAD)
    with pytest.raises(UntrustedError) as caught:
        envelope.read(token, TYP).verify(BODY_KEY.public._replace(check=check))
    assert caught.value.code == "signature.unsupported"
