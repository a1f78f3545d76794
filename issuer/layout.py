# SPDX-License-Identifier: Apache-2.0
"""Formats of a printed certificate, their sizes, and how pieces lie on a sheet; all in mm.

    a4       210 × 297      one page
    card     85.6 × 54      front and back, ID-1 of ISO/IEC 7810
    sticker  60 × 40        for a helmet; other sizes as labels are sold

A sheet is A4 with pieces in columns and rows: its pitch is from edge to edge of neighbours, its
margin from the paper's left and upper edge to the first piece. The backs of a sheet lie mirrored,
as paper turned over its long edge wants. An offset moves everything right and down: no printer
takes its paper in quite straight, and pre-printed stock shows it.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from credential.errors import MalformedError, UnavailableError

Pair = tuple[float, float]
PAPER: Final = (210.0, 297.0)  # A4
MODULE: Final = 0.4  # mm, a side of a module, where the symbol has room
MIN_MODULE: Final = 0.33  # mm: below it, phones fail on paper that has been carried about
MAX_OFFSET: Final = 20.0  # mm
MAX_PROFILE: Final = 1 << 16  # bytes
_LABEL: Final = (30.0, 200.0)  # mm, least and most of a sticker's side
_SIZES: Final = {"a4": PAPER, "card": (85.6, 54.0), "sticker": (60.0, 40.0)}
FORMATS: Final = tuple(_SIZES)


@dataclass(frozen=True, slots=True)
class Grid:
    """How pieces lie on a sheet."""

    columns: int
    rows: int
    margin: Pair
    """Left and top."""
    pitch: Pair

    @property
    def places(self) -> int:
        """How many pieces a sheet takes."""
        return self.columns * self.rows

    def at(self, place: int, size: Pair, *, is_back: bool) -> Pair:
        """Give the left and upper edge of a place, counted in rows."""
        row, column = divmod(place, self.columns)
        x = self.margin[0] + column * self.pitch[0]
        return PAPER[0] - x - size[0] if is_back else x, self.margin[1] + row * self.pitch[1]


@dataclass(frozen=True, slots=True)
class Layout:
    """A format, and what is done with its pages."""

    format: str
    size: Pair
    """Width and height of a piece."""
    is_stock: bool = False
    """The paper has the background already: only what differs from one holder to the next."""
    offset: Pair = (0.0, 0.0)
    """To the right and down."""
    grid: Grid | None = None
    """Of the sheets; a person's own file always has a page to itself."""
    has_marks: bool = True
    """Crop marks outside the grid."""

    @classmethod
    def of(cls, name: str, size: Pair | None = None) -> Self:
        """Give a format, a sticker also in another size.

        Raises:
            MalformedError: `layout.malformed`.
        """
        if name not in _SIZES:
            raise _malformed(f"{name} is none of {', '.join(FORMATS)}")
        if size is not None and name != "sticker":
            raise _malformed("only a sticker has a size of its own")
        least, most = _LABEL
        if size is not None and not all(least <= side <= most for side in size):
            raise _malformed(f"a side of a sticker has {least:g} to {most:g} mm")
        return cls(name, size or _SIZES[name])

    @property
    def room(self) -> float:
        """Side of the largest symbol that the format takes, with its quiet zone."""
        width, height = self.size
        if self.format == "a4":
            return 60.0
        if self.format == "card":
            return 46.0
        return min(height - 4, width - 24) if self.is_wide else min(width - 4, height * 0.68)

    @property
    def is_wide(self) -> bool:
        """Whether a sticker has its words beside the code, not below it."""
        return self.size[0] >= 1.25 * self.size[1]

    @property
    def form(self) -> str:
        """What the ledger calls a person's file."""
        return f"{self.format}-stock" if self.is_stock else self.format

    @property
    def bound(self) -> str:
        """What the ledger and the folder call a file of many."""
        return f"{'volume' if self.grid is None else 'sheets'}{self.ending}"

    @property
    def ending(self) -> str:
        """What follows the certificate number in the name of a file."""
        form = "" if self.format == "a4" else f"-{self.format}"
        if self.size != _SIZES[self.format]:
            form += f"-{self.size[0]:g}x{self.size[1]:g}"
        return f"{form}-stock" if self.is_stock else form

    def side(self, modules: int) -> float:
        """Give the side of a printed symbol with its quiet zone of four modules.

        Raises:
            MalformedError: `print.no_room`.
        """
        whole = modules + 8
        preferred = {"a4": 38.0, "card": 34.0}.get(self.format, self.room - 4)
        side = whole * max(MIN_MODULE, min(MODULE, preferred / whole))
        if side > self.room:
            message = f"the code takes {side:.1f} mm and there are {self.room:.1f}"
            raise MalformedError("print.no_room", message)
        return side

    def to_members(self) -> dict[str, object]:
        """Give what a template is told."""
        return {
            "format": self.format,
            "width": self.size[0],
            "height": self.size[1],
            "stock": self.is_stock,
            "offset": self.offset,
            "marks": self.has_marks,
            "sheet": None
            if self.grid is None
            else {
                "columns": self.grid.columns,
                "rows": self.grid.rows,
                "margin": self.grid.margin,
                "pitch": self.grid.pitch,
            },
        }


def grid(
    size: Pair, columns: int, rows: int, margin: Pair | None = None, pitch: Pair | None = None
) -> Grid:
    """Lay pieces on A4: edge to edge and in the middle, where nothing else is said.

    Raises:
        MalformedError: `layout.malformed`, when they overlap or leave the paper.
    """
    if not (1 <= columns <= 20 and 1 <= rows <= 30):
        raise _malformed("a sheet has 1 to 20 columns and 1 to 30 rows")
    pitch = pitch or size
    if pitch[0] < size[0] or pitch[1] < size[1]:
        raise _malformed(f"a pitch below {size[0]:g},{size[1]:g} mm makes the pieces overlap")
    whole = tuple(
        (count - 1) * step + side
        for count, step, side in zip((columns, rows), pitch, size, strict=True)
    )
    if margin is None:
        margin = ((PAPER[0] - whole[0]) / 2, (PAPER[1] - whole[1]) / 2)
    left, top = margin
    slack = 0.001  # mm: halves of decimals
    right, bottom = left + whole[0] - PAPER[0], top + whole[1] - PAPER[1]
    if min(left, top) < -slack or max(right, bottom) > slack:
        raise _malformed(f"{columns} × {rows} pieces do not fit on A4 with these margins")
    return Grid(columns, rows, margin, pitch)


def pair(text: str, separator: str = ",") -> Pair:
    """Read two numbers in mm: `1.5,-0.8`, or `60x40` with another separator.

    Raises:
        MalformedError: `layout.malformed`.
    """
    try:
        first, second = (round(float(part), 3) for part in text.split(separator))
    except ValueError:
        raise _malformed(f"{text!r} is not two numbers with {separator!r} between") from None
    if not (abs(first) <= PAPER[1] and abs(second) <= PAPER[1]):  # also not a number
        raise _malformed(f"{text!r} is outside the paper")
    return first, second


def count(text: str) -> tuple[int, int]:
    """Read columns and rows: `2x5`.

    Raises:
        MalformedError: `layout.malformed`.
    """
    found = re.fullmatch("([1-9][0-9]?)x([1-9][0-9]?)", text)
    if found is None:
        raise _malformed(f"{text!r} is not columns and rows, such as 2x5")
    return int(found[1]), int(found[2])


def offset(text: str) -> Pair:
    """Read an offset.

    Raises:
        MalformedError: `layout.malformed`.
    """
    right, down = pair(text)
    if max(abs(right), abs(down)) > MAX_OFFSET:
        raise _malformed(f"an offset has at most {MAX_OFFSET:g} mm")
    return right, down


def profile(path: Path, name: str) -> Pair:
    """Read a printer's offset for a format; none is 0,0.

        [a4]
        offset = "1.5,-0.8"

    A table for each format that this printer is used for.

    Raises:
        UnavailableError: `profile.unreadable`.
        MalformedError: `profile.malformed`, `layout.malformed`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_PROFILE + 1)
    except OSError as error:
        message = f"cannot read the printer's profile {path.name}: {error.strerror}"
        raise UnavailableError("profile.unreadable", message) from None
    try:
        tables = tomllib.loads(data[:MAX_PROFILE].decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        raise MalformedError("profile.malformed", f"{path.name} is not TOML") from None
    for form, table in tables.items():
        known = form in FORMATS and isinstance(table, dict) and set(table) == {"offset"}
        if not known or not isinstance(table["offset"], str):
            message = f'{path.name} has more than [a4], [card], [sticker] with offset = "X,Y"'
            raise MalformedError("profile.malformed", message)
    return offset(tables[name]["offset"]) if name in tables else (0.0, 0.0)


def _malformed(message: str) -> MalformedError:
    return MalformedError("layout.malformed", message)
