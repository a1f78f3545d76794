# SPDX-License-Identifier: Apache-2.0
"""Two fictional regions, built anew for each test from fixed seeds: what every verdict rests on.

    world = World()
    world.home.trust_list = world.home.trust_list._replace(…)  # any deviation: edit the value
    world.home.signers["status"] = world.home.key("list")        # another key signs
    world.home.after["checkpoint"] = lambda text: text[:-1]      # changed after the manifest
    snapshot = world.snapshot()
    code = world.home.code()                                     # a certificate with its receipt

`World.home` is 310000 and recognises `World.peer`, 320000. Values are signed only when asked for,
so a test edits them first. Nothing here judges: what comes out is as wrong as the test made it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from credential import base64url, carrier, certificate, envelope, merkle, receipt, root, status_list
from credential import snapshot as snapshots
from credential.body import Block, Body
from credential.catalogue import Catalogue, Occupation
from credential.certificate import Claims
from credential.certificate_number import DEFAULT_RULES
from credential.checkpoint import Checkpoint
from credential.credit_code import check_character
from credential.filing import Filing, Grant, Standing
from credential.key_record import KeyRecord
from credential.manifest import Manifest, Part
from credential.receipt import Receipt
from credential.recognition import Equivalence, Recognition, Term
from credential.root import Root
from credential.snapshot import Snapshot
from credential.status_list import StatusList
from credential.survivors import Survivors
from credential.texts import Texts
from credential.trust_list import Authority, Gate, TrustList
from keys.signing_key import SigningKey

BEGIN = 1_770_000_000
"""Keys, filings, standing and agreements begin."""
ISSUED = 1_790_000_000
"""`iat` of a certificate, 2026-09-21 in China."""
RECEIVED = ISSUED + 60
"""The receipt's time."""
PUBLISHED = ISSUED + 3_600
"""`iat` of every part: K."""
AT = ISSUED + 7_200
"""The time of asking."""
END = BEGIN + 366 * 86_400
"""End of the receipt epoch."""
WEEK = 7 * 86_400

ROLES = ("status", "list", "publish", "log", "statement")
LEVELS = ("5", "4", "3", "2", "1")


def _key(role: str, seed: str, alg: str = "ES256", epoch: int | None = None) -> SigningKey:
    return SigningKey.from_seed(role, seed.encode(), alg, epoch=epoch)


@dataclass
class Registry:
    """One region: its keys, what it says, and how it signs it."""

    region: str
    host: str
    root: Root
    """The version in force; `succeed` makes the next."""
    root_signers: list[SigningKey]
    """Who signs it; the first two of three are enough."""
    trust_list: TrustList
    catalogues: list[Catalogue]
    checkpoint: Checkpoint
    signers: dict[str, SigningKey]
    """Key by role: `status`, `list`, `publish`, `log`."""
    claims: Claims
    """What `certificate` says unless told otherwise."""
    statuses: dict[str, dict[int, int]] = field(default_factory=lambda: {"1": {}, "2": {}})
    """Status by index of each list that exists, by name; every other entry is valid."""
    list_times: dict[str, tuple[int, int]] = field(default_factory=dict)
    """`iat` and `exp` of a list, by name, where they are not the usual."""
    survivors: dict[int, Survivors] = field(default_factory=dict)
    sequence: int = 812
    iat: int = PUBLISHED
    """Of manifest and status lists."""
    exp: int = PUBLISHED + WEEK
    before: dict[str, Callable[[str], str]] = field(default_factory=dict)
    """Changes to a part's text, by its name, before the manifest lists it."""
    after: dict[str, Callable[[str], str]] = field(default_factory=dict)
    """The same after the manifest was signed; `manifest` is a name here too."""
    listing: Callable[[tuple[Part, ...]], tuple[Part, ...]] = field(default=lambda parts: parts)
    """Changes to what the manifest lists."""
    manifest: Callable[[Manifest], Manifest] = field(default=lambda manifest: manifest)
    """Changes to the manifest before it is signed."""
    past: list[tuple[str, ...]] = field(default_factory=list)
    """Signed root versions before the one in force."""

    # Keys ---------------------------------------------------------------------------------------

    def key(self, role: str, label: str = "", alg: str = "ES256") -> SigningKey:
        """Give a key of this region; another label gives another key."""
        return _key(role, f"{self.region}{label}", alg)

    def epoch(self, number: int = 1) -> SigningKey:
        """Give the receipt key of an epoch."""
        return _key("receipt", f"{self.region}/{number}", epoch=number)

    @property
    def body(self) -> Body:
        """The first body."""
        return self.trust_list.bodies[0]

    @property
    def body_key(self) -> SigningKey:
        """Its certificate key."""
        return self.key("certificate", "/body")

    def set_body(self, **changes: object) -> None:
        """Change the first body in the trust list."""
        changed = self.body._replace(**changes)  # type: ignore[arg-type]  # members of Body
        self.trust_list = self.trust_list._replace(bodies=(changed, *self.trust_list.bodies[1:]))

    def set_list(self, **changes: object) -> None:
        """Change the trust list."""
        self.trust_list = self.trust_list._replace(**changes)  # type: ignore[arg-type]  # members

    def set_root(self, **changes: object) -> None:
        """Change the root in force without making a new version."""
        self.root = self.root._replace(**changes)  # type: ignore[arg-type]  # members of Root

    def mark(self, role: str, **changes: object) -> None:
        """Change the root's keys of a role."""
        keys = tuple(
            record._replace(**changes) if record.role == role else record  # type: ignore[arg-type]  # members
            for record in self.root.keys
        )
        self.set_root(keys=keys)

    # Publications -------------------------------------------------------------------------------

    def succeed(self, **changes: object) -> None:
        """Close the root in force and begin the next version with some changes."""
        self.past.append(tuple(root.sign(self.root_signers, self.root)))
        self.set_root(**{"version": self.root.version + 1, **changes})

    def next(self, seconds: int = 3_600) -> None:
        """Go on to the next publication: everything is signed anew, a while later."""
        self.sequence += 1
        self.iat += seconds
        self.exp += seconds
        self.trust_list = self.trust_list._replace(
            version=self.trust_list.version + 1,
            iat=self.trust_list.iat + seconds,
            exp=self.trust_list.exp + seconds,
        )
        self.checkpoint = self.checkpoint._replace(iat=self.checkpoint.iat + seconds)

    @property
    def chain(self) -> tuple[tuple[str, ...], ...]:
        """Every root version, signed."""
        return (*self.past, tuple(root.sign(self.root_signers, self.root)))

    @property
    def anchor(self) -> str:
        """`REGION:HEX` of the root in force."""
        return root.anchor_of(self.root)

    def status_list(self, name: str) -> StatusList:
        """Give a status list as it stands."""
        iat, exp = self.list_times.get(name, (self.iat, self.exp))
        bits = status_list.put(status_list.blank(), self.statuses[name])
        return StatusList.of(f"https://{self.host}/status/{name}", iat, exp, bytes(bits))

    def texts(self) -> Texts:
        """Sign everything."""
        lists = {name: self.status_list(name) for name in sorted(self.statuses)}
        parts = Texts(
            chain=self.chain,
            manifest="",
            trust_list=self._sign("list", envelope.TRUST_LIST, self.trust_list, "trust_list"),
            catalogues=tuple(
                self._sign("list", envelope.CATALOGUE, each, f"catalogues/{n}")
                for n, each in enumerate(self.catalogues)
            ),
            status_lists={
                each.uri: self._sign("status", envelope.STATUS_LIST, each, f"status_lists/{name}")
                for name, each in lists.items()
            },
            survivors={epoch: each.encode() for epoch, each in sorted(self.survivors.items())},
            checkpoint=self._sign("log", envelope.CHECKPOINT, self.checkpoint, "checkpoint"),
        )
        manifest = Manifest(
            iss=self.trust_list.iss,
            region=self.region,
            sequence=self.sequence,
            iat=self.iat,
            exp=self.exp,
            parts=self.listing(parts.parts()),
        )
        payload = self.manifest(manifest).to_bytes()
        text = envelope.sign(self.signers["publish"], envelope.MANIFEST, payload)
        return _changed(parts._replace(manifest=text), self.after)

    def _sign(
        self,
        role: str,
        typ: str,
        value: TrustList | Catalogue | StatusList | Checkpoint,
        name: str,
    ) -> str:
        text = sign(self.signers[role], typ, value.to_bytes())
        return self.before.get(name, str)(text)

    # Certificates -------------------------------------------------------------------------------

    def certificate(self, key: SigningKey | None = None, **changes: object) -> str:
        """Sign a certificate; changes are members of `Claims`."""
        claims = self.claims._replace(**changes)  # type: ignore[arg-type]  # members of Claims
        return envelope.sign(key or self.body_key, envelope.CERTIFICATE, claims.to_bytes())

    def receipt(
        self, of: str, t: int = RECEIVED, log_index: int = 41, key: SigningKey | None = None
    ) -> str:
        """Countersign a certificate."""
        unverified, claims = certificate.read(of)
        key = key or self.epoch()
        said = Receipt(claims.host, t, unverified.digest, log_index, int(key.kid))
        return receipt.sign(key, said)

    def code(self, t: int = RECEIVED, *, page_host: str | None = None, **changes: object) -> str:
        """Give the text of a code for a certificate with these changes."""
        token = self.certificate(**changes)  # type: ignore[arg-type]  # members of Claims
        return carrier.encode(token, self.receipt(token, t), page_host=page_host)

    def text_form(self, t: int | None = RECEIVED, **changes: object) -> str:
        """Give the text form; without a receipt where t is None."""
        token = self.certificate(**changes)  # type: ignore[arg-type]  # members of Claims
        return carrier.text_form(token, None if t is None else self.receipt(token, t))


@dataclass
class World:
    """Both regions."""

    home: Registry
    peer: Registry
    with_peer: bool = True
    """Whether the snapshot has the peer's bag."""
    peer_name: str = "320000"
    """The region under which the snapshot has it."""

    def __init__(self) -> None:
        self.peer = region("320000", "jy.js320.example", "Y000032000101")
        self.home = region("310000", "jy.sh310.example", "Y000031000101")
        self.name_peer()
        self.home.set_list(recognitions=(AGREEMENT,))

    def name_peer(self) -> None:
        """Have our root name the peer's root of this moment."""
        _, digest = root.parse_anchor(self.peer.anchor)
        self.home.set_root(peers=((self.peer.region, digest),))

    @property
    def anchor(self) -> str:
        """Of the home root in force."""
        return self.home.anchor

    def data(self) -> bytes:
        """Give the snapshot's file."""
        peers = {self.peer_name: self.peer.texts()} if self.with_peer else {}
        return snapshots.assemble(self.home.texts(), peers)

    def snapshot(self, anchor: str | None = None) -> Snapshot:
        """Give the snapshot, judged against the home root in force or another anchor."""
        return Snapshot.from_bytes(self.data(), anchor or self.anchor)


OCCUPATIONS = (
    Occupation("lyg2020:39", "砌筑工", ("瓦工",), (), (("mohurd2017:010", "same"),)),
    Occupation("lyg2020:60", "焊工", (), ("电焊工",), (("lyg2020:62", "broader"),)),
    Occupation("lyg2020:62", "金属热处理工", (), (), ()),
)
AGREEMENT = Recognition(
    region="320000",
    document="沪苏人社〔2026〕3号",
    start=BEGIN,
    end=BEGIN + 3 * 366 * 86_400,
    issued_from=BEGIN,
    issued_until=None,
    existing="keep",
    national=False,
    terms=(
        Term(
            "skill_level",
            (
                Equivalence("lyg2020:39", "lyg2020:39", "same"),
                Equivalence("lyg2020:60", "lyg2020:62", "broader"),
                Equivalence("lyg2020:62", "lyg2020:60", "narrower"),
            ),
            ("5", "4", "3"),
        ),
    ),
)


def region(code: str, host: str, prefix: str) -> Registry:
    """Build one region with one body, one authority, one catalogue and two status lists."""
    district = f"{code[:2]}0115"
    body_code = credit_code(f"91{district}MA1K3YJ12")
    made = {role: _key(role, code) for role in ROLES}
    people = [_key("root", f"{code}/{n}") for n in range(3)]
    epoch = _key("receipt", f"{code}/1", epoch=1)
    end = BEGIN + 10 * 366 * 86_400
    first = Root(
        region=code,
        version=1,
        environment="test",
        threshold=2,
        hosts=(host,),
        start=BEGIN,
        expires=end,
        keys=(
            *(KeyRecord(key.kid, key.public, "root", BEGIN, end) for key in people),
            KeyRecord("1", epoch.public, "receipt", BEGIN, END),
            *(KeyRecord(key.kid, key.public, role, BEGIN, end) for role, key in made.items()),
        ),
        peers=(),
    )
    return Registry(
        region=code,
        host=host,
        root=first,
        root_signers=people[:2],
        trust_list=_trust_list(code, host, prefix, body_code, district),
        catalogues=[_catalogue(code, host)],
        checkpoint=Checkpoint(f"https://{host}", PUBLISHED, 0, merkle.EMPTY),
        signers={role: key for role, key in made.items() if role != "statement"},
        claims=_claims(host, body_code, district, prefix),
    )


def sign(key: SigningKey, typ: str, payload: bytes) -> str:
    """Sign as `envelope.sign` does, whatever the key's role."""
    header = f'{{"alg":"{key.alg}","kid":"{key.kid}","typ":"{typ}"}}'.encode()
    signing_input = f"{base64url.encode(header)}.{base64url.encode(payload)}"
    return f"{signing_input}.{base64url.encode(key.sign(signing_input.encode()))}"


def credit_code(first: str) -> str:
    """Complete a unified social credit code from its first 17 characters."""
    return first + check_character(first)


def _trust_list(code: str, host: str, prefix: str, body_code: str, district: str) -> TrustList:
    keys = [_key(role, f"{code}/body") for role in ("certificate", "statement", "submit")]
    keys.append(_key("certificate", f"{code}/body/2", "EdDSA"))
    official = _key("statement", f"{code}/authority")
    grants = (
        Grant("skill_level", tuple(each.code for each in OCCUPATIONS), LEVELS),
        Grant("special_operation", ("lyg2020:39",), ()),
    )
    body = Body(
        id=f"https://{host}/bodies/{body_code}",
        code=body_code,
        name="沪苏试验评价有限公司",
        prefix=prefix,
        region=district,
        max_delay=None,
        standing=(Standing(BEGIN, "active", "人社备〔2026〕1号"),),
        void=None,
        keys=tuple(KeyRecord(key.kid, key.public, key.role, BEGIN, None) for key in keys),
        filings=(Filing("人社备〔2026〕7号", BEGIN, None, (district,), grants),),
        blocks=(Block("1", 65_536, 65_536),),
    )
    authority = Authority(
        id=f"https://{host}/authorities/{credit_code(f'11{district}MB2F30021')}",
        name="试验区人力资源和社会保障局",
        region=district,
        keys=(KeyRecord(official.kid, official.public, "statement", BEGIN, None),),
    )
    return TrustList(
        iss=f"https://{host}",
        region=code,
        version=41,
        iat=PUBLISHED,
        exp=PUBLISHED + WEEK,
        gate=(Gate(BEGIN, "full"),),
        bodies=(body,),
        authorities=(authority,),
        recognitions=(),
    )


def _catalogue(code: str, host: str) -> Catalogue:
    return Catalogue(
        iss=f"https://{host}",
        region=code,
        version=3,
        iat=BEGIN,
        exp=BEGIN + 366 * 86_400,
        scheme="lyg2020",
        occupations=OCCUPATIONS,
        numbers=DEFAULT_RULES,
    )


def _claims(host: str, body_code: str, district: str, prefix: str) -> Claims:
    return Claims(
        iss=f"https://{host}/bodies/{body_code}",
        host=host,
        body_code=body_code,
        iat=ISSUED,
        exp=None,
        status_index=70_031,
        status_uri=f"https://{host}/status/1",
        certificate_number=f"{prefix}263000001",
        kind="skill_level",
        name="欧阳青禾",
        holder_tag="Ab3_",
        occupation_code="lyg2020:39",
        occupation_name="砌筑工",
        trade=None,
        level="3",
        route="examination",
        region=district,
        evaluated_on="2026-09-20",
        batch="B2026-0007",
        detail=(),
    )


def _changed(texts: Texts, changes: dict[str, Callable[[str], str]]) -> Texts:
    def of(name: str, text: str) -> str:
        return changes.get(name, str)(text)

    return Texts(
        chain=texts.chain,
        manifest=of("manifest", texts.manifest),
        trust_list=of("trust_list", texts.trust_list),
        catalogues=tuple(of(f"catalogues/{n}", text) for n, text in enumerate(texts.catalogues)),
        status_lists={
            uri: of(f"status_lists/{uri.rpartition('/')[2]}", text)
            for uri, text in texts.status_lists.items()
        },
        survivors={
            epoch: of(f"survivors/{epoch}", text) for epoch, text in texts.survivors.items()
        },
        checkpoint=of("checkpoint", texts.checkpoint),
    )
