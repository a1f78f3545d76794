# SPDX-License-Identifier: Apache-2.0
"""Read what statements say of how people are examined (docs/format.md §7.6).

As `credential.said_readers`: parsed JSON in, a value of `credential.said_examination` out, or
`malformed.profile`.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from credential.body import MAX_NAME
from credential.certificate import KINDS
from credential.filing import MAX_OCCUPATIONS, read_levels
from credential.members import Members, refuse
from credential.said_directory_readers import CODE, distinct, document, offers
from credential.said_examination import (
    BatchClose,
    Competition,
    NationalList,
    Papers,
    Planned,
    PlanReceipt,
    SaidExamination,
    Standard,
    StandardStep,
    YearPlan,
)

FORMS: Final = ("national", "industry", "enterprise", "method", "project")
STEPS: Final = ("reviewed", "filed", "in_force", "withdrawn")
TIERS: Final = ("national", "provincial", "city", "district", "industry")
MAX_HEADCOUNT: Final = 100_000  # people in one batch or line of a plan
RECIPIENTS: Final = 2  # of a plan: guidance and technical management
MAX_PLANNED: Final = 1_000  # lines of a plan
MAX_RANKS: Final = 100
MAX_PAPERS: Final = 64  # standards, or assessors, of one batch

_HOST: Final = r"https://[a-z0-9.:-]{1,100}"
_ID: Final = "[0-9A-Za-z-]{1,32}"
_AUTHORITY: Final = re.compile(rf"{_HOST}(?:/authorities/[0-9A-HJ-NPQRTUWXY]{{18}})?")
_PLAN: Final = re.compile(rf"{_HOST}/bodies/[0-9A-HJ-NPQRTUWXY]{{18}}/plans/{_ID}")
_PAPER: Final = {
    name: re.compile(f"{_HOST}/{folder}/{_ID}")
    for name, folder in (
        ("standards", "standards"),
        ("station", "stations"),
        ("assessors", "assessors"),
        ("supervisor", "assessors"),
        ("operator", "operators"),
        ("competition", "competitions"),
    )
}


def papers(value: object) -> Papers:
    """Read what a batch stands on.

    Raises:
        MalformedError: `malformed.profile`.
    """
    names = "plan? standards? station? assessors? supervisor? operator? competition? basis?"
    body = Members.of(value, "batch.papers", names)

    def one(name: str) -> str | None:
        return body.match(name, _PAPER[name]) if name in body else None

    def several(name: str) -> tuple[str, ...]:
        if name not in body:
            return ()
        items = body.items(name, 1, MAX_PAPERS)
        named = (Members({name: each}, body.where).match(name, _PAPER[name]) for each in items)
        return distinct(named, body.at(name))

    return Papers(
        plan=body.match("plan", _PLAN) if "plan" in body else None,
        standards=several("standards"),
        station=one("station"),
        assessors=several("assessors"),
        supervisor=one("supervisor"),
        operator=one("operator"),
        competition=one("competition"),
        basis=body.hex_digest("basis") if "basis" in body else None,
    )


def _standard(value: object) -> Standard:
    body = Members.of(value, "standard", "form title version sha256 body? occupations")
    return Standard(
        form=body.choice("form", FORMS),
        title=body.text("title", MAX_NAME),
        version=body.text("version"),
        sha256=body.hex_digest("sha256"),
        body=body.match("body", CODE) if "body" in body else None,
        occupations=offers(body),
    )


def _standard_step(value: object) -> StandardStep:
    body = Members.of(value, "standard_step", "step from document")
    return StandardStep(body.choice("step", STEPS), body.time("from"), document(body))


def _year_plan(value: object) -> YearPlan:
    body = Members.of(value, "plan", "year items recipients")
    items = []
    for n, one in enumerate(body.items("items", 1, MAX_PLANNED)):
        line = Members.of(one, f"plan.items[{n}]", "kind occupation levels headcount")
        items.append(
            Planned(
                line.choice("kind", KINDS),
                line.occupation_code("occupation"),
                read_levels(line),
                line.integer("headcount", 1, MAX_HEADCOUNT),
            )
        )
    recipients = distinct(
        (
            Members({"id": one}, body.at("recipients")).match("id", _AUTHORITY)
            for one in body.items("recipients", RECIPIENTS, RECIPIENTS)
        ),
        body.at("recipients"),
    )
    return YearPlan(body.integer("year", 2000, 2999), tuple(items), recipients)


def _plan_receipt(value: object) -> PlanReceipt:
    return PlanReceipt(document(Members.of(value, "plan_receipt", "document")))


def _competition(value: object) -> Competition:
    names = "name tier organiser year occupations ranks from to document"
    body = Members.of(value, "competition", names)
    first_day, last_day = body.civil_date("from"), body.civil_date("to")
    if last_day < first_day:
        refuse(body.at("to"), "before from")
    return Competition(
        name=body.text("name"),
        tier=body.choice("tier", TIERS),
        organiser=body.text("organiser", MAX_NAME),
        year=body.integer("year", 2000, 2999),
        occupations=offers(body),
        ranks=body.integer("ranks", 1, MAX_RANKS),
        first_day=first_day,
        last_day=last_day,
        document=document(body),
    )


def _national_list(value: object) -> NationalList:
    body = Members.of(value, "national_list", "from codes document")
    codes = distinct(
        (
            Members({"code": one}, body.at("codes")).occupation_code("code")
            for one in body.items("codes", 0, MAX_OCCUPATIONS)
        ),
        body.at("codes"),
    )
    return NationalList(body.time("from"), codes, document(body))


def _batch_close(value: object) -> BatchClose:
    body = Members.of(value, "batch_close", "passed failed absent")
    return BatchClose(
        *(body.integer(name, 0, MAX_HEADCOUNT) for name in ("passed", "failed", "absent"))
    )


READERS: Final[Mapping[str, Callable[[object], SaidExamination]]] = {
    "standard": _standard,
    "standard_step": _standard_step,
    "plan": _year_plan,
    "plan_receipt": _plan_receipt,
    "competition": _competition,
    "national_list": _national_list,
    "batch_close": _batch_close,
}
"""By type of statement."""
