# SPDX-License-Identifier: Apache-2.0
"""One statement of each type about entries, applications and their rules (docs/format.md §7.5)."""

from typing import Any

URL = "https://jy.sh310.example"
BODY = f"{URL}/bodies/91310115MA1K3YJ12X"
STATION = f"{URL}/stations/PD-01"
APPLICATION = f"{URL}/applications/2026-1"
GRANT = {"kind": "skill_level", "occupations": ["lyg2020:39"], "levels": ["4", "3"]}
LISTED = {"document": "文1", "from": 5, "to": 9}

SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "key_end": (BODY, {"kid": "AAAAAAAAAAA", "to": 5, "document": "令"}),
    "body_roles": (BODY, {"roles": ["school"], "audience": "own", "document": "文"}),
    "selection": (BODY, {"from": 5, "to": 9, "document": "文"}),
    "station": (
        STATION,
        {
            "name": "站",
            "host": "集团",
            "base": "school",
            "body": "91310115MA1K3YJ12X",
            "region": "310115",
            "address": "路1号",
            "pilot": True,
            "occupations": [{"code": "lyg2020:39", "levels": ["3"]}],
            **LISTED,
        },
    ),
    "assessor": (
        f"{URL}/assessors/A-1",
        {
            "name": "沈砚秋",
            "certificate": "K1",
            "role": "assessor",
            "region": "310115",
            "occupations": ["lyg2020:39"],
            "cap": "3",
            **LISTED,
        },
    ),
    "unit": (f"{URL}/units/1", {"name": "站", "industry": "绿化", "region": "310115", **LISTED}),
    "operator": (f"{URL}/operators/1", {"name": "公司", "region": "310115", **LISTED}),
    "entry_standing": (
        STATION,
        {"from": 5, "state": "rectifying", "document": "令", "until": 9, "notice": "公告"},
    ),
    "recheck": (STATION, {"result": "passed", "document": "复"}),
    "rating_formula": (
        f"{URL}/rating",
        {
            "initial": 100,
            "days": 365,
            "events": [{"event": "suspended", "points": -10}],
            "grades": [{"grade": "A", "from": 90}, {"grade": "B", "from": 0}],
            "document": "文",
        },
    ),
    "holidays": (
        f"{URL}/holidays/2027",
        {"off": ["2027-01-01"], "work": ["2027-01-02"], "document": "文"},
    ),
    "deadlines": (
        f"{URL}/deadlines",
        {"acceptance": 5, "correction": 30, "review": 20, "filing": 10, "document": "文"},
    ),
    "application": (
        APPLICATION,
        {
            "applicant": "91310115MA1K3YJ12X",
            "name": "机构",
            "region": "310115",
            "form": "employer",
            "audience": "own",
            "kind": "change",
            "number": "备1",
            "districts": ["310115"],
            "grants": [GRANT],
            "documents": [{"name": "表.pdf", "sha256": "0" * 64}],
        },
    ),
    "acceptance": (APPLICATION, {"result": "returned", "reason": "缺件"}),
    "review": (APPLICATION, {"result": "refused", "reviewer": "陆知远", "reason": "不符"}),
}

OPTIONAL = {"body", "address", "pilot", "until", "notice"}
"""Members that may be absent in the samples above."""

OF_THEIR_KIND = {
    "station",
    "assessor",
    "unit",
    "operator",
    "entry_standing",
    "recheck",
    "application",
    "acceptance",
    "review",
}
"""Types for which a longer subject is another one of its kind."""

BEYOND: list[tuple[str, dict[str, Any]]] = [
    ("key_end", {"kid": "short"}),
    ("key_end", {"to": 2**32}),
    ("body_roles", {"roles": []}),
    ("body_roles", {"roles": ["school", "school"]}),
    ("body_roles", {"roles": ["guild"]}),
    ("body_roles", {"audience": "all"}),
    ("selection", {"to": 5}),
    ("station", {"base": "garage"}),
    ("station", {"body": "91310115"}),
    ("station", {"pilot": False}),
    ("station", {"occupations": []}),
    ("station", {"occupations": [{"code": "lyg2020:39", "levels": ["3"]}] * 2}),
    ("station", {"to": 5}),
    ("station", {"address": "路" * 201}),
    ("assessor", {"occupations": []}),
    ("assessor", {"cap": "9"}),
    ("assessor", {"role": "judge"}),
    ("assessor", {"name": "沈" * 41}),
    ("unit", {"region": "31"}),
    ("operator", {"to": 4}),
    ("entry_standing", {"until": 5}),
    ("entry_standing", {"state": "suspended"}),
    ("entry_standing", {"notice": ""}),
    ("standing", {"until": 5}),
    ("recheck", {"result": "perhaps"}),
    ("rating_formula", {"days": 0}),
    ("rating_formula", {"events": [{"event": "Suspended", "points": 1}]}),
    ("rating_formula", {"events": [{"event": "notice", "points": 1}] * 2}),
    ("rating_formula", {"grades": []}),
    ("rating_formula", {"grades": [{"grade": "A", "from": 0}, {"grade": "B", "from": 0}]}),
    ("rating_formula", {"grades": [{"grade": "A", "from": 1}, {"grade": "A", "from": 0}]}),
    ("holidays", {"off": ["2027-02-30"]}),
    ("holidays", {"work": ["2027-01-01"]}),
    ("deadlines", {"review": 0}),
    ("application", {"number": ...}),
    ("application", {"kind": "new"}),
    ("application", {"kind": "withdraw"}),
    ("application", {"grants": []}),
    ("application", {"districts": ["310115", "310115"]}),
    ("application", {"documents": [{"name": "表.pdf", "sha256": "0" * 64}] * 2}),
    ("application", {"documents": [{"name": "表.pdf", "sha256": "0"}]}),
    ("acceptance", {"reason": ...}),
    ("acceptance", {"result": "perhaps"}),
    ("review", {"reason": ...}),
    ("filing", {"application": f"{URL}/applications/"}),
]
"""Values that a profile refuses."""
