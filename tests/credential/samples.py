# SPDX-License-Identifier: Apache-2.0
"""One fictional certificate and its receipt, from fixed seeds, for the tests of the formats."""

from credential import certificate, envelope, receipt
from credential.certificate import Claims
from credential.receipt import Receipt
from keys.signing_key import SigningKey

HOST = "jy.sh310.example"
OTHER_HOST = "jy.js320.example"
BODY_CODE = "91310115MA1K3YJ12X"
BODY_KEY = SigningKey.from_seed("certificate", b"body")
EDDSA_KEY = SigningKey.from_seed("certificate", b"body", "EdDSA")
RECEIPT_KEY = SigningKey.from_seed("receipt", b"registry", epoch=3)

CLAIMS = Claims(
    iss=f"https://{HOST}/bodies/{BODY_CODE}",
    host=HOST,
    body_code=BODY_CODE,
    iat=1_790_000_000,
    exp=None,
    status_index=70_031,
    status_uri=f"https://{HOST}/status/1",
    certificate_number="Y000031000101263000001",
    kind="skill_level",
    name="欧阳青禾",
    holder_tag="Ab3_",
    occupation_code="lyg2020:39",
    occupation_name="砌筑工",
    trade=None,
    level="3",
    route="examination",
    region="310115",
    evaluated_on="2026-09-20",
    batch="B2026-0007",
    detail=(),
)


def token(claims: Claims = CLAIMS, key: SigningKey = BODY_KEY) -> str:
    """Sign claims, whatever they are."""
    return envelope.sign(key, envelope.CERTIFICATE, claims.to_bytes())


def stamp(of: str, t: int = CLAIMS.iat + 60, log_index: int = 41) -> str:
    """Make the receipt of a certificate."""
    unverified, claims = certificate.read(of)
    said = Receipt(claims.host, t, unverified.digest, log_index, epoch=3)
    return receipt.sign(RECEIPT_KEY, said)
