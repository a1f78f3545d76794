# SPDX-License-Identifier: Apache-2.0
"""One thing that is wrong with one cell of a roster, in words for whoever keeps the sheet.

    {"row":7,"column":"证件号码","code":"holder.malformed","message":"…","suggestion":"…"}

Row and column are those of the sheet, so the cell can be found; the message never repeats an ID
number.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row is not issued; also the form of a warning, with which it is."""

    row: int
    """The sheet's own row, from 1."""
    column: str
    """The heading as it stands in the sheet; the heading that is missing where there is none."""
    code: str
    """Listed in docs/errors.md."""
    message: str
    """What is wrong."""
    suggestion: str
    """What to do about it."""

    def to_members(self) -> dict[str, object]:
        """Give the object that `issuer check --json` prints."""
        return {
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "message": self.message,
            "suggestion": self.suggestion,
        }
