# SPDX-License-Identifier: Apache-2.0
"""Signing keys: derivation, roles, and silence about their secret."""

import copy
import pickle
import traceback
from collections.abc import Callable

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from keys import base64url, roles
from keys.errors import KeyMaterialError
from keys.signer import Signer
from keys.signing_key import SigningKey

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def secret_forms(key: SigningKey) -> set[str]:
    """Every spelling under which the private number could show itself in a text."""
    if isinstance(key.private, ec.EllipticCurvePrivateKey):
        number = key.private.private_numbers().private_value
        raw = number.to_bytes(32)
        forms = {str(number), f"{number:x}"}
    else:
        raw = key.private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        forms = set()
    return forms | {raw.hex(), base64url.encode(raw), repr(raw)[2:-1]}


@pytest.mark.parametrize("alg", ["ES256", "EdDSA"])
def test_repr_and_str_show_role_and_kid_only(alg: str) -> None:
    key = SigningKey.from_seed("certificate", b"silent", alg)
    assert repr(key) == f"SigningKey(role='certificate', kid='{key.kid}')"
    assert str(key) == f"{key}" == repr(key)


def crash_while_signing(key: SigningKey) -> None:
    key.sign("text is not bytes")  # type: ignore[arg-type]  # the crash is wanted


def crash_while_binding_a_role(key: SigningKey) -> None:
    SigningKey.from_private(key.private, "no such role")


def crash_while_pickling(key: SigningKey) -> None:
    pickle.dumps(key)


def crash_while_verifying(key: SigningKey) -> None:
    key.public.verify(b"short", b"data")


def crash_while_assigning(key: SigningKey) -> None:
    key.role = "root"  # type: ignore[misc]  # the crash is wanted


def crash_with_the_key_in_the_message(key: SigningKey) -> None:
    message = f"{key} {key!r} {vars(type(key))} {key.private} {key.private!r}"
    raise RuntimeError(message)


@pytest.mark.parametrize("alg", ["ES256", "EdDSA"])
@pytest.mark.parametrize(
    ("crash", "error"),
    [
        (crash_while_signing, TypeError),
        (crash_while_binding_a_role, KeyMaterialError),
        (crash_while_pickling, TypeError),
        (crash_while_verifying, InvalidSignature),
        (crash_while_assigning, AttributeError),
        (crash_with_the_key_in_the_message, RuntimeError),
    ],
)
def test_a_traceback_with_local_variables_holds_no_secret(
    crash: Callable[[SigningKey], None], error: type[Exception], alg: str
) -> None:
    canary = SigningKey.from_seed("certificate", b"canary", alg)
    with pytest.raises(error) as caught:
        crash(canary)
    printed = "".join(
        traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    )
    assert f"key = {canary!r}" in printed
    for form in secret_forms(canary):
        assert form not in printed


@pytest.mark.parametrize("leave", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_key_is_neither_copied_nor_pickled(leave: Callable[[SigningKey], object]) -> None:
    with pytest.raises(TypeError, match="neither copied nor pickled"):
        leave(SigningKey.from_seed("root", b"stay"))


def test_a_key_cannot_be_given_another_role() -> None:
    key = SigningKey.from_seed("publish", b"frozen")
    with pytest.raises(AttributeError, match="role"):
        key.role = "root"  # type: ignore[misc]  # what the test is about


@pytest.mark.parametrize("role", roles.ROLES)
def test_generate_gives_every_role_a_fresh_key(role: str) -> None:
    one, other = SigningKey.generate(role), SigningKey.generate(role)
    assert (one.role, one.alg) == (role, "ES256")
    assert one.kid == one.public.kid != other.kid
    one.public.verify(one.sign(b"data"), b"data")


def test_generate_ed25519() -> None:
    key = SigningKey.generate("certificate", "EdDSA")
    assert (key.alg, key.public.alg) == ("EdDSA", "EdDSA")
    key.public.verify(key.sign(b"data"), b"data")


@pytest.mark.parametrize(
    ("role", "alg", "code"),
    [
        ("receipt", "EdDSA", "key.algorithm"),
        ("certificate", "none", "key.algorithm"),
        ("judge", "ES256", "key.role"),
    ],
)
def test_generate_and_from_seed_refuse_what_the_role_may_not_have(
    role: str, alg: str, code: str
) -> None:
    with pytest.raises(KeyMaterialError) as generated:
        SigningKey.generate(role, alg)
    with pytest.raises(KeyMaterialError) as derived:
        SigningKey.from_seed(role, b"", alg)
    assert (generated.value.code, derived.value.code) == (code, code)


def test_from_private_refuses_foreign_keys_and_the_wrong_algorithm() -> None:
    for private in (ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)):
        with pytest.raises(KeyMaterialError) as caught:
            SigningKey.from_private(private, "root")  # type: ignore[arg-type]  # RSA is the point
        assert caught.value.code == "key.type"
    with pytest.raises(KeyMaterialError) as caught:
        SigningKey.from_private(Ed25519PrivateKey.generate(), "root")
    assert caught.value.code == "key.algorithm"


def test_a_seed_gives_the_same_key_for_ever() -> None:
    # Committed vectors depend on these: a change of the derivation must not pass unseen.
    assert SigningKey.from_seed("certificate", b"vector").kid == "CZP29R0q2wQ"
    assert SigningKey.from_seed("certificate", b"vector", "EdDSA").kid == "-Xt1qPCxyoI"


@given(seed=st.binary(max_size=16))
def test_one_seed_gives_each_role_another_key(seed: bytes) -> None:
    kids = {SigningKey.from_seed(role, seed).kid for role in roles.ROLES}
    kids.add(SigningKey.from_seed("certificate", seed, "EdDSA").kid)
    assert len(kids) == len(roles.ROLES) + 1
    assert SigningKey.from_seed("root", seed).kid == SigningKey.from_seed("root", seed).kid


def test_the_derived_number_is_in_range() -> None:
    for number in range(50):
        private = SigningKey.from_seed("log", b"%d" % number).private
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        assert 0 < private.private_numbers().private_value < P256_ORDER


@pytest.mark.parametrize("epoch", [1, 255])
def test_a_receipt_key_goes_by_its_epoch(epoch: int) -> None:
    key = SigningKey.from_seed("receipt", b"epochs", epoch=epoch)
    assert key.kid == str(epoch)
    assert len(key.public.kid) == 11
    assert SigningKey.generate("receipt", epoch=epoch).kid == str(epoch)


@pytest.mark.parametrize(
    ("role", "epoch"), [("receipt", 0), ("receipt", 256), ("receipt", -1), ("log", 1)]
)
def test_other_epochs_are_refused(role: str, epoch: int) -> None:
    with pytest.raises(KeyMaterialError, match="1 to 255") as caught:
        SigningKey.generate(role, epoch=epoch)
    assert caught.value.code == "key.epoch"


def test_a_signing_key_is_a_signer() -> None:
    signer: Signer = SigningKey.from_seed("submit", b"port")
    assert (signer.role, signer.alg, len(signer.sign(b""))) == ("submit", "ES256", 64)
