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

The table names the first of several synonyms. Order, spaces, line breaks, the width of brackets,
`*` and （必填） do not matter. Title rows may come first. A heading over two rows, such as 考试成绩
above 理论 and 实操, is read from both. Where no column says 职业, one that says 工种 is it.
A heading that is not known is left alone, with a warning.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile, zip_longest
from typing import Final, Self

from credential.certificate import LEVEL_REQUIRED
from credential.errors import MalformedError
from issuer.sheet import HEADER_ROWS, Cell, Row, Unreadable

TITLES: Final = {
    field: tuple(titles.split())
    for field, titles in {
        "name": "姓名 考生姓名 学员姓名 人员姓名 持证人姓名 申报人姓名 工人姓名 职工姓名",
        "id_number": (
            "证件号码 证件号 身份证号 身份证号码 居民身份证号码 居民身份证号 "
            "公民身份号码 身份证件号码 有效证件号码 身份证"
        ),
        "occupation": (
            "职业（工种） 职业 职业名称 职业工种 职业/工种 申报职业 "
            "申报职业（工种） 认定职业 认定职业（工种） 鉴定职业 "
            "职业（工种）名称"
        ),
        "level": (
            "技能等级 职业技能等级 等级 级别 申报等级 申报级别 认定等级 认定级别 "
            "鉴定等级 鉴定级别 评价等级 证书等级"
        ),
        "theory": (
            "理论成绩 理论知识成绩 理论 理论分数 理论考试成绩 理论知识 理论知识考试成绩 理论得分"
        ),
        "practice": (
            "实操成绩 技能成绩 操作技能成绩 实操 技能操作成绩 技能考核成绩 操作技能 "
            "实操分数 实际操作成绩 操作技能考核成绩 实操得分 技能操作 操作成绩 "
            "实操考试成绩"
        ),
        "evaluated_on": (
            "考核日期 评价日期 考试日期 考评日期 认定日期 鉴定日期 考试时间 考核时间 "
            "评价时间 认定时间 鉴定时间"
        ),
        "trade": (
            "工种 工种/职业方向 职业方向 工种名称 工种（职业方向） 申报工种 鉴定工种 认定工种"
        ),
        "number": "证书编号 证书号 证书号码 证书编码",
        "route": "评价方式 认定方式 考核方式 评价途径",
        "id_type": "证件类型 证件种类 证件名称",
        "category": "操作类别",
        "post": "岗位",
        "event": "竞赛名称",
        "rank": "名次",
        "origin": "颁发机构",
        "original": "原证书名称",
    }.items()
}
REQUIRED: Final = ("name", "id_number", "occupation", "evaluated_on")
REQUIRED_WITH_LEVEL: Final = ("level", "theory", "practice")

_SPACE: Final = re.compile(r"[\s\u3000\ufeff]+")
_WIDTH: Final = str.maketrans("（）／＊：", "()/*:")
_REMARK: Final = re.compile(r"^\*|[*:]$|\((?:必填|选填|必填项|文本格式|百分制|满分100分?)\)")
_GROUPS: Final = frozenset(
    {"成绩", "考试成绩", "考核成绩", "评价成绩", "认定成绩", "鉴定成绩", "分数"}
)


def _folded(title: str) -> str:
    return _REMARK.sub("", _SPACE.sub("", title).translate(_WIDTH))


_FIELDS: Final = {_folded(title): field for field, titles in TITLES.items() for title in titles}


def letters(column: int) -> str:
    """Name a column, from 0, as a spreadsheet does: A, B, … Z, AA."""
    name = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(65 + digit) + name
    return name


def fit(rows: Iterable[Row], kind: str) -> int:
    """Tell how well a sheet's headings fit a roster of a kind.

    Args:
        rows: Of the sheet; drawn more than once.
        kind: Of certificate.

    Returns:
        2 with all headings and a row under them, 1 with some of them, else 0.
    """
    drawn = iter(rows)
    try:
        Columns.find(drawn, kind)
    except MalformedError:
        head = takewhile(lambda row: row[0] <= HEADER_ROWS, rows)
        return int(any(_is_heading(_titles(cells)) for _, cells in head))
    return 2 if next(drawn, None) is not None else 1


def _titles(cells: Iterable[Cell | Unreadable | None]) -> list[str]:
    return [_folded(cell) if isinstance(cell, str) else "" for cell in cells]


def _is_heading(titles: Iterable[str]) -> bool:
    return any(_FIELDS.get(title) == "name" for title in titles)


def _needed(kind: str) -> tuple[str, ...]:
    return REQUIRED + (REQUIRED_WITH_LEVEL if kind in LEVEL_REQUIRED else ())


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
        drawn = iter(rows)
        for number, cells in drawn:
            seen = True
            titles = _titles(cells)
            if _is_heading(titles):
                if not any(title in _GROUPS for title in titles):
                    return cls._read(number, cells, titles, kind)
                below_number, below = next(drawn, (number, ()))
                both = tuple(
                    under if under is not None else over
                    for over, under in zip_longest(cells, below)
                )
                return cls._read(below_number, both, _titles(both), kind)
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
        if "occupation" not in places and "trade" in places:
            places["occupation"] = places.pop("trade")
        needed = _needed(kind)
        missing = [TITLES[field][0] for field in TITLES if field in needed and field not in places]
        if missing:
            message = f"row {number} lacks these headings: {'、'.join(missing)}"
            raise MalformedError("roster.header", message)
        return cls(number, places, tuple(unknown))

    def address(self, field: str, row: int) -> str:
        """Give a cell's name as a spreadsheet shows it, such as B7."""
        place = self.places.get(field)
        return f"{'?' if place is None else letters(place[0])}{row}"

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
