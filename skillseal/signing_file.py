# SPDX-License-Identifier: Apache-2.0
"""Statements on their way to a machine without a network, where they are signed, and back.

    {"statements":[{"payload":"<base64url>","signatures":["<statement+jwt>",…]},…]}

`skillseal registry … --export FILE` writes it, `skillseal sign FILE` adds a signature to each, and
`skillseal registry … --signed FILE` hands them in. Nothing else stands in the file: type, subject
and the number of keys are read from the payloads, and every signature is over exactly these bytes.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from credential import base64url, canonical, envelope, statement, statement_bodies
from credential.errors import ConflictError, MalformedError, UnavailableError
from credential.members import Members
from credential.statement import Statement
from keys.signer import Signer

MAX_BYTES: Final = 32 << 20
MAX_STATEMENTS: Final = 256


@dataclass(frozen=True, slots=True)
class ToSign:
    """One statement, with the signatures that it has so far."""

    payload: bytes
    signatures: tuple[str, ...] = ()

    @property
    def said(self) -> Statement:
        """What it states."""
        return Statement.from_bytes(self.payload)

    @property
    def needed(self) -> int:
        """How many different keys must sign it."""
        read = statement_bodies.read(self.said)
        return read.profile.keys(read.said)

    @property
    def is_whole(self) -> bool:
        """Whether enough have signed."""
        return len(self.signatures) >= self.needed

    def signed(self, key: Signer) -> "ToSign":
        """Add a signature.

        Raises:
            ConflictError: `sign.twice`, this key has signed it.
        """
        if any(envelope.read(one, envelope.STATEMENT).kid == key.kid for one in self.signatures):
            message = f"the key {key.kid} has signed this: another person signs next"
            raise ConflictError("sign.twice", message)
        token = envelope.sign(key, envelope.STATEMENT, self.payload)
        return replace(self, signatures=(*self.signatures, token))


def read(file: Path) -> list[ToSign]:
    """Read a file of statements.

    Raises:
        UnavailableError: `file.unreadable`.
        MalformedError: `malformed.token`, `malformed.profile`, `statement.…`.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnavailableError("file.unreadable", f"cannot read {file}: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise UnavailableError("file.unreadable", f"{file} is too large")
    members = Members.of(canonical.parse(data, canonical=False), "signing file", "statements")
    return [_one(each) for each in members.items("statements", 1, MAX_STATEMENTS)]


def _one(value: object) -> ToSign:
    members = Members.of(value, "signing file.statements", "payload signatures")
    try:
        payload = base64url.decode(str(members.raw("payload")))
    except ValueError:
        raise MalformedError("malformed.token", "a payload is not base64url") from None
    signatures = tuple(str(one) for one in members.items("signatures", 0, 2))
    one = ToSign(payload, signatures)
    statement_bodies.read(one.said)
    if signatures and statement.read(list(signatures)).payload != payload:
        message = "a signature in the file is over something else than what stands beside it"
        raise MalformedError("statement.signatures", message)
    return one


def write(file: Path, statements: Sequence[ToSign], *, new: bool) -> None:
    """Write a file of statements.

    Args:
        file: Where.
        statements: What.
        new: Whether there must be none of that name yet; else it is replaced as a whole.

    Raises:
        UnavailableError: `file.unwritable`; what was there is untouched.
    """
    listed = [
        {"payload": base64url.encode(one.payload), "signatures": list(one.signatures)}
        for one in statements
    ]
    content = canonical.encode({"statements": listed}) + b"\n"
    place = file if new else file.with_name(f".{file.name}.new")
    try:
        if not new:
            place.unlink(missing_ok=True)  # a remnant, or a link that somebody has laid
        with place.open("xb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        if not new:
            place.replace(file)
    except OSError as error:
        if not new:
            with suppress(OSError):
                place.unlink()
        raise UnavailableError(
            "file.unwritable", f"cannot write {file}: {error.strerror}"
        ) from None
