# SPDX-License-Identifier: Apache-2.0
"""The full gate: for each kind and route one certificate that passes, and what refuses it.

The histories are what a registry would have accepted, as a body's desk gets them too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from credential import gate
from credential.admission import RefusedError
from credential.certificate import KINDS, ROUTES, Claims
from credential.entries import Event
from credential.gate import Examined
from credential.gate_kinds import RULES
from credential.said import Said
from credential.said_directory import Assessor, BodyRoles, EntryStanding, Offer, Operator, Station
from credential.said_examination import (
    Competition,
    NationalList,
    Papers,
    Planned,
    PlanReceipt,
    Standard,
    StandardStep,
    YearPlan,
)
from tests.credential.samples import CLAIMS, HOST

LEAD = f"https://{HOST}"
CODE = CLAIMS.occupation_code
DAY = CLAIMS.evaluated_on
EARLY = 1_767_200_000  # before the year of every sample
FIRST, LAST = gate.Asked.of(CLAIMS).first_second, gate.Asked.of(CLAIMS).last_second
DURING = FIRST + 43_200
STATION, OPERATOR = f"{LEAD}/stations/S1", f"{LEAD}/operators/K1"
JUNIOR, SENIOR, SUPERVISOR = (f"{LEAD}/assessors/{each}" for each in ("A1", "A2", "D1"))
STANDARD, METHOD, PROJECT = (f"{LEAD}/standards/{each}" for each in ("B1", "M1", "P1"))
PLAN = f"{CLAIMS.iss}/plans/2026"
RACE = f"{LEAD}/competitions/J1"
NATIONAL = f"{LEAD}/national-list"
GUIDE = f"{LEAD}/authorities/12310000MB2F0117X0"
PAPERS = Papers(
    plan=PLAN,
    standards=(STANDARD, METHOD, PROJECT),
    station=STATION,
    assessors=(JUNIOR, SENIOR),
    supervisor=SUPERVISOR,
    operator=OPERATOR,
    competition=RACE,
    basis="ab" * 32,
)
OFFERS = (Offer(CODE, ("5", "4", "3", "2", "1")), Offer("lyg2020:21", ()))
ROLES = ("employer", "appraisal_institution", "association")


def event(said: Said, t: int = EARLY, by: str = LEAD) -> Event:
    return Event(t, by, "", said)


def assessor(role: str, cap: str | None = None) -> Assessor:
    codes = (CODE, "lyg2020:21")
    return Assessor("考评员", "考-1", role, "310000", codes, cap, "考评〔2026〕1号", EARLY, None)


def standard(form: str, offers: tuple[Offer, ...] = OFFERS) -> list[Event]:
    said = Standard(form, "标准", "2026", "cd" * 32, None, offers)
    steps = ("reviewed", "filed", "in_force")
    return [
        event(said),
        *(event(StandardStep(step, EARLY, f"标〔2026〕{step}")) for step in steps),
    ]


def histories() -> dict[str, list[Event]]:
    every = tuple(
        Planned(kind, code, levels, 10)
        for kind in KINDS
        for code, levels in ((CODE, ("apprentice", *"54321", "special", "chief")), (CODE, ()))
    )
    station = Station(
        name="示例站点",
        host="示例企业",
        base="enterprise",
        body=None,
        region="310115",
        address=None,
        pilot=False,
        occupations=(Offer(CODE, ("5", "4", "3", "2", "1", "special", "chief", "apprentice")),),
        document="站〔2026〕1号",
        start=EARLY,
        end=None,
    )
    return {
        CLAIMS.iss: [event(BodyRoles(ROLES, "public", "备〔2026〕1号"))],
        STATION: [event(station)],
        OPERATOR: [event(Operator("考务公司", "310000", "务〔2026〕1号", EARLY, None))],
        JUNIOR: [event(assessor("assessor", "4"))],
        SENIOR: [event(assessor("senior_assessor"))],
        SUPERVISOR: [event(assessor("supervisor"))],
        STANDARD: standard("national"),
        METHOD: standard("method"),
        PROJECT: standard("project"),
        PLAN: [
            event(YearPlan(2026, every, (LEAD, GUIDE)), by=CLAIMS.iss),
            event(PlanReceipt("计〔2026〕1号")),
            event(PlanReceipt("计〔2026〕2号"), by=GUIDE),
        ],
        RACE: [
            event(
                Competition(
                    name="技能大赛",
                    tier="city",
                    organiser="示例协会",
                    year=2026,
                    occupations=OFFERS,
                    ranks=3,
                    first_day="2026-09-01",
                    last_day="2026-09-30",
                    document="赛〔2026〕1号",
                )
            )
        ],
        NATIONAL: [event(NationalList(EARLY, (CODE,), "目录〔2026〕"))],
    }


LEVELLESS: dict[str, Any] = {"level": None}
SAMPLES: Mapping[tuple[str, str], dict[str, Any]] = {
    ("skill_level", "examination"): {},
    ("skill_level", "direct_recognition"): {},
    ("skill_level", "exceptional_promotion"): {},
    ("skill_level", "competition"): {"detail": (("event", "技能大赛"), ("rank", "第三名"))},
    ("vocational_qualification", "examination"): {},
    ("vocational_qualification", "competition"): {
        "detail": (("event", "技能大赛"), ("rank", "1")),
    },
    ("specialised_skill", "examination"): LEVELLESS,
    ("industry_skill", "examination"): {},
    ("industry_skill", "competition"): {"detail": (("event", "技能大赛"), ("rank", "第2名"))},
    ("special_operation", "examination"): {
        **LEVELLESS,
        "detail": (("category", "建筑电工"),),
        "exp": CLAIMS.iat + 730 * 86_400,
    },
    ("safety_competency", "examination"): {**LEVELLESS, "detail": (("post", "A"),)},
    ("training_completion", "examination"): LEVELLESS,
    ("overseas_recognition", "direct_recognition"): {
        "detail": (("origin", "SGP"), ("original", "CW-1")),
    },
}
"""What each kind and route differs in from the sample."""


@dataclass(frozen=True)
class Case:
    """A certificate that passes, to be spoilt."""

    claims: Claims
    papers: Papers | None
    histories: dict[str, list[Event]]

    def found(self) -> str:
        said: Mapping[str, Sequence[Event]] = self.histories
        try:
            gate.check(self.claims, Examined(LEAD, CLAIMS.iss, self.papers, said))
        except RefusedError as error:
            return error.code
        return "admitted"


def sample(kind: str = "skill_level", route: str = "examination") -> Case:
    case = Case(
        CLAIMS._replace(kind=kind, route=route, **SAMPLES[kind, route]), PAPERS, histories()
    )
    for each in (STATION, STANDARD, METHOD, PROJECT):
        if case.claims.level is None:  # examined without levels
            first = case.histories[each][0].said
            assert isinstance(first, Station | Standard)
            said = replace(first, occupations=(Offer(CODE, ()),))
            case.histories[each][0] = event(said)
    if kind == "training_completion":
        case.histories[NATIONAL] = [event(NationalList(EARLY, (), "目录〔2026〕"))]
    return case


@pytest.mark.parametrize(("kind", "route"), SAMPLES)
def test_each_kind_passes_by_each_of_its_routes(kind: str, route: str) -> None:
    assert sample(kind, route).found() == "admitted"


@pytest.mark.parametrize(
    ("kind", "route"),
    [(kind, route) for kind in KINDS for route in ROUTES if (kind, route) not in SAMPLES],
)
def test_no_kind_passes_by_another_route(kind: str, route: str) -> None:
    case = sample(kind, next(route for one, route in SAMPLES if one == kind))
    assert replace(case, claims=case.claims._replace(route=route)).found() == "gate.route"


def test_every_kind_has_its_rule() -> None:
    assert set(RULES) == set(KINDS)


def without(name: str) -> Papers:
    empty: Any = () if name in {"standards", "assessors"} else None
    return replace(PAPERS, **{name: empty})


def suspended(t: int = DURING) -> EntryStanding:
    return EntryStanding(t, "suspended", "停〔2026〕1号", None, None)


EXAMINED = [(kind, route) for kind, route in SAMPLES if route == "examination"]
RECOGNISED = [
    (kind, route) for kind, route in SAMPLES if route not in {"examination", "competition"}
]
COMPETED = [(kind, route) for kind, route in SAMPLES if route == "competition"]


@pytest.mark.parametrize(("kind", "route"), SAMPLES)
def test_a_batch_without_papers_is_refused(kind: str, route: str) -> None:
    assert replace(sample(kind, route), papers=None).found() == "gate.papers"


@pytest.mark.parametrize(("kind", "route"), SAMPLES)
def test_a_body_without_roles_is_refused(kind: str, route: str) -> None:
    case = sample(kind, route)
    del case.histories[CLAIMS.iss]
    assert case.found() == "gate.role"


@pytest.mark.parametrize(("kind", "route"), EXAMINED)
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("plan", "gate.plan"),
        ("standards", "gate.standard"),
        ("station", "gate.station"),
        ("assessors", "gate.assessor"),
    ],
)
def test_an_examination_needs_each_paper(kind: str, route: str, name: str, code: str) -> None:
    assert replace(sample(kind, route), papers=without(name)).found() == code


@pytest.mark.parametrize(("kind", "route"), EXAMINED)
@pytest.mark.parametrize("name", ["operator", "supervisor", "competition", "basis"])
def test_an_examination_does_without_the_rest(kind: str, route: str, name: str) -> None:
    assert replace(sample(kind, route), papers=without(name)).found() == "admitted"


@pytest.mark.parametrize(("kind", "route"), EXAMINED)
@pytest.mark.parametrize(
    ("subject", "code"),
    [
        (STATION, "gate.station"),
        (SENIOR, "gate.assessor"),
        (SUPERVISOR, "gate.supervisor"),
        (OPERATOR, "gate.operator"),
    ],
)
def test_who_examines_is_in_order_for_the_whole_day(
    kind: str, route: str, subject: str, code: str
) -> None:
    case = sample(kind, route)
    case.histories[subject].append(event(suspended(DURING), DURING))
    assert case.found() == f"{code}_standing"
    later = sample(kind, route)
    tomorrow = LAST + 1
    later.histories[subject].append(event(suspended(tomorrow), tomorrow))
    assert later.found() == "admitted"
    unknown = sample(kind, route)
    del unknown.histories[subject]
    assert unknown.found() == code


def test_a_kind_without_levels_asks_a_station_for_the_occupation_alone() -> None:
    case = sample("safety_competency")
    said = case.histories[STATION][0].said
    assert isinstance(said, Station)
    case.histories[STATION] = [event(replace(said, occupations=(Offer(CODE, ("5", "4")),)))]
    assert case.found() == "admitted"
    case.histories[STATION] = [event(replace(said, occupations=(Offer("lyg2020:21", ()),)))]
    assert case.found() == "gate.station_scope"


def test_a_suspension_is_named_with_document_and_day() -> None:
    case = sample()
    case.histories[STATION].append(event(suspended(), DURING))
    examined = Examined(LEAD, CLAIMS.iss, PAPERS, case.histories)
    with pytest.raises(
        RefusedError, match=f"示例站点 is suspended on {DAY} since {DAY} .停〔2026〕1号"
    ):
        gate.check(case.claims, examined)


@pytest.mark.parametrize(
    ("level", "papers", "code"),
    [
        ("4", replace(PAPERS, assessors=(JUNIOR,)), "admitted"),
        ("3", replace(PAPERS, assessors=(JUNIOR,)), "gate.assessor_scope"),
        ("3", replace(PAPERS, assessors=(SUPERVISOR,)), "gate.assessor_scope"),
        ("3", replace(PAPERS, supervisor=SENIOR), "gate.supervisor"),
        ("1", PAPERS, "admitted"),
        ("special", PAPERS, "admitted"),
        ("chief", PAPERS, "admitted"),
        ("apprentice", PAPERS, "admitted"),
    ],
)
def test_an_assessor_examines_up_to_a_level(level: str, papers: Papers, code: str) -> None:
    case = sample()
    assert replace(case, claims=case.claims._replace(level=level), papers=papers).found() == code


@pytest.mark.parametrize("level", ["special", "chief"])
def test_the_highest_posts_need_level_one(level: str) -> None:
    case = sample()
    case.histories[STANDARD] = standard("national", (Offer(CODE, ("5", "4", "3", "2")),))
    assert replace(case, claims=case.claims._replace(level=level)).found() == "gate.level_one"
    assert replace(case, claims=case.claims._replace(level="1")).found() == "gate.standard_scope"


@pytest.mark.parametrize("level", ["apprentice", "special", "chief"])
def test_only_an_employer_gives_posts(level: str) -> None:
    case = sample()
    case.histories[CLAIMS.iss] = [event(BodyRoles(("social_organisation",), "public", "备"))]
    assert case.found() == "admitted"
    assert replace(case, claims=case.claims._replace(level=level)).found() == "gate.role"


@pytest.mark.parametrize(
    ("kind", "route", "role"),
    [
        ("skill_level", "direct_recognition", "social_organisation"),
        ("skill_level", "exceptional_promotion", "association"),
        ("vocational_qualification", "examination", "employer"),
        ("vocational_qualification", "competition", "association"),
        ("industry_skill", "examination", "employer"),
        ("industry_skill", "competition", "school"),
    ],
)
def test_some_things_are_for_some_bodies_only(kind: str, route: str, role: str) -> None:
    case = sample(kind, route)
    case.histories[CLAIMS.iss] = [event(BodyRoles((role,), "own", "备"))]
    assert case.found() == "gate.role"


@pytest.mark.parametrize(("kind", "route"), RECOGNISED)
def test_recognition_rests_on_evidence_and_needs_no_station(kind: str, route: str) -> None:
    bare = replace(PAPERS, station=None, assessors=(), supervisor=None, operator=None)
    assert replace(sample(kind, route), papers=bare).found() == "admitted"
    assert replace(sample(kind, route), papers=without("basis")).found() == "gate.basis"
    assert replace(sample(kind, route), papers=without("plan")).found() == "gate.plan"
    assert replace(sample(kind, route), papers=without("standards")).found() == "gate.standard"


@pytest.mark.parametrize(("kind", "route"), COMPETED)
@pytest.mark.parametrize(
    ("event_", "rank", "day", "code"),
    [
        ("技能大赛", "3", DAY, "admitted"),
        ("技能大赛", "第4名", DAY, "gate.competition_rank"),
        ("技能大赛", "0", DAY, "gate.competition_rank"),
        ("技能大赛", "优胜奖", DAY, "gate.competition_rank"),
        ("别的大赛", "1", DAY, "gate.competition_event"),
        ("技能大赛", "1", "2026-10-01", "gate.competition_dates"),
        ("技能大赛", "1", "2026-08-31", "gate.competition_dates"),
    ],
)
def test_a_competition_is_filed_and_won(
    kind: str, route: str, event_: str, rank: str, day: str, code: str
) -> None:
    case = sample(kind, route)
    detail = (("event", event_), ("rank", rank))
    assert (
        replace(case, claims=case.claims._replace(detail=detail, evaluated_on=day)).found() == code
    )


@pytest.mark.parametrize(("kind", "route"), COMPETED)
def test_a_competition_of_another_occupation_or_nobody_s_is_refused(kind: str, route: str) -> None:
    assert replace(sample(kind, route), papers=without("competition")).found() == "gate.competition"
    case = sample(kind, route)
    level = replace(case, claims=case.claims._replace(level="chief"))
    assert level.found() == "gate.competition_scope"
    late = sample(kind, route)
    late.histories[RACE] = [late.histories[RACE][0]._replace(t=LAST + 1)]
    assert late.found() == "gate.competition"


@pytest.mark.parametrize(
    ("kind", "codes", "code"),
    [
        ("vocational_qualification", (), "gate.national_list"),
        ("vocational_qualification", (CODE,), "admitted"),
        ("training_completion", (CODE,), "gate.national_list"),
        ("training_completion", (), "admitted"),
        ("skill_level", (), "admitted"),
        ("skill_level", (CODE,), "admitted"),
    ],
)
def test_the_national_list_decides_for_qualifications(
    kind: str, codes: tuple[str, ...], code: str
) -> None:
    case = sample(kind)
    case.histories[NATIONAL].append(event(NationalList(EARLY, codes, "目录〔2026〕2")))
    assert case.found() == code


def test_without_a_national_list_nothing_is_a_qualification() -> None:
    case = sample("vocational_qualification")
    case.histories[NATIONAL] = [event(NationalList(DURING + 86_400, (CODE,), "目录〔2027〕"))]
    assert case.found() == "gate.national_list"


@pytest.mark.parametrize(
    ("kind", "route"),
    [
        ("special_operation", "examination"),
        ("safety_competency", "examination"),
        ("overseas_recognition", "direct_recognition"),
    ],
)
def test_some_kinds_say_more(kind: str, route: str) -> None:
    case = sample(kind, route)
    assert replace(case, claims=case.claims._replace(detail=())).found() == "gate.detail"


@pytest.mark.parametrize(
    ("exp", "code"),
    [
        (None, "gate.expiry"),
        (CLAIMS.iat + 732 * 86_400, "admitted"),
        (CLAIMS.iat + 732 * 86_400 + 1, "gate.expiry"),
    ],
)
def test_a_special_operation_ends_after_two_years(exp: int | None, code: str) -> None:
    case = sample("special_operation")
    assert replace(case, claims=case.claims._replace(exp=exp)).found() == code


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        ("specialised_skill", "national"),
        ("industry_skill", "industry"),
        ("vocational_qualification", "enterprise"),
        ("skill_level", "project"),
        ("special_operation", "enterprise"),
    ],
)
def test_a_standard_of_another_form_does_not_count(kind: str, form: str) -> None:
    case = sample(kind)
    offers = (Offer(CODE, () if case.claims.level is None else ("3",)),)
    for each in (STANDARD, METHOD, PROJECT):
        case.histories[each] = standard(form, offers)
    assert case.found() == "gate.standard"


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_standard_counts_once_it_is_in_force(steps: int) -> None:
    case = sample()
    case.histories[STANDARD] = case.histories[STANDARD][: steps + 1]
    assert case.found() == "gate.standard_not_in_force"


def test_a_standard_that_was_withdrawn_served_until_then() -> None:
    case = sample()
    step = StandardStep("withdrawn", DURING, "废〔2026〕1号")
    case.histories[STANDARD].append(event(step, DURING))
    assert case.found() == "gate.standard_not_in_force"
    earlier = case.claims._replace(evaluated_on="2026-09-01")
    assert replace(case, claims=earlier).found() == "admitted"


@pytest.mark.parametrize(
    ("events", "code"),
    [
        (slice(0, 0), "gate.plan_unreceived"),
        (slice(0, 1), "gate.plan_unreceived"),
        (slice(0, 2), "gate.plan_unreceived"),
        (slice(0, 3), "admitted"),
    ],
)
def test_a_plan_counts_when_both_have_it(events: slice, code: str) -> None:
    case = sample()
    case.histories[PLAN] = case.histories[PLAN][events]
    assert case.found() == code


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        (YearPlan(2025, (), (LEAD, GUIDE)), "gate.plan_year"),
        (YearPlan(2026, (), (LEAD, GUIDE)), "gate.plan_scope"),
        (
            YearPlan(2026, (Planned("skill_level", CODE, ("4",), 1),), (LEAD, GUIDE)),
            "gate.plan_scope",
        ),
        (
            YearPlan(2026, (Planned("industry_skill", CODE, ("3",), 1),), (LEAD, GUIDE)),
            "gate.plan_scope",
        ),
    ],
)
def test_a_plan_is_for_its_year_kind_occupation_and_level(plan: YearPlan, code: str) -> None:
    case = sample()
    case.histories[PLAN][0] = event(plan, by=CLAIMS.iss)
    assert case.found() == code


def test_another_body_s_plan_is_none() -> None:
    papers = replace(PAPERS, plan=f"{LEAD}/bodies/91310104MA1FYCQ14M/plans/2026")
    assert replace(sample(), papers=papers).found() == "gate.plan"


@pytest.mark.parametrize("code", ["lyg2020:21", "lyg2020:1"])
def test_a_station_is_recognised_for_occupations(code: str) -> None:
    case = sample()
    case.histories[STANDARD] = standard("national", (Offer(code, ("3",)),))
    items = (Planned("skill_level", code, ("3",), 1),)
    case.histories[PLAN][0] = event(YearPlan(2026, items, (LEAD, GUIDE)), by=CLAIMS.iss)
    other = case.claims._replace(occupation_code=code)
    assert replace(case, claims=other).found() == "gate.station_scope"
