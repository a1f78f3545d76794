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
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import chain, pairwise
from typing import Final, NamedTuple, Self

from credential import canonical
from credential.body import MAX_ENTRIES, MAX_NAME, Body
from credential.key_record import AUTHORITY_ROLES, KeyRecord, read_records, refuse_shared
from credential.members import Members, is_host, refuse, registry_host
from credential.recognition import Recognition

MAX_BODIES: Final = 50_000
MAX_AUTHORITIES: Final = 5_000
MAX_RECOGNITIONS: Final = 256
MAX_VERSION: Final = 2**53 - 1

GATE_LEVELS: Final = ("basic", "full")

_AUTHORITY: Final = re.compile("https://([a-z0-9.:-]+)/authorities/[0-9A-HJ-NPQRTUWXY]{18}")


class Gate(NamedTuple):
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


def is_full(gate: Iterable[Gate], t: int) -> bool:
    """Tell whether the gate asks everything at a time.

    Args:
        gate: By rising start.
        t: Seconds since 1970.
    """
    levels = [each.level for each in gate if each.start <= t]
    return bool(levels) and levels[-1] == "full"


class Authority(NamedTuple):
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
            keys=read_records(members, AUTHORITY_ROLES),
        )


class _TrustList(NamedTuple):
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


class TrustList(_TrustList):
    """The list as a region signs it."""

    @cached_property
    def by_code(self) -> Mapping[str, Body]:
        """The bodies."""
        return {body.code: body for body in self.bodies}

    @cached_property
    def by_region(self) -> Mapping[str, tuple[Recognition, ...]]:
        """The agreements by the region of the peer."""
        by_region: dict[str, tuple[Recognition, ...]] = {}
        for each in self.recognitions:
            by_region[each.region] = (*by_region.get(each.region, ()), each)
        return by_region

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
