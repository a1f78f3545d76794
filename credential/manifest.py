# SPDX-License-Identifier: Apache-2.0
"""The manifest: which texts make up one publication of a region (docs/format.md §5.5).

    {"iss":"https://HOST","region":"310000","sequence":812,"iat":n,"exp":n,"parts":[
      {"name":"trust_list","sha256":"<64 hex digits>","length":n},{"name":"catalogues/0",…},
      {"name":"status_lists/1",…},{"name":"survivors/3",…},{"name":"checkpoint",…}]}

It pins every part by its digest, so that nobody can combine yesterday's list of bodies with today's
revocations, and every part can be fetched by digest alone.
"""

import hashlib
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final, NamedTuple, Self

from credential import canonical
from credential.members import Members, refuse, registry_host

MAX_PARTS: Final = 4_096
MAX_LENGTH: Final = 64 << 20  # characters of one part
MAX_SEQUENCE: Final = 2**53 - 1

_NAME: Final = re.compile(
    "(trust_list|checkpoint)|catalogues/(0|[1-9][0-9]{0,3})|status_lists/([a-z0-9-]{1,32})"
    "|survivors/([1-9][0-9]{0,2})"
)


class Part(NamedTuple):
    """One text of the publication."""

    name: str
    sha256: str
    """Of the text as it stands in the snapshot, 64 lower-case hex digits."""
    length: int
    """In characters, all of them ASCII."""

    @classmethod
    def of(cls, name: str, text: str) -> Self:
        """Describe a text."""
        return cls(name, hashlib.sha256(text.encode()).hexdigest(), len(text))


class Manifest(NamedTuple):
    """One publication."""

    iss: str
    """`https://HOST` of the registry."""
    region: str
    sequence: int
    """Rises with every publication."""
    iat: int
    exp: int
    parts: tuple[Part, ...]

    def to_bytes(self) -> bytes:
        """Write the payload."""
        return canonical.encode(
            {
                "iss": self.iss,
                "region": self.region,
                "sequence": self.sequence,
                "iat": self.iat,
                "exp": self.exp,
                "parts": [
                    {"name": part.name, "sha256": part.sha256, "length": part.length}
                    for part in self.parts
                ],
            }
        )

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """Read a payload.

        Raises:
            MalformedError: `malformed.token` or `malformed.profile`.
        """
        names = "iss region sequence iat exp parts"
        members = Members.of(canonical.parse(payload), "manifest", names)
        registry_host(members.raw("iss"), members.at("iss"))
        iat, exp = members.time("iat"), members.time("exp")
        if exp <= iat:
            refuse(members.at("exp"), "not after iat")
        parts = tuple(
            _part(one, f"manifest.parts[{n}]")
            for n, one in enumerate(members.items("parts", 2, MAX_PARTS))
        )
        if not is_ordered(part.name for part in parts):
            refuse(members.at("parts"), "not in the order of the format")
        return cls(
            iss=str(members.raw("iss")),
            region=members.region("region"),
            sequence=members.integer("sequence", 1, MAX_SEQUENCE),
            iat=iat,
            exp=exp,
            parts=parts,
        )


def is_ordered(names: Iterable[str]) -> bool:
    """Tell whether names of parts are complete and in the order of the format."""
    ranks = [_rank(name) for name in names]
    catalogues = [number for group, number, _ in ranks if group == 1]
    return (
        [group for group, _, _ in ranks if group in (0, 4)] == [0, 4]
        and all(one < other for one, other in pairwise(ranks))
        and catalogues == list(range(len(catalogues)))
    )


def _rank(name: str) -> tuple[int, int, str]:
    group, _, rest = name.partition("/")
    match group:
        case "trust_list":
            return 0, 0, ""
        case "catalogues":
            return 1, int(rest), ""
        case "status_lists":
            return 2, 0, rest
        case "survivors":
            return 3, int(rest), ""
        case _:
            return 4, 0, ""


def _part(value: object, where: str) -> Part:
    members = Members.of(value, where, "name sha256 length")
    return Part(
        name=members.match("name", _NAME),
        sha256=members.hex_digest("sha256"),
        length=members.integer("length", 0, MAX_LENGTH),
    )
