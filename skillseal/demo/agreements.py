# SPDX-License-Identifier: Apache-2.0
"""The mutual recognition of the two regions: dated, one-way each, and not everything."""

from skillseal.demo import cast, catalogue
from skillseal.demo.cast import SHANGHAI, Place
from skillseal.demo.times import Times


def between(place: Place, times: Times) -> dict[str, object]:
    """Write what one region recognises of the other.

    Skill levels up to technician, of all occupations; special operations where both regions name
    the same one; posts of safety management. Only what was registered from day −100 on.
    """
    here = "沪苏" if place is SHANGHAI else "苏沪"
    special = [
        f"{catalogue.SCHEME}:{row['serial']}"
        for row in catalogue.rows()
        if row["category"] in cast.SPECIAL and row["occupation"] != "盾构机司机"
    ]
    same = [{"theirs": code, "ours": code, "relation": "same"} for code in special]
    return {
        "document": f"{here}技能互认〔2026〕1号",
        "from": times.day(-103),
        "to": times.day(900),
        "issued_from": times.day(-100),
        "issued_until": None,
        "existing": "keep",
        "terms": [
            {"kind": "skill_level", "occupations": "*", "levels": ["5", "4", "3", "2"]},
            {"kind": "special_operation", "occupations": same, "levels": []},
            {"kind": "safety_competency", "occupations": "*", "levels": []},
            {"kind": "specialised_skill", "occupations": "*", "levels": []},
        ],
    }
