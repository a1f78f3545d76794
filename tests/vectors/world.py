# SPDX-License-Identifier: Apache-2.0
"""The regions that the vectors are about: small, fixed, and the same bytes on every machine."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from credential import base64url, root, status_list
from credential import snapshot as snapshots
from credential.body import Body
from credential.filing import Filing, Grant, Standing
from credential.key_record import KeyRecord
from credential.recognition import Recognition, Term
from credential.snapshot import Snapshot
from credential.status_list import StatusList
from credential.survivors import Survivors
from keys.signing_key import SigningKey
from tests.credential.world import (
    AGREEMENT,
    AT,
    BEGIN,
    END,
    ISSUED,
    LEVELS,
    PUBLISHED,
    RECEIVED,
    Registry,
    credit_code,
    region,
)
from tests.vectors import deflate
from tests.vectors.codes import Code

__all__ = ["AT", "BEGIN", "DAY", "END", "HOME", "ISSUED", "OLD", "PEER", "PUBLISHED", "RECEIVED"]

DAY = 86_400
HOME, PEER = "jy.sh310.example", "jy.js320.example"
OLD = "jy.sh309.example"
"""The home registry's retired host."""
USUAL = "usual.json"


class Steady(Registry):
    """A region whose texts are the same bytes on every machine."""

    def status_list(self, name: str) -> StatusList:
        """Give a status list as it stands; the one named `old` is under the retired host."""
        iat, exp = self.list_times.get(name, (self.iat, self.exp))
        bits = bytes(status_list.put(status_list.blank(), self.statuses[name]))
        uri = f"https://{OLD if name == 'old' else self.host}/status/{name}"
        return StatusList(uri, iat, exp, bits, base64url.encode(deflate.sparse(bits)))

    def issue(self, t: int = RECEIVED, epoch: int = 1, **changes: Any) -> tuple[str, str]:
        """Give a certificate and its receipt; changes are those of `certificate`."""
        token = self.certificate(**changes)
        return token, self.receipt(token, t, key=self.epoch(epoch))

    def parts(self, t: int = RECEIVED, epoch: int = 1, page: str = "", **changes: Any) -> Code:
        """Give a code in pieces."""
        return Code.of(*self.issue(t, epoch, **changes), page)

    def text(self, t: int = RECEIVED, epoch: int = 1, page: str = "", **changes: Any) -> str:
        """Give the text of a code."""
        return self.parts(t, epoch, page, **changes).text()

    def of(self, body: Body, key: SigningKey) -> dict[str, Any]:
        """Give the changes that make a certificate another body's."""
        return {"iss": body.id, "body_code": body.code, "key": key}

    def peers(self, *others: Registry) -> None:
        """Name the roots of other regions in ours."""
        self.set_root(peers=tuple((one.region, root.parse_anchor(one.anchor)[1]) for one in others))


def slim(code: str = "310000", host: str = HOME, *, full: bool = False) -> Steady:
    """Build a region with one root key and one list, so that its file is small.

    Args:
        code: Of the region.
        host: Of its registry.
        full: With all keys of the body and all rules for numbers.
    """
    made = Steady(**vars(region(code, host, f"Y0000{code[:2]}000101")))
    people = [record for record in made.root.keys if record.role == "root"]
    made.root = made.root._replace(
        threshold=1,
        keys=tuple(record for record in made.root.keys if record not in people[1:]),
    )
    made.root_signers = made.root_signers[:1]
    made.statuses = {"1": {}}
    made.set_list(authorities=())
    if not full:
        made.set_body(keys=made.body.keys[:2])
        made.catalogues = [made.catalogues[0]._replace(numbers=made.catalogues[0].numbers[:1])]
    return made


def person(home: Registry, number: int) -> SigningKey:
    """Give the root key of one of the people."""
    return home.key("root", f"/{number}")


def lasting(key: SigningKey) -> KeyRecord:
    """Register a key of the root."""
    return KeyRecord(key.kid, key.public, key.role, BEGIN, BEGIN + 10 * 366 * DAY)


def of_three() -> Steady:
    """Build a region whose root three people keep; two of them sign."""
    home = slim()
    people = [person(home, number) for number in range(3)]
    others = [record for record in home.root.keys if record.role != "root"]
    home.set_root(threshold=2, keys=(*map(lasting, people), *others))
    home.root_signers = people[:2]
    return home


def file(home: Registry, *peers: Registry) -> bytes:
    """Write a snapshot's file."""
    return snapshots.assemble(home.texts(), {one.region: one.texts() for one in peers})


def iso(seconds: int) -> str:
    """Write a time of asking."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def peer() -> Steady:
    """Build 320000, whose certificates 310000 recognises."""
    made = slim("320000", PEER, full=True)
    filing = made.body.filings[0]
    more = Grant("industry_skill", ("lyg2020:39",), ("3",))
    made.set_body(filings=(filing._replace(grants=(*filing.grants, more)),))
    return made


@cache
def usual() -> Steady:
    """Build 310000 with a body for each way of having gone wrong."""
    home = slim(full=True)
    home.statuses = {
        "1": {70_032: 1, 70_033: 2, 70_034: 3, 1_048_575: 1},
        "2": {70_033: 2},
        "old": {},
    }
    home.list_times = {"2": (PUBLISHED - 30 * 3_600, PUBLISHED + 2 * 3_600)}
    epochs = [home.epoch(number) for number in (2, 3)]
    home.set_root(
        hosts=(HOME, OLD),
        keys=(
            *home.root.keys,
            KeyRecord("2", epochs[0].public, "receipt", BEGIN, END, distrusted=True),
            KeyRecord("3", epochs[1].public, "receipt", BEGIN, ISSUED),
        ),
    )
    honest = certificate_of_survivor(home)
    home.survivors = {2: Survivors.of([certificate_signature(honest[1])])}
    home.set_list(
        bodies=(home.body, *_bodies(home)),
        recognitions=(
            AGREEMENT._replace(issued_from=BEGIN + 30 * DAY, terms=(*AGREEMENT.terms, _ANY)),
            Recognition(
                "330000", "沪浙〔2026〕1号", BEGIN, None, BEGIN, None, "keep", True, (_ANY,)
            ),
        ),
    )
    home.peers(peer())
    return home


@cache
def usual_file() -> bytes:
    """Write the usual snapshot."""
    return file(usual(), peer())


def usual_snapshot() -> Snapshot:
    """Read the usual snapshot."""
    return Snapshot.from_bytes(usual_file(), usual().anchor)


def certificate_of_survivor(home: Steady) -> tuple[str, str]:
    """Give the one honest certificate of the stolen epoch 2."""
    return home.issue(epoch=2, batch="B2026-0002")


def certificate_signature(token: str) -> bytes:
    """Give the bytes of a compact token's signature."""
    return base64url.decode(token.rpartition(".")[2])


def body(number: int) -> Body:
    """Give one of the home region's bodies: 0 the usual, then as `_bodies` lists them."""
    return usual().trust_list.bodies[number]


def body_key(number: int, label: str = "") -> SigningKey:
    """Give a certificate key of a body."""
    return usual().key("certificate", f"/body{'' if number == 0 else number}{label}")


SUSPENDED, REMOVED, VOID, FILINGS, KEYS = 1, 2, 3, 4, 5
"""Numbers of the bodies."""
_ANY = Term("special_operation", None, ())


def _bodies(home: Steady) -> list[Body]:
    usual_body = home.body
    everything = Filing("人社备〔2026〕9号", BEGIN, None, ("310000",), usual_body.filings[0].grants)

    def standing(*entries: tuple[int, str, bool | None]) -> tuple[Standing, ...]:
        return tuple(Standing(t, state, "处〔2026〕2号", may) for t, state, may in entries)

    def key(number: int, label: str = "") -> SigningKey:
        return home.key("certificate", f"/body{number}{label}")

    def make(number: int, **changes: object) -> Body:
        code = credit_code(f"91310115MA1K3YJ{20 + number}")
        signer = key(number)
        values = {
            "id": f"https://{HOME}/bodies/{code}",
            "code": code,
            "keys": (KeyRecord(signer.kid, signer.public, "certificate", BEGIN, None),),
            "filings": (everything,),
            "blocks": (),
            **changes,
        }
        return usual_body._replace(**values)  # type: ignore[arg-type]  # members of Body

    return [
        make(
            SUSPENDED,
            standing=standing(
                (BEGIN, "active", None),
                (ISSUED, "suspended", None),
                (ISSUED + 600, "active", None),
                (ISSUED + 1_200, "rectifying", True),
                (ISSUED + 1_800, "rectifying", False),
            ),
        ),
        make(
            REMOVED,
            standing=standing((BEGIN + 30 * DAY, "active", None), (ISSUED, "removed", None)),
        ),
        make(VOID, void="处〔2026〕5号"),
        make(FILINGS, filings=_filings()),
        make(
            KEYS,
            max_delay=3_600,
            keys=(
                _record(key(KEYS), BEGIN, ISSUED),
                _record(key(KEYS, "/next"), ISSUED, None),
                _record(key(KEYS, "/stolen"), BEGIN, None, ISSUED + 30),
            ),
        ),
    ]


def _record(
    key: SigningKey, start: int, end: int | None, distrusted: int | None = None
) -> KeyRecord:
    return KeyRecord(key.kid, key.public, "certificate", start, end, distrusted)


def _filings() -> tuple[Filing, ...]:
    def filing(number: int, occupation: str, districts: tuple[str, ...], **changes: Any) -> Filing:
        grant = Grant("skill_level", (f"lyg2020:{occupation}",), LEVELS)
        made = Filing(f"备〔2026〕{number}号", BEGIN, None, districts, (grant,))
        return made._replace(**changes)

    apart = (
        Grant("skill_level", ("lyg2020:62",), ("5",)),
        Grant("industry_skill", ("lyg2020:39",), ("3",)),
    )
    return (
        filing(1, "39", ("310000",), end=ISSUED),
        filing(2, "60", ("310000",), void="撤〔2026〕1号"),
        filing(3, "62", ("310104", "320115"), grants=apart),
        filing(4, "99", ("310000",), start=ISSUED + 1_200),
    )
