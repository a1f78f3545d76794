# SPDX-License-Identifier: Apache-2.0
"""A workbook's rows read as results of an evaluation, beside the reading library alone."""

import tempfile
from pathlib import Path
from typing import Final

from python_calamine import CalamineWorkbook

from bench import desk_world
from bench.clock import side_by_side
from bench.report import Row
from issuer import look, sheet
from skillseal.demo import catalogue

QUICK: Final = 10_000
_ROUNDS: Final = 3


def rows(count: int = QUICK) -> list[Row]:
    """Measure.

    Args:
        count: Of rows in the workbook.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = desk_world.workbook(Path(folder) / "r.xlsx", count)
        known = [catalogue.build()]

        def library() -> None:
            for _ in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows():
                pass

        def cells() -> None:
            for _ in sheet.read(path):
                pass

        def results() -> None:
            if len(look.read(path, "skill_level", known).candidates) != count:
                raise AssertionError("every row can be read")

        drawn = side_by_side(cells, library, each=count, rounds=_ROUNDS)
        read = side_by_side(results, library, each=count, rounds=_ROUNDS)
    beside = "calamine alone: "
    return [
        Row(
            f"{count:,} rows of an .xlsx looked over and drawn as cells",
            f"{1 / drawn.subject:,.0f} /s, ratio {drawn.ratio:.2f}",
            f"{beside}{1 / drawn.limit:,.0f} /s",
        ),
        Row(
            f"{count:,} rows read as results: seven cells each, every one judged",
            f"{1 / read.subject:,.0f} /s, ratio {read.ratio:.2f}",
            f"{beside}{1 / read.limit:,.0f} /s",
        ),
    ]
