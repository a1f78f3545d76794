# SPDX-License-Identifier: Apache-2.0
"""Acts that need the signatures of several people: proposed, signed by each, then carried out.

    open ── enough signatures, and the act succeeded ──→ complete
      └──── withdrawn by whoever proposed it ──→ withdrawn;   its time is over → expired

- what is signed is stored as exact bytes, and every signature is over those bytes;
- who a signature is of, and whether it counts, the application says: no key stands in an account;
- the act is carried out before `complete` is stored. After a crash in between it is carried out
  again, so it must give the same answer twice, as a registry's `POST /statements` does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Engine, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from console import database, paging, payload, tables
from console.accounts import Clock
from console.passwords import Random
from credential import base64url
from credential.errors import ConflictError, MalformedError, UntrustedError

ID_BYTES: Final = 16
MAX_PAYLOAD: Final = 1 << 20  # bytes
MAX_TOKEN: Final = 2 << 20  # characters
MAX_NEEDED: Final = 5
WEEK: Final = 7 * 86_400  # seconds

OPEN, COMPLETE, WITHDRAWN, EXPIRED = "open", "complete", "withdrawn", "expired"

_P: Final = tables.proposals
_S: Final = tables.signatures


@dataclass(frozen=True, slots=True)
class Signature:
    """One that was given."""

    signer: str
    """As the application names it: a key, or the person who answers for it."""
    token: str
    """Compact JWS over the payload."""
    given_by: str
    """Account that handed it in."""
    given_at: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """One act that waits, or that is done."""

    id: str
    typ: str
    """Of the tokens: `statement+jwt`, `release+jwt`."""
    about: str
    """What it is about, for lists and for the application."""
    payload: bytes
    """Exactly what is signed."""
    extra: bytes | None
    """What the act needs beside it and nobody signs."""
    needed: int
    """Signatures by different signers."""
    made_by: str
    made_at: int
    until: int
    """When it expires."""
    state: str
    """`open`, `complete`, `withdrawn` or `expired`."""
    ended_by: str | None
    ended_at: int | None
    signatures: tuple[Signature, ...]
    """In the order in which they were given."""

    @property
    def tokens(self) -> tuple[str, ...]:
        """What is handed to a registry."""
        return tuple(each.token for each in self.signatures)

    @property
    def missing(self) -> int:
        """How many signatures it still needs."""
        return max(0, self.needed - len(self.signatures))


Signer = Callable[[Proposal, str], str]
"""Verifies a token over a proposal's payload and names its signer, or raises a SealError."""
Act = Callable[[Proposal], None]
"""Carries out what has all its signatures, or raises a SealError."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """All proposals of one application."""

    engine: Engine
    clock: Clock
    random: Random

    def create(  # each is stored
        self,
        typ: str,
        content: bytes,
        *,
        about: str,
        by: str,
        needed: int = 2,
        extra: bytes | None = None,
        seconds: int = WEEK,
    ) -> Proposal:
        """Propose an act.

        Args:
            typ: Of the tokens.
            content: The exact payload, a JSON object.
            about: At most 200 characters.
            by: Name of the account.
            needed: How many people sign.
            extra: Kept beside it.
            seconds: Until it expires.

        Raises:
            MalformedError: `proposal.payload`.
        """
        payload.members(content)
        if len(content) > MAX_PAYLOAD or not 1 <= needed <= MAX_NEEDED:
            message = f"at most {MAX_PAYLOAD >> 10} KiB and {MAX_NEEDED} signatures"
            raise MalformedError("proposal.payload", message)
        at, key = self.clock(), base64url.encode(self.random(ID_BYTES))
        values = {
            "id": key,
            "typ": typ,
            "about": about[:200],
            "payload": content,
            "extra": extra,
            "needed": needed,
            "made_by": by,
            "made_at": at,
            "until": at + seconds,
            "state": OPEN,
        }
        with database.write(self.engine) as connection:
            connection.execute(insert(_P).values(values))
        return self.get(key)

    def get(self, key: str) -> Proposal:
        """Find a proposal.

        Raises:
            ConflictError: `proposal.unknown`.
        """
        query = select(_S).where(_S.c.proposal == key).order_by(_S.c.given_at, _S.c.signer)
        with database.read(self.engine) as connection:
            row = connection.execute(select(_P).where(_P.c.id == key)).mappings().one_or_none()
            given = connection.execute(query).mappings().all()
        if row is None:
            raise ConflictError("proposal.unknown", "there is no such proposal")
        return _proposal(row, given, self.clock())

    def open(
        self, *, after: str | None = None, size: int = paging.SIZE
    ) -> tuple[tuple[Proposal, ...], str | None]:
        """List those that wait, newest first.

        Returns:
            Proposals, and where the next page begins.

        Raises:
            MalformedError: `page.cursor`.
        """
        at = self.clock()
        query = select(_P).where(_P.c.state == OPEN, _P.c.until > at)
        with database.read(self.engine) as connection:
            key = (_P.c.made_at, _P.c.id)
            page = paging.paged(connection, query, key, after=after, size=size, newest_first=True)
            keys = [row["id"] for row in page.rows]
            of = select(_S).where(_S.c.proposal.in_(keys)).order_by(_S.c.given_at, _S.c.signer)
            given = connection.execute(of).mappings().all()
        mine = {key: [row for row in given if row["proposal"] == key] for key in keys}
        return tuple(_proposal(row, mine[row["id"]], at) for row in page.rows), page.after

    def sign(self, key: str, token: str, *, by: str, signer: Signer) -> Proposal:
        """Add a signature.

        Args:
            key: Of the proposal.
            token: Compact JWS.
            by: Account that hands it in, which need not be the signer's.
            signer: Verifies it.

        Raises:
            ConflictError: `proposal.unknown`, `proposal.ended`, `proposal.signed`.
            UntrustedError: `proposal.other`, it is over something else.
            SealError: What `signer` refuses.
        """
        proposal = self.get(key)
        _demand_over(proposal, token)
        name = signer(proposal, token)
        values = {
            "proposal": key,
            "signer": name,
            "token": token.encode(),
            "given_by": by,
            "given_at": self.clock(),
        }
        try:
            with database.write(self.engine) as connection:
                # The row is locked: nobody withdraws it while a signature is added.
                waits = _waits(key, self.clock())
                if not connection.execute(update(_P).where(waits).values(state=OPEN)).rowcount:
                    raise _ended()
                connection.execute(insert(_S).values(values))
        except IntegrityError:
            message = "this signer has signed already: another person must sign too"
            raise ConflictError("proposal.signed", message) from None
        return self.get(key)

    def carry_out(self, key: str, *, by: str, act: Act) -> Proposal:
        """Carry out what has all its signatures.

        A crash after `act` and before the last line leaves it open: it is carried out again.

        Raises:
            ConflictError: `proposal.unknown`, `proposal.ended`, `proposal.incomplete`.
            SealError: What `act` refuses; the proposal stays open.
        """
        proposal = self.get(key)
        if proposal.state != OPEN:
            raise _ended()
        if proposal.missing:
            message = f"{proposal.missing} more must sign first"
            raise ConflictError("proposal.incomplete", message)
        act(proposal)
        return self._end(key, by, COMPLETE)

    def withdraw(self, key: str, *, by: str) -> Proposal:
        """Take a proposal back.

        Raises:
            ConflictError: `proposal.unknown`, `proposal.ended`.
        """
        self.get(key)
        return self._end(key, by, WITHDRAWN)

    def _end(self, key: str, by: str, state: str) -> Proposal:
        at = self.clock()
        values = {"state": state, "ended_by": by, "ended_at": at}
        # What was carried out is complete, even if it was withdrawn in the same moment.
        this = _P.c.id == key if state == COMPLETE else _waits(key, at)
        with database.write(self.engine) as connection:
            if not connection.execute(update(_P).where(this).values(values)).rowcount:
                raise _ended()
        return self.get(key)


def _waits(key: str, at: int) -> ColumnElement[bool]:
    return (_P.c.id == key) & (_P.c.state == OPEN) & (_P.c.until > at)


def _demand_over(proposal: Proposal, token: str) -> None:
    parts = token.split(".")
    try:
        said = base64url.decode(parts[1]) if len(parts) == 3 and len(token) <= MAX_TOKEN else b""
    except (MalformedError, ValueError):
        said = b""
    if said != proposal.payload:
        message = "that is no signature over exactly this proposal"
        raise UntrustedError("proposal.other", message)


def _ended() -> ConflictError:
    return ConflictError("proposal.ended", "this proposal does not wait any more")


def _proposal(row: RowMapping, given: Sequence[RowMapping], at: int) -> Proposal:
    is_over = row["state"] == OPEN and row["until"] <= at
    return Proposal(
        **{name: row[name] for name in ("id", "typ", "about", "needed", "made_by", "made_at")},
        payload=bytes(row["payload"]),
        extra=None if row["extra"] is None else bytes(row["extra"]),
        until=row["until"],
        state=EXPIRED if is_over else row["state"],
        ended_by=row["ended_by"],
        ended_at=row["ended_at"],
        signatures=tuple(
            Signature(
                each["signer"], bytes(each["token"]).decode(), each["given_by"], each["given_at"]
            )
            for each in given
        ),
    )
