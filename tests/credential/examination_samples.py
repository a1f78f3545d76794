# SPDX-License-Identifier: Apache-2.0
"""One statement of each type about how people are examined (docs/format.md §7.6)."""

from typing import Any

URL = "https://jy.sh310.example"
BODY = f"{URL}/bodies/91310115MA1K3YJ12X"
AUTHORITY = f"{URL}/authorities/11310000MB2F30021T"
PLAN = f"{BODY}/plans/2026"
OFFERS = [{"code": "lyg2020:39", "levels": ["3"]}]

PAPERS: dict[str, Any] = {
    "plan": PLAN,
    "standards": [f"{URL}/standards/B1"],
    "station": f"{URL}/stations/PD-01",
    "assessors": [f"{URL}/assessors/A-1", f"{URL}/assessors/A-2"],
    "supervisor": f"{URL}/assessors/D-1",
    "operator": f"{URL}/operators/1",
    "competition": f"{URL}/competitions/J-1",
    "basis": "ab" * 32,
}

SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "standard": (
        f"{URL}/standards/B1",
        {
            "form": "enterprise",
            "title": "砌筑工评价规范",
            "version": "2026",
            "sha256": "cd" * 32,
            "body": "91310115MA1K3YJ12X",
            "occupations": OFFERS,
        },
    ),
    "standard_step": (f"{URL}/standards/B1", {"step": "filed", "from": 5, "document": "备"}),
    "plan": (
        PLAN,
        {
            "year": 2026,
            "items": [
                {
                    "kind": "skill_level",
                    "occupation": "lyg2020:39",
                    "levels": ["3"],
                    "headcount": 120,
                }
            ],
            "recipients": [URL, AUTHORITY],
        },
    ),
    "plan_receipt": (PLAN, {"document": "收1"}),
    "competition": (
        f"{URL}/competitions/J-1",
        {
            "name": "砌筑工技能大赛",
            "tier": "city",
            "organiser": "示例协会",
            "year": 2026,
            "occupations": OFFERS,
            "ranks": 3,
            "from": "2026-09-01",
            "to": "2026-09-30",
            "document": "赛1",
        },
    ),
    "national_list": (
        f"{URL}/national-list",
        {"from": 5, "codes": ["lyg2020:39"], "document": "目录"},
    ),
    "batch_close": (f"{BODY}/batches/B1", {"passed": 3, "failed": 1, "absent": 0}),
}

OPTIONAL = {"papers", "fields"}
"""Members that may be absent, of any type."""

OF_THEIR_KIND = {"standard", "standard_step", "plan", "plan_receipt", "competition", "batch_close"}
"""Types whose longer identifier is another one of its kind."""

BEYOND: list[tuple[str, dict[str, Any]]] = [
    ("authority", {"fields": []}),
    ("authority", {"fields": ["Greening"]}),
    ("authority", {"fields": ["greening", "greening"]}),
    ("batch", {"papers": {"plan": f"{URL}/plans/2026"}}),
    ("batch", {"papers": {"standards": []}}),
    ("batch", {"papers": {"standards": [f"{URL}/standards/B1"] * 2}}),
    ("batch", {"papers": {"station": f"{URL}/assessors/A-1"}}),
    ("batch", {"papers": {"assessors": [f"{URL}/stations/A-1"]}}),
    ("batch", {"papers": {"basis": "AB" * 32}}),
    ("batch", {"papers": {"basis": "ab" * 32, "plan": PLAN}}),  # in another order
    ("batch", {"papers": []}),
    ("standard", {"form": "local"}),
    ("standard", {"sha256": "cd"}),
    ("standard", {"occupations": []}),
    ("standard", {"occupations": OFFERS * 2}),
    ("standard_step", {"step": "draft"}),
    ("plan", {"items": []}),
    ("plan", {"recipients": [URL]}),
    ("plan", {"recipients": [URL, URL]}),
    ("plan", {"recipients": [URL, BODY]}),
    ("plan", {"year": 26}),
    ("competition", {"ranks": 0}),
    ("competition", {"to": "2026-08-31"}),
    ("competition", {"tier": "world"}),
    ("national_list", {"codes": ["39"]}),
    ("batch_close", {"passed": -1}),
    ("batch_close", {"failed": 100_001}),
]
"""Values beyond the profiles."""
