# SPDX-License-Identifier: Apache-2.0
"""Cases about good certificates: what became of them, who asks, and with what knowledge.

In the order of the checks (docs/format.md §6), but for the valid ones, which come first.
"""

from collections.abc import Iterator
from typing import Final

from credential import carrier
from skillseal.demo.cases import Case
from skillseal.demo.maker import Asked, Maker
from skillseal.demo.region import DAY

HOUR: Final = 3_600
OTHER_ID: Final = "310199198803120011"
"""Of nobody: its county was never assigned; its check digit is right."""
EARLY = "snapshots/early.json"
BETWEEN = "snapshots/between.json"
JIANGSU = "snapshots/jiangsu.json"


def all_cases(maker: Maker) -> Iterator[Case]:
    """Make them."""
    yield from _valid(maker)
    yield from _status(maker)
    yield from _recognition(maker)
    yield from _holder(maker)
    yield from _fitness(maker)
    yield from _newer_than_the_snapshot(maker)
    yield from _freshness(maker)


def _valid(maker: Maker) -> Iterator[Case]:
    yield maker.real("有效", "VALID", "ok", maker.good())
    departed = maker.issued["linhu", "skill_level"][0]
    yield maker.real("有效，签发机构其后已被清出", "VALID", "ok", departed)
    yield maker.real("江苏的证书，依互认协议有效", "VALID", "ok", maker.good(40, "haizhou"))
    survivor = maker.issued["puan", "safety_competency"][0]
    yield maker.real("回执密钥被盗，但在幸存名单上", "VALID", "ok", survivor)
    later = Asked(at=maker.times.now + 30 * HOUR)
    yield maker.real("数据已过一天", "VALID", "freshness.stale", maker.good(21), later)


def _status(maker: Maker) -> Iterator[Case]:
    revoked, suspended, superseded = maker.issued["hujiang", "skill_level"][:3]
    yield maker.real("已撤销", "INVALID", "status.revoked", revoked)
    yield maker.real("已暂扣", "INVALID", "status.suspended", suspended)
    yield maker.real("已被新证替代", "INVALID", "status.superseded", superseded)
    t = maker.times.day(-40)
    beyond = maker.claims(t)._replace(status_index=2**20)
    yield maker.forged(
        "状态清单里没有它的位置", "status.unknown", beyond, t, outcome="INDETERMINATE"
    )


def _recognition(maker: Maker) -> Iterator[Case]:
    early = maker.times.early
    yield maker.forged(
        "当时还没有互认协议",
        "recognition.none",
        maker.claims(early - DAY, "haizhou"),
        early - DAY,
        by="haizhou",
        asked=Asked(snapshot=EARLY, at=early + HOUR),
    )
    course = maker.issued["jiangbei", "training_completion"][0]
    yield maker.real("互认协议不含的证书种类", "INVALID", "recognition.kind", course)
    special, skilled = (
        maker.issued["subei", "special_operation"],
        maker.issued["haizhou", "skill_level"],
    )
    shield = next(one for one in special if one.item.occupation == "lyg2020:30")
    yield maker.real("互认协议不含的职业", "INVALID", "recognition.occupation", shield)
    top = next(one for one in skilled[3:] if one.item.level == "1")
    yield maker.real("互认协议不含的等级", "INVALID", "recognition.level", top)
    t = maker.times.day(-102)
    old = maker.claims(t, "haizhou")
    yield maker.forged("登记在互认协议所限的日期以前", "recognition.expired", old, t, by="haizhou")


def _holder(maker: Maker) -> Iterator[Case]:
    mine = maker.good(25)
    own = mine.person.id_number
    wrong = own[:17] + ("0" if own[17] != "0" else "1")
    yield maker.real("本人", "VALID", "ok", mine, Asked(id_number=own))
    yield maker.real("不是本人", "INVALID", "holder.mismatch", mine, Asked(id_number=OTHER_ID))
    yield maker.real("证件号码不成立", "INVALID", "holder.malformed", mine, Asked(id_number=wrong))
    untagged = maker.issued["jiangbei", "specialised_skill"][0]
    yield maker.real(
        "证书没有持证人标签",
        "INDETERMINATE",
        "holder.absent",
        untagged,
        Asked(
            region="320700",
            snapshot=JIANGSU,
            anchor=maker.jiangsu.anchor,
            id_number=untagged.person.id_number,
        ),
    )


def _fitness(maker: Maker) -> Iterator[Case]:
    mine = maker.good(25)
    claims = carrier.decode(mine.text).claims
    code, level = claims.occupation_code, claims.level
    other = "lyg2020:39" if code != "lyg2020:39" else "lyg2020:41"
    for title, outcome, reason, demand in (
        ("正合岗位", "VALID", "ok", f"skill_level/{code}/{level}"),
        ("岗位要特种作业证", "INVALID", "fitness.kind", f"special_operation/{code}/"),
        ("岗位要另一职业", "INVALID", "fitness.occupation", f"skill_level/{other}/"),
        ("岗位要更高等级", "INVALID", "fitness.level", f"skill_level/{code}/chief"),
    ):
        yield maker.real(title, outcome, reason, mine, Asked(demand=demand))


def _newer_than_the_snapshot(maker: Maker) -> Iterator[Case]:
    """Registered after the snapshot was made, so that a refusal is not settled (§6.3)."""
    t, at = maker.times.between + 120, maker.times.between + HOUR
    new, code = maker.claims(t), maker.times.unfiled
    unfiled = new._replace(iss=new.iss.replace(new.body_code, code), body_code=code)
    elsewhere = maker.claims(t)._replace(region="310104")
    crane = maker.claims(t, "puan", "special_operation")._replace(exp=at - 60)
    course = maker.claims(t, "jiangbei", "training_completion")
    for title, reason, claims, by in (
        ("机构可能在数据之后才备案", "issuer.not_filed", unfiled, "hujiang"),
        ("密钥可能在数据之后才登记", "key.unknown", maker.claims(t), "linhu"),
        ("停业可能在数据之后已解除", "standing.unknown", maker.claims(t, "linhu"), "linhu"),
        ("备案可能在数据之后已扩大", "scope.unknown", elsewhere, "hujiang"),
        ("到期与数据先后不明", "dates.expired", crane, "puan"),
        ("互认协议可能在数据之后已变更", "recognition.unknown", course, "jiangbei"),
    ):
        asked = Asked(snapshot=BETWEEN, at=at)
        yield maker.forged(title, reason, claims, t, by=by, outcome="INDETERMINATE", asked=asked)


def _freshness(maker: Maker) -> Iterator[Case]:
    for title, reason, at in (
        ("数据超过七天", "freshness.expired", maker.times.between + 8 * DAY),
        ("设备时钟走慢了", "freshness.clock", maker.times.between - DAY),
    ):
        asked = Asked(at=at, snapshot=BETWEEN)
        yield maker.real(title, "INDETERMINATE", reason, maker.good(26), asked)
