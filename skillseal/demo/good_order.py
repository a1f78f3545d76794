# SPDX-License-Identifier: Apache-2.0
"""What examinations of the demonstration stand on: roles, a station, assessors, standards, plans.

All of it is stated before the gate of the region is set to full, so that from then on every batch
names it and every certificate is held against it.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from issuer.papers import Named
from registry.service import Registry
from skillseal.demo import cast, catalogue
from skillseal.demo.cast import Member, Part
from skillseal.demo.region import Region

STATION: Final = "PD-01"
ASSESSORS: Final = ("A-001", "A-002")
NAMED: Final = Named(station=STATION, assessors=ASSESSORS)
_AUTHORITY: Final = "authority-1"
_FORMS: Final[Mapping[str, tuple[str, str]]] = {
    "skill_level": ("national", "国家职业技能标准"),
    "industry_skill": ("method", "行业急需紧缺技能考核办法"),
    "special_operation": ("industry", "建筑施工特种作业人员考核标准"),
    "safety_competency": ("method", "安全生产考核办法"),
}
"""Form and title of the standard by kind of certificate."""
_PEOPLE: Final = 10_000  # that a plan is for


def key_of_authority(region: Region) -> str:
    """Name the key of the region's second authority."""
    return f"{region.place.key}-{_AUTHORITY}"


def state(region: Region, registry: Registry) -> None:
    """State everything, and let the gate be full from now on."""
    authority = f"{region.url}/authorities/{region.place.authority_code}"
    region.register_key(registry, key_of_authority(region), authority)
    for member in region.place.members:
        _roles(region, registry, member)
    codes = _codes(region, (part for member in region.place.members for part in member.parts))
    _examiners(region, registry, codes)
    for kind in sorted({part.kind for member in region.place.members for part in member.parts}):
        _standard(region, registry, kind, authority)
    for member in region.place.members:
        _plans(region, registry, member, authority)
    gate = {"from": region.clock.now, "level": "full"}
    region.state(registry, "gate", f"{region.url}/gate", gate)


def _roles(region: Region, registry: Registry, member: Member) -> None:
    owner, document = region.body_id(member), "沪人社备〔2026〕100号"
    if member.is_social:
        chosen = {"from": region.clock.now, "to": None, "document": "沪人社遴〔2026〕1号"}
        region.state(registry, "selection", owner, chosen)
    audience = "public" if member.is_social else "own"
    said = {"roles": list(member.roles), "audience": audience, "document": document}
    region.state(registry, "body_roles", owner, said)


def _codes(region: Region, parts: Iterable[Part]) -> dict[str, set[str]]:
    """Give the levels of each occupation that any part is filed for."""
    found: dict[str, set[str]] = {}
    for part in parts:
        for row in cast.occupations(region.place, part, catalogue.rows()):
            found.setdefault(f"{catalogue.SCHEME}:{row['serial']}", set()).update(part.levels)
    return found


def _offers(codes: Mapping[str, set[str]]) -> list[dict[str, object]]:
    return [{"code": code, "levels": sorted(levels)} for code, levels in sorted(codes.items())]


def _examiners(region: Region, registry: Registry, codes: Mapping[str, set[str]]) -> None:
    window = {"from": region.clock.now, "to": None}
    station = {
        "name": "浦东技能考核站点（演示）",
        "host": "演示建设集团",
        "base": "training_institution",
        "region": region.place.district,
        "occupations": _offers(codes),
        "document": "沪建站〔2026〕1号",
        **window,
    }
    region.state(registry, "station", f"{region.url}/stations/{STATION}", station)
    for number, (name, role, cap) in enumerate(
        (("闻人晓", "assessor", "3"), ("司空朗", "senior_assessor", None))
    ):
        assessor = {
            "name": name,
            "certificate": f"K31000026000{number}",
            "role": role,
            "region": region.place.region,
            "occupations": sorted(codes),
            "cap": cap,
            "document": "沪建考〔2026〕1号",
            **window,
        }
        subject = f"{region.url}/assessors/{ASSESSORS[number]}"
        region.state(registry, "assessor", subject, assessor)


def _standard(region: Region, registry: Registry, kind: str, authority: str) -> None:
    form, title = _FORMS[kind]
    subject = f"{region.url}/standards/{kind.replace('_', '-')}"
    parts = [p for member in region.place.members for p in member.parts if p.kind == kind]
    said = {
        "form": form,
        "title": title,
        "version": "2026",
        "sha256": sha256(title.encode()).hexdigest(),
        "occupations": _offers(_codes(region, parts)),
    }
    region.state(registry, "standard", subject, said)
    steps = ["in_force"] if form == "national" else ["reviewed", "filed", "in_force"]
    for step in steps:
        moved = {"step": step, "from": region.clock.now, "document": f"沪建标〔2026〕{kind[:2]}号"}
        if step == "reviewed":
            by = (key_of_authority(region),)
            region.state(registry, "standard_step", subject, moved, by=by, iss=authority)
        else:
            region.state(registry, "standard_step", subject, moved)


def _plans(region: Region, registry: Registry, member: Member, authority: str) -> None:
    owner = region.body_id(member)
    items = [
        {"kind": part.kind, "occupation": code, "levels": list(part.levels), "headcount": _PEOPLE}
        for part in member.parts
        for code in sorted(_codes(region, [part]))
    ]
    for year in sorted({year_of(region.clock.now), year_of(region.clock.now) + 1}):
        subject = f"{owner}/plans/{year}"
        said = {"year": year, "items": items, "recipients": [region.url, authority]}
        by = (f"{member.key}-statement",)
        region.state(registry, "plan", subject, said, by=by, iss=owner)
        received = {"document": f"收〔{year}〕1号"}
        region.state(registry, "plan_receipt", subject, received)
        by = (key_of_authority(region),)
        region.state(registry, "plan_receipt", subject, received, by=by, iss=authority)


def year_of(t: int) -> int:
    """Give the civil year in China."""
    return (datetime.fromtimestamp(t, UTC) + timedelta(hours=8)).year
