# SPDX-License-Identifier: Apache-2.0
"""Printing a roster: one PDF for each registered certificate, and volumes for the printer.

    OUT/Y000031000101263000001.pdf      one page, named by the certificate number
    OUT/Y000031000101263000001-card.pdf front and back; likewise `-sticker`, and `-stock`
    OUT/volume-001.pdf                  up to 500 certificates in the roster's order
    OUT/sheets-card-001.pdf             the same, several on a page

- the ledger says what was registered, the roster of the same content has the document numbers;
- a name without all its glyphs is refused with the character, before any page is set;
- a text for which its place on the format is too small is refused: nothing is cut or overlaps;
- a file is written only when it was read back from its pixels, and appears whole: so a run that
  was killed is continued by running it again, and prints what is missing;
- a file that is there and carries the same certificate counts as printed; a new photo needs
  `again`;
- what was read back is recorded in the ledger (`issuer.print_record`).
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

from credential import carrier
from credential.errors import MalformedError, UnavailableError, UntrustedError
from credential.filing_file import FilingFile
from issuer import look, photo, press, print_pile, read_back, results, workers
from issuer.face import Face, Issuer
from issuer.layout import Layout
from issuer.ledger import Ledger
from issuer.photo import Photos
from issuer.press import ATTACHMENT, CONTENTS, MAX_PAGES, Press
from issuer.print_pile import Job, Sheet, Task
from issuer.print_record import Known, PrintRecord, digest
from issuer.progress import Step, quiet
from issuer.refusal import Refusal
from issuer.roster import Roster
from issuer.typeface import Typeface

__all__ = ("Printed", "Sheet", "read", "ruler_page", "run")

NONE: Final[Known] = frozenset()
FEW: Final = 60  # pages of some 30 ms: starting workers takes as long


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


def run(
    roster: Roster,
    ledger: Ledger,
    filing: FilingFile,
    out: Path,
    given: Sheet,
    *,
    cores: int | None = None,
    at: int,
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
        at: Now, seconds since 1970: what the ledger says of a print.
        step: Told of progress.

    Raises:
        ConflictError: `batch.not_filed`.
        UntrustedError: `print.unread`, `code.unread`; nothing is written for that certificate.
        UnavailableError: `output.unwritable`, `photo.unreadable`, `workers.ended`.
        SealError: `photo.…`, `template.…`.
    """
    seal = None if given.seal is None else photo.seal(given.seal)
    _make(out)
    job = Job(out, Issuer.of(filing), given, seal)
    pile = print_pile.sort(roster, ledger, Photos.of(given.photos), job)
    made = volumes = 0
    form = given.layout.form
    shown: list[Task] = []
    with PrintRecord(ledger, at) as record:
        known = record.known([task.item for task in pile.ready], form)
        tasks = [(task, known.get((task.item.batch, task.item.line), NONE)) for task in pile.ready]
        pages = workers.each(_print, tasks, cores=cores, few=FEW)
        for done, (task, what) in enumerate(zip(pile.ready, pages, strict=True), start=1):
            if isinstance(what, Refusal):
                pile.refusals.append(what)
            else:
                file, is_new = what
                made += is_new
                shown.append(task)
                record.add([task.item], form, file, is_new=is_new)
            step("print", done, len(pile.ready))
        if given.volumes or given.layout.grid is not None:
            volumes = _volumes(shown, record, step)
    return Printed(
        made=made,
        kept=len(shown) - made,
        volumes=volumes,
        waiting=pile.waiting,
        without_photo=sum(task.photo is None for task in shown) if given.photos else 0,
        refusals=tuple(sorted(pile.refusals, key=lambda each: each.row)),
    )


def read(roster: Path, kind: str, filing: FilingFile, *, page: str | None = None) -> Roster:
    """Read the roster that certificates were issued from.

    Args:
        roster: The file.
        kind: Of certificate.
        filing: Of the body.
        page: Name of the sheet; None for the one that fits.

    Raises:
        ConflictError: `catalogue.missing`.
        MalformedError: `roster.…`, for the sheet as a whole.
        UnavailableError: `roster.absent`.
    """
    catalogues = filing.dictionaries()
    # What could be issued today does not matter: the ledger says what was.
    return look.read(roster, kind, catalogues, page=page, marks=filing.marks)


def ruler_page(out: Path, layout: Layout, typeface: Typeface, template: Path | None = None) -> Path:
    """Write the test page of a format: a ruler and every field's box, nobody's certificate.

    Raises:
        UnavailableError: `output.unwritable`, `template.unreadable`.
        MalformedError: `template.malformed`.
    """
    _make(out)
    kind = layout.form if layout.grid is None else layout.bound
    path = out / f"test-page-{kind}.pdf"
    results.write(path, Press.of(typeface, layout, template).test_page())
    return path


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"cannot make the folder {folder.name}: {error.strerror}"
        raise UnavailableError("output.unwritable", message) from None


_presses: dict[bytes, Press] = {}


def _press(job: Job) -> Press:
    """Set up the press once in each process."""
    how = job.sheet
    key = hashlib.sha256(repr((how.template, how.layout, how.typeface.folders)).encode())
    key.update(job.seal or b"")
    if key.digest() not in _presses:
        _presses[key.digest()] = Press.of(how.typeface, how.layout, how.template, job.seal)
    return _presses[key.digest()]


def _print(given: tuple[Task, Known]) -> tuple[bytes, bool] | Refusal:
    """Print one certificate; gives what is recorded of the file, and whether it is new."""
    task, known = given
    layout = replace(task.job.sheet.layout, grid=None)
    path = task.job.out / f"{task.item.number}{layout.ending}.pdf"
    attached = (ATTACHMENT, carrier.text_form(str(task.item.token), task.item.receipt))
    found = None if task.job.sheet.again else _there(path, attached)
    if found is not None and digest(found) in known:
        return digest(found), False
    try:
        face = print_pile.face(task)
        if found is not None and _reads(found, [face], attached, layout):
            return digest(found), False
        pdf = _press(task.job).one(face)
    except MalformedError as error:
        if error.code != "print.no_room":
            raise
        return print_pile.unfit(task, error.code, str(error))
    read_back.check(pdf, [face], attached, layout)
    results.write(path, pdf)
    return digest(pdf), True


def _reads(pdf: bytes, faces: Sequence[Face], attached: tuple[str, str], layout: Layout) -> bool:
    """Read back a file that is not recorded: its run was killed, or somebody put it there."""
    try:
        read_back.check(pdf, faces, attached, layout)
    except UntrustedError:
        return False
    return True


def _there(path: Path, attached: tuple[str, str]) -> bytes | None:
    """Give a file that an earlier run wrote over the same certificates."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    return content if read_back.attachment_of(content) == attached else None


def _volumes(tasks: Sequence[Task], record: PrintRecord, step: Step) -> int:
    """Print the volumes that are not there; gives how many there are."""
    if not tasks:
        return 0
    layout, most = tasks[0].job.sheet.layout, MAX_PAGES
    if layout.grid is not None:
        most -= most % layout.grid.places  # so that only the very last sheet is not full
    of = -(-len(tasks) // most)
    known = record.known([task.item for task in tasks], layout.bound)
    for number, part in enumerate(_parts(tasks, most), start=1):
        job, items = part[0].job, [task.item for task in part]
        path = job.out / f"{layout.bound}-{number:03}.pdf"
        bound = [print_pile.face(task) for task in part]
        attached = (CONTENTS, press.contents(bound, layout))
        pdf = None if job.sheet.again else _there(path, attached)
        recorded = (known.get((item.batch, item.line), NONE) for item in items)
        is_good = pdf is not None and (
            all(digest(pdf) in each for each in recorded) or _reads(pdf, bound, attached, layout)
        )
        if pdf is None or not is_good:
            pdf = _press(job).volume(bound)
            read_back.check(pdf, bound, attached, layout)
            results.write(path, pdf)
        record.add(items, layout.bound, digest(pdf), is_new=not is_good)
        step("volumes", number, of)
    return of


def _parts(tasks: Sequence[Task], size: int) -> Iterator[list[Task]]:
    rest = iter(tasks)
    more: Callable[[], list[Task]] = lambda: list(islice(rest, size))  # noqa: E731 # iter() asks
    return iter(more, [])
