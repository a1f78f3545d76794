# SPDX-License-Identifier: Apache-2.0
"""A verifying key raises or returns nothing."""

import pytest
from cryptography.exceptions import InvalidSignature

from keys import jwk
from keys.signing_key import SigningKey


@pytest.mark.parametrize("alg", ["ES256", "EdDSA"])
def test_success_is_returning_and_failure_is_raising(alg: str) -> None:
    key = SigningKey.from_seed("certificate", b"one", alg)
    other = SigningKey.from_seed("certificate", b"two", alg)
    key.public.verify(key.sign(b"data"), b"data")
    with pytest.raises(InvalidSignature):
        other.public.verify(key.sign(b"data"), b"data")


def test_keys_are_equal_by_thumbprint() -> None:
    public = SigningKey.from_seed("certificate", b"one").public
    again = jwk.from_members(public.members)
    assert again == public
    assert len({again, public}) == 1
    assert public != SigningKey.from_seed("certificate", b"two").public


def test_members_are_a_fresh_dictionary() -> None:
    public = SigningKey.from_seed("certificate", b"one").public
    public.members["kty"] = "oct"
    assert public.members["kty"] == "EC"


def test_repr_shows_names_only() -> None:
    public = SigningKey.from_seed("certificate", b"one").public
    assert repr(public) == (
        f"VerifyingKey(alg='ES256', kid='{public.kid}', thumbprint={public.thumbprint!r})"
    )


def test_a_key_does_not_verify_under_the_other_algorithm() -> None:
    es256 = SigningKey.from_seed("certificate", b"one")
    eddsa = SigningKey.from_seed("certificate", b"one", "EdDSA")
    with pytest.raises(InvalidSignature):
        es256.public.verify(eddsa.sign(b"data"), b"data")
    with pytest.raises(InvalidSignature):
        eddsa.public.verify(es256.sign(b"data"), b"data")
