# SPDX-License-Identifier: Apache-2.0
"""Who takes part: two regions, their authorities and eight evaluation bodies, all fictional.

Unified social credit codes have the right check character and a county (…99) that was never
assigned.
"""

from dataclasses import dataclass
from typing import Final

from credential import credit_code

LEVELS: Final = ("5", "4", "3", "2", "1")
SPECIAL: Final = ("建筑施工特种作业",)
SAFETY: Final = ("安全管理人员",)
GAS: Final = ("燃气",)


@dataclass(frozen=True, slots=True)
class Part:
    """What a body is filed for, and what it issues in the demonstration."""

    kind: str
    categories: tuple[str, ...]
    """Of the published catalogue; empty: whatever no other part of the region's bodies names."""
    levels: tuple[str, ...]
    number: str
    """How its numbers begin where no national rule draws them: `沪A01`; empty where one does."""


@dataclass(frozen=True, slots=True)
class Member:
    """One body."""

    key: str
    """Short name, for folders and seeds."""
    name: str
    code: str
    prefix: str
    parts: tuple[Part, ...]
    alg: str = "ES256"
    """Of its certificate key."""

    @property
    def roles(self) -> tuple[str, ...]:
        """As what it evaluates; its number prefix says which it is first of all."""
        first = {"S": "social_organisation", "Y": "employer"}.get(self.prefix[:1])
        more = ("association",) if any(p.kind == "industry_skill" for p in self.parts) else ()
        return first or "appraisal_institution", *more

    @property
    def is_social(self) -> bool:
        """Whether it evaluates the public after having been selected."""
        return "social_organisation" in self.roles


@dataclass(frozen=True, slots=True)
class Place:
    """One region."""

    key: str
    region: str
    host: str
    authority: str
    authority_code: str
    district: str
    """Where its examinations take place."""
    members: tuple[Member, ...]


def _code(first: str) -> str:
    return first + credit_code.check_character(first)


_SKILL: Final = Part("skill_level", (), LEVELS, "")

SHANGHAI: Final = Place(
    key="shanghai",
    region="310000",
    host="jy.sh310.example",
    authority="沪上住房城乡建设管理委员会（演示）",
    authority_code=_code("11310199MB2F00001"),
    district="310115",
    members=(
        Member(
            "hujiang",
            "沪江建设职业技能评价中心",
            _code("52310199MJ4900011"),
            "S000031000101",
            (_SKILL,),
        ),
        Member(
            "shenyuan",
            "申园绿化职业技能评价所",
            _code("91310199MA1K00022"),
            "Y000031000202",
            (
                Part("skill_level", ("园林",), ("5", "4", "3"), ""),
                Part("industry_skill", ("园林",), (), "SHJQ26"),
            ),
            "EdDSA",
        ),
        Member(
            "puan",
            "浦安建筑施工安全考核站",
            _code("12310199MB2E00033"),
            "",
            (
                Part("special_operation", SPECIAL, (), "沪A01"),
                Part("safety_competency", (*SAFETY, *GAS), (), "SHAK26"),
            ),
        ),
        Member(
            "linhu",
            "临沪快评职业技能服务有限公司",
            _code("91310199MA1K00044"),
            "S000031000404",
            (Part("skill_level", ("建筑",), ("5", "4"), ""),),
        ),
        Member(
            "xushe",
            "虚设技能评价事务所",
            _code("91310199MA1K00088"),
            "S000031000808",
            (Part("skill_level", ("建筑",), LEVELS, ""),),
        ),
    ),
)
JIANGSU: Final = Place(
    key="jiangsu",
    region="320000",
    host="jy.js320.example",
    authority="苏北住房和城乡建设厅（演示）",
    authority_code=_code("11320799MB0A00001"),
    district="320700",
    members=(
        Member(
            "haizhou",
            "海州建设职业技能评价中心",
            _code("52320799MJ5200055"),
            "S000032000505",
            (_SKILL,),
        ),
        Member(
            "subei",
            "苏北特种作业考核中心",
            _code("12320799MB1B00066"),
            "",
            (
                Part("special_operation", SPECIAL, (), "苏G01"),
                Part("safety_competency", (*SAFETY, *GAS), (), "JSAK26"),
            ),
        ),
        Member(
            "jiangbei",
            "江北匠人职业培训学校",
            _code("52320799MJ5200077"),
            "",
            (
                Part("specialised_skill", ("装配式建筑",), (), "JSZX26"),
                Part("training_completion", ("城管",), (), "JSPX26"),
            ),
        ),
    ),
)
PLACES: Final = (SHANGHAI, JIANGSU)
ONE_ROUND: Final = 441
"""Certificates when every part is examined once."""
UNFILED: Final = _code("91310199MA1K00099")
"""Of a body that nobody filed."""


def occupations(place: Place, part: Part, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """List the catalogue's rows that a part covers.

    Args:
        place: Whose part it is.
        part: One of a member's.
        rows: The published catalogue.
    """
    if part.categories:
        return [row for row in rows if row["category"] in part.categories]
    taken = {*SPECIAL, *SAFETY, *GAS}
    if place is SHANGHAI:
        taken.add("园林")
    return [row for row in rows if row["category"] not in taken]
