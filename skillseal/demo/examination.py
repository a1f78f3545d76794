# SPDX-License-Identifier: Apache-2.0
"""Examinations of the demonstration: a result sheet in Excel, then the desk as its staff use it.

    sheet → batch filed → certificates signed, registered, their codes written

Rosters are workbooks, the desk is `issuer.desk`, and the registry is spoken to over HTTP.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import randbelow, token_bytes
from typing import Final

import xlsxwriter

from credential.filing_file import FilingFile
from credential.levels import describe
from credential.said_examination import Papers
from issuer import desk, papers
from issuer.desk import Means, Order
from issuer.ledger import Ledger
from issuer.records import Item
from issuer.submit import Registry
from skillseal.demo import good_order
from skillseal.demo.cast import Member, Part
from skillseal.demo.people import Person
from skillseal.demo.region import DAY, Region

HEADINGS: Final = (
    *("姓名", "证件号码", "职业（工种）", "技能等级", "理论成绩", "实操成绩", "考核日期"),
    *("证书编号", "操作类别", "岗位"),
)
_LAST_DAYS: Final = 20  # before the certificates, an examination took place on one of these


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that the demonstration issued, with the person that it is about."""

    member: Member
    part: Part
    person: Person
    item: Item
    text: str
    """Of its code."""
    files: Path
    """The code's files, without their endings."""


@dataclass(frozen=True, slots=True)
class Examination:
    """One roster of one body."""

    region: Region
    member: Member
    part: Part
    rows: Sequence[dict[str, str]]
    """Of the published catalogue: one person is examined for each."""
    filing: FilingFile
    url: str
    """Of the registry's server."""
    tagged: bool = True

    def hold(self, crowd: Iterator[Person], step: Callable[[str, int, int], None]) -> list[Issued]:
        """Examine people and issue to all of them.

        Args:
            crowd: Where the people come from.
            step: Told of progress.

        Raises:
            RuntimeError: The desk or the registry refused a row.
        """
        folder = self.region.folder / self.member.key
        folder.mkdir(parents=True, exist_ok=True)
        clock = self.region.clock
        roster = folder / f"{self.part.kind}-{clock.now}.xlsx"
        people = [next(crowd) for _ in self.rows]
        write(roster, self._lines(people))
        order = Order.of(
            roster,
            self.part.kind,
            None,
            self.filing,
            without_tags=not self.tagged,
            papers=self._papers(),
        )
        registry = Registry.at(self.url, lambda _: None)
        means = Means(at=clock, random=token_bytes, below=randbelow, step=step)
        keys = self.region.keys
        name = f"B{_day(clock.now):%y%m}-{self.member.key[:2].upper()}{self.part.kind[:2].upper()}"
        with Ledger.open(folder / "ledger.db", self.filing.body.id, token_bytes) as ledger:
            desk.file(order, ledger, registry, keys[f"{self.member.key}-statement"], means, name)
            outcome = desk.issue_roster(
                order,
                ledger,
                registry,
                (keys[f"{self.member.key}-certificate"], keys[f"{self.member.key}-submit"]),
                folder / "codes",
                means,
            )
            items = [ledger.some(each.batch, [each.line])[0] for each in outcome.registered]
        if outcome.refusals or outcome.waiting:
            raise RuntimeError(
                f"not every row of {roster} became a certificate: {outcome.refusals}"
            )
        return [self._issued(folder / "codes", people, item) for item in items]

    def _papers(self) -> Papers | None:
        known = self.filing.examination
        if known is None or not known.is_full_at(self.region.clock.now):
            return None
        return papers.identified(self.filing, good_order.NAMED)

    def _issued(self, folder: Path, people: Sequence[Person], item: Item) -> Issued:
        files = folder / str(item.number)
        text = files.with_name(files.name + ".txt").read_text("ascii")
        return Issued(self.member, self.part, people[item.line - 2], item, text, files)

    def _lines(self, people: Sequence[Person]) -> Iterator[tuple[str, ...]]:
        now = self.region.clock.now
        for number, (row, person) in enumerate(zip(self.rows, people, strict=True)):
            levels = self.part.levels
            level = describe(levels[number % len(levels)]).chinese if levels else ""
            last = _day(now - DAY)
            day = last - timedelta(days=number % _LAST_DAYS)
            if day.year != last.year:  # a batch is examined under the plan of one year
                day = last.replace(month=1, day=1)
            serial = now // DAY % 100 * 1_000 + number
            drawn = self._number(f"{_day(now):%Y}", serial) if self.part.number else ""
            yield (
                person.name,
                person.id_number,
                f"lyg2020:{row['serial']}",
                level,
                str(60 + number % 40),
                str(65 + number % 30),
                f"{day:%Y-%m-%d}",
                drawn,
                row["occupation"][:40] if self.part.kind == "special_operation" else "",
                row["occupation"][:40] if self.part.kind == "safety_competency" else "",
            )

    def _number(self, year: str, serial: int) -> str:
        if self.part.kind == "special_operation":
            return f"{self.part.number}{year}{serial:06d}"
        return f"{self.part.number}{serial:06d}"


def _day(t: int) -> datetime:
    return datetime.fromtimestamp(t, UTC) + timedelta(hours=8)


def write(path: Path, lines: Iterator[tuple[str, ...]]) -> None:
    """Write a roster as a workbook."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("成绩单")
        text = book.add_format({"num_format": "@"})
        sheet.set_column(0, len(HEADINGS), 18, text)
        sheet.write_row(0, 0, HEADINGS)
        for number, line in enumerate(lines, 1):
            for column, cell in enumerate(line):
                if cell:
                    sheet.write_string(number, column, cell, text)
