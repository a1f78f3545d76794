# SPDX-License-Identifier: Apache-2.0
"""Signatures in their raw form: RFC vectors, and everything else refused."""

from base64 import urlsafe_b64decode

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from keys import algorithms
from keys.errors import KeyMaterialError
from keys.signing_key import SigningKey

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
KEYS = {alg: SigningKey.from_seed("certificate", b"algorithms", alg) for alg in ("ES256", "EdDSA")}


def test_es256_signs_as_rfc_6979() -> None:
    # RFC 6979 A.2.5, P-256 with SHA-256, message "sample".
    private = ec.derive_private_key(
        0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721, ec.SECP256R1()
    )
    assert algorithms.signer(private)(b"sample").hex().upper() == (
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    )


def test_es256_verifies_rfc_7515_a3() -> None:
    public = ec.EllipticCurvePublicNumbers(
        int.from_bytes(urlsafe_b64decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU=")),
        int.from_bytes(urlsafe_b64decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0=")),
        ec.SECP256R1(),
    ).public_key()
    signature = urlsafe_b64decode(
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q=="
    )
    data = (
        b"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxl"
        b"LmNvbS9pc19yb290Ijp0cnVlfQ"
    )
    algorithms.verifier(public)(signature, data)
    with pytest.raises(InvalidSignature):
        algorithms.verifier(public)(signature, data + b"A")


@pytest.mark.parametrize("alg", KEYS)
@given(data=st.binary(max_size=200))
def test_the_same_input_signed_twice_gives_the_same_bytes(alg: str, data: bytes) -> None:
    # A random nonce would give other bytes, and a bad random source the key.
    signature = KEYS[alg].sign(data)
    assert len(signature) == 64
    assert KEYS[alg].sign(data) == signature
    KEYS[alg].public.verify(signature, data)


@pytest.mark.parametrize("alg", KEYS)
@given(data=st.binary(max_size=60), bit=st.integers(0, 511))
def test_any_flipped_bit_of_a_signature_is_refused(alg: str, data: bytes, bit: int) -> None:
    signature = bytearray(KEYS[alg].sign(data))
    signature[bit // 8] ^= 1 << bit % 8
    with pytest.raises(InvalidSignature):
        KEYS[alg].public.verify(bytes(signature), data)


@pytest.mark.parametrize("alg", KEYS)
@given(data=st.binary(min_size=1, max_size=60), bit=st.integers(0))
def test_any_flipped_bit_of_the_data_is_refused(alg: str, data: bytes, bit: int) -> None:
    signature = KEYS[alg].sign(data)
    changed = bytearray(data)
    changed[bit // 8 % len(data)] ^= 1 << bit % 8
    with pytest.raises(InvalidSignature):
        KEYS[alg].public.verify(signature, bytes(changed))


@pytest.mark.parametrize("alg", KEYS)
@pytest.mark.parametrize("length", [0, 1, 32, 63, 65, 70, 72, 128])
def test_other_lengths_are_refused(alg: str, length: int) -> None:
    with pytest.raises(InvalidSignature):
        KEYS[alg].public.verify((KEYS[alg].sign(b"data") * 2)[:length], b"data")


def test_a_leading_zero_more_is_refused_although_the_numbers_are_the_same() -> None:
    signature = KEYS["ES256"].sign(b"data")
    with pytest.raises(InvalidSignature):
        KEYS["ES256"].public.verify(signature[:32] + b"\0" + signature[32:], b"data")


def test_a_der_signature_is_refused() -> None:
    private = KEYS["ES256"].private
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    der = algorithms.der_from_raw(KEYS["ES256"].sign(b"data"))
    with pytest.raises(InvalidSignature):
        KEYS["ES256"].public.verify(der, b"data")


@pytest.mark.parametrize("r", [0, 1, P256_ORDER, P256_ORDER + 1, 2**256 - 1])
@pytest.mark.parametrize("s", [0, 1, P256_ORDER, P256_ORDER + 1, 2**256 - 1])
def test_r_and_s_out_of_range_are_refused(r: int, s: int) -> None:
    with pytest.raises(InvalidSignature):
        KEYS["ES256"].public.verify(r.to_bytes(32) + s.to_bytes(32), b"data")


def test_the_malleated_twin_verifies_so_signature_bytes_are_no_identity() -> None:
    signature = KEYS["ES256"].sign(b"data")
    twin = signature[:32] + (P256_ORDER - int.from_bytes(signature[32:])).to_bytes(32)
    assert twin != signature
    KEYS["ES256"].public.verify(twin, b"data")


@pytest.mark.parametrize(
    "foreign",
    [
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP256K1()),
        rsa.generate_private_key(65537, 2048),
        ed448.Ed448PrivateKey.generate(),
        "a string",
        None,
    ],
    ids=["P-384", "secp256k1", "RSA", "Ed448", "text", "none"],
)
def test_other_kinds_of_key_are_refused(foreign: object) -> None:
    with pytest.raises(KeyMaterialError, match="only P-256 and Ed25519") as caught:
        algorithms.algorithm(foreign)
    assert caught.value.code == "key.type"


def test_a_p384_key_is_bound_neither_to_sign_nor_to_verify() -> None:
    private = ec.generate_private_key(ec.SECP384R1())
    for bind in (
        lambda: algorithms.signer(private),
        lambda: algorithms.verifier(private.public_key()),
    ):
        with pytest.raises(KeyMaterialError) as caught:
            bind()
        assert caught.value.code == "key.type"


def test_each_key_names_its_one_algorithm() -> None:
    assert algorithms.algorithm(ec.generate_private_key(ec.SECP256R1())) == "ES256"
    assert algorithms.algorithm(Ed25519PrivateKey.generate().public_key()) == "EdDSA"
