# SPDX-License-Identifier: Apache-2.0
"""What happens in the demonstration, from two empty registries to the last publication.

    day −120  both regions make their roots, the second names the other as peer
    day −119  authorities, catalogue, bodies, keys, filings, status indexes
    day −104  each recognises the other's certificates
    day −103  the first region states stations, assessors, standards and plans: its gate is full
    day  −80  … examinations, issued through the desk and admitted over HTTP
    day  −50  a body's key turns out to be stolen
    day  −30  a body is suspended, and removed on day −13
    day   −8  a receipt key turns out to be stolen: root 3, with the honest receipts as survivors
    day   −7  certificates are revoked, suspended, superseded; a body is annulled on day −5
    day   −6  the catalogue's version 2: an occupation is merged into another
    today     both publish, import each other, and publish again

The clock is the story's; everything else is what a registry, a desk and an authority really run.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from credential import root, statement_bodies
from credential.catalogue import Catalogue
from keys.signing_key import SigningKey
from registry import lists, peers, publish
from registry.service import Registry
from skillseal.demo import agreements, cast, catalogue, good_order, people, times
from skillseal.demo.cast import SHANGHAI, Member, Part
from skillseal.demo.examination import Examination, Issued
from skillseal.demo.region import BLOCK, Clock, Region
from skillseal.demo.server import served
from skillseal.demo.times import Times

EPOCHS: Final = 3
STOLEN_EPOCH: Final = 2
_FILED: Final = -119

Step = Callable[[str, int, int], None]
Say = Callable[[str], None]
_CHANGES: Final[Mapping[str, dict[str, object]]] = {
    "revoke": {"reason": "冒名替考"},
    "suspend": {"reason": "举报核查中"},
    "supersede": {"reason": "姓名更正"},
}


@dataclass(slots=True)
class Story:
    """One run."""

    folder: Path
    times: Times
    rounds: int
    """How often every occupation is examined."""
    say: Say
    step: Step
    clock: Clock = field(init=False)
    shanghai: Region = field(init=False)
    jiangsu: Region = field(init=False)
    registries: dict[str, Registry] = field(default_factory=dict)
    issued: dict[tuple[str, str], list[Issued]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        begin = self.times.day(-130)
        self.clock = Clock(self.times.day(-120))
        self.shanghai, self.jiangsu = (
            Region(place, self.folder / place.key, self.clock, begin) for place in cast.PLACES
        )

    @property
    def regions(self) -> tuple[Region, Region]:
        """Both."""
        return self.shanghai, self.jiangsu

    def tell(self) -> None:
        """Run everything; the folder then has both registries and the snapshots."""
        self.say("两个地区各自生成密钥和根，第二版根互指对方 · two roots, each naming the other")
        self._found()
        self.say("主管部门、目录、评价机构、密钥、备案、状态位 · authorities, bodies, filings")
        self._enter()
        self._publish_all(self.times.early, "early")
        self._at(-104)
        for region, other in ((self.shanghai, self.jiangsu), (self.jiangsu, self.shanghai)):
            subject = f"{region.url}/recognitions/{other.place.region}"
            terms = agreements.between(region.place, self.times)
            region.state(self._of(region), "recognition", subject, terms)
        self._at(-103)
        self.say("站点、考评员、标准、计划：第一地区全面核验 · the first region's gate is full")
        good_order.state(self.shanghai, self._of(self.shanghai))
        self.say("考核、签发、登记 · examinations, issued by the desk, admitted over HTTP")
        self._examine(times.EARLIER)
        self._troubles()
        self._examine(times.LATER)
        self._afterwards()
        self.say("发布，互相导入，再发布 · publish, import each other, publish again")
        self.clock.move(int(time.time()))
        self._publish_all(self.clock.now, None)

    def _of(self, region: Region) -> Registry:
        return self.registries[region.place.key]

    def _at(self, day: int) -> None:
        self.clock.move(self.times.day(day))

    # The beginning --------------------------------------------------------------------------------

    def _windows(self, region: Region) -> Mapping[int, tuple[int, int]]:
        stolen = self.times.day(-20), self.times.day(-10)
        return {
            1: (region.begin, stolen[0]),
            STOLEN_EPOCH: stolen,
            3: (stolen[1], self.times.day(300)),
        }

    def _found(self) -> None:
        for region in self.regions:
            region.make_keys(EPOCHS)
            region.keys[good_order.key_of_authority(region)] = SigningKey.generate("statement")
            region.keys["hujiang-late"] = SigningKey.generate("certificate")
            region.keys["hujiang-stolen"] = SigningKey.generate("certificate")
            region.extend_root(self._windows(region), start=region.begin)
        for region, other in ((self.shanghai, self.jiangsu), (self.jiangsu, self.shanghai)):
            _, digest = root.parse_anchor(other.anchor)
            region.extend_root(
                self._windows(region),
                start=self.clock.now,
                peers=((other.place.region, digest),),
            )
            self.registries[region.place.key] = region.open()

    def _enter(self) -> None:
        self._at(_FILED)
        for region in self.regions:
            registry, place = self._of(region), region.place
            region.state_catalogue(registry, self._catalogue(region))
            authority = f"{region.url}/authorities/{place.authority_code}"
            name = {"name": place.authority, "region": place.region}
            region.state(registry, "authority", authority, name)
            for number, member in enumerate(place.members, 1):
                region.enter(registry, member, self._filing(region, member, number), number * BLOCK)
        hujiang = self.shanghai.body_id(SHANGHAI.members[0])
        self.shanghai.register_key(self._of(self.shanghai), "hujiang-stolen", hujiang)
        lapsed = Part("specialised_skill", ("装配式建筑",), (), "")
        filing = {
            "number": "沪人社备〔2026〕90号",
            "from": self.clock.now,
            "to": self.times.day(-90),
            "districts": [SHANGHAI.district],
            "grants": [self._grant(self.shanghai, lapsed)],
        }
        self.shanghai.state(self._of(self.shanghai), "filing", hujiang, filing)

    def _catalogue(self, region: Region) -> Catalogue:
        """Give the first version; the first region announces an occupation besides."""
        built = catalogue.build(iss=region.url, region=region.place.region)
        day = self.times.begins_on
        return catalogue.announcing(built, day) if region is self.shanghai else built

    def _filing(self, region: Region, member: Member, number: int) -> dict[str, object]:
        short = "沪" if region is self.shanghai else "苏"
        grants = [self._grant(region, part) for part in member.parts]
        if member is SHANGHAI.members[0]:  # filed ahead for what is announced
            grants.append({**grants[0], "occupations": [catalogue.NEW]})
        return {
            "number": f"{short}人社备〔2026〕{number}号",
            "from": self.clock.now,
            "to": None,
            "districts": [region.place.district],
            "grants": grants,
        }

    def _grant(self, region: Region, part: Part) -> dict[str, object]:
        rows = cast.occupations(region.place, part, catalogue.rows())
        codes = [f"{catalogue.SCHEME}:{row['serial']}" for row in rows]
        return {"kind": part.kind, "occupations": codes, "levels": list(part.levels)}

    # Examinations ---------------------------------------------------------------------------------

    def _examine(self, exams: tuple[tuple[int, str, int], ...]) -> None:
        for number in range(self.rounds):
            for day, key, index in exams:
                if number == 0:
                    self._at(day)
                region, member = self._member(key)
                self._hold(region, member, member.parts[index], number)

    def _member(self, key: str) -> tuple[Region, Member]:
        for region in self.regions:
            for member in region.place.members:
                if member.key == key:
                    return region, member
        raise KeyError(key)

    def _hold(self, region: Region, member: Member, part: Part, number: int) -> None:
        registry = self._of(region)
        given = region.filing_file(registry, member)
        rows = cast.occupations(region.place, part, catalogue.rows())
        crowd = people.crowd(f"{member.key}/{part.kind}/{number}")
        self.say(f"  {member.name}：{part.kind}，{len(rows)} 人")
        with served(registry) as url:
            exam = Examination(
                region, member, part, rows, given, url, tagged=part.kind != "specialised_skill"
            )
            found = exam.hold(crowd, self.step)
        self.issued.setdefault((member.key, part.kind), []).extend(found)

    # Troubles -------------------------------------------------------------------------------------

    def _troubles(self) -> None:
        region, registry = self.shanghai, self._of(self.shanghai)
        hujiang, linhu = (region.body_id(self._member(key)[1]) for key in ("hujiang", "linhu"))
        self._at(-60)
        region.register_key(registry, "hujiang-late", hujiang)
        self._at(-48)
        stolen = region.keys["hujiang-stolen"].kid
        body = {"kid": stolen, "after": self.times.day(-50), "document": "沪人社函〔2026〕31号"}
        region.state(registry, "key_distrust", hujiang, body)
        self._at(-30)
        state = {"from": self.clock.now, "state": "suspended", "document": "沪人社罚〔2026〕2号"}
        region.state(registry, "standing", linhu, state)
        self.say("一家机构被停业：此刻的离线数据另存一份 · a body is suspended; a snapshot of then")
        self._publish_all(self.times.between, "between")

    def _afterwards(self) -> None:
        region, registry = self.shanghai, self._of(self.shanghai)
        linhu = region.body_id(self._member("linhu")[1])
        self._at(-13)
        state = {"from": self.clock.now, "state": "removed", "document": "沪人社罚〔2026〕5号"}
        region.state(registry, "standing", linhu, state)
        self._at(-8)
        self.say("一把回执密钥被盗：第三版根，诚实的回执列入幸存名单 · a stolen receipt key")
        region.extend_root(
            self._windows(region),
            start=self.clock.now,
            peers=region.roots[-1].peers,
            distrusted=frozenset({STOLEN_EPOCH}),
        )
        registry.engine.dispose()
        registry = self.registries[region.place.key] = region.open()
        self._at(-7)
        self.say("吊销、暂停、换发各一 · one revoked, one suspended, one superseded")
        hujiang = self._member("hujiang")[1]
        for issued, (kind, body) in zip(
            self.issued["hujiang", "skill_level"][:3], _CHANGES.items(), strict=True
        ):
            number = str(issued.item.number)
            subject = statement_bodies.certificate_subject(
                region.place.host, issued.item.kind, number
            )
            more = {"by": f"{number[:16]}800001", **body} if kind == "supersede" else body
            region.state(
                registry,
                kind,
                subject,
                more,
                by=("hujiang-statement",),
                iss=region.body_id(hujiang),
            )
        self._at(-6)
        self.say("目录第 2 版：一个工种并入另一个 · catalogue version 2 merges an occupation")
        said = catalogue.merging(self._catalogue(region), self.times.ended_on)
        region.state_catalogue(registry, said)
        self._at(-5)
        xushe = region.body_id(self.times.void_body)
        region.state(registry, "body_void", xushe, {"document": "沪人社撤〔2026〕1号"})

    # Publications ---------------------------------------------------------------------------------

    def _publish_all(self, t: int, name: str | None) -> None:
        """Sign lists and publish in both regions, let each import the other, and publish again."""
        self.clock.move(t)
        for region in self.regions:
            registry = self._of(region)
            lists.sign_lists(registry, region.keys["list"], region.keys["status"])
            publish.publish(registry, region.keys["publish"], region.keys["log"])
        for region, other in ((self.shanghai, self.jiangsu), (self.jiangsu, self.shanghai)):
            registry = self._of(region)
            peers.import_peer(registry, (other.folder / "published" / "snapshot.json").read_bytes())
            publish.publish(registry, region.keys["publish"], region.keys["log"])
        data = (self.shanghai.folder / "published" / "snapshot.json").read_bytes()
        target = self.folder / (f"snapshots/{name}.json" if name else "snapshot.json")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        if name is None:
            jiangsu = (self.jiangsu.folder / "published" / "snapshot.json").read_bytes()
            (self.folder / "snapshots" / "jiangsu.json").write_bytes(jiangsu)
