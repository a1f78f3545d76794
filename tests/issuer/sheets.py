# SPDX-License-Identifier: Apache-2.0
"""Rosters as other programs write them, with fictional people."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import xlsxwriter

from credential.identity_number import check_digit

Value = str | float | date | datetime | None

HEADINGS = (
    "姓名",
    "证件号码",
    "职业（工种）",
    "技能等级",
    "理论成绩",
    "实操成绩",
    "考核日期",
)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "青禾望舒知远思齐若谷明轩子衿一诺云帆星河临川景行怀瑾凌霄书言"


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  # a cell has no zone


def number(serial: int, county: str = "310199") -> str:
    """Make an ID number of a county that was never assigned."""
    digits = (
        f"{county}1990{serial // 27_000 % 12 + 1:02}{serial // 1000 % 27 + 1:02}{serial % 1000:03}"
    )
    return digits + check_digit(digits)


def name(serial: int) -> str:
    """Make a name; the serial is in it, so that a thousand in a row differ."""
    return (
        _SURNAMES[serial % len(_SURNAMES)]
        + _GIVEN[serial // len(_SURNAMES) % len(_GIVEN)]
        + _GIVEN[serial // 7 % len(_GIVEN)]
    )


def row(serial: int, **changes: Value) -> list[Value]:
    """Make a row that passes; `changes` by heading."""
    values: dict[str, Value] = dict(
        zip(
            HEADINGS,
            (name(serial), number(serial), "砌筑工", "三级/高级工", "80", "85", "2026-11-18"),
            strict=True,
        )
    )
    return [changes.get(heading, value) for heading, value in values.items()]


def rows(count: int, first: int = 0) -> list[list[Value]]:
    """Make rows that pass."""
    return [row(serial) for serial in range(first, first + count)]


def csv_file(
    path: Path,
    table: Sequence[Sequence[Value]],
    headings: Sequence[str] = HEADINGS,
    encoding: str = "utf-8-sig",
) -> Path:
    """Write separated text."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([headings, *table])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def openpyxl_file(
    path: Path, table: Sequence[Sequence[Value]], headings: Sequence[str] = HEADINGS
) -> Path:
    """Write a workbook with openpyxl."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in [headings, *table]:
        sheet.append(list(line))
    book.save(path)
    return path


def xlsxwriter_file(
    path: Path, table: Sequence[Sequence[Value]], headings: Sequence[str] = HEADINGS
) -> Path:
    """Write a workbook with XlsxWriter."""
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    for y, line in enumerate([headings, *table]):
        for x, value in enumerate(line):
            if isinstance(value, date):
                sheet.write_datetime(y, x, _midnight(value))
            elif isinstance(value, str):
                sheet.write_string(y, x, value)
            elif value is not None:
                sheet.write_number(y, x, value)
    book.close()
    return path
