# SPDX-License-Identifier: Apache-2.0
"""Two fictional regions with all their keys, to be bent one way at a time.

A `Region` is what a registry knows; `snapshot` publishes it, `issue` makes a certificate with its
receipt. Everything is derived from fixed seeds, so a run is like the one before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from credential import carrier, certificate, envelope, receipt, root, status_list
from credential.body import Body
from credential.catalogue import Catalogue, Occupation
from credential.certificate import Claims
from credential.certificate_number import DEFAULT_RULES
from credential.checkpoint import Checkpoint
from credential.filing import Filing, Grant, Standing
from credential.key_record import KeyRecord
from credential.manifest import Manifest
from credential.receipt import Receipt
from credential.recognition import Equivalence, Recognition, Term
from credential.root import Root
from credential.snapshot import Snapshot, assemble
from credential.status_list import StatusList
from credential.survivors import Survivors
from credential.texts import Texts
from credential.trust_list import TrustList
from keys.signing_key import SigningKey

HOUR = 3_600
DAY = 24 * HOUR
YEAR = 366 * DAY
NOW = 1_795_000_000
"""The usual time of asking: 2026-11-18."""
K = NOW - HOUR
"""When the snapshot was made."""
T = NOW - 10 * DAY
"""When the usual certificate was registered."""
START = 1_767_200_000
"""The last day of 2025, from when everything is in force."""

CODES = ("91310115MA1K3YJ12X", "91310115MA1K3YJ22M", "91310115MA1K3YJ33B")
PREFIX = "Y000031000101"
BRICKLAYER, PLASTERER, STEEL = "lyg2020:39", "lyg2020:40", "lyg2020:41"
THEIRS = "js2020:7"


def clock(seconds: int) -> datetime:
    """Turn seconds into the time that `verify` takes."""
    return datetime.fromtimestamp(seconds, UTC)


@cache
def key(role: str, seed: str, alg: str = "ES256", epoch: int | None = None) -> SigningKey:
    """Derive a key."""
    return SigningKey.from_seed(role, seed.encode(), alg, epoch=epoch)


def record(
    signer: SigningKey,
    start: int = START,
    end: int | None = None,
    distrusted_after: int | None = None,
    *,
    distrusted: bool = False,
) -> KeyRecord:
    """Register a key."""
    return KeyRecord(
        signer.kid, signer.public, signer.role, start, end, distrusted_after, distrusted
    )


FILING = Filing(
    number="备〔2026〕7号",
    start=START,
    end=None,
    districts=("310115",),
    grants=(Grant("skill_level", (BRICKLAYER,), ("5", "4", "3")),),
)
ACTIVE = Standing(START, "active", "准〔2026〕1号")


def body(host: str, number: int = 0, district: str = "310115", **changes: object) -> Body:
    """File a body with its one certificate key."""
    filing = FILING._replace(districts=(district,))
    usual: dict[str, object] = {
        "id": f"https://{host}/bodies/{CODES[number]}",
        "code": CODES[number],
        "name": f"浦江第{number + 1}技能评价中心",
        "prefix": PREFIX,
        "region": district,
        "max_delay": None,
        "standing": (ACTIVE,),
        "void": None,
        "keys": (record(body_key(host, number)),),
        "filings": (filing,),
        "blocks": (),
    }
    return Body(**{**usual, **changes})  # type: ignore[arg-type] # the usual values, some changed


def body_key(host: str, number: int = 0, alg: str = "ES256") -> SigningKey:
    """Give a body's certificate key."""
    return key("certificate", f"{host}/{number}", alg)


class Issued(NamedTuple):
    """One certificate with its receipt."""

    certificate: str
    receipt: str

    @property
    def code(self) -> str:
        """The text of its code."""
        return carrier.encode(self.certificate, self.receipt)

    @property
    def text(self) -> str:
        """Its text form."""
        return carrier.text_form(self.certificate, self.receipt)


@dataclass
class Region:
    """One registry: change what you like, then publish."""

    code: str = "310000"
    host: str = "jy.sh310.example"
    retired: tuple[str, ...] = ()
    environment: str = "test"
    iat: int = K
    list_iat: int | None = None
    """Of the trust list; as the rest where not given."""
    status_iat: int | None = None
    exp: int = K + 7 * DAY
    status_exp: int | None = None
    catalogue_exp: int = K + 300 * DAY
    root_expires: int = START + 5 * YEAR
    bodies: tuple[Body, ...] | None = None
    recognitions: tuple[Recognition, ...] = ()
    statuses: Mapping[int, int] = field(default_factory=dict)
    occupations: tuple[Occupation, ...] = ()
    peers: tuple["Region", ...] = ()
    epochs: tuple[KeyRecord, ...] | None = None
    sequence: int = 1
    """Of the publication, and the version of trust list and catalogue."""
    survivors: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Receipts that are honest, by epoch."""

    @property
    def iss(self) -> str:
        return f"https://{self.host}"

    @property
    def anchor(self) -> str:
        return root.anchor_of(self.root())

    @property
    def status_uri(self) -> str:
        return f"{self.iss}/status/1"

    def receipt_key(self, epoch: int = 3) -> SigningKey:
        return key("receipt", self.code, epoch=epoch)

    def root(self) -> Root:
        roles = ("root", "status", "list", "publish", "log")
        end = START + 5 * YEAR
        keys = [record(key(role, self.code), end=end) for role in roles]
        epochs = self.epochs
        if epochs is None:
            epochs = (record(self.receipt_key(), end=START + 366 * DAY),)
        return Root(
            region=self.code,
            version=1,
            environment=self.environment,
            threshold=1,
            hosts=(self.host, *self.retired),
            start=START,
            expires=self.root_expires,
            keys=(*keys, *epochs),
            peers=tuple(peer.anchor.split(":") for peer in self.peers),  # type: ignore[misc] # two
        )

    def texts(self) -> Texts:
        def sign(typ: str, payload: bytes) -> str:
            return envelope.sign(key(envelope.ROLE_OF_TYP[typ], self.code), typ, payload)

        district = self.code[:3] + "115"
        bodies = (body(self.host, district=district),) if self.bodies is None else self.bodies
        listed = TrustList(
            self.iss,
            self.code,
            self.sequence,
            self.list_iat or self.iat,
            self.exp,
            (),
            tuple(sorted(bodies, key=lambda one: one.code)),
            (),
            self.recognitions,
        )
        bits = bytes(status_list.put(status_list.blank(), self.statuses))
        statuses = StatusList.of(
            self.status_uri, self.status_iat or self.iat, self.status_exp or self.exp, bits
        )
        dictionary = Catalogue(
            self.iss,
            self.code,
            self.sequence,
            self.iat,
            self.catalogue_exp,
            "lyg2020",
            self.occupations,
            DEFAULT_RULES,
        )
        checkpoint = Checkpoint(self.iss, self.iat, 100, bytes(32))
        texts = Texts(
            chain=(tuple(root.sign([key("root", self.code)], self.root())),),
            manifest="",
            trust_list=sign(envelope.TRUST_LIST, listed.to_bytes()),
            catalogues=(sign(envelope.CATALOGUE, dictionary.to_bytes()),),
            status_lists={self.status_uri: sign(envelope.STATUS_LIST, statuses.to_bytes())},
            survivors={
                epoch: Survivors.of(receipt.read(one)[0].signature for one in honest).encode()
                for epoch, honest in self.survivors.items()
            },
            checkpoint=sign(envelope.CHECKPOINT, checkpoint.to_bytes()),
        )
        manifest = Manifest(self.iss, self.code, self.sequence, self.iat, self.exp, texts.parts())
        return texts._replace(manifest=sign(envelope.MANIFEST, manifest.to_bytes()))

    def data(self) -> bytes:
        """Publish: the snapshot's file."""
        return assemble(self.texts(), {peer.code: peer.texts() for peer in self.peers})

    def snapshot(self) -> Snapshot:
        """Publish, and read against the anchor."""
        return Snapshot.from_bytes(self.data(), self.anchor)

    def claims(self, number: int = 0, **changes: object) -> Claims:
        """Say what a certificate says."""
        usual: dict[str, object] = {
            "iss": f"{self.iss}/bodies/{CODES[number]}",
            "host": self.host,
            "body_code": CODES[number],
            "iat": T - HOUR,
            "exp": None,
            "status_index": 70_031,
            "status_uri": self.status_uri,
            "certificate_number": f"{PREFIX}263000001",
            "kind": "skill_level",
            "name": "欧阳青禾",
            "holder_tag": None,
            "occupation_code": BRICKLAYER,
            "occupation_name": "砌筑工",
            "trade": None,
            "level": "3",
            "route": "examination",
            "region": self.code[:3] + "115",
            "evaluated_on": "2026-11-01",
            "batch": "B2026-0007",
            "detail": (),
        }
        return Claims(**{**usual, **changes})  # type: ignore[arg-type] # the usual, some changed

    def stamp(self, token: str, t: int = T, index: int = 41, epoch: int = 3) -> str:
        """Make a receipt for a certificate."""
        unverified, claims = certificate.read(token)
        said = Receipt(claims.host, t, unverified.digest, index, epoch)
        return receipt.sign(self.receipt_key(epoch), said)

    def issue(
        self,
        number: int = 0,
        *,
        t: int = T,
        epoch: int = 3,
        by: SigningKey | None = None,
        **changes: object,
    ) -> Issued:
        """Issue a certificate and register it, however wrong it may be."""
        changes.setdefault("iat", t - HOUR)
        signer = by or body_key(self.host, number)
        token = envelope.sign(
            signer, envelope.CERTIFICATE, self.claims(number, **changes).to_bytes()
        )
        return Issued(token, self.stamp(token, t, epoch=epoch))


def jiangsu(**changes: object) -> Region:
    """Make the other region."""
    return Region("320000", "jy.js320.example", **changes)  # type: ignore[arg-type] # fields


def agreement(**changes: object) -> Recognition:
    """Make an agreement about the other region's certificates."""
    pairs = (
        Equivalence(BRICKLAYER, BRICKLAYER, "same"),
        Equivalence(THEIRS, PLASTERER, "broader"),
        Equivalence("js2020:8", STEEL, "narrower"),
    )
    usual: dict[str, object] = {
        "region": "320000",
        "document": "沪苏〔2026〕3号",
        "start": START,
        "end": None,
        "issued_from": START,
        "issued_until": None,
        "existing": "keep",
        "national": False,
        "terms": (Term("skill_level", pairs, ("4", "3")),),
    }
    return Recognition(**{**usual, **changes})  # type: ignore[arg-type] # the usual, some changed


def shanghai(peer: Region | None = None, **changes: object) -> Region:
    """Make our region, with an agreement where there is a peer."""
    if peer is not None:
        changes = {"peers": (peer,), "recognitions": (agreement(),), **changes}
    return Region(**changes)  # type: ignore[arg-type] # fields
