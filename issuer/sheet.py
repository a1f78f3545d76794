# SPDX-License-Identifier: Apache-2.0
"""A sheet of cells out of a file from outside: bounded, rows numbered as the sheet numbers them.

    read(Path("results.xlsx"))  ->  (1, ("姓名", "证件号码", …)), (2, ("…", …)), …

A workbook is looked at before the reading library gets it (`issuer.workbook`, `.open_document`,
`.old_workbook`), because that library allocates whatever a file claims to need. Limits, all stated
in the refusal:

- 64 MiB of file, 512 MiB unpacked, 256 columns, 8 million cells from the first to the last;
- 100,000 rows with content under the header. A longer roster is refused whole, not cut.

Cells stay what they are: text, number, date. A number in a column of ID numbers has lost digits, so
it must still be seen as a number by whoever reads the row. This module touches the disk.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from credential.errors import MalformedError, UnavailableError

MAX_FILE: Final = 64 << 20  # bytes as stored
MAX_ROWS: Final = 100_000  # rows with content under the header
MAX_COLUMNS: Final = 256
_OPEN_DOCUMENT: Final = b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"
HEADER_ROWS: Final = 20  # rows in which the header may stand: titles come first

Cell = str | float | bool | date | datetime


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell whose value cannot be used, and why."""

    code: str
    """`cell.formula`, `cell.encoding` or `cell.error`."""


Row = tuple[int, tuple[Cell | Unreadable | None, ...]]


def unreadable(path: Path, what: str) -> MalformedError:
    """Say that the file as a whole is not a roster."""
    return MalformedError("roster.unreadable", f"{path.name}: {what}")


def too_long(path: Path) -> MalformedError:
    """Say that the roster has more rows than the desk takes at once."""
    message = f"{path.name} has more than {MAX_ROWS:,} rows: split it into several rosters"
    return MalformedError("roster.too_long", message)


def read_bytes(path: Path) -> bytes:
    """Read the file, up to the limit.

    Raises:
        UnavailableError: `roster.absent`.
        MalformedError: `roster.too_big`.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE + 1)
    except OSError as error:
        message = f"cannot read {path.name}: {error.strerror}"
        raise UnavailableError("roster.absent", message) from None
    if len(content) > MAX_FILE:
        message = f"{path.name} is larger than {MAX_FILE >> 20} MiB: split it into several rosters"
        raise MalformedError("roster.too_big", message)
    return content


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook."""

    name: str
    """Empty for separated text."""
    rows: Iterable[Row]
    """Those with content; can be drawn more than once where a workbook has several sheets."""


Fit = Callable[[Iterable[Row]], int]
"""Tells how well a sheet's rows fit; 0 for not at all."""


def read(path: Path, name: str | None = None, fit: Fit | None = None) -> Iterator[Row]:
    """Yield the rows of a roster file that have content.

    Args:
        path: An .xlsx, .xls or .ods workbook, or comma-, tab- or semicolon-separated text in UTF-8
            or GB18030. What it is, is told from its content and not from its name.
        name: The sheet to read.
        fit: Tells how well a sheet fits, where none is named: the best is read, the first visible
            one where none fits or nobody tells.

    Raises:
        UnavailableError: `roster.absent`.
        MalformedError: `roster.unreadable`, `roster.encoding`, `roster.too_big`, `roster.too_long`,
            `roster.sheet` or `roster.sheets`, some also while rows are being drawn.
    """
    return iter(choose(path, read_bytes(path), name, fit).rows)


def choose(path: Path, content: bytes, name: str | None = None, fit: Fit | None = None) -> Sheet:
    """Choose the sheet that `read` reads, of a file whose content is known."""
    return _chosen(path, _sheets(path, content), name, fit)


def fitting(path: Path, fit: Fit) -> list[str]:
    """Name the sheets of which `read` cannot tell which is meant; none where it can."""
    sheets = _sheets(path, read_bytes(path))
    fits = [(fit(each.rows), each.name) for each in sheets]
    best = max(score for score, _ in fits)
    names = [name for score, name in fits if score == best]
    return names if best and len(names) > 1 else []


def is_open_xml(content: bytes) -> bool:
    """Tell whether a file is an .xlsx workbook by its looks."""
    return content.startswith(b"PK\x03\x04") and not content[30:100].startswith(_OPEN_DOCUMENT)


def _sheets(path: Path, content: bytes) -> list[Sheet]:
    if content.startswith(b"PK\x03\x04"):
        # An OpenDocument file says what it is in its first part (its part 3, section 3.3).
        if content[30:100].startswith(_OPEN_DOCUMENT):
            from issuer import open_document  # noqa: PLC0415  # calamine for workbooks alone

            return open_document.sheets(path, content)
        from issuer import workbook  # noqa: PLC0415  # likewise

        return workbook.sheets(path, content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        from issuer import old_workbook  # noqa: PLC0415  # likewise

        return old_workbook.sheets(path, content)
    from issuer import separated_text  # noqa: PLC0415  # and csv for text alone

    return [Sheet("", separated_text.rows(path, content))]


def _chosen(path: Path, sheets: list[Sheet], name: str | None, fit: Fit | None) -> Sheet:
    names = "、".join(each.name for each in sheets)
    if name is not None:
        for each in sheets:
            if each.name.strip() == name.strip():
                return each
        message = (
            f"{path.name} has no visible sheet {name}; it has: {names or 'no sheets, as text'}"
        )
        raise MalformedError("roster.sheet", message)
    if len(sheets) == 1 or fit is None:
        return sheets[0]
    fits = [(fit(each.rows), each) for each in sheets]
    best = max(score for score, _ in fits)
    fitting = [each for score, each in fits if score == best]
    if best and len(fitting) > 1:
        several = "、".join(each.name for each in fitting)
        message = f"several sheets look like a roster: {several}; name one of them with --sheet"
        raise MalformedError("roster.sheets", message)
    return fitting[0]
