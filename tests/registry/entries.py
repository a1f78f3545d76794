# SPDX-License-Identifier: Apache-2.0
"""One acceptable statement of each type about entries, applications and their rules."""

from typing import Any

from tests.registry.world import BRICKLAYER, DAY, START, URL, YEAR, World

STATION = f"{URL}/stations/PD-01"
ASSESSOR = f"{URL}/assessors/A-001"
APPLICATION = f"{URL}/applications/2026-0001"
GRANT = {"kind": "skill_level", "occupations": [BRICKLAYER], "levels": ["5", "4", "3"]}
LISTED = {"document": "沪建站〔2026〕1号", "from": START, "to": START + YEAR}
ORDER = {"from": START, "state": "rectifying", "document": "整改1", "until": START + 10 * DAY}

ENTRIES: dict[str, tuple[str, dict[str, Any]]] = {
    "station": (
        STATION,
        {
            "name": "浦东示范站点",
            "host": "示例建设集团",
            "base": "enterprise",
            "body": "91310115MA1K3YJ12X",
            "region": "310115",
            "address": "示例路1号",
            "pilot": True,
            "occupations": [{"code": BRICKLAYER, "levels": ["4", "3"]}],
            **LISTED,
        },
    ),
    "assessor": (
        ASSESSOR,
        {
            "name": "沈砚秋",
            "certificate": "K310000260001",
            "role": "assessor",
            "region": "310115",
            "occupations": [BRICKLAYER],
            "cap": "3",
            **LISTED,
        },
    ),
    "unit": (
        f"{URL}/units/greening",
        {"name": "示例绿化管理指导站", "industry": "绿化", "region": "310115", **LISTED},
    ),
    "operator": (
        f"{URL}/operators/ks-1",
        {"name": "示例考务服务公司", "region": "310115", **LISTED},
    ),
}
APPLIED: dict[str, Any] = {
    "applicant": "91310115MA1K3YJ12X",
    "name": "示例职业技能评价中心",
    "region": "310115",
    "form": "employer",
    "audience": "own",
    "kind": "new",
    "districts": ["310115"],
    "grants": [GRANT],
    "documents": [{"name": "申请表.pdf", "sha256": "0" * 64}],
}
RULES: dict[str, tuple[str, dict[str, Any]]] = {
    "rating_formula": (
        f"{URL}/rating",
        {
            "initial": 100,
            "days": 365,
            "events": [
                {"event": "rectifying", "points": -10},
                {"event": "overdue", "points": -20},
                {"event": "recheck_passed", "points": 5},
                {"event": "suspended", "points": -30},
                {"event": "notice", "points": -5},
            ],
            "grades": [
                {"grade": grade, "from": least}
                for grade, least in (("A", 90), ("B", 70), ("C", 50), ("D", 0))
            ],
            "document": "评分1",
        },
    ),
    "holidays": (
        f"{URL}/holidays/2027",
        {"off": ["2027-01-01"], "work": ["2027-01-02"], "document": "通知"},
    ),
    "deadlines": (
        f"{URL}/deadlines",
        {"acceptance": 2, "correction": 5, "review": 7, "filing": 3, "document": "办法"},
    ),
}

MAY = {
    "body_roles": "lead authority",
    "selection": "lead authority",
    "station": "lead authority",
    "assessor": "lead authority",
    "unit": "lead authority",
    "operator": "lead authority",
    "entry_standing": "lead authority",
    "recheck": "lead authority",
    "key_end": "lead authority body",
    "rating_formula": "lead",
    "holidays": "lead",
    "deadlines": "lead",
    "application": "lead authority body",
    "acceptance": "lead authority",
    "review": "lead authority",
}
"""Who may make a statement of each type."""


def acceptable(world: World, type_: str) -> tuple[str, dict[str, Any]]:
    """Make what comes before, and give subject and body of a statement that may follow."""
    if type_ in ENTRIES:
        return ENTRIES[type_]
    if type_ in RULES:
        return RULES[type_]
    if type_ in {"entry_standing", "recheck"}:
        world.state("station", *ENTRIES["station"], [world.lead])
        if type_ == "recheck":
            world.state("entry_standing", STATION, ORDER, [world.lead])
            return STATION, {"result": "passed", "document": "复查1"}
        return STATION, ORDER
    if type_ in {"acceptance", "review"}:
        world.state("application", APPLICATION, APPLIED, [world.lead])
        if type_ == "review":
            world.state("acceptance", APPLICATION, {"result": "accepted"}, [world.lead])
            return APPLICATION, {"result": "passed", "reviewer": "陆知远"}
        return APPLICATION, {"result": "accepted"}
    return {
        "application": (APPLICATION, APPLIED),
        "body_roles": (
            world.first.id,
            {"roles": ["employer", "association"], "audience": "public", "document": "备"},
        ),
        "selection": (world.first.id, {"from": START, "to": None, "document": "遴选1"}),
        "key_end": (
            world.first.id,
            {"kid": world.first.submit.kid, "to": START + DAY, "document": "换钥"},
        ),
    }[type_]
