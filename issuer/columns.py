# SPDX-License-Identifier: Apache-2.0
"""Which column of a sheet says what, told from its headings.

| heading | field | |
|---|---|---|
| 姓名 | `name` | required |
| 证件号码 | `id_number` | required |
| 职业（工种） | `occupation` | required |
| 技能等级 | `level` | required for a kind with levels |
| 理论成绩, 实操成绩 | `theory`, `practice` | required for a kind with levels |
| 考核日期 | `evaluated_on` | required |
| 工种, 证书编号, 评价方式, 证件类型 | `trade`, `number`, `route`, `id_type` | |
| 操作类别, 岗位, 竞赛名称, 名次, 颁发机构, 原证书名称 | the certificate's `detail` | |

Order, spaces, line breaks and the width of brackets do not matter. Title rows may come first. A
heading that is not known is left alone, with a warning.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from credential.certificate import LEVEL_REQUIRED
from credential.errors import MalformedError
from issuer.sheet import HEADER_ROWS, Cell, Row, Unreadable

TITLES: Final = {
    "name": ("姓名",),
    "id_number": ("证件号码", "证件号", "身份证号", "身份证号码"),
    "occupation": ("职业（工种）", "职业", "职业名称"),
    "level": ("技能等级", "职业技能等级", "等级"),
    "theory": ("理论成绩", "理论知识成绩", "理论"),
    "practice": ("实操成绩", "技能成绩", "操作技能成绩", "实操"),
    "evaluated_on": ("考核日期", "评价日期", "考试日期"),
    "trade": ("工种", "工种/职业方向", "职业方向"),
    "number": ("证书编号",),
    "route": ("评价方式",),
    "id_type": ("证件类型",),
    "category": ("操作类别",),
    "post": ("岗位",),
    "event": ("竞赛名称",),
    "rank": ("名次",),
    "origin": ("颁发机构",),
    "original": ("原证书名称",),
}
REQUIRED: Final = ("name", "id_number", "occupation", "evaluated_on")
REQUIRED_WITH_LEVEL: Final = ("level", "theory", "practice")

_SPACE: Final = re.compile(r"[\s\u3000\ufeff]+")
_WIDTH: Final = str.maketrans("（）／", "()/")


def _folded(title: str) -> str:
    return _SPACE.sub("", title).translate(_WIDTH)


_FIELDS: Final = {_folded(title): field for field, titles in TITLES.items() for title in titles}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands."""

    header_row: int
    """The sheet's row of the headings."""
    places: dict[str, tuple[int, str]]
    """Field to column, from 0, and heading as written."""
    unknown: tuple[str, ...]
    """Headings that say nothing to the desk."""

    @classmethod
    def find(cls, rows: Iterable[Row], kind: str) -> Self:
        """Draw rows up to the one with the headings, and read them.

        Args:
            rows: The sheet; afterwards it stands at the first row under the headings.
            kind: The kind of certificate, which decides what is required.

        Raises:
            MalformedError: `roster.empty` or `roster.header`.
        """
        seen = False
        for number, cells in rows:
            seen = True
            titles = [_folded(cell) if isinstance(cell, str) else "" for cell in cells]
            if any(_FIELDS.get(title) == "name" for title in titles):
                return cls._read(number, cells, titles, kind)
            if number > HEADER_ROWS:
                break
        if not seen:
            raise MalformedError("roster.empty", "the roster is empty: there is nothing to issue")
        message = f"no heading 姓名 in the first {HEADER_ROWS} rows: is this sheet the roster?"
        raise MalformedError("roster.header", message)

    @classmethod
    def _read(
        cls, number: int, cells: tuple[Cell | Unreadable | None, ...], titles: list[str], kind: str
    ) -> Self:
        places: dict[str, tuple[int, str]] = {}
        unknown: list[str] = []
        for column, title in enumerate(titles):
            field = _FIELDS.get(title)
            written = _SPACE.sub(" ", str(cells[column])).strip() if title else ""
            if field is None:
                unknown.extend([written] if title else [])
            elif field in places:
                message = f"two columns say the same: {places[field][1]} and {written}; delete one"
                raise MalformedError("roster.header", message)
            else:
                places[field] = (column, written)
        needed = REQUIRED + (REQUIRED_WITH_LEVEL if kind in LEVEL_REQUIRED else ())
        missing = [TITLES[field][0] for field in TITLES if field in needed and field not in places]
        if missing:
            message = f"row {number} lacks these headings: {'、'.join(missing)}"
            raise MalformedError("roster.header", message)
        return cls(number, places, tuple(unknown))

    def title(self, field: str) -> str:
        """Give a field's heading as it stands in the sheet, or as it should."""
        place = self.places.get(field)
        return TITLES[field][0] if place is None else place[1]

    def cell(
        self, field: str, cells: tuple[Cell | Unreadable | None, ...]
    ) -> Cell | Unreadable | None:
        """Give a field's cell; None where column or content is absent."""
        place = self.places.get(field)
        return cells[place[0]] if place is not None and place[0] < len(cells) else None
