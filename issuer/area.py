# SPDX-License-Identifier: Apache-2.0
"""How far the filled cells of a sheet reach: known before the reading library allocates for them.

That library keeps a sheet as the rectangle which spans its cells, so two cells can cost as much as
a whole roster. The rectangle is bounded, and so is the number of rows with content.
"""

from pathlib import Path
from typing import Final

from issuer import sheet
from issuer.sheet import HEADER_ROWS, MAX_COLUMNS, too_long, unreadable

MAX_CELLS: Final = 8_000_000  # of the rectangle: 100,000 rows of 80 columns, 250 MB as read
MAX_ROW: Final = 1_000_000


class Area:
    """What a look saw of one sheet; rows and columns from 1."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.formulas: set[tuple[int, int]] = set()
        self.errors: set[tuple[int, int]] = set()  # cells that show #N/A and the like
        self._rows = 0
        self._last = 0
        self._right = 0

    def place(self, row: int, column: int) -> None:
        """See a cell, filled or not."""
        if column > MAX_COLUMNS or row > MAX_ROW:
            what = f"a cell beyond column {MAX_COLUMNS} or row {MAX_ROW:,}: delete what is there"
            raise unreadable(self._path, what)

    def fill(self, row: int, column: int, times: int = 1) -> None:
        """See a cell with content, in so many rows from this on."""
        if row == self._last and column <= self._right and times == 1:
            return  # as nearly always
        self.place(row + times - 1, column)
        if row > self._last:
            self._rows += times
            if self._rows > sheet.MAX_ROWS + HEADER_ROWS:
                raise too_long(self._path)
        self._last = max(self._last, row + times - 1)
        self._right = max(self._right, column)
        if self._last * self._right > MAX_CELLS:
            what = "cells with content lie too far apart: delete what lies outside the roster"
            raise unreadable(self._path, what)

    @property
    def cells(self) -> int:
        """How many cells the rectangle has."""
        return self._last * self._right
