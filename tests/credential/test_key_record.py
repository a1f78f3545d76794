# SPDX-License-Identifier: Apache-2.0
"""docs/format.md §5.1 and §5.2: keys."""

import pytest

from credential.errors import MalformedError
from credential.key_record import BODY_ROLES, KeyRecord, refuse_shared
from keys.signing_key import SigningKey

BODY = SigningKey.from_seed("certificate", b"one")
EPOCH = SigningKey.from_seed("receipt", b"one", epoch=7)
RECORD = KeyRecord(BODY.kid, BODY.public, "certificate", 100, 200)


@pytest.mark.parametrize(
    "record",
    [
        RECORD,
        RECORD._replace(end=None, distrusted_after=150),
        KeyRecord("7", EPOCH.public, "receipt", 1, 2, distrusted=True),
        RECORD._replace(key=SigningKey.from_seed("certificate", b"e", "EdDSA").public, kid=""),
    ],
)
def test_a_record_comes_back_as_it_was(record: KeyRecord) -> None:
    record = record if record.kid else record._replace(kid=record.key.kid)
    assert KeyRecord.from_members(record.to_members()) == record


def test_the_window_is_half_open() -> None:
    assert [RECORD.holds(t) for t in (99, 100, 199, 200)] == [False, True, True, False]
    assert RECORD._replace(end=None).holds(2**32 - 1)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"kid": EPOCH.public.kid}, "kid"),
        ({"kid": 7}, "kid"),
        ({"role": "root"}, "role"),
        ({"role": "receipt"}, "role"),
        ({"from": -1}, "from"),
        ({"to": 100}, "to"),
        ({"jwk": []}, "jwk"),
        ({"jwk": {"kty": "RSA"}}, "jwk"),
        ({"jwk": dict(reversed(BODY.public.jwk))}, "jwk"),
        ({"jwk": {**BODY.public.members, "d": "x"}}, "jwk"),
        ({"distrusted_after": None}, "distrusted_after"),
        ({"extra": 1}, "members"),
    ],
)
def test_records_that_are_refused(change: dict[str, object], match: str) -> None:
    with pytest.raises(MalformedError, match=match) as caught:
        KeyRecord.from_members({**RECORD.to_members(), **change}, "body", BODY_ROLES)
    assert caught.value.code == "malformed.profile"


@pytest.mark.parametrize("kid", ["0", "256", "07", "", "x", "7 ", EPOCH.public.kid])
def test_a_receipt_key_goes_by_its_epoch(kid: str) -> None:
    record = KeyRecord(kid, EPOCH.public, "receipt", 1, 2)
    with pytest.raises(MalformedError, match="kid"):
        KeyRecord.from_members(record.to_members())


def test_the_registry_signs_with_es256_only() -> None:
    key = SigningKey.from_seed("certificate", b"one", "EdDSA").public
    with pytest.raises(MalformedError, match="ES256"):
        KeyRecord.from_members(KeyRecord(key.kid, key, "status", 1, 2).to_members())


def test_a_key_of_two_roles_is_seen() -> None:
    twice = [RECORD, RECORD._replace(role="submit")]
    with pytest.raises(MalformedError, match="stands twice") as caught:
        refuse_shared(twice, "trust list")
    assert caught.value.code == "snapshot.duplicate_key"
    refuse_shared(twice[:1], "trust list")
