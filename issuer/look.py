# SPDX-License-Identifier: Apache-2.0
"""Looking at a roster: read, or read and judged, by what the body's filing says."""

from collections.abc import Sequence
from pathlib import Path

from credential.admission import Dictionaries
from credential.catalogue import Catalogue
from credential.errors import ConflictError
from credential.filing_file import FilingFile
from credential.pass_mark import PassMark
from credential.said_examination import Papers
from issuer import allotted, check, columns, glyphs, papers, sheet
from issuer.check import Desk, Report
from issuer.occupations import Occupations
from issuer.roster import Roster


def read(
    roster: Path,
    kind: str,
    catalogues: Sequence[Catalogue],
    *,
    page: str | None = None,
    marks: Sequence[PassMark] = (),
) -> Roster:
    """Read a roster without judging what could be issued from it today.

    Raises:
        MalformedError: `roster.…`, for the sheet as a whole.
        UnavailableError: `roster.absent`.
        ConflictError: `catalogue.missing`.
    """
    if not catalogues:
        message = (
            "the filing file has no catalogue: get one after the registry has signed its lists"
        )
        raise ConflictError("catalogue.missing", message)
    occupations = Occupations(catalogues)
    rows = sheet.read(roster, page, lambda drawn: columns.fit(drawn, kind))
    return Roster.read(rows, kind, occupations.find, marks)


def look(  # noqa: PLR0913  # what a desk can be told about a roster
    roster: Path,
    kind: str,
    catalogues: Sequence[Catalogue],
    *,
    filing: FilingFile | None,
    region: str | None,
    at: int,
    page: str | None = None,
    numbers: tuple[str, ...] = (),
    fonts: Sequence[Path] = (),
    named: Papers | None = None,
) -> tuple[Roster, Report, Desk | None]:
    """Read and judge a roster: `check`, and the beginning of the other two.

    Raises:
        MalformedError: `roster.…`, for the sheet as a whole; `typeface.malformed`.
        UnavailableError: `roster.absent`.
        SealError: `standing.…`, when the body may not issue at all.
        ConflictError: `catalogue.missing`, `region.which`, `numbers.exhausted`.
    """
    marks = () if filing is None else filing.marks
    found = read(roster, kind, catalogues, page=page, marks=marks)
    dictionaries = Dictionaries.of(catalogues)
    if numbers:
        found = allotted.allot(found, numbers, dictionaries.rules)
    desk = None
    if filing is not None:
        where = region or _only_district(filing)
        whole = papers.completed(filing, found, named, at)
        desk = Desk(filing, filing.grounds(at, tuple(catalogues)), where, whole)
    report = glyphs.judge(found, check.judge(found, desk, dictionaries, at), fonts)
    if desk is not None:
        report = papers.judge(found, report, desk, papers.everywhere(desk.papers), at)
    return found, report, desk


def _only_district(filing: FilingFile) -> str:
    districts = {each for one in filing.body.filings for each in one.districts}
    if len(districts) != 1:
        known = ", ".join(sorted(districts)) or filing.body.region
        message = f"say with --region where the evaluation took place: within {known}"
        raise ConflictError("region.which", message)
    return districts.pop()
