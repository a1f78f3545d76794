# SPDX-License-Identifier: Apache-2.0
"""An evaluation body as the trust list names it (docs/format.md §5.2).

{"id":"https://HOST/bodies/91310115MA1K3YJ12X","name":"…","prefix":"S000031000101","region":"310115",
 "standing":[…],"keys":[…],"filings":[…],"blocks":[{"list":"1","first":4096,"count":4096}]}
"""

import re
from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple, Self

from credential.filing import MAX_DOCUMENT, Filing, Standing
from credential.key_record import BODY_ROLES, KeyRecord, read_records
from credential.members import LIST_ENTRIES, Members, body_id, refuse

MAX_ENTRIES: Final = 4_096  # standings, filings or blocks of one body
MAX_NAME: Final = 100  # code points of a body's or authority's name
MAX_DELAY: Final = 366 * 86_400  # seconds
DEFAULT_DELAY: Final = 2_592_000  # seconds, where `max_delay` is absent: 30 days
MIN_BLOCK: Final = 1_024  # entries of a status list

_PREFIX: Final = re.compile("[0-9A-Z]{0,20}")
_LIST: Final = re.compile("[a-z0-9-]{1,32}")
_BODY_NAMES: Final = "id name prefix region max_delay? standing void? keys filings blocks"


class Block(NamedTuple):
    """Status indexes [first, first + count) of a list, which are one body's to use."""

    list: str
    first: int
    size: int

    def to_members(self) -> dict[str, object]:
        """Write the block."""
        return {"list": self.list, "first": self.first, "count": self.size}

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


class _Body(NamedTuple):
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


class Body(_Body):
    """An evaluation body (评价机构) as it is filed."""

    @cached_property
    def by_name(self) -> Mapping[tuple[str, str], KeyRecord]:
        """The keys by kid and role."""
        return {(record.kid, record.role): record for record in self.keys}

    @property
    def host(self) -> str:
        """HOST of the identifier."""
        return body_id(self.id)[0]

    def key(self, kid: str, role: str) -> KeyRecord | None:
        """Find a key."""
        return self.by_name.get((kid, role))

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
            keys=read_records(members, BODY_ROLES),
            filings=tuple(
                Filing.from_members(one, f"{where}.filings[{n}]")
                for n, one in enumerate(members.items("filings", 0, MAX_ENTRIES))
            ),
            blocks=tuple(
                Block.from_members(one, f"{where}.blocks[{n}]")
                for n, one in enumerate(members.items("blocks", 0, MAX_ENTRIES))
            ),
        )
