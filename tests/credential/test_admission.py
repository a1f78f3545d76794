# SPDX-License-Identifier: Apache-2.0
"""The rules that a desk and the registry share, asked as a desk asks them: without any database."""

from dataclasses import replace
from typing import Any

import pytest

from credential import admission
from credential.admission import Dictionaries, Grounds, RefusedError
from credential.body import Block, Body
from credential.catalogue import Catalogue, Occupation
from credential.certificate_number import DEFAULT_RULES
from credential.filing import Filing, Grant, Standing
from credential.statement_bodies import Batch, Plan
from tests.credential.samples import CLAIMS, HOST, OTHER_HOST

T = CLAIMS.iat + 60
GRANT = Grant("skill_level", ("lyg2020:39", "lyg2020:21"), ("4", "3"))
BODY = Body(
    id=CLAIMS.iss,
    code=CLAIMS.body_code,
    name="示例机构",
    prefix="Y000031000101",
    region="310115",
    max_delay=None,
    standing=(Standing(0, "active", "备1"),),
    void=None,
    keys=(),
    filings=(Filing("备1", 0, None, ("310115",), (GRANT,)),),
    blocks=(Block("1", 69_632, 1_024), Block("2", 0, 1_024)),
)
OCCUPATIONS = (
    Occupation("lyg2020:39", "砌筑工", ("瓦工",), ("建筑瓦工",), ()),
    Occupation("lyg2020:21", "焊工", (), (), ()),
)
CATALOGUE = Catalogue(
    f"https://{HOST}", "310000", 1, 0, 9, "lyg2020", OCCUPATIONS, tuple(DEFAULT_RULES)
)
GROUNDS = Grounds(T, {HOST}, "310000", BODY, Dictionaries.of([CATALOGUE]))
BATCH = Batch(
    kind="skill_level",
    route="examination",
    occupations=(Plan("lyg2020:39", ("4", "3")),),
    region="310115",
    first_day="2026-09-01",
    last_day="2026-09-20",
    headcount=3,
    roster=bytes(32),
)


def found(grounds: Grounds = GROUNDS, batch: Batch | None = BATCH, **changes: Any) -> str:
    # The grounds remember what they found; each question here is a first one.
    fresh = replace(grounds, findings={})
    try:
        admission.check(CLAIMS._replace(**changes), fresh, batch)
    except RefusedError as error:
        return error.code
    return "admitted"


def test_the_sample_is_admitted() -> None:
    assert found() == "admitted"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"host": OTHER_HOST}, "issuer.foreign"),
        ({"iss": f"https://{HOST}/bodies/91310104MA1FYCQ14M"}, "issuer.foreign"),
        ({"kind": "specialised_skill"}, "scope.kind"),
        ({"occupation_code": "lyg2020:1"}, "scope.occupation"),
        ({"level": "2"}, "scope.level"),
        ({"region": "310104"}, "scope.district"),
        ({"iat": T + 300}, "admitted"),
        ({"iat": T + 301}, "dates.not_yet"),
        ({"iat": T - 2_592_000}, "admitted"),
        ({"iat": T - 2_592_001}, "dates.backdated"),
        ({"exp": T + 1}, "admitted"),
        ({"exp": T}, "dates.expired"),
        ({"evaluated_on": "2026-09-23"}, "dates.evaluated"),
        ({"occupation_name": "瓦工"}, "occupation.name"),
        ({"trade": "古建瓦工"}, "occupation.trade"),
        ({"trade": "建筑瓦工"}, "admitted"),
        ({"certificate_number": "Y000031000101262000001"}, "number.inconsistent"),
        ({"certificate_number": "Y000031000101253000001"}, "number.inconsistent"),
        ({"certificate_number": "Y000031000102263000001"}, "number.inconsistent"),
        ({"status_index": 69_631}, "status.not_yours"),
        ({"status_index": 69_632}, "admitted"),
        ({"status_index": 70_655}, "admitted"),
        ({"status_index": 70_656}, "status.not_yours"),
        ({"status_uri": f"https://{HOST}/status/2"}, "status.not_yours"),
        ({"status_uri": f"https://{HOST}/status/2", "status_index": 7}, "admitted"),
        ({"route": "competition"}, "batch.route"),
        ({"occupation_code": "lyg2020:21", "occupation_name": "焊工"}, "batch.occupation"),
        ({"evaluated_on": "2026-08-31"}, "batch.dates"),
        ({"evaluated_on": "2026-09-21"}, "batch.dates"),
        ({"name": "张三"}, "name.test_data"),
    ],
)
def test_each_rule_at_its_edge(changes: dict[str, Any], code: str) -> None:
    assert found(**changes) == code


# Days of an occupation ----------------------------------------------------------------------------


DAY = CLAIMS.evaluated_on
BEFORE, AFTER = "2026-01-01", "2027-01-01"


def merged(**days: str | None) -> Dictionaries:
    """Give a catalogue where 39 has days, and 77, 78, 79, 80 are `same`, `broader` … than it."""
    entry = OCCUPATIONS[0]._replace(
        equivalent=(
            ("mohurd2017:010", "same"),  # of a dictionary that the region has not signed
            ("lyg2020:77", "narrower"),
            ("lyg2020:78", "broader"),
            ("lyg2020:79", "same"),
            ("lyg2020:80", "broader"),
        ),
        **days,  # type: ignore[arg-type]  # days, not pairs
    )
    others = (
        Occupation("lyg2020:77", "清水砌筑工", (), (), ()),
        Occupation("lyg2020:78", "泥瓦工", (), (), (), first_day=DAY),
        Occupation("lyg2020:79", "砖瓦工", (), (), (), last_day=DAY),
        Occupation("lyg2020:80", "石工", (), (), (), first_day=AFTER),
    )
    return Dictionaries.of([CATALOGUE._replace(occupations=(entry, *others))])


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (None, None, "admitted"),
        (DAY, None, "admitted"),
        (None, DAY, "admitted"),
        (DAY, DAY, "admitted"),
        (AFTER, None, "occupation.not_in_force"),
        (None, BEFORE, "occupation.not_in_force"),
        ("2026-09-21", None, "occupation.not_in_force"),
        (None, "2026-09-19", "occupation.not_in_force"),
    ],
)
def test_the_day_of_evaluation_is_one_of_the_occupations(
    first: str | None, last: str | None, code: str
) -> None:
    assert DAY == "2026-09-20"
    assert found(replace(GROUNDS, dictionaries=merged(first_day=first, last_day=last))) == code


def test_the_day_of_evaluation_counts_and_not_the_day_of_the_receipt() -> None:
    # Handed in after the end, evaluated before it: the usual case at the end of an occupation.
    ended = replace(GROUNDS, dictionaries=merged(last_day=DAY))
    assert admission.civil_date(GROUNDS.t) > DAY
    assert found(ended) == "admitted"
    assert found(ended, evaluated_on="2026-09-21") == "occupation.not_in_force"


def test_a_refusal_names_the_days_and_what_to_take_instead() -> None:
    ended = replace(GROUNDS, dictionaries=merged(first_day="2020-05-01", last_day=BEFORE))
    with pytest.raises(RefusedError) as caught:
        admission.check(CLAIMS, replace(ended, findings={}), BATCH)
    assert str(caught.value) == (
        "lyg2020:39 砌筑工 is certified for evaluations from 2020-05-01 to 2026-01-01, "
        f"not of {DAY}: use lyg2020:78 泥瓦工 / lyg2020:79 砖瓦工 instead"
    )


def test_nothing_is_named_where_nothing_takes_its_place() -> None:
    entry = OCCUPATIONS[0]._replace(last_day=BEFORE, equivalent=(("lyg2020:21", "narrower"),))
    alone = Dictionaries.of([CATALOGUE._replace(occupations=(entry, OCCUPATIONS[1]))])
    with pytest.raises(RefusedError, match=rf"to {BEFORE}, not of {DAY}$"):
        admission.check_days(entry, DAY, alone)


def test_what_takes_its_place_may_be_of_another_catalogue() -> None:
    entry = OCCUPATIONS[0]._replace(last_day=BEFORE, equivalent=(("sh2026:7", "broader"),))
    other = CATALOGUE._replace(
        scheme="sh2026", occupations=(Occupation("sh2026:7", "建筑砌筑工", (), (), ()),)
    )
    both = Dictionaries.of([CATALOGUE._replace(occupations=(entry,)), other])
    assert [one.code for one in both.instead(entry, DAY)] == ["sh2026:7"]


def test_an_occupation_that_is_over_is_told_before_its_name() -> None:
    ended = replace(GROUNDS, dictionaries=merged(last_day=BEFORE))
    assert found(ended, occupation_name="瓦工") == "occupation.not_in_force"


def test_rules_of_body_and_batch() -> None:
    assert found(batch=None) == "batch.unknown"
    assert found(batch=replace(BATCH, kind="industry_skill")) == "batch.kind"
    assert found(batch=replace(BATCH, region="310116")) == "batch.region"
    assert found(batch=replace(BATCH, occupations=(Plan("lyg2020:39", ("4",)),))) == "batch.level"
    assert found(batch=replace(BATCH, occupations=(Plan("lyg2020:39", ()),))) == "batch.level"
    suspended = BODY._replace(standing=(Standing(0, "suspended", "令"),))
    assert found(replace(GROUNDS, body=suspended)) == "standing.suspended"
    assert found(replace(GROUNDS, body=BODY._replace(void="撤"))) == "standing.void"
    quick = BODY._replace(max_delay=59)
    assert found(replace(GROUNDS, body=quick)) == "dates.backdated"
    assert found(replace(GROUNDS, dictionaries=Dictionaries({}, ()))) == "occupation.unknown"


def test_a_kind_without_levels_is_met_by_an_empty_list_alone() -> None:
    plain = replace(BATCH, kind="training_completion", occupations=(Plan("lyg2020:39", ()),))
    claims = CLAIMS._replace(kind="training_completion", level=None)
    admission.check_batch(claims, plain)
    with pytest.raises(RefusedError) as caught:
        admission.check_batch(claims._replace(level="3"), plain)
    assert caught.value.code == "batch.level"


def test_what_was_found_once_in_a_request_is_not_asked_again() -> None:
    grounds = replace(GROUNDS, findings={})
    admission.check(CLAIMS, grounds, BATCH)
    admission.check(CLAIMS._replace(name="陆知远"), grounds, BATCH)
    assert len(grounds.findings) == 1


def test_a_day_is_one_of_china() -> None:
    assert admission.civil_date(0) == "1970-01-01"
    assert admission.civil_date(1_790_006_399) == "2026-09-21"
    assert admission.civil_date(1_790_006_400) == "2026-09-22"


def test_a_slot_is_a_person_and_what_they_hold() -> None:
    own = admission.slot(CLAIMS)
    assert own is not None
    assert admission.slot(CLAIMS._replace(certificate_number="Y1", batch="B9")) == own
    assert admission.slot(CLAIMS._replace(holder_tag=None)) is None
    for changes in (
        {"name": "陆知远"},
        {"holder_tag": "Ab4_"},
        {"kind": "industry_skill"},
        {"occupation_code": "lyg2020:21"},
        {"level": "4"},
        {"level": None},
    ):
        assert admission.slot(CLAIMS._replace(**changes)) != own


def test_when_a_certificate_may_be_renewed() -> None:
    assert admission.renewable_from(CLAIMS) is None
    end = CLAIMS.iat + 200 * 86_400
    assert admission.renewable_from(CLAIMS._replace(exp=end)) == end - 90 * 86_400
    assert admission.renewable_from(CLAIMS._replace(exp=CLAIMS.iat + 5)) == CLAIMS.iat
