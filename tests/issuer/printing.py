# SPDX-License-Identifier: Apache-2.0
"""Registered certificates to be printed, and the typeface that they are printed with."""

import io
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from credential import envelope, receipt
from credential.certificate import Claims
from credential.errors import UnavailableError
from credential.identity_number import IdentityNumber
from credential.receipt import Receipt
from issuer import face
from issuer.face import Face, Issuer
from issuer.layout import Layout
from issuer.receipts import digest_of
from issuer.records import Item
from issuer.typeface import Typeface
from tests.issuer import world
from tests.issuer.sheets import name, number

CLAIMS = Claims(
    iss=world.BODY,
    host=world.HOST,
    body_code=world.CODE,
    iat=world.AT,
    exp=None,
    status_index=2050,
    status_uri=f"https://{world.HOST}/status/1",
    certificate_number="Y000031000101263000001",
    kind="skill_level",
    name="上官青禾",
    holder_tag="Vhcr",
    occupation_code="lyg2020:39",
    occupation_name="装饰装修工",
    trade="抹灰工",
    level="3",
    route="examination",
    region="310115",
    evaluated_on="2026-11-18",
    batch="B20261120-1",
    detail=(),
)
DOCUMENT = IdentityNumber(1, number(1))
A4 = Layout.of("a4")
_found: list[Typeface] = []


def typeface() -> Typeface:
    """Open the typeface, fetched by the first who asks; a failure in CI where it cannot be had."""
    if not _found:
        try:
            _found.append(Typeface.of())
        except UnavailableError as error:
            if os.environ.get("CI"):
                pytest.fail(str(error))
            pytest.skip(f"PRINTING IS NOT TESTED: {error}")
    return _found[0]


def item(serial: int = 1, **changes: Any) -> Item:
    """Register a certificate."""
    numbered: dict[str, Any] = {"certificate_number": f"Y00003100010126300{serial:04}"}
    numbered |= {"status_index": serial, "name": name(serial)}
    claims = CLAIMS._replace(**(numbered | changes))
    token = envelope.sign(world.CERTIFICATE_KEY, envelope.CERTIFICATE, claims.to_bytes())
    stamp = Receipt(world.HOST, world.AT + 60, digest_of(token), serial, 1)
    return Item(
        batch=claims.batch,
        line=serial,
        person=b"",
        kind=claims.kind,
        occupation=claims.occupation_code,
        level=claims.level or "",
        number=claims.certificate_number,
        token=token,
        receipt=receipt.sign(world.RECEIPT_KEY, stamp),
    )


def portrait(colour: str = "#4a6fa5", size: tuple[int, int] = (300, 420)) -> bytes:
    """Draw a picture of nobody."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def a_face(
    serial: int = 1,
    *,
    english: bool = True,
    environment: str = "test",
    layout: Layout = A4,
    by: str = "浦东建设技能评价有限公司",
    **changes: Any,
) -> Face:
    """Put a face together."""
    issuer = Issuer(by, environment)
    document = IdentityNumber(1, number(serial))
    return face.of(item(serial, **changes), document, issuer, layout, english=english)


def picture(path: Path, content: bytes) -> Path:
    """Save a picture."""
    path.write_bytes(content)
    return path
