# SPDX-License-Identifier: Apache-2.0
"""The catalogue of the story changes: what has ended and what has not begun is not certified."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from credential import envelope
from credential.catalogue import Catalogue, satisfies
from credential.certificate import Claims
from credential.errors import SealError
from credential.snapshot import Snapshot
from issuer import desk, papers
from issuer.check import Report
from keys import key_file, passphrase
from registry import admission, office
from registry.service import Registry, open_registry
from registry.settings import load
from skillseal.demo import cast, catalogue, good_order, leavings
from skillseal.demo.run import Result
from tests.issuer.sheets import csv_file

HUJIANG = cast.SHANGHAI.members[0]
HEADINGS = ["姓名", "证件号码", "职业（工种）", "技能等级", "理论成绩", "实操成绩", "考核日期"]
NUMBERS = ("11010519491231002X", "440524188001010014")  # the standard's own examples


@pytest.fixture
def registry(result: Result) -> Iterator[Registry]:
    opened = open_registry(load(result.folder / leavings.SETTINGS), [result.receipt_key])
    yield opened
    opened.engine.dispose()


def catalogue_of(result: Result, name: str) -> Catalogue:
    snapshot = Snapshot.from_bytes((result.folder / name).read_bytes(), result.anchor)
    (found,) = snapshot.home.catalogues
    return found


def day(number: int) -> str:
    """Give a day counted from now, in UTC+8."""
    return f"{datetime.now(UTC) + timedelta(hours=8, days=number):%Y-%m-%d}"


def test_versions_follow_each_other_and_keep_every_code(result: Result) -> None:
    first, second = (
        catalogue_of(result, name) for name in ("snapshots/early.json", "snapshot.json")
    )
    assert (first.version, second.version) == (1, 2)
    published = tuple(each.code for each in catalogue.build().occupations)
    assert tuple(first.by_code) == tuple(second.by_code) == (*published, catalogue.NEW)
    assert first.by_code[catalogue.ENDED].last_day is None
    ended, new = second.by_code[catalogue.ENDED], second.by_code[catalogue.NEW]
    assert ended.last_day is not None
    assert new.first_day is not None
    assert ended.last_day < day(0) < new.first_day
    assert satisfies([second], catalogue.SUCCESSOR, catalogue.ENDED)
    assert not satisfies([second], catalogue.ENDED, catalogue.SUCCESSOR)


def test_what_was_certified_before_the_end_is_still_good(result: Result) -> None:
    last_day = catalogue_of(result, "snapshot.json").by_code[catalogue.ENDED].last_day
    known = [
        each.verdict
        for each in result.judged
        if each.case.region == cast.SHANGHAI.district
        and each.case.snapshot is None
        and each.verdict.certificate is not None
        and each.verdict.certificate["occupation"] == {"code": catalogue.ENDED, "name": "泥塑工"}
    ]
    assert known
    for verdict in known:
        assert verdict.certificate is not None
        assert verdict.outcome == "VALID"
        assert str(verdict.certificate["evaluated_on"]) <= str(last_day)


def checked(
    result: Result, registry: Registry, folder: Path, rows: list[tuple[str, str]]
) -> Report:
    """Look at a roster, an occupation and a day for each row, as the body's desk does."""
    identifier = f"https://{cast.SHANGHAI.host}/bodies/{HUJIANG.code}"
    filing = office.filing_file(registry, identifier, "optional")
    table = [
        [("欧阳青禾", "陆知远")[n % 2], NUMBERS[n % 2], word, "三级", "80", "80", when]
        for n, (word, when) in enumerate(rows)
    ]
    path = csv_file(folder / "roster.csv", table, HEADINGS)
    named = papers.identified(filing, good_order.NAMED)
    catalogues, now = filing.dictionaries(), registry.clock()
    _, report, _ = desk.look(
        path, "skill_level", catalogues, filing=filing, region=None, at=now, named=named
    )
    return report


def test_the_desk_refuses_it_and_says_what_to_write(
    result: Result, registry: Registry, tmp_path: Path
) -> None:
    last_day = catalogue_of(result, "snapshot.json").by_code[catalogue.ENDED].last_day
    report = checked(
        result,
        registry,
        tmp_path,
        [
            (catalogue.ENDED, day(-3)),  # over
            (catalogue.NEW, day(-3)),  # not begun
            ("泥塑工", str(last_day)),  # the occupation, or the trade of what it was merged into
        ],
    )
    assert [(each.row, each.column, each.code) for each in report.refusals] == [
        (2, "职业（工种）", "occupation.not_in_force"),
        (3, "职业（工种）", "occupation.not_in_force"),
        (4, "职业（工种）", "occupation.ambiguous"),
    ]
    assert report.refusals[0].suggestion == "write lyg2020:98 (古建筑传统瓦工)"
    assert "from" in report.refusals[1].message


def test_the_word_means_what_it_was_merged_into(
    result: Result, registry: Registry, tmp_path: Path
) -> None:
    report = checked(result, registry, tmp_path, [("泥塑工", day(-3))])
    assert report.refusals == ()
    (found,) = report.accepted
    assert (found.occupation, found.trade) == (catalogue.SUCCESSOR, "泥塑工")


def test_the_registry_refuses_what_a_desk_signed_all_the_same(
    result: Result, registry: Registry
) -> None:
    secret = passphrase.read(result.folder / "passphrase")
    path = result.folder / "keys" / f"{HUJIANG.key}-certificate.pem"
    key = key_file.load(path, secret, "certificate")
    iss = f"https://{cast.SHANGHAI.host}/bodies/{HUJIANG.code}"
    now = registry.clock()
    claims = Claims(
        iss=iss,
        host=cast.SHANGHAI.host,
        body_code=HUJIANG.code,
        iat=now,
        exp=None,
        status_index=0,
        status_uri=f"https://{cast.SHANGHAI.host}/status/1",
        certificate_number=f"{HUJIANG.prefix}{day(0)[2:4]}3999999",
        kind="skill_level",
        name="欧阳青禾",
        holder_tag=None,
        occupation_code=catalogue.ENDED,
        occupation_name="泥塑工",
        trade=None,
        level="3",
        route="examination",
        region=cast.SHANGHAI.district,
        evaluated_on=day(-3),
        batch="B1",
        detail=(),
    )
    token = envelope.sign(key, envelope.CERTIFICATE, claims.to_bytes())
    (outcome,) = admission.admit(registry, [f"{token}~"], iss)
    assert isinstance(outcome, SealError)
    assert outcome.code == "occupation.not_in_force"
    assert str(outcome).endswith("use lyg2020:98 古建筑传统瓦工 instead")
