# SPDX-License-Identifier: Apache-2.0
"""A workbook of one sheet in which every cell is a text, so that no number loses a digit."""

import io
from collections.abc import Sequence

import xlsxwriter


def build(name: str, headings: Sequence[str], table: Sequence[Sequence[str]]) -> bytes:
    """Write the workbook.

    Args:
        name: Of the sheet.
        headings: The first row.
        table: The rows below; nothing in them is calculated.
    """
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    page = book.add_worksheet(name)
    text = book.add_format({"num_format": "@"})
    page.set_column(0, len(headings) - 1, 20, text)
    page.freeze_panes(1, 0)
    for row, line in enumerate([headings, *table]):
        for column, value in enumerate(line):
            page.write_string(row, column, value, text)
    book.close()
    return file.getvalue()
