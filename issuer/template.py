# SPDX-License-Identifier: Apache-2.0
"""An empty workbook to fill in: headings, drop-down lists, text format for numbers, and notes.

The lists hold what the body has filed, so that what is chosen is what can be issued. The sheet of
the roster alone has its headings in a row, so the desk finds it among the others.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import xlsxwriter

from credential import levels
from credential.catalogue import Catalogue
from credential.certificate import (
    DETAILS_OF_KIND,
    DETAILS_OF_ROUTE,
    KINDS,
    LEVEL_OPTIONAL,
    LEVEL_REQUIRED,
    ROUTES,
)
from credential.filing_file import FilingFile
from credential.identity_number import TYPES
from issuer.cells import CellError
from issuer.columns import REQUIRED, REQUIRED_WITH_LEVEL, TITLES
from issuer.occupations import Occupations

ROWS: Final = 5_000  # that the lists and formats reach
PAGE: Final = "成绩"
_NOTES: Final = "填表说明"
_LISTS: Final = "选项"
_MADE: Final = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # the same file every time
_TEXT: Final = frozenset({"id_number", "number"})
_WIDTHS: Final = {"id_number": 24, "number": 26, "occupation": 22, "name": 14}
_ID_TYPES: Final = ("居民身份证", *(name for number, name in sorted(TYPES.items()) if number > 1))

_ADVICE: Final = {
    "name": "按证件填写，姓名中间不留空格。",
    "id_number": (
        "本列为文本格式。请直接键入或以“值”粘贴；变成 3.1E+17 的号码末位已丢失，须重新键入。"
    ),
    "occupation": "从下拉列表选择；同名职业写代码，如 lyg2020:82。",
    "level": "从下拉列表选择；三级、高级工、三级/高级工、3 均可。",
    "theory": "0 至 100，60 分及格；也可写“合格”。",
    "practice": "0 至 100，60 分及格；也可写“合格”。",
    "evaluated_on": "如 2026-11-20；2026/11/20、2026.11.20、2026年11月20日、20261120 均可。",
    "trade": "没有工种就留空。",
    "number": "由上级分配的编号填在这里；留空则由系统按规则编号。",
    "route": "留空即为考核评价。",
    "id_type": "留空即为居民身份证。",
}
_ENGLISH: Final = (
    "Fill in the sheet 成绩, one person a row. Keep the headings. Save as .xlsx and run",
    "skillseal issuer check FILE. Yellow headings must be filled in; the others may stay empty.",
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the drop-down lists offer."""

    kind: str
    occupations: tuple[str, ...]
    levels: tuple[str, ...]
    """As printed; empty for a kind without."""

    @classmethod
    def of(
        cls, kind: str, catalogues: Sequence[Catalogue], filing: FilingFile | None = None
    ) -> "Choices":
        """Gather what a filing allows, or what the catalogues have."""
        grants = [
            grant
            for each in (filing.body.filings if filing else ())
            if each.void is None
            for grant in each.grants
            if grant.kind == kind
        ]
        codes = {code for grant in grants for code in grant.occupations}
        known = Occupations(catalogues)
        entries = [
            each
            for catalogue in catalogues
            for each in catalogue.occupations
            if filing is None or each.code in codes
        ]
        granted = {level for grant in grants for level in grant.levels}
        has_levels = kind in LEVEL_REQUIRED or kind in LEVEL_OPTIONAL
        return cls(
            kind,
            tuple(dict.fromkeys(_written(known, each.name, each.code) for each in entries)),
            tuple(
                levels.describe(level).chinese
                for level in levels.LEVELS
                if has_levels and (filing is None or level in granted)
            ),
        )

    def fields(self) -> tuple[str, ...]:
        """Give the columns, the required ones first."""
        required = (*REQUIRED, *(REQUIRED_WITH_LEVEL if self.kind in LEVEL_REQUIRED else ()))
        details = (*DETAILS_OF_KIND.get(self.kind, ()), *DETAILS_OF_ROUTE["competition"])
        optional = ("level",) if self.kind in LEVEL_OPTIONAL else ()
        more = (*optional, "trade", "number", "route", "id_type", *details)
        order = list(TITLES)
        return (*sorted(required, key=order.index), *sorted(more, key=order.index))

    def lists(self) -> dict[str, tuple[str, ...]]:
        """Give the values to choose from, by column."""
        return {
            "occupation": self.occupations,
            "level": self.levels,
            "route": tuple(ROUTES.values()),
            "id_type": _ID_TYPES,
        }


def build(choices: Choices) -> bytes:
    """Make the workbook."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": _MADE, "title": f"{KINDS[choices.kind]}成绩"})
    page, notes, lists = (book.add_worksheet(name) for name in (PAGE, _NOTES, _LISTS))
    _roster(book, page, choices, _values(lists, choices))
    _notes(book, notes, choices)
    book.close()
    return target.getvalue()


def _roster(book: Any, page: Any, choices: Choices, places: dict[str, str]) -> None:  # noqa: ANN401  # no types there
    needed = {*REQUIRED, *(REQUIRED_WITH_LEVEL if choices.kind in LEVEL_REQUIRED else ())}
    head = {"bold": True, "border": 1, "align": "center"}
    yellow = book.add_format({**head, "bg_color": "#FFF2CC"})
    grey = book.add_format({**head, "bg_color": "#EDEDED"})
    formats = {
        **dict.fromkeys(_TEXT, book.add_format({"num_format": "@"})),
        "evaluated_on": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    for column, field in enumerate(choices.fields()):
        title = TITLES[field][0]
        page.write_string(0, column, title, yellow if field in needed else grey)
        page.set_column(column, column, _WIDTHS.get(field, 16), formats.get(field))
        rule: dict[str, object] = {"validate": "any"}
        if field in places:
            rule = {
                "validate": "list",
                "source": places[field],
                "error_title": title,
                "error_message": "请从列表中选择，或按“填表说明”填写。",
                "error_type": "warning",
            }
        if field in _ADVICE:
            rule |= {"input_title": title, "input_message": _ADVICE[field]}
        page.data_validation(1, column, ROWS, column, rule)
    page.freeze_panes(1, 1)
    page.activate()


def _values(page: Any, choices: Choices) -> dict[str, str]:  # noqa: ANN401  # no types there
    """Write the lists to a hidden sheet, since a list in a rule holds 255 characters alone."""
    places = {}
    page.hide()
    fields = set(choices.fields())
    for column, (field, values) in enumerate(choices.lists().items()):
        if values and field in fields:
            page.write_column(0, column, values)
            letter = "ABCD"[column]
            places[field] = f"={_LISTS}!${letter}$1:${letter}${len(values)}"
    return places


def _notes(book: Any, page: Any, choices: Choices) -> None:  # noqa: ANN401  # no types there
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 80, wrap)
    page.write_string(0, 0, f"{KINDS[choices.kind]}：每人一行，填在“{PAGE}”表中，不要改动标题行。")
    page.write_string(1, 0, "黄色标题为必填，灰色标题可以留空。不要使用公式，不要合并单元格。")
    for row, field in enumerate(choices.fields(), start=3):
        page.write_string(row, 0, f"「{TITLES[field][0]}」")
        page.write_string(row, 1, _ADVICE.get(field, "有则填写。"))
    for row, line in enumerate(_ENGLISH, start=4 + len(choices.fields())):
        page.write_string(row, 0, line)


def _written(known: Occupations, name: str, code: str) -> str:
    """Give the name where it means this occupation alone, else the code."""
    try:
        found = known.find(name)
    except CellError:
        return code
    return name if found.code == code and found.trade is None else code
