# SPDX-License-Identifier: Apache-2.0
"""From a result to a certificate: what it says, when it ends, the same bytes every time."""

from datetime import UTC, datetime

import jwt
import pytest

from credential import certificate
from credential.certificate_number import DEFAULT_RULES
from credential.errors import ConflictError, MalformedError
from credential.identity_number import IdentityNumber
from issuer import numbers, sign
from issuer.roster import Candidate
from issuer.sign import Mark
from tests.issuer import world
from tests.issuer.refusals import code_of

CANDIDATE = Candidate(
    row=2,
    name="王青禾",
    document=IdentityNumber(1, "310199199001010017"),
    occupation="lyg2020:77",
    occupation_name="装饰装修工",
    trade="抹灰工",
    level="3",
    route="examination",
    evaluated_on="2026-11-18",
    number=None,
    detail=(),
)
MARK = Mark(f"{world.PREFIX}263000001", "1", 2048, world.AT)


def made(kind: str = "skill_level", candidate: Candidate = CANDIDATE) -> certificate.Claims:
    return sign.claims(
        candidate,
        "Ab3_",
        MARK,
        filing=world.filing(),
        kind=kind,
        region="310115",
        batch="B1",
    )


def test_the_certificate_says_what_the_sheet_and_the_desk_say() -> None:
    token = sign.token(world.CERTIFICATE_KEY, made().to_bytes())
    said = jwt.decode(
        token,
        jwt.PyJWK(world.CERTIFICATE_KEY.public.members),
        algorithms=["ES256"],
        options={"verify_iat": False},
    )
    assert said == {
        "iss": world.BODY,
        "vct": "urn:skillseal:certificate:1",
        "iat": world.AT,
        "status": {"status_list": {"idx": 2048, "uri": f"https://{world.HOST}/status/1"}},
        "certificate_number": MARK.number,
        "kind": "skill_level",
        "name": "王青禾",
        "holder_tag": "Ab3_",
        "occupation": {"code": "lyg2020:77", "name": "装饰装修工", "trade": "抹灰工"},
        "level": "3",
        "route": "examination",
        "region": "310115",
        "evaluated_on": "2026-11-18",
        "batch": "B1",
    }
    assert certificate.read(token)[1] == made()
    assert sign.token(world.CERTIFICATE_KEY, made().to_bytes()) == token


def test_only_a_key_for_certificates_signs_one() -> None:
    with pytest.raises(RuntimeError, match="submit key does not sign"):
        sign.token(world.SUBMIT_KEY, made().to_bytes())


@pytest.mark.parametrize(
    ("issued", "ends"),
    [
        ("2026-11-20T10:00+08:00", "2028-11-20T00:00+08:00"),
        ("2026-11-20T00:00+08:00", "2028-11-20T00:00+08:00"),
        ("2026-11-19T23:59+08:00", "2028-11-19T00:00+08:00"),
        ("2028-02-29T10:00+08:00", "2030-02-28T00:00+08:00"),
    ],
)
def test_a_certificate_that_expires_does_so_two_years_on(issued: str, ends: str) -> None:
    end = sign.expiry(int(datetime.fromisoformat(issued).timestamp()))
    assert datetime.fromtimestamp(end, UTC) == datetime.fromisoformat(ends)


def test_only_kinds_that_expire_have_an_end() -> None:
    assert made().exp is None
    assert made("special_operation").exp == sign.expiry(world.AT)


def test_a_number_is_made_by_the_rule_of_its_kind() -> None:
    drawn = numbers.sample(DEFAULT_RULES, "skill_level", world.PREFIX, 2026, "3")
    assert drawn == f"{world.PREFIX}263000001"
    with pytest.raises(ConflictError) as caught:
        numbers.sample(DEFAULT_RULES, "training_completion", world.PREFIX, 2026, None)
    assert caught.value.code == "number.no_rule"
    with pytest.raises(MalformedError):
        numbers.sample(DEFAULT_RULES, "skill_level", "short", 2026, "3")
    assert code_of(numbers.sample, DEFAULT_RULES, "skill_level", world.PREFIX, 2026, "9") == (
        "number.level"
    )
