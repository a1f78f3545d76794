# SPDX-License-Identifier: Apache-2.0
"""Taking over certificates of before this system as records, and making a roster to issue them.

    take    sheet → records in the ledger: 历史记录, kept under their numbers, not signed
    again   sheet → the rows of a roster, for those that are recorded and not yet issued again

A record's number is never drawn; who holds it counts as holding that level. What takes its place is
the certificate that the same person then gets of the same kind, occupation and level, so nothing
has to be kept in step. Document numbers stay in the sheet: the ledger has none, so both need it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from issuer import people
from issuer.ledger import Ledger
from issuer.old_sheet import OldRow, OldSheet
from issuer.people import Person
from issuer.record_table import Record
from issuer.refusal import Refusal

HEADINGS: Final = (
    *("姓名", "证件类型", "证件号码", "职业（工种）", "工种", "技能等级"),
    *("理论成绩", "实操成绩", "考核日期", "评价方式"),
)
_DOCUMENTS: Final = {
    1: "居民身份证",
    2: "护照",
    3: "港澳居民来往内地通行证",
    4: "台湾居民来往大陆通行证",
}
_ROUTES: Final = {
    "examination": "考核评价",
    "direct_recognition": "直接认定",
    "exceptional_promotion": "破格晋升",
    "competition": "竞赛获奖",
}
_PASSED: Final = "合格"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a sheet."""

    rows: int
    new: int
    known: int
    """Recorded before."""
    refusals: tuple[Refusal, ...]
    warnings: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Again:
    """A roster to issue old certificates from."""

    table: tuple[tuple[str, ...], ...]
    """Rows under `HEADINGS`."""
    done: int
    """Issued again already."""
    refusals: tuple[Refusal, ...]


def take(ledger: Ledger, old: OldSheet, *, dry_run: bool = False) -> Taken:
    """Keep what can be read as records.

    Raises:
        UnavailableError: `ledger.…`, `workers.ended`.
    """
    fresh: list[Record] = []
    refusals = list(old.refusals)
    known = 0
    for each, record in _recorded(ledger, old):
        there = next((r for r in ledger.recorded(record.number) if r.kind == old.kind), None)
        if there is not None and _same(there, record):
            known += 1
        elif there is not None:
            message = "the ledger has a record of this number that says something else"
            refusals.append(_refusal(each, "record.known", message))
        elif ledger.has_number(old.kind, record.number):
            message = "a certificate of this system has this number"
            refusals.append(_refusal(each, "number.used", message))
        else:
            fresh.append(record)
    if not dry_run:
        ledger.keep_records(fresh)
    ordered = tuple(sorted(refusals, key=lambda refusal: refusal.row))
    return Taken(old.rows, len(fresh), known, ordered, old.warnings)


def again(ledger: Ledger, old: OldSheet) -> Again:
    """Make the rows of a roster for what is recorded and not issued again yet.

    Raises:
        UnavailableError: `workers.ended`.
    """
    table: list[tuple[str, ...]] = []
    refusals = list(old.refusals)
    done = 0
    for each, record in _recorded(ledger, old):
        there = next((r for r in ledger.recorded(record.number) if r.kind == old.kind), None)
        if there is None or not _same(there, record):
            message = "not a record of the ledger: import the sheet first"
            refusals.append(_refusal(each, "record.unknown", message))
        elif not record.occupation:
            message = "no catalogue has this occupation, so it cannot be issued"
            refusals.append(_refusal(each, "record.occupation", message))
        elif not each.candidate.evaluated_on:
            message = "neither the day of evaluation nor of issue is known"
            refusals.append(_refusal(each, "record.date", message))
        elif ledger.successor_of(there) is not None:
            done += 1
        else:
            table.append(_row(each))
    ordered = tuple(sorted(refusals, key=lambda refusal: refusal.row))
    return Again(tuple(table), done, ordered)


def _recorded(ledger: Ledger, old: OldSheet) -> Iterable[tuple[OldRow, Record]]:
    whom = people.find(ledger, [each.candidate for each in old.read], tagged=False)
    return [(each, _record(old.kind, each, whom[each.candidate.row])) for each in old.read]


def _record(kind: str, row: OldRow, whom: Person) -> Record:
    return Record(
        kind=kind,
        number=row.number.number,
        person=whom.person,
        name=row.candidate.name,
        occupation=row.candidate.occupation,
        occupation_name=row.candidate.occupation_name,
        level=row.candidate.level or "",
        issued_on=row.issued_on,
        form=row.number.form,
    )


def _same(one: Record, other: Record) -> bool:
    return (one.person, one.name, one.occupation_name, one.level) == (
        other.person,
        other.name,
        other.occupation_name,
        other.level,
    )


def _row(row: OldRow) -> tuple[str, ...]:
    """Write a row; the old certificate itself says that both parts were passed."""
    candidate = row.candidate
    theory, practice = (score or _PASSED for score in row.scores)
    return (
        candidate.name,
        _DOCUMENTS[candidate.document.document_type],
        candidate.document.number,
        candidate.occupation,
        candidate.trade or "",
        candidate.level or "",
        theory,
        practice,
        candidate.evaluated_on,
        _ROUTES[candidate.route],
    )


def _refusal(row: OldRow, code: str, message: str) -> Refusal:
    return Refusal(row.candidate.row, "证书编号", code, message, "compare it with the certificate")
