# SPDX-License-Identifier: Apache-2.0
"""npm's jose and sd-jwt-vc accept a certificate and receipt out of a code (docs/format.md §2)."""

from typing import Any

import pytest

from credential import base64url, carrier, certificate
from keys.signing_key import SigningKey
from tests.credential.world import AT, RECEIVED, WEEK, World
from tests.web import node

HOME = World().home
KEYS = {"ES256": HOME.body_key, "EdDSA": HOME.key("certificate", "/body/2", "EdDSA")}


def _ask(token: str, key: SigningKey, at: int = AT) -> dict[str, Any]:
    question = {
        "op": "outsiders",
        "text": carrier.encode(token, HOME.receipt(token)),
        "jwk": key.public.members,
        "receipt_jwk": HOME.epoch().public.members,
        "status_jwk": HOME.signers["status"].public.members,
        "status_list": HOME.texts().status_lists[HOME.claims.status_uri],
        "at": at,
    }
    [answer] = node.ask([question])
    assert isinstance(answer, dict)
    return answer


@pytest.mark.parametrize("alg", KEYS)
def test_they_read_the_same_claims(alg: str) -> None:
    token, claims = HOME.certificate(KEYS[alg]), HOME.claims.to_members()
    answer = _ask(token, KEYS[alg])
    assert answer["jose"] == answer["sd_jwt_vc"] == claims
    assert answer["receipt"]["iat"] == RECEIVED
    assert base64url.decode(answer["receipt"]["digest"]) == certificate.read(token)[0].digest


def test_they_refuse_another_signature() -> None:
    answer = _ask(HOME.certificate(HOME.key("certificate", "/nobody")), HOME.body_key)
    assert answer["jose"] == "refused: signature verification failed"
    assert str(answer["sd_jwt_vc"]).startswith("refused: ")


def test_they_see_a_revocation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HOME.statuses, "1", {HOME.claims.status_index: 1})
    answer = _ask(HOME.certificate(), HOME.body_key)
    assert answer["sd_jwt_vc"] == "refused: Status is not valid"
    assert answer["jose"] == HOME.claims.to_members()


def test_they_see_that_the_status_list_is_too_old() -> None:
    answer = _ask(HOME.certificate(), HOME.body_key, at=HOME.exp + WEEK)
    assert "expired" in str(answer["sd_jwt_vc"])
