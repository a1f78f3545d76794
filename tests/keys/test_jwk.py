# SPDX-License-Identifier: Apache-2.0
"""Public keys as JWK: the RFCs' vectors, and what a registry must refuse."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from keys import base64url, jwk
from keys.errors import KeyMaterialError
from keys.signing_key import SigningKey

EC = SigningKey.from_seed("certificate", b"jwk").public.members
OKP = SigningKey.from_seed("certificate", b"jwk", "EdDSA").public.members
P256_FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
ED25519_FIELD = 2**255 - 19


CODES = ("key.private", "key.malformed", "key.curve", "key.point")


def code_of(members: Mapping[str, object]) -> str:
    with pytest.raises(KeyMaterialError) as caught:
        jwk.from_members(members)
    return caught.value.code


@pytest.mark.parametrize("members", [EC, OKP], ids=["ES256", "EdDSA"])
def test_members_come_back_in_the_fixed_order(members: dict[str, str]) -> None:
    key = jwk.from_members(dict(reversed(members.items())))
    assert list(key.members.items()) == list(members.items())
    assert list(members) == [name for name in ("kty", "crv", "x", "y", "alg") if name in members]
    assert key.alg == members["alg"]


@given(seed=st.binary(max_size=8), alg=st.sampled_from(["ES256", "EdDSA"]))
def test_round_trip(seed: bytes, alg: str) -> None:
    key = SigningKey.from_seed("statement", seed, alg).public
    again = jwk.from_members(json.loads(json.dumps(key.members)))
    assert again == key
    assert hash(again) == hash(key)
    assert jwk.to_members(again.public) == key.members


def test_the_thumbprint_is_that_of_rfc_8037_a3() -> None:
    members = {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "alg": "EdDSA",
    }
    key = jwk.from_members(members)
    assert base64url.encode(key.thumbprint) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert key.kid == "kPrK_qmxVWY"


def test_the_thumbprint_of_an_ec_key_hashes_crv_kty_x_y() -> None:
    import hashlib

    text = f'{{"crv":"P-256","kty":"EC","x":"{EC["x"]}","y":"{EC["y"]}"}}'
    assert jwk.from_members(EC).thumbprint == hashlib.sha256(text.encode()).digest()


def test_leading_zeros_are_kept() -> None:
    # The first seed of this series whose x begins with a zero byte: 43 characters all the same.
    key = next(
        key
        for number in range(10_000)
        if (key := SigningKey.from_seed("certificate", b"%d" % number).public).members["x"][0]
        == "A"
        and base64url.decode(key.members["x"])[0] == 0
    )
    assert len(key.members["x"]) == 43
    short = base64url.encode(base64url.decode(key.members["x"])[1:])
    assert code_of(key.members | {"x": short}) == "key.malformed"


@pytest.mark.parametrize("member", ["d", "k", "p", "q", "dp", "dq", "qi", "oth", "priv"])
@pytest.mark.parametrize("members", [EC, OKP], ids=["ES256", "EdDSA"])
def test_a_private_member_has_its_own_code(members: dict[str, str], member: str) -> None:
    with pytest.raises(KeyMaterialError, match="replace this key") as caught:
        jwk.from_members(members | {member: "c2VjcmV0"})
    assert caught.value.code == "key.private"
    assert "c2VjcmV0" not in str(caught.value)


@pytest.mark.parametrize("member", ["kid", "use", "key_ops", "x5c", "Z", ""])
@pytest.mark.parametrize("members", [EC, OKP], ids=["ES256", "EdDSA"])
def test_an_unknown_member_is_refused(members: dict[str, str], member: str) -> None:
    assert code_of(members | {member: "sig"}) == "key.malformed"


@pytest.mark.parametrize("member", ["kty", "crv", "x", "y", "alg"])
def test_a_missing_member_is_refused(member: str) -> None:
    assert code_of({name: EC[name] for name in EC if name != member}) == "key.malformed"


def test_an_okp_key_has_no_y() -> None:
    assert code_of(OKP | {"y": EC["y"]}) == "key.malformed"


@pytest.mark.parametrize(
    "change",
    [
        {"crv": "P-384"},
        {"crv": "secp256k1"},
        {"alg": "ES384"},
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "EdDSA"},
        {"alg": "es256"},
        {"kty": "OKP"},
        {"crv": "Ed25519"},
        {"kty": "RSA"},
    ],
    ids=str,
)
def test_another_curve_or_algorithm_is_refused(change: dict[str, str]) -> None:
    assert code_of(EC | change) == "key.curve"


@pytest.mark.parametrize(
    "change", [{"crv": "Ed448"}, {"crv": "X25519"}, {"alg": "Ed25519"}], ids=str
)
def test_another_okp_curve_or_algorithm_is_refused(change: dict[str, str]) -> None:
    assert code_of(OKP | change) == "key.curve"


def test_an_rsa_key_is_refused() -> None:
    numbers = rsa.generate_private_key(65537, 2048).public_key().public_numbers()
    n = base64url.encode(numbers.n.to_bytes(256))
    assert code_of({"kty": "RSA", "n": n, "e": "AQAB"}) == "key.curve"


@pytest.mark.parametrize("member", ["kty", "crv", "alg", "x", "y"])
@pytest.mark.parametrize("value", [None, 1, 1.5, True, ["P-256"], {"a": 1}], ids=repr)
def test_values_must_be_text(member: str, value: object) -> None:
    assert code_of(EC | {member: value}) == "key.malformed"


@pytest.mark.parametrize("member", ["x", "y"])
def test_coordinates_must_be_canonical(member: str) -> None:
    raw = base64url.decode(EC[member])
    stray = EC[member][:-1] + chr(ord(EC[member][-1]) + 1)
    for text in (
        "",
        EC[member] + "=",
        EC[member] + "\n",
        " " + EC[member],
        stray,
        raw.hex(),
        base64url.encode(raw + b"\0"),
        base64url.encode(b"\0" + raw),
        base64url.encode(raw[:31]),
        "é" * 43,
        "+" * 43,
    ):
        assert code_of(EC | {member: text}) == "key.malformed", text


def test_both_x_and_a_wrong_y() -> None:
    x, y = (int.from_bytes(base64url.decode(EC[name])) for name in "xy")
    for wrong in (0, 1, y ^ 1, (y + 1) % P256_FIELD, x):
        assert code_of(EC | {"y": base64url.encode(wrong.to_bytes(32))}) == "key.point"


@pytest.mark.parametrize(("x", "y"), [(0, 0), (P256_FIELD, P256_FIELD), (2**256 - 1, 1)])
def test_the_identity_and_coordinates_out_of_range(x: int, y: int) -> None:
    encoded = {"x": base64url.encode(x.to_bytes(32)), "y": base64url.encode(y.to_bytes(32))}
    assert code_of(EC | encoded) == "key.point"


def test_a_coordinate_has_one_spelling() -> None:
    # x = 5 is on P-256; 5 + p fits into 32 bytes too: the same point under another thumbprint.
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    y = pow(5**3 - 3 * 5 + b, (P256_FIELD + 1) // 4, P256_FIELD)
    encoded = {"x": base64url.encode((5).to_bytes(32)), "y": base64url.encode(y.to_bytes(32))}
    assert jwk.from_members(EC | encoded).alg == "ES256"
    encoded["x"] = base64url.encode((5 + P256_FIELD).to_bytes(32))
    assert code_of(EC | encoded) == "key.point"


# The eight points of small order: y little-endian, and the sign of x in the highest bit.
ORDER_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
SMALL_ORDER = [
    "01" + "00" * 31,
    "ec" + "ff" * 30 + "7f",
    "00" * 32,
    "00" * 31 + "80",
    ORDER_8,
    ORDER_8[:-2] + "85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]


@pytest.mark.parametrize("encoded", SMALL_ORDER)
def test_ed25519_points_of_small_order_are_refused(encoded: str) -> None:
    assert code_of(OKP | {"x": base64url.encode(bytes.fromhex(encoded))}) == "key.point"


@pytest.mark.parametrize(
    "number",
    [
        ED25519_FIELD,  # y = 0, spelled otherwise
        ED25519_FIELD + 1,
        2**255 - 1,
        1 | 1 << 255,  # x = 0 with the sign bit
        2,  # no x for this y
    ],
)
def test_ed25519_points_that_do_not_decode_are_refused(number: int) -> None:
    assert code_of(OKP | {"x": base64url.encode(number.to_bytes(32, "little"))}) == "key.point"


@given(st.binary(min_size=32, max_size=32))
def test_every_real_ed25519_key_is_accepted(seed: bytes) -> None:
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    assert jwk.from_members(jwk.to_members(public)).public == public


names = st.sampled_from(["kty", "crv", "x", "y", "alg", "kid", "d"])
values = st.one_of(
    st.none(),
    st.integers(),
    st.text(max_size=5),
    st.sampled_from([*EC.values(), *OKP.values(), "P-384"]),
)


@given(st.dictionaries(names, values))
def test_any_members_give_a_key_or_a_listed_code(members: dict[str, object]) -> None:
    try:
        found: object = jwk.from_members(members).members
    except KeyMaterialError as error:
        found = error.code
    assert found == members or found in CODES


def test_a_p384_object_is_refused_on_the_way_out() -> None:
    public = ec.generate_private_key(ec.SECP384R1()).public_key()
    with pytest.raises(KeyMaterialError) as caught:
        jwk.from_public(public)
    assert caught.value.code == "key.type"


def test_the_kid_is_eight_bytes() -> None:
    digest = bytes(range(32))
    assert jwk.kid(digest) == urlsafe_b64encode(digest[:8]).rstrip(b"=").decode()
    assert len(jwk.kid(digest)) == 11
