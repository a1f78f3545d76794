# SPDX-License-Identifier: Apache-2.0
"""A sheet of cells out of a file from outside: bounded, rows numbered as the sheet numbers them.

    Sheet.read(Path("results.xlsx"))  ->  (1, ("姓名", "证件号码", …)), (2, ("…", …)), …

A workbook is looked at before the reading library gets it (`issuer.workbook`), because that library
allocates whatever a file claims to need. Limits, all stated in the refusal:

- 64 MiB of file, 512 MiB unpacked, 256 columns;
- 100,000 rows with content under the header. A longer roster is refused whole, not cut.

Cells stay what they are: text, number, date. A number in a column of ID numbers has lost digits, so
it must still be seen as a number by whoever reads the row. This module touches the disk.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from credential.errors import MalformedError, UnavailableError

MAX_FILE: Final = 64 << 20  # bytes as stored
MAX_ROWS: Final = 100_000  # rows with content under the header
MAX_COLUMNS: Final = 256
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


def read(path: Path) -> Iterator[Row]:
    """Yield the rows of a roster file that have content.

    Args:
        path: An .xlsx workbook, or comma-, tab- or semicolon-separated text in UTF-8 or GB18030.
            What it is, is told from its content and not from its name.

    Raises:
        UnavailableError: `roster.absent`.
        MalformedError: `roster.unreadable`, `roster.encoding`, `roster.too_big` or
            `roster.too_long`, also while rows are being drawn.
    """
    content = read_bytes(path)
    if content.startswith(b"PK\x03\x04"):
        from issuer import workbook  # noqa: PLC0415  # calamine is loaded for workbooks alone

        return workbook.rows(path, content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        what = "an old .xls workbook, or one protected by a password: save it as .xlsx without one"
        raise unreadable(path, what)
    from issuer import separated_text  # noqa: PLC0415  # and csv for text alone

    return separated_text.rows(path, content)
