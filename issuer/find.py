# SPDX-License-Identifier: Apache-2.0
"""Looking up what the desk knows about a certificate: its state, its batch, its acts, its prints.

By number, by the holder's name in any spelling, by batch, or by a document number, of which the
ledger knows a salted name only. The state is what this desk's own acts have left; what an authority
did since stands in the registry's status list, and `skillseal verify` tells it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from credential.admission import civil_date
from credential.certificate import Claims
from credential.identity_number import IdentityNumber
from credential.statement import Statement
from issuer.act import Act, State
from issuer.ledger import Ledger
from issuer.record_table import Record
from issuer.records import Item

MAX_FOUND: Final = 1_000  # certificates in one answer

REGISTERED: Final = "registered"
SIGNED: Final = "signed"
DRAWN: Final = "drawn"
RECORD: Final = "record"
"""历史记录: issued before this system, not signed."""


@dataclass(frozen=True, slots=True)
class Found:
    """One certificate or record."""

    number: str
    kind: str
    name: str
    occupation: str
    level: str | None
    stage: str
    """`registered`, `signed`, `drawn` or `record`."""
    state: str | None
    """Of a registered one, as this desk knows it."""
    batch: str | None
    line: int | None
    """The sheet's row."""
    issued_on: str
    successor: str | None
    predecessor: str | None
    """Number of the one that it follows."""
    acts: tuple[Act, ...]
    prints: tuple[tuple[str, int], ...]
    """Form, and time in seconds since 1970."""

    def to_members(self) -> dict[str, object]:
        """Write it as JSON."""
        return {
            "number": self.number,
            "kind": self.kind,
            "name": self.name,
            "occupation": self.occupation,
            "level": self.level,
            "stage": self.stage,
            "state": self.state,
            "batch": self.batch,
            "row": self.line,
            "issued_on": self.issued_on,
            "successor": self.successor,
            "predecessor": self.predecessor,
            "acts": [act_members(each) for each in self.acts],
            "prints": [{"form": form, "at": at} for form, at in self.prints],
        }


def act_members(act: Act) -> dict[str, object]:
    """Write an act as JSON."""
    said = Statement.from_bytes(act.payload)
    outcome = "accepted" if act.receipt else "refused" if act.problem else "waiting"
    return {
        "type": act.type,
        "change": act.change,
        "reason": said.body["reason"],
        "at": said.iat,
        "outcome": outcome,
        "code": act.code,
    }


def by_text(ledger: Ledger, text: str) -> list[Found]:
    """Find by number, or else by name."""
    written = text.strip()
    number = written.replace(" ", "")
    items, records = ledger.numbered_all(number), ledger.recorded(number)
    if not items and not records and written:
        items, records = ledger.items_as(written), ledger.recorded_as(written)
    return _shown(ledger, items, records)


def by_batch(ledger: Ledger, batch: str) -> list[Found]:
    """Find what a batch made."""
    return _shown(ledger, [each for each in ledger.items(batch) if each.payload], [])


def by_document(ledger: Ledger, document: IdentityNumber) -> list[Found]:
    """Find what a person has."""
    person = ledger.person(f"{document.document_type}:{document.number}")
    return _shown(ledger, ledger.items_of(person), ledger.recorded_of(person))


def _shown(ledger: Ledger, items: Iterable[Item], records: Iterable[Record]) -> list[Found]:
    found = [_item(ledger, each) for each in items]
    return [*found, *(_record(ledger, each) for each in records)][:MAX_FOUND]


def _item(ledger: Ledger, item: Item) -> Found:
    claims = Claims.from_bytes(item.payload or b"")
    number = item.number or claims.certificate_number
    acts = ledger.acts_about((item.kind, number))
    state = State.of(acts)
    return Found(
        number=number,
        kind=item.kind,
        name=claims.name,
        occupation=claims.occupation_name,
        level=claims.level,
        stage=REGISTERED if item.receipt else SIGNED if item.token else DRAWN,
        state=state.name if item.receipt else None,
        batch=item.batch,
        line=item.line,
        issued_on=civil_date(claims.iat),
        successor=state.successor,
        predecessor=ledger.predecessor(item.kind, number),
        acts=tuple(acts),
        prints=tuple((each.form, each.at) for each in ledger.prints(item.batch, item.line)),
    )


def _record(ledger: Ledger, record: Record) -> Found:
    follows = ledger.successor_of(record)
    return Found(
        number=record.number,
        kind=record.kind,
        name=record.name,
        occupation=record.occupation_name,
        level=record.level or None,
        stage=RECORD,
        state=None,
        batch=None,
        line=None,
        issued_on=record.issued_on,
        successor=follows.number if follows else None,
        predecessor=None,
        acts=(),
        prints=(),
    )
