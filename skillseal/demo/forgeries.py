# SPDX-License-Identifier: Apache-2.0
"""Cases about what was wrong from the beginning, in the order of the checks (docs/format.md §6)."""

from collections.abc import Iterator

from skillseal.demo import forgery
from skillseal.demo.cases import Case
from skillseal.demo.maker import Maker
from skillseal.demo.region import DAY


def all_cases(maker: Maker) -> Iterator[Case]:
    """Make them."""
    yield from _codes(maker)
    yield from _signers(maker)
    yield from _standing(maker)
    yield from _scope(maker)
    yield from _dates(maker)
    yield from _number(maker)


def _codes(maker: Maker) -> Iterator[Case]:
    one, other = maker.carried(22), maker.carried(23)
    text, host = maker.good(22).text, one.claims.host
    level = one.claims.level
    raised = (f'"level":"{level}"'.encode(), b'"level":"1"' if level != "1" else b'"level":"2"')
    there = maker.carried(24, "haizhou")
    for title, reason, code in (
        ("缺一截", "malformed.carrier", forgery.damaged(text)),
        ("仿冒网址", "malformed.url", forgery.look_alike(text)),
        (
            "成员重复",
            "malformed.token",
            forgery.with_payload(one, (b'"route":', b'"route":"","route":')),
        ),
        (
            "没有的证书种类",
            "malformed.profile",
            forgery.with_payload(one, (b'"skill_level"', b'"degree"')),
        ),
        ("改高了等级", "signature.invalid", forgery.with_payload(one, raised)),
        ("贴了别人的回执", "receipt.invalid", forgery.pack(one, host=host, receipt_of=other)),
    ):
        yield maker.case(title, "INVALID", reason, code, one.claims)
    moved = forgery.pack(there, host=host, receipt_of=there)
    yield maker.case("换了登记机构的网址", "INVALID", "carrier.origin", moved, there.claims)


def _signers(maker: Maker) -> Iterator[Case]:
    t, before = maker.times.day(-40), maker.times.day(-75)
    claims = maker.claims(t)
    elsewhere = {
        member: str(getattr(claims, member)).replace(claims.host, "jy.zj330.example")
        for member in ("iss", "host", "status_uri")
    }
    yield maker.forged(
        "没有任何地区认得的登记机构",
        "issuer.unknown",
        claims._replace(**elsewhere),  # type: ignore[arg-type]  # texts all three
        t,
        outcome="INDETERMINATE",
    )
    claims = maker.claims(t)
    code = maker.times.unfiled
    iss = claims.iss.replace(claims.body_code, code)
    unfiled = claims._replace(iss=iss, body_code=code)
    yield maker.forged("没有备案的机构", "issuer.not_filed", unfiled, t)
    yield maker.forged("别的机构的密钥", "key.unknown", maker.claims(t), t, by="linhu")
    early = maker.claims(before)
    yield maker.forged("密钥尚未启用", "key.not_valid_then", early, before, by="hujiang-late")
    yield maker.forged("被盗的密钥", "key.distrusted", maker.claims(t), t, by="hujiang-stolen")
    t = maker.times.day(-15)
    yield maker.forged("回执密钥被盗期间伪造", "receipt.distrusted", maker.claims(t), t, epoch=2)


def _standing(maker: Maker) -> Iterator[Case]:
    t = maker.times.day(-28)
    linhu = maker.claims(t, "linhu")
    yield maker.forged("停业期间签发", "standing.suspended", linhu, t, by="linhu")
    t = maker.times.day(-9)
    linhu = maker.claims(t, "linhu")
    yield maker.forged("清出之后签发", "standing.removed", linhu, t, by="linhu", epoch=3)
    t = maker.times.day(-40)
    annulled, claims = maker.times.void_body, maker.claims(t)
    void = claims._replace(
        iss=maker.shanghai.body_id(annulled),
        body_code=annulled.code,
        certificate_number=annulled.prefix + claims.certificate_number[13:],
    )
    yield maker.forged("备案自始无效的机构", "standing.void", void, t, by=annulled.key)


def _scope(maker: Maker) -> Iterator[Case]:
    t = maker.times.day(-40)
    other_kind = maker.claims(t)._replace(
        kind="training_completion", level=None, certificate_number="SHPX26000001"
    )
    yield maker.forged("没有备案的证书种类", "scope.kind", other_kind, t)
    shield = maker.claims(t)._replace(occupation_code="lyg2020:30", occupation_name="盾构机司机")
    yield maker.forged("没有备案的职业", "scope.occupation", shield, t)
    garden = maker.claims(t, "shenyuan")
    number = garden.certificate_number
    garden = garden._replace(level="1", certificate_number=f"{number[:15]}1{number[16:]}")
    yield maker.forged("没有备案的等级", "scope.level", garden, t, by="shenyuan")
    elsewhere = maker.claims(t)._replace(region="310104")
    yield maker.forged("备案以外的区", "scope.district", elsewhere, t)
    lapsed = maker.claims(t)._replace(
        kind="specialised_skill",
        level=None,
        occupation_code="lyg2020:170",
        occupation_name="预制混凝土装配式施工",
        certificate_number="SHZX26000001",
    )
    yield maker.forged("备案已到期", "scope.expired", lapsed, t)


def _dates(maker: Maker) -> Iterator[Case]:
    t = maker.times.day(-40)
    later = maker.claims(t)._replace(iat=t + DAY)
    yield maker.forged("签发日期在登记之后", "dates.not_yet", later, t)
    long_ago = maker.claims(t)._replace(iat=t - 31 * DAY)
    yield maker.forged("签发后拖了太久才登记", "dates.backdated", long_ago, t)
    crane = maker.claims(t, "puan", "special_operation")._replace(exp=maker.times.day(-1))
    yield maker.forged("已过有效期", "dates.expired", crane, t, by="puan")


def _number(maker: Maker) -> Iterator[Case]:
    t = maker.times.day(-40)
    claims = maker.claims(t)
    wrong = "5" if claims.level != "5" else "4"
    number = claims.certificate_number
    claims = claims._replace(certificate_number=f"{number[:15]}{wrong}{number[16:]}")
    yield maker.forged("编号与等级不符", "number.inconsistent", claims, t)
