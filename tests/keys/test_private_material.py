# SPDX-License-Identifier: Apache-2.0
"""A private key that somebody sends is recognised in every form in which people send one."""

import base64
import datetime as dt
import json
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st

from keys import base64url, private_material
from keys.algorithms import der_from_raw
from keys.errors import KeyMaterialError
from keys.signing_key import SigningKey

KEY = SigningKey.from_seed("certificate", b"private material")
PRIVATE = KEY.private
ED25519 = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
RSA = rsa.generate_private_key(65537, 2048)
PLAIN = NoEncryption()
LOCKED = BestAvailableEncryption(b"fictional")


def private_jwk() -> bytes:
    assert isinstance(PRIVATE, ec.EllipticCurvePrivateKey)
    d = base64url.encode(PRIVATE.private_numbers().private_value.to_bytes(32))
    return json.dumps(KEY.public.members | {"d": d}).encode()


FORMATS: dict[str, bytes] = {
    "JWK": private_jwk(),
    "JWK set": b'{"keys":[' + private_jwk() + b"]}",
    "symmetric JWK": b'{"kty" : "oct", "k" : "c2VjcmV0"}',
    "PKCS#8 PEM": PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, PLAIN),
    "encrypted PKCS#8 PEM": PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, LOCKED),
    "SEC 1 PEM": PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, PLAIN),
    "PKCS#1 PEM": RSA.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, PLAIN),
    "OpenSSH": PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, PLAIN),
    "PuTTY": b"PuTTY-User-Key-File-3: ecdsa-sha2-nistp256\nEncryption: none\n",
    "PKCS#8 DER": PRIVATE.private_bytes(Encoding.DER, PrivateFormat.PKCS8, PLAIN),
    "Ed25519 PKCS#8 DER": ED25519.private_bytes(Encoding.DER, PrivateFormat.PKCS8, PLAIN),
    "RSA PKCS#8 DER": RSA.private_bytes(Encoding.DER, PrivateFormat.PKCS8, PLAIN),
    "encrypted PKCS#8 DER": PRIVATE.private_bytes(Encoding.DER, PrivateFormat.PKCS8, LOCKED),
    "SEC 1 DER": PRIVATE.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, PLAIN),
    "PKCS#1 DER": RSA.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, PLAIN),
    "PKCS#12": pkcs12.serialize_key_and_certificates(b"body", RSA, None, None, LOCKED),
    "own key file": b"SkillSeal-Key: role=certificate alg=ES256 kid=AAAAAAAAAAA salt=",
}


BINARIES = {name: FORMATS[name] for name in FORMATS if name.endswith("DER") or name == "PKCS#12"}
TEXTS = {name: FORMATS[name] for name in FORMATS if name not in BINARIES}


def refused(sent: bytes) -> bool:
    try:
        private_material.refuse(sent)
    except KeyMaterialError as error:
        return (error.code, len(str(error).splitlines())) == ("key.private", 1)
    return False


@pytest.mark.parametrize("name", FORMATS)
def test_private_formats_are_refused_without_being_quoted(name: str) -> None:
    with pytest.raises(KeyMaterialError, match="replace this key") as caught:
        private_material.refuse(FORMATS[name])
    assert caught.value.code == "key.private"
    assert FORMATS[name].hex()[:60] not in str(caught.value).encode().hex()


@pytest.mark.parametrize("name", TEXTS)
def test_private_text_in_the_middle_of_an_e_mail_is_refused(name: str) -> None:
    assert refused(b"Here is our key, as you asked:\r\n\r\n" + TEXTS[name] + b"\r\nBody\r\n")


@pytest.mark.parametrize("name", BINARIES)
@pytest.mark.parametrize(
    "encode",
    [base64.b64encode, base64.encodebytes, base64.urlsafe_b64encode],
    ids=lambda encode: encode.__name__,
)
def test_private_der_in_base64_is_refused(name: str, encode: Callable[[bytes], bytes]) -> None:
    assert refused(encode(BINARIES[name]))
    assert refused(encode(BINARIES[name]).rstrip(b"=\n"))


def self_signed() -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "body")])
    day = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return x509.CertificateBuilder(name, name, RSA.public_key(), 1, day, day).sign(
        RSA, hashes.SHA256()
    )


SPKI = PublicFormat.SubjectPublicKeyInfo
PUBLIC: dict[str, bytes] = {
    "JWK": json.dumps(KEY.public.members).encode(),
    "JWK set": json.dumps({"keys": [KEY.public.members]}).encode(),
    "PEM": KEY.public.public.public_bytes(Encoding.PEM, SPKI),
    "P-256 DER": KEY.public.public.public_bytes(Encoding.DER, SPKI),
    "RSA DER": RSA.public_key().public_bytes(Encoding.DER, SPKI),
    "PKCS#1 DER": RSA.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1),
    "Ed25519 DER": ED25519.public_key().public_bytes(Encoding.DER, SPKI),
    "OpenSSH": KEY.public.public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
    "certificate": self_signed().public_bytes(Encoding.DER),
    "certificate PEM": self_signed().public_bytes(Encoding.PEM),
    "DER signature": der_from_raw(KEY.sign(b"data")),
    "kid": KEY.kid.encode(),
    "nothing": b"",
    "one byte": b"0",
}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_material_passes(name: str) -> None:
    assert not refused(PUBLIC[name])
    assert not refused(base64.b64encode(PUBLIC[name]))


@given(st.binary(max_size=60))
def test_any_bytes_pass_or_are_refused(sent: bytes) -> None:
    assert refused(sent) in (True, False)
    assert refused(sent + b"-----BEGIN PRIVATE KEY-----")
