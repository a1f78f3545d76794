# SPDX-License-Identifier: Apache-2.0
"""The face: every field of the national one, `--` where there is no trade, and the code."""

from dataclasses import replace
from typing import Any

import pytest

from credential import carrier
from credential.certificate import KINDS
from credential.identity_number import IdentityNumber
from issuer import face
from issuer.face import Issuer
from tests.issuer import world
from tests.issuer.printing import A4, DOCUMENT, a_face, item
from verifier import words

BY = Issuer.of(world.filing())


def members(**changes: Any) -> dict[str, object]:
    return a_face(**changes).members


def test_the_fields_of_the_national_face() -> None:
    made = a_face(7, name="上官青禾")
    shown = made.members
    assert shown["title"] == ("职业技能等级证书", "Certificate of Occupational Skill Level")
    assert (shown["name"], shown["document_type"], shown["document"]) == (
        "上官青禾",
        ("居民身份证", "Resident ID card"),
        "310199199001010077",
    )
    assert (shown["occupation"], shown["trade"], shown["level"]) == (
        "装饰装修工",
        "抹灰工",
        "三级/高级工",
    )
    assert shown["number"] == made.number == "Y000031000101263000007"
    assert (shown["issuer"], shown["issued"]) == ("浦东建设技能评价有限公司", "2026年11月20日")
    assert shown["verify"] == f"https://{world.HOST}/v"
    assert shown["queries"] == (
        ("证书信息查询网址", "http://jndj.osta.org.cn"),
        ("机构信息查询网址", "http://pjjg.osta.org.cn"),
    )


def test_no_trade_is_two_hyphens_never_nothing() -> None:
    assert members(trade=None)["trade"] == "--"


def test_the_day_is_that_of_china() -> None:
    assert members(iat=1_795_103_999)["issued"] == "2026年11月19日"
    assert members(iat=1_795_104_000)["issued"] == "2026年11月20日"


def test_a_passport_is_shown_with_its_country() -> None:
    shown = face.of(item(), IdentityNumber(2, "USA:E12345678"), BY, A4, english=False)
    assert shown.members["document"] == "E12345678（USA）"
    assert shown.members["document_type"] == ("护照", "Passport")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [("demo", "演示样张 DEMO"), ("test", "测试样张 TEST"), ("production", None)],
)
def test_only_production_is_not_written_across(environment: str, expected: str | None) -> None:
    assert a_face(environment=environment).members["environment"] == expected


def test_an_operation_certificate_has_an_end_and_no_national_query() -> None:
    shown = members(
        kind="special_operation", level=None, exp=world.AT + 86_400, detail=(("category", "塔吊"),)
    )
    assert (shown["level"], shown["expires"]) == ("--", "2026年11月21日")
    assert (shown["details"], shown["queries"]) == ("塔吊", ())


def test_every_kind_bears_the_name_that_the_verifier_says() -> None:
    titles = {kind: face._TITLES[kind][0] for kind in KINDS}
    assert titles == {kind: words.of("kinds", kind, "zh") for kind in KINDS}


def test_the_code_and_the_attachment_are_the_certificate() -> None:
    made, registered = a_face(), item()
    assert (
        carrier.decode(made.code).certificate,
        carrier.decode(made.text_form).receipt,
    ) == (registered.token, registered.receipt)


@pytest.mark.parametrize("modules", [21, 73, 93, 173])
def test_a_module_never_falls_below_a_third_of_a_millimetre(modules: int) -> None:
    side = A4.side(modules)
    assert side / (modules + 8) >= 0.33
    assert side <= max(38.0, 0.33 * (modules + 8))


def test_what_is_not_registered_is_not_printed() -> None:
    with pytest.raises(ValueError, match="only a registered certificate"):
        face.of(replace(item(), receipt=None), DOCUMENT, BY, A4, english=False)
