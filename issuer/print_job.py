# SPDX-License-Identifier: Apache-2.0
"""Printing a roster: one PDF for each registered certificate, and volumes for the printer.

    OUT/Y000031000101263000001.pdf      one page, named by the certificate number
    OUT/volume-001.pdf                  up to 500 pages in the roster's order

- the ledger says what was registered, the roster of the same content has the document numbers;
- a name without all its glyphs is refused with the character, before any page is set;
- a file is written only when it was read back from its pixels, and appears whole: so a run that
  was killed is continued by running it again, and prints what is missing;
- a file that is there and carries the same certificate counts as printed; a new photo needs
  `again`.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Final

from credential import carrier, certificate
from credential.errors import ConflictError, SealError, UnavailableError
from credential.filing_file import FilingFile
from issuer import desk, photo, press, read_back, results, workers
from issuer import face as faces
from issuer.face import Face, Issuer
from issuer.ledger import Ledger
from issuer.photo import Photos
from issuer.press import ATTACHMENT, CONTENTS, MAX_PAGES, Press
from issuer.progress import Step, quiet
from issuer.records import Item
from issuer.refusal import Refusal
from issuer.roster import Candidate, Roster
from issuer.typeface import Typeface

FEW: Final = 60  # pages of some 30 ms: starting workers takes as long


@dataclass(frozen=True, slots=True)
class Sheet:
    """How to print."""

    typeface: Typeface
    template: Path = press.A4
    seal: Path | None = None
    photos: Path | None = None
    """Folder of photos, each named by its document number."""
    english: bool = False
    volumes: bool = False
    again: bool = False
    """Print also what is there already."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What became of a roster."""

    made: int
    """Files for a person written by this run."""
    kept: int
    """Files for a person that were there."""
    volumes: int
    waiting: int
    """Certificates that are not registered yet."""
    without_photo: int
    refusals: tuple[Refusal, ...]


@dataclass(slots=True)
class _Pile:
    """What is to be printed, and what cannot be."""

    ready: list["_Task"] = field(default_factory=list)
    waiting: int = 0
    refusals: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Task:
    item: Item
    candidate: Candidate
    photo: Path | None
    job: "_Job"


@dataclass(frozen=True, slots=True)
class _Job:
    """What every page has in common; goes to the workers."""

    out: Path
    issuer: Issuer
    sheet: Sheet
    seal: bytes | None

    def slim(self) -> "_Job":
        """Leave out what no page needs and every worker would be sent."""
        typeface = replace(self.sheet.typeface, characters=frozenset())
        sheet = replace(self.sheet, typeface=typeface)
        return replace(self, sheet=sheet)


def run(
    roster: Roster,
    ledger: Ledger,
    filing: FilingFile,
    out: Path,
    given: Sheet,
    *,
    cores: int | None = None,
    step: Step = quiet,
) -> Printed:
    """Print what is registered of a roster and not printed yet.

    Args:
        roster: That the certificates were issued from.
        ledger: Of the body.
        filing: Of the body.
        out: Folder for the files; made if it is absent.
        given: How to print.
        cores: How many to use; all of them if None.
        step: Told of progress.

    Raises:
        ConflictError: `batch.not_filed`.
        UntrustedError: `print.unread`, `code.unread`; nothing is written for that certificate.
        UnavailableError: `output.unwritable`, `photo.unreadable`, `workers.ended`.
        SealError: `photo.…`, `template.…`.
    """
    seal = None if given.seal is None else photo.seal(given.seal)
    _make(out)
    job = _Job(out, Issuer.of(filing), given, seal)
    pile = _sort(roster, ledger, Photos.of(given.photos), job)
    made = 0
    pages = workers.each(_print, pile.ready, cores=cores, few=FEW)
    for done, is_new in enumerate(pages, start=1):
        made += is_new
        step("print", done, len(pile.ready))
    return Printed(
        made=made,
        kept=len(pile.ready) - made,
        volumes=_volumes(pile.ready, step) if given.volumes else 0,
        waiting=pile.waiting,
        without_photo=sum(task.photo is None for task in pile.ready) if given.photos else 0,
        refusals=tuple(sorted(pile.refusals, key=lambda each: each.row)),
    )


def read(
    roster: Path, kind: str, filing: FilingFile, *, at: int, page: str | None = None
) -> Roster:
    """Read the roster that certificates were issued from.

    Args:
        roster: The file.
        kind: Of certificate.
        filing: Of the body.
        at: Seconds since 1970.
        page: Name of the sheet; None for the one that fits.

    Raises:
        ConflictError: `catalogue.missing`.
        MalformedError: `roster.…`, for the sheet as a whole.
        UnavailableError: `roster.absent`.
    """
    catalogues = filing.dictionaries()
    # What could be issued today does not matter: the ledger says what was.
    whole, _, _ = desk.look(roster, kind, catalogues, filing=None, region=None, at=at, page=page)
    return whole


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot make the folder {folder.name}: {error.strerror}"
        raise UnavailableError("output.unwritable", message) from None


def _sort(roster: Roster, ledger: Ledger, photos: Photos, job: _Job) -> _Pile:
    """Put the ledger's certificates and the roster's people together, in the roster's order."""
    batches = ledger.batches_of(ledger.roster(roster.content))
    if not batches:
        message = "nothing was issued from exactly this roster: any changed cell makes it another"
        raise ConflictError("batch.not_filed", message)
    people = {each.row: each for each in roster.candidates}
    typeface = job.sheet.typeface
    job = job.slim()
    items = sorted((i for each in batches for i in ledger.items(each.batch)), key=lambda i: i.line)
    pile = _Pile()
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
        task = _Task(item, candidate, photos.find(candidate.document.number), job)
        texts = (claims.name, claims.occupation_name, claims.trade or "", job.issuer.name)
        details = (text for _, text in claims.detail)
        missing = typeface.missing([*texts, *details, claims.certificate_number])
        if missing:
            pile.refusals.append(_without_glyph(roster, task, missing))
            continue
        pile.ready.append(task)
    return pile


def _without_glyph(roster: Roster, task: _Task, missing: Sequence[str]) -> Refusal:
    shown = "、".join(f"{each} (U+{ord(each):04X})" for each in missing)
    return Refusal(
        task.item.line,
        roster.columns.title("name"),
        "print.glyph",
        f"{task.candidate.name}: the typeface has no glyph for {shown}",
        "name a font file that has it with --font",
    )


def _face(task: _Task) -> Face:
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
        english=job.sheet.english,
        photo=picture,
    )


_presses: dict[bytes, Press] = {}


def _press(job: _Job) -> Press:
    """Set up the press once in each process."""
    key = hashlib.sha256(repr((job.sheet.template, job.sheet.typeface.folders)).encode())
    key.update(job.seal or b"")
    if key.digest() not in _presses:
        _presses[key.digest()] = Press.of(job.sheet.typeface, job.sheet.template, job.seal)
    return _presses[key.digest()]


def _print(task: _Task) -> bool:
    """Print one certificate; False where its file is there already."""
    path = task.job.out / f"{task.item.number}.pdf"
    attached = (ATTACHMENT, carrier.text_form(str(task.item.token), task.item.receipt))
    if not task.job.sheet.again and _is_there(path, attached):
        return False
    face = _face(task)
    pdf = _press(task.job).one(face)
    read_back.check(pdf, [face], attached)
    results.write(path, pdf)
    return True


def _is_there(path: Path, attached: tuple[str, str]) -> bool:
    """Tell whether a file was written by an earlier run over the same certificates."""
    try:
        return read_back.attachment_of(path.read_bytes()) == attached
    except OSError:
        return False


def _volumes(tasks: Sequence[_Task], step: Step) -> int:
    """Print the volumes that are not there; gives how many there are."""
    of = -(-len(tasks) // MAX_PAGES)
    for number, part in enumerate(_parts(tasks, MAX_PAGES), start=1):
        path = part[0].job.out / f"volume-{number:03}.pdf"
        bound = [_face(task) for task in part]
        attached = (CONTENTS, press.contents(bound))
        if part[0].job.sheet.again or not _is_there(path, attached):
            pdf = _press(part[0].job).volume(bound)
            read_back.check(pdf, bound, attached)
            results.write(path, pdf)
        step("volumes", number, of)
    return of


def _parts(tasks: Sequence[_Task], size: int) -> Iterator[list[_Task]]:
    rest = iter(tasks)
    more: Callable[[], list[_Task]] = lambda: list(islice(rest, size))  # noqa: E731 # iter() asks
    return iter(more, [])
