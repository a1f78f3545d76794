# SPDX-License-Identifier: Apache-2.0
"""A trust list: who may issue what in a region, and what the region recognises of its peers.

docs/format.md §5.2.

    {"iss":"https://HOST","region":"310000","version":41,"iat":n,"exp":n,"gate":[{"from":n,"level":"full"}],
     "bodies":[{"id":"https://HOST/bodies/91310115MA1K3YJ12X","name":"…",…}],
     "authorities":[{"id":"https://HOST/authorities/11310000MB2F30021T",…}],"recognitions":[…]}

Read once and asked a million times, so bodies, keys and agreements are indexed here. A key that
stands twice anywhere in it, under whatever owner or role, refuses the whole.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import Final, Self

from credential import canonical
from credential.key_record import AUTHORITY_ROLES, BODY_ROLES, KeyRecord, refuse_shared
from credential.members import LIST_ENTRIES, Members, body_id, is_host, refuse, registry_host
from credential.recognition import Recognition, Term
from credential.scope import MAX_DOCUMENT, Filing, Standing

__all__ = ["Authority", "Block", "Body", "Gate", "Recognition", "Standing", "Term", "TrustList"]

MAX_BODIES: Final = 50_000
MAX_AUTHORITIES: Final = 5_000
MAX_RECOGNITIONS: Final = 256
MAX_ENTRIES: Final = 4_096  # keys, standings, filings or blocks of one body; of the gate
MAX_NAME: Final = 100  # code points of a body's or authority's name
MAX_DELAY: Final = 366 * 86_400  # seconds
DEFAULT_DELAY: Final = 2_592_000  # seconds, where `max_delay` is absent: 30 days
MAX_VERSION: Final = 2**53 - 1
MIN_BLOCK: Final = 1_024  # entries of a status list

GATE_LEVELS: Final = ("basic", "full")

_PREFIX: Final = re.compile("[0-9A-Z]{0,20}")
_LIST: Final = re.compile("[a-z0-9-]{1,32}")
_AUTHORITY: Final = re.compile("https://([a-z0-9.:-]+)/authorities/[0-9A-HJ-NPQRTUWXY]{18}")
_BODY_NAMES: Final = "id name prefix region max_delay? standing void? keys filings blocks"


@dataclass(frozen=True, slots=True)
class Block:
    """Status indexes [first, first + count) of a list, which are one body's to use."""

    list: str
    first: int
    count: int

    def to_members(self) -> dict[str, object]:
        """Write the block."""
        return {"list": self.list, "first": self.first, "count": self.count}

    @classmethod
    def from_members(cls, value: object, where: str = "block") -> Self:
        """Read a block.

        Raises:
            MalformedError: `malformed.profile`.
        """
        members = Members.of(value, where, "list first count")
        first = members.integer("first", 0, LIST_ENTRIES - MIN_BLOCK)
        count = members.integer("count", MIN_BLOCK, LIST_ENTRIES - first)
        return cls(members.match("list", _LIST), first, count)


@dataclass(frozen=True, slots=True)
class Gate:
    """From when admission judges how much."""

    start: int
    level: str
    """`basic` or `full`."""

    def to_members(self) -> dict[str, object]:
        """Write the entry."""
        return {"from": self.start, "level": self.level}

    @classmethod
    def from_members(cls, value: object, where: str = "gate") -> Self:
        """Read an entry.

        Raises:
            MalformedError: `malformed.profile`.
        """
        members = Members.of(value, where, "from level")
        return cls(members.time("from"), members.choice("level", GATE_LEVELS))


@dataclass(frozen=True, slots=True)
class Body:
    """An evaluation body (评价机构) as it is filed."""

    id: str
    """`https://HOST/bodies/<code>`."""
    code: str
    """Unified social credit code, 18 characters."""
    name: str
    prefix: str
    """What its certificate numbers begin with; empty where it has none."""
    region: str
    max_delay: int | None
    """Seconds between signing and registration; None: the usual 30 days."""
    standing: tuple[Standing, ...]
    """By rising start."""
    void: str | None
    """Number of the document that annulled it; None where none did."""
    keys: tuple[KeyRecord, ...]
    filings: tuple[Filing, ...]
    blocks: tuple[Block, ...]
    index: Mapping[tuple[str, str], KeyRecord] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name = {(record.kid, record.role): record for record in self.keys}
        object.__setattr__(self, "index", by_name)

    @property
    def host(self) -> str:
        """HOST of the identifier."""
        return body_id(self.id)[0]

    def key(self, kid: str, role: str) -> KeyRecord | None:
        """Find a key."""
        return self.index.get((kid, role))

    def to_members(self) -> dict[str, object]:
        """Write the body."""
        members: dict[str, object] = {
            "id": self.id,
            "name": self.name,
            "prefix": self.prefix,
            "region": self.region,
        }
        if self.max_delay is not None:
            members["max_delay"] = self.max_delay
        members["standing"] = [entry.to_members() for entry in self.standing]
        if self.void is not None:
            members["void"] = self.void
        return {
            **members,
            "keys": [record.to_members() for record in self.keys],
            "filings": [filing.to_members() for filing in self.filings],
            "blocks": [block.to_members() for block in self.blocks],
        }

    @classmethod
    def from_members(cls, value: object, where: str = "body") -> Self:
        """Read a body.

        Raises:
            MalformedError: `malformed.profile` or `snapshot.duplicate_key`.
        """
        members = Members.of(value, where, _BODY_NAMES)
        _, code = body_id(members.raw("id"), members.at("id"))
        standing = tuple(
            Standing.from_members(one, f"{where}.standing[{n}]")
            for n, one in enumerate(members.items("standing", 0, MAX_ENTRIES))
        )
        if any(later.start <= entry.start for entry, later in pairwise(standing)):
            refuse(members.at("standing"), "from does not rise")
        return cls(
            id=str(members.raw("id")),
            code=code,
            name=members.text("name", MAX_NAME),
            prefix=members.match("prefix", _PREFIX),
            region=members.region("region"),
            max_delay=members.integer("max_delay", 1, MAX_DELAY)
            if "max_delay" in members
            else None,
            standing=standing,
            void=members.text("void", MAX_DOCUMENT) if "void" in members else None,
            keys=_keys(members, BODY_ROLES),
            filings=tuple(
                Filing.from_members(one, f"{where}.filings[{n}]")
                for n, one in enumerate(members.items("filings", 0, MAX_ENTRIES))
            ),
            blocks=tuple(
                Block.from_members(one, f"{where}.blocks[{n}]")
                for n, one in enumerate(members.items("blocks", 0, MAX_ENTRIES))
            ),
        )


@dataclass(frozen=True, slots=True)
class Authority:
    """Who may make statements about the bodies of a region."""

    id: str
    """`https://HOST/authorities/<code>`."""
    name: str
    region: str
    keys: tuple[KeyRecord, ...]

    @property
    def host(self) -> str:
        """HOST of the identifier."""
        return self.id.split("/")[2]

    def to_members(self) -> dict[str, object]:
        """Write the authority."""
        return {
            "id": self.id,
            "name": self.name,
            "region": self.region,
            "keys": [record.to_members() for record in self.keys],
        }

    @classmethod
    def from_members(cls, value: object, where: str = "authority") -> Self:
        """Read an authority.

        Raises:
            MalformedError: `malformed.profile` or `snapshot.duplicate_key`.
        """
        members = Members.of(value, where, "id name region keys")
        identifier = members.match("id", _AUTHORITY)
        if not is_host(identifier.split("/")[2]):
            refuse(members.at("id"), "not an identifier under a host of the registry")
        return cls(
            id=identifier,
            name=members.text("name", MAX_NAME),
            region=members.region("region"),
            keys=_keys(members, AUTHORITY_ROLES),
        )


@dataclass(frozen=True, slots=True)
class TrustList:
    """The list as a region signs it."""

    iss: str
    """`https://HOST` of the registry."""
    region: str
    version: int
    """Rises with every signing, since `iat` does."""
    iat: int
    exp: int
    gate: tuple[Gate, ...]
    """By rising start."""
    bodies: tuple[Body, ...]
    """By rising code."""
    authorities: tuple[Authority, ...]
    recognitions: tuple[Recognition, ...]
    by_code: Mapping[str, Body] = field(init=False, repr=False, compare=False)
    by_region: Mapping[str, tuple[Recognition, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_code = {body.code: body for body in self.bodies}
        object.__setattr__(self, "by_code", by_code)
        by_region: dict[str, tuple[Recognition, ...]] = {}
        for each in self.recognitions:
            by_region[each.region] = (*by_region.get(each.region, ()), each)
        object.__setattr__(self, "by_region", by_region)

    def body(self, code: str) -> Body | None:
        """Find a body by its code."""
        return self.by_code.get(code)

    def agreements(self, region: str) -> tuple[Recognition, ...]:
        """Give the agreements about a peer, ended ones too."""
        return self.by_region.get(region, ())

    def keys(self) -> tuple[KeyRecord, ...]:
        """Give every key of the list."""
        bodies = (body.keys for body in self.bodies)
        authorities = (authority.keys for authority in self.authorities)
        return tuple(chain.from_iterable(chain(bodies, authorities)))

    def to_bytes(self) -> bytes:
        """Write the payload."""
        return canonical.encode(
            {
                "iss": self.iss,
                "region": self.region,
                "version": self.version,
                "iat": self.iat,
                "exp": self.exp,
                "gate": [entry.to_members() for entry in self.gate],
                "bodies": [body.to_members() for body in self.bodies],
                "authorities": [authority.to_members() for authority in self.authorities],
                "recognitions": [each.to_members() for each in self.recognitions],
            }
        )

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """Read a payload.

        Raises:
            MalformedError: `malformed.token`, `malformed.profile` or `snapshot.duplicate_key`.
        """
        names = "iss region version iat exp gate bodies authorities recognitions"
        members = Members.of(canonical.parse(payload), "trust list", names)
        registry_host(members.raw("iss"), members.at("iss"))
        iat, exp = members.time("iat"), members.time("exp")
        if exp <= iat:
            refuse(members.at("exp"), "not after iat")
        gate = tuple(map(Gate.from_members, members.items("gate", 0, MAX_ENTRIES)))
        if any(later.start <= entry.start for entry, later in pairwise(gate)):
            refuse(members.at("gate"), "from does not rise")
        bodies = tuple(
            Body.from_members(one, f"trust list.bodies[{n}]")
            for n, one in enumerate(members.items("bodies", 0, MAX_BODIES))
        )
        if any(later.code <= body.code for body, later in pairwise(bodies)):
            refuse(members.at("bodies"), "codes do not rise")
        authorities = tuple(
            Authority.from_members(one, f"trust list.authorities[{n}]")
            for n, one in enumerate(members.items("authorities", 0, MAX_AUTHORITIES))
        )
        if len({authority.id for authority in authorities}) != len(authorities):
            refuse(members.at("authorities"), "an identifier stands twice")
        trust_list = cls(
            iss=str(members.raw("iss")),
            region=members.region("region"),
            version=members.integer("version", 1, MAX_VERSION),
            iat=iat,
            exp=exp,
            gate=gate,
            bodies=bodies,
            authorities=authorities,
            recognitions=tuple(
                Recognition.from_members(one, f"trust list.recognitions[{n}]")
                for n, one in enumerate(members.items("recognitions", 0, MAX_RECOGNITIONS))
            ),
        )
        refuse_shared(trust_list.keys(), "trust list")
        return trust_list


def _keys(members: Members, allowed: tuple[str, ...]) -> tuple[KeyRecord, ...]:
    where = members.at("keys")
    records = tuple(
        KeyRecord.from_members(one, f"{where}[{n}]", allowed)
        for n, one in enumerate(members.items("keys", 0, MAX_ENTRIES))
    )
    if len({record.kid for record in records}) != len(records):
        refuse(where, "a kid stands twice")
    if any(record.distrusted for record in records):
        refuse(where, "distrusted stands in a root alone; here it is distrusted_after")
    return records
