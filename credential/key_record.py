# SPDX-License-Identifier: Apache-2.0
"""A registered public key: whose role it has, since when, until when (docs/format.md §5.1, §5.2).

    in a root        {"kid":"…","jwk":{…},"role":"status","from":n,"to":n,"distrusted":true}
    in a trust list  {"kid":"…","jwk":{…},"role":"submit","from":n,"to":null,"distrusted_after":n}

- a key is looked up by issuer, kid and role, and so has exactly one role;
- `kid` follows from the key itself, so nobody can name a key after another; a receipt key goes by
  its epoch instead, `"1"` to `"255"`;
- the window is half-open: a key that ends at n and one that begins at n leave no gap.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple, Self

from credential.errors import MalformedError
from credential.members import Members, refuse
from keys import jwk, roles
from keys.errors import KeyMaterialError
from keys.verifying_key import VerifyingKey

ROOT_ROLES: Final = ("root", "receipt", "status", "list", "publish", "log", "statement")
BODY_ROLES: Final = ("certificate", "statement", "submit")
AUTHORITY_ROLES: Final = ("statement",)

MAX_RECORDS: Final = 4_096  # keys of one body or authority

_EPOCH: Final = re.compile("25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9][0-9]?")
_NAMES: Final = "kid jwk role from to distrusted? distrusted_after?"


class KeyRecord(NamedTuple):
    """One key of a root or of a trust list."""

    kid: str
    """11 characters of the thumbprint; the epoch of a receipt key."""
    key: VerifyingKey
    role: str
    """One of `keys.roles.ROLES`."""
    start: int
    """Seconds since 1970, included."""
    end: int | None
    """Seconds since 1970, not included; None where the window is open."""
    distrusted_after: int | None = None
    """Only in a trust list: nothing that was registered from then on counts."""
    distrusted: bool = False
    """Only in a root: the key counts for nothing, but for the survivors of a receipt key."""

    def holds(self, t: int) -> bool:
        """Tell whether a time lies in the key's window."""
        return self.start <= t and (self.end is None or t < self.end)

    def to_members(self) -> dict[str, object]:
        """Write the record as a member of `keys`."""
        members: dict[str, object] = {
            "kid": self.kid,
            "jwk": self.key.members,
            "role": self.role,
            "from": self.start,
            "to": self.end,
        }
        if self.distrusted:
            members["distrusted"] = True
        if self.distrusted_after is not None:
            members["distrusted_after"] = self.distrusted_after
        return members

    @classmethod
    def from_members(
        cls, value: object, where: str = "key", allowed: Iterable[str] = roles.ROLES
    ) -> Self:
        """Read a record.

        Args:
            value: The parsed member.
            where: Its place, for the error.
            allowed: The roles that may stand there.

        Raises:
            MalformedError: `malformed.profile`.
        """
        record = Members.of(value, where, _NAMES)
        role = record.choice("role", allowed)
        start, end = record.time("from"), record.end("to")
        if end is not None and end <= start:
            refuse(record.at("to"), "not after from")
        key = _key(record, role)
        kid = record.raw("kid")
        fits = (
            isinstance(kid, str) and _EPOCH.fullmatch(kid) is not None
            if role == "receipt"
            else kid == key.kid
        )
        if not fits:
            refuse(record.at("kid"), "not the key's: 11 characters of its thumbprint, or the epoch")
        return cls(
            kid=str(kid),
            key=key,
            role=role,
            start=start,
            end=end,
            distrusted_after=record.time("distrusted_after")
            if "distrusted_after" in record
            else None,
            distrusted=record.mark("distrusted"),
        )


def refuse_shared(records: Iterable[KeyRecord], where: str) -> None:
    """Refuse a key that stands twice, whatever its role or owner.

    Raises:
        MalformedError: `snapshot.duplicate_key`.
    """
    seen: set[bytes] = set()
    for record in records:
        if record.key.thumbprint in seen:
            raise MalformedError(
                "snapshot.duplicate_key",
                f"{where}: the key {record.key.kid} stands twice; each role and each owner needs a"
                " key of its own",
            )
        seen.add(record.key.thumbprint)


def _key(record: Members, role: str) -> VerifyingKey:
    where = record.at("jwk")
    members = record.raw("jwk")
    if not isinstance(members, dict):
        refuse(where, "not an object")
    try:
        key = jwk.from_members(members)
        roles.check(role, key.alg)
    except KeyMaterialError as error:
        refuse(where, str(error))
    if tuple(members.items()) != key.jwk:
        refuse(where, "members must be in the order kty, crv, x, y, alg")
    return key


def read_records(members: Members, allowed: tuple[str, ...]) -> tuple[KeyRecord, ...]:
    """Read the member `keys` of a body or authority.

    Raises:
        MalformedError: `malformed.profile` or `snapshot.duplicate_key`.
    """
    where = members.at("keys")
    records = tuple(
        KeyRecord.from_members(one, f"{where}[{n}]", allowed)
        for n, one in enumerate(members.items("keys", 0, MAX_RECORDS))
    )
    if len({record.kid for record in records}) != len(records):
        refuse(where, "a kid stands twice")
    if any(record.distrusted for record in records):
        refuse(where, "distrusted stands in a root alone; here it is distrusted_after")
    return records
