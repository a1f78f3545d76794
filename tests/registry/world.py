# SPDX-License-Identifier: Apache-2.0
"""A small region with its registry, an authority and two bodies, from fixed seeds."""

import hashlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from credential import admission, base64url, envelope, root, statement, statement_bodies, submission
from credential.certificate import Claims
from credential.certificate_number import DEFAULT_RULES
from credential.key_record import KeyRecord
from credential.root import Root
from credential.roster_commitment import Commitment
from credential.statement import Statement
from keys.signing_key import SigningKey
from registry import statements
from registry.admission import Outcome, admit
from registry.log import Acknowledged
from registry.service import Registry, open_registry
from registry.settings import Limits, Settings, assemble
from tests.registry.backends import url_of

HOST = "jy.sh310.example"
URL = f"https://{HOST}"
START = 1_790_000_000  # 2026-09-21
DAY = 86_400
YEAR = 365 * DAY
BRICKLAYER, WELDER = "lyg2020:39", "lyg2020:21"
CODES = ("91310115MA1K3YJ12X", "91310104MA1FYCQ14M")
AUTHORITY_CODE = "11310000MB2F30021T"


def key(role: str, seed: str, alg: str = "ES256", epoch: int | None = None) -> SigningKey:
    return SigningKey.from_seed(role, seed.encode(), alg, epoch=epoch)


@dataclass
class Clock:
    now: int = START

    def __call__(self) -> int:
        return self.now


@dataclass
class Person:
    name: str
    tag: str | None


@dataclass
class Desk:
    """One body with its keys, as its own people would drive it."""

    world: "World"
    code: str
    prefix: str
    region: str
    first: int
    certificate: SigningKey = field(init=False)
    submit: SigningKey = field(init=False)
    statement: SigningKey = field(init=False)
    second: SigningKey = field(init=False)
    serial: Any = field(init=False)
    index: Any = field(init=False)

    def __post_init__(self) -> None:
        self.certificate = key("certificate", f"{self.world.salt}{self.code}")
        self.submit = key("submit", f"{self.world.salt}{self.code}")
        self.statement = key("statement", f"{self.world.salt}{self.code}")
        self.second = key("statement", f"{self.world.salt}{self.code} second")
        self.serial = itertools.count(1)
        self.index = itertools.count(self.first)

    @property
    def id(self) -> str:
        return f"{self.world.url}/bodies/{self.code}"

    def file_batch(self, number: str, people: Sequence[Person], **changes: Any) -> Acknowledged:
        commitment = Commitment.of(
            hashlib.sha256(number.encode()).digest()[:16], [(p.name, p.tag) for p in people]
        )
        body = {
            "kind": "skill_level",
            "route": "examination",
            "occupations": [{"code": BRICKLAYER, "levels": ["4", "3"]}],
            "region": self.region,
            "from": "2026-09-01",
            "to": "2026-09-20",
            "headcount": len(people),
            "roster": base64url.encode(commitment.root),
            **changes,
        }
        token = self.world.sign(
            "batch",
            statement_bodies.batch_subject(self.id, number),
            body,
            [self.statement],
            self.id,
        )
        return statements.accept(self.world.registry, token, commitment.to_members())

    def claims(self, person: Person, batch: str = "B1", **changes: Any) -> Claims:
        """Fill in a certificate that the registry will admit, but for the changes."""
        year = changes.pop("year", 26)
        claims = Claims(
            iss=self.id,
            host=self.world.host,
            body_code=self.code,
            iat=self.world.clock.now,
            exp=None,
            status_index=changes.pop("status_index", None) or next(self.index),
            status_uri=f"{self.world.url}/status/1",
            certificate_number=f"{self.prefix}{year}3{next(self.serial):06d}",
            kind="skill_level",
            name=person.name,
            holder_tag=person.tag,
            occupation_code=BRICKLAYER,
            occupation_name="砌筑工",
            trade=None,
            level="3",
            route="examination",
            region=self.region,
            evaluated_on="2026-09-12",
            batch=batch,
            detail=(),
        )
        return claims._replace(**changes)

    def sign(self, claims: Claims, signer: SigningKey | None = None) -> str:
        token = envelope.sign(signer or self.certificate, envelope.CERTIFICATE, claims.to_bytes())
        return token + "~"

    def issue(self, person: Person, batch: str = "B1", **changes: Any) -> str:
        return self.sign(self.claims(person, batch, **changes))

    def submit_all(self, texts: Sequence[str]) -> list[Outcome]:
        return admit(self.world.registry, texts, self.id)

    def authorise(self, body: bytes, jti: bytes = b"j" * 16, **changes: Any) -> str:
        signer = changes.pop("key", self.submit)
        asked = {
            "iss": self.id,
            "aud": self.world.url,
            "iat": self.world.clock.now,
            "jti": jti,
            "body": body,
            **changes,
        }
        return "Submission " + submission.authorise(signer, **asked)

    def change(
        self, type_: str, claims: Claims, body: dict[str, Any] | None = None
    ) -> Acknowledged:
        """State a change of status of one of its certificates."""
        return self.world.state(
            type_, subject_of(claims), body or {"reason": "差错更正"}, [self.statement], self.id
        )


def subject_of(claims: Claims) -> str:
    return statement_bodies.certificate_subject(claims.host, claims.kind, claims.certificate_number)


PEOPLE = [
    Person(name, tag)
    for name, tag in zip(
        [
            "欧阳青禾",
            "陆知远",
            "沈砚秋",
            "顾长汀",
            "韩照野",
            "程望舒",
            "许南乔",
            "魏听澜",
            "江予白",
            "周令仪",
        ],
        ["Ab3_", "Ab4_", "Ab5_", "Ab6_", "Ab7_", "Ab8_", "Ab9_", "Aba_", "Abb_", None],
        strict=True,
    )
]


@dataclass
class World:
    folder: Path
    region: str = "310000"
    host: str = HOST
    salt: str = ""
    peers: tuple[tuple[str, str], ...] = (("320000", "0" * 64),)
    clock: Clock = field(default_factory=Clock)
    limits: Limits = field(default_factory=Limits)
    settings: Settings = field(init=False)
    registry: Registry = field(init=False)
    jtis: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        salt = self.salt
        self.root_keys = [key("root", f"{salt}root {n}") for n in (1, 2, 3)]
        self.lead = key("statement", f"{salt}lead")
        self.lead_two = key("statement", f"{salt}lead two")
        self.authority = key("statement", f"{salt}authority")
        self.authority_two = key("statement", f"{salt}authority two")
        self.receipt = key("receipt", f"{salt}receipt", epoch=1)
        self.status = key("status", f"{salt}status")
        self.list = key("list", f"{salt}list")
        self.publish = key("publish", f"{salt}publish")
        self.log = key("log", f"{salt}log")
        self.root = self.make_root()
        chain = [root.sign(self.root_keys[:2], self.root)]
        self.settings = assemble(
            database=url_of(self.folder),
            chain=chain,
            anchor=root.anchor_of(self.root),
            published=self.folder / "published",
            limits=self.limits,
        )
        self.registry = self.open()
        province = self.region[:2]
        self.first = Desk(self, CODES[0], f"Y0000{province}000101", f"{province}0115", 4_096)
        self.other = Desk(self, CODES[1], f"Y0000{province}000202", f"{province}0104", 8_192)

    @property
    def url(self) -> str:
        return f"https://{self.host}"

    def make_root(self, *, distrusted: dict[str, SigningKey] | None = None, **changes: Any) -> Root:
        stolen = tuple(
            KeyRecord(kid, one.public, one.role, START - DAY, START + YEAR - DAY, None, True)
            for kid, one in (distrusted or {}).items()
        )
        made = [
            *self.root_keys,
            *(self.lead, self.lead_two, self.receipt),
            *(self.status, self.list, self.publish, self.log),
        ]
        records = tuple(
            KeyRecord(one.kid, one.public, one.role, START - DAY, START + YEAR - DAY)
            for one in made
        )
        said = Root(
            region=self.region,
            version=1,
            environment="test",
            threshold=2,
            hosts=(self.host,),
            start=START - DAY,
            expires=START + YEAR,
            keys=(*stolen, *records),
            peers=self.peers,
        )
        return said._replace(**changes)

    def open(self) -> Registry:
        return open_registry(self.settings, [self.receipt], clock=self.clock)

    # Statements ----------------------------------------------------------------------------------

    def statement(
        self, type_: str, subject: str, body: dict[str, Any], iss: str | None = None, **changes: Any
    ) -> Statement:
        said = Statement(
            iss=iss or self.url,
            aud=self.url,
            jti=base64url.encode(next(self.jtis).to_bytes(16)),
            iat=self.clock.now,
            type=type_,
            subject=subject,
            after=self.head(subject),
            body=body,
        )
        return replace(said, **changes)

    def sign(
        self,
        type_: str,
        subject: str,
        body: dict[str, Any],
        keys: Iterable[SigningKey],
        iss: str | None = None,
        **changes: Any,
    ) -> list[str]:
        payload = self.statement(type_, subject, body, iss, **changes).to_bytes()
        return [envelope.sign(one, envelope.STATEMENT, payload) for one in keys]

    def state(
        self,
        type_: str,
        subject: str,
        body: dict[str, Any],
        keys: Iterable[SigningKey] | None = None,
        iss: str | None = None,
        **changes: Any,
    ) -> Acknowledged:
        signers = [self.lead, self.lead_two] if keys is None else keys
        return statements.accept(
            self.registry, self.sign(type_, subject, body, signers, iss, **changes)
        )

    def head(self, subject: str) -> str | None:
        from registry import database, store_statements

        with database.read(self.registry.engine) as connection:
            head = store_statements.heads_of(connection, [subject]).get(subject)
        return None if head is None else base64url.encode(head)

    # The region ----------------------------------------------------------------------------------

    def found(self) -> "World":
        """State the catalogue, the authority and the two bodies with all they need."""
        self.state("catalogue", f"{self.url}/catalogues/lyg2020", CATALOGUE)
        authority = f"{self.url}/authorities/{AUTHORITY_CODE}"
        self.state("authority", authority, {"name": "示例区人社局", "region": self.first.region})
        for one in (self.authority, self.authority_two):
            self.state("key", authority, self.key_body(one, authority))
        for desk in (self.first, self.other):
            self.enter(desk)
        return self

    def enter(self, desk: Desk) -> None:
        body = {
            "name": "示例职业技能评价中心",
            "prefix": desk.prefix,
            "region": desk.region,
            "document": "沪人社备〔2026〕7号",
        }
        self.state("body", desk.id, body)
        for one in (desk.certificate, desk.submit, desk.statement, desk.second):
            self.state("key", desk.id, self.key_body(one, desk.id))
        self.state("filing", desk.id, self.filing(desk))
        self.state("blocks", desk.id, {"list": "1", "first": desk.first, "count": 2_048})

    def filing(self, desk: Desk, **changes: Any) -> dict[str, Any]:
        grant = {
            "kind": "skill_level",
            "occupations": [BRICKLAYER, WELDER],
            "levels": ["5", "4", "3"],
        }
        return {
            "number": "沪人社备〔2026〕7号",
            "from": self.clock.now,
            "to": None,
            "districts": [desk.region],
            "grants": [grant],
            **changes,
        }

    def key_body(self, one: SigningKey, owner: str, **changes: Any) -> dict[str, Any]:
        proof = one.sign(statement_bodies.possession(owner, one.role, one.public))
        return {
            "jwk": one.public.members,
            "role": one.role,
            "from": self.clock.now,
            "to": self.clock.now + YEAR,
            "proof": base64url.encode(proof),
            **changes,
        }


CATALOGUE: dict[str, Any] = {
    "version": 1,
    "exp": START + 360 * DAY,
    "occupations": [
        {
            "code": BRICKLAYER,
            "name": "砌筑工",
            "aliases": ["瓦工"],
            "trades": ["建筑瓦工"],
            "equivalent": [],
        },
        {"code": WELDER, "name": "焊工", "aliases": [], "trades": [], "equivalent": []},
    ],
    "numbers": [rule.to_members() for rule in DEFAULT_RULES],
}

__all__ = ["PEOPLE", "Desk", "Person", "World", "admission", "statement"]
