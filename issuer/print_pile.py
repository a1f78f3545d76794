# SPDX-License-Identifier: Apache-2.0
"""The pile: what of a roster is to be printed, how, and who cannot be.

The ledger says what was registered, the roster of the same content has the document numbers. A name
without all its glyphs is refused with the character, before any page is set.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from credential import certificate
from credential.errors import ConflictError, SealError
from issuer import face as faces
from issuer import photo
from issuer.face import Face, Issuer
from issuer.layout import Layout
from issuer.ledger import Ledger
from issuer.photo import Photos
from issuer.records import Item
from issuer.refusal import Refusal
from issuer.roster import Candidate, Roster
from issuer.typeface import Typeface


@dataclass(frozen=True, slots=True)
class Sheet:
    """How to print."""

    typeface: Typeface
    layout: Layout = field(default_factory=lambda: Layout.of("a4"))
    template: Path | None = None
    """Of the institution's own; None for ours of that format."""
    seal: Path | None = None
    photos: Path | None = None
    """Folder of photos, each named by its document number."""
    english: bool = False
    volumes: bool = False
    again: bool = False
    """Print also what is there already."""


@dataclass(slots=True)
class Pile:
    """What is to be printed, and what cannot be."""

    ready: list["Task"] = field(default_factory=list)
    waiting: int = 0
    refusals: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Task:
    """One certificate to print."""

    item: Item
    candidate: Candidate
    photo: Path | None
    job: "Job"
    name_title: str
    """How the sheet heads the names."""


@dataclass(frozen=True, slots=True)
class Job:
    """What every page has in common; goes to the workers."""

    out: Path
    issuer: Issuer
    sheet: Sheet
    seal: bytes | None

    def slim(self) -> "Job":
        """Leave out what no page needs and every worker would be sent."""
        typeface = replace(self.sheet.typeface, characters=frozenset())
        sheet = replace(self.sheet, typeface=typeface)
        return replace(self, sheet=sheet)


def sort(roster: Roster, ledger: Ledger, photos: Photos, job: Job) -> Pile:
    """Put the ledger's certificates and the roster's people together, in the roster's order."""
    batches = ledger.batches_of(ledger.roster(roster.content))
    if not batches:
        message = "nothing was issued from exactly this roster: any changed cell makes it another"
        raise ConflictError("batch.not_filed", message)
    people = {each.row: each for each in roster.candidates}
    typeface = job.sheet.typeface
    job = job.slim()
    items = sorted((i for each in batches for i in ledger.items(each.batch)), key=lambda i: i.line)
    pile = Pile()
    for item in items:
        if item.token is None or item.receipt is None:
            pile.waiting += 1
            continue
        candidate = people.get(item.line)
        _, claims = certificate.read(item.token)
        if candidate is None or candidate.name != claims.name:
            refusal = ("roster.mismatch", "the row is not what its certificate was issued from")
            pile.refusals.append(
                Refusal(item.line, roster.columns.title("name"), *refusal, "print from that roster")
            )
            continue
        picture = photos.find(candidate.document.number)
        task = Task(item, candidate, picture, job, roster.columns.title("name"))
        texts = (claims.name, claims.occupation_name, claims.trade or "", job.issuer.name)
        details = (text for _, text in claims.detail)
        missing = typeface.missing([*texts, *details, claims.certificate_number])
        if missing:
            pile.refusals.append(_without_glyph(roster, task, missing))
            continue
        if claims.holder_tag is not None and job.sheet.layout.format == "sticker":
            pile.refusals.append(_tagged(roster, task))
            continue
        pile.ready.append(task)
    return pile


def _without_glyph(roster: Roster, task: Task, missing: Sequence[str]) -> Refusal:
    shown = "、".join(f"{each} (U+{ord(each):04X})" for each in missing)
    return Refusal(
        task.item.line,
        roster.columns.title("name"),
        "print.glyph",
        f"{task.candidate.name}: the typeface has no glyph for {shown}",
        "name a font file that has it with --font",
    )


def _tagged(roster: Roster, task: Task) -> Refusal:
    """Refuse a sticker whose code, read from afar, would say something about a document."""
    return Refusal(
        task.item.line,
        roster.columns.title("name"),
        "print.sticker_tag",
        f"{task.candidate.name}: the certificate has a holder tag, and a sticker is read from afar",
        "print a card; a sticker needs a certificate without holder tag",
    )


def unfit(task: Task, code: str, message: str) -> Refusal:
    """Refuse what has no room on the format."""
    return Refusal(
        task.item.line,
        task.name_title,
        code,
        message,
        "print another format or size, or a template with more room",
    )


def face(task: Task) -> Face:
    """Put a face together, with its photo.

    Raises:
        SealError: `photo.…`, naming the row and never the document.
    """
    job, picture = task.job, None
    if task.photo is not None:
        try:
            picture = photo.photo(task.photo)
        except SealError as error:
            message = f"row {task.item.line}: {error}"
            raise type(error)(error.code, message) from None
    return faces.of(
        task.item,
        task.candidate.document,
        job.issuer,
        job.sheet.layout,
        english=job.sheet.english,
        photo=picture,
    )
