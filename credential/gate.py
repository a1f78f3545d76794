# SPDX-License-Identifier: Apache-2.0
"""The full gate: were plan, standard, station and assessors in order for this certificate?

docs/format.md §7.6. Asked beside `credential.admission` where the gate's level is `full`, by the
desk before it signs and by the registry before it countersigns. Everything is looked up in
histories (what was said of a subject, in the order of the log), so both find the same.

The day that counts is that of the evaluation: a station that was suspended later leaves what was
examined there before alone. Of plan and standard it is the same day. The first rule that is broken
gives the code; its text names the document behind it and since when it holds.
"""

import re
from typing import Final

from credential import gate_people
from credential.admission import RefusedError, civil_date
from credential.certificate import DETAILS_OF_KIND, Claims
from credential.entries import roles_of
from credential.examination import Standing, competition_of, national_at, plan_of, standard_of
from credential.filing import meets_level
from credential.gate_asked import DAY, Asked, Examined
from credential.gate_kinds import POSTS, RULES, Rule
from credential.said import Batch
from credential.said_examination import Competition, Papers

__all__ = ["Asked", "Examined", "check", "check_batch"]

_RANK: Final = re.compile("第?([0-9]{1,3}|[一二三四五六七八九十])名?")
_NUMERALS: Final = "〇一二三四五六七八九十"


def check(claims: Claims, examined: Examined) -> None:
    """Return if a certificate was come by as the rules of its kind demand.

    Args:
        claims: Of the certificate.
        examined: What its batch stands on.

    Raises:
        RefusedError: `gate.…`, the first rule that is broken.
    """
    asked = Asked.of(claims)
    competition = _check_asked(asked, examined)
    _check_detail(claims, RULES[claims.kind])
    if competition is not None:
        _check_win(claims, competition)


def check_batch(batch: Batch, examined: Examined) -> None:
    """Return if certificates of a batch could pass, as far as its papers say.

    Asked when the batch is filed, so that nobody is examined for nothing.

    Raises:
        RefusedError: `gate.…`, the first rule that is broken.
    """
    for asked in Asked.of_batch(batch):
        _check_asked(asked, examined)


def _check_asked(asked: Asked, examined: Examined) -> Competition | None:
    """Ask every rule but those about one certificate's own words; give the competition if any."""
    rule = RULES[asked.kind]
    if asked.route not in rule.routes:
        raise RefusedError("gate.route", f"a {asked.kind} certificate is not given by this route")
    papers = examined.papers
    if papers is None:
        message = "the gate is full: a batch names plan, standard, station and assessors"
        raise RefusedError("gate.papers", message)
    _check_role(asked, examined, rule)
    _check_national(asked, examined, rule)
    if asked.route == "competition":
        return _check_competition(asked, examined, papers)
    _check_plan(asked, examined, papers)
    _check_standard(asked, examined, papers, rule)
    if asked.route == "examination":
        gate_people.check(asked, examined, papers)
    elif papers.basis is None:
        message = "without an examination the batch names the list of its evidence: basis"
        raise RefusedError("gate.basis", message)
    return None


def _check_role(asked: Asked, examined: Examined, rule: Rule) -> None:
    said = roles_of(examined.histories.get(examined.body, ()))
    roles = frozenset(said.roles if said is not None else ())
    wanted = rule.roles
    if asked.route in rule.employer_routes or asked.level in POSTS:
        wanted = frozenset({"employer"})
    if not roles & wanted:
        document = f" ({said.document})" if said is not None else ""
        message = f"only a body that is {' or '.join(sorted(wanted))} may do this{document}"
        raise RefusedError("gate.role", message)


def _check_detail(claims: Claims, rule: Rule) -> None:
    said = {name for name, _ in claims.detail}
    missing = [name for name in DETAILS_OF_KIND.get(claims.kind, ()) if name not in said]
    if missing:
        message = f"a {claims.kind} certificate says its {' and '.join(missing)}: in detail"
        raise RefusedError("gate.detail", message)
    if rule.longest is not None and (
        claims.exp is None or claims.exp - claims.iat > rule.longest * DAY
    ):
        message = f"a {claims.kind} certificate ends after at most {rule.longest} days: exp"
        raise RefusedError("gate.expiry", message)


def _check_national(asked: Asked, examined: Examined, rule: Rule) -> None:
    if rule.national is None:
        return
    events = examined.histories.get(f"{examined.lead}/national-list", ())
    listed = national_at(events, asked.last_second)
    named = listed is not None and asked.occupation in listed.codes
    if named != rule.national:
        where = "no national list is stated" if listed is None else listed.document
        verb = "names" if named else "does not name"
        message = f"the national list of qualifications {verb} {asked.occupation}: {where}"
        raise RefusedError("gate.national_list", message)


def _check_competition(asked: Asked, examined: Examined, papers: Papers) -> Competition:
    events = examined.histories.get(papers.competition or "", ())
    filed = competition_of(events, asked.last_second)
    if filed is None:
        message = "the batch names no competition that was filed by the day of evaluation"
        raise RefusedError("gate.competition", message)
    if not asked.is_among(filed.occupations):
        message = f"{filed.name} was not filed for this occupation and level ({filed.document})"
        raise RefusedError("gate.competition_scope", message)
    if not filed.first_day <= asked.day <= filed.last_day:
        message = f"{filed.name} was held {filed.first_day} to {filed.last_day} ({filed.document})"
        raise RefusedError("gate.competition_dates", message)
    return filed


def _check_win(claims: Claims, filed: Competition) -> None:
    said = dict(claims.detail)
    if said.get("event") != filed.name:
        message = f"the certificate is for another event than {filed.name} ({filed.document})"
        raise RefusedError("gate.competition_event", message)
    match = _RANK.fullmatch(said.get("rank", ""))
    rank = 0 if match is None else _number(match[1])
    if not 1 <= rank <= filed.ranks:
        message = f"ranks 1 to {filed.ranks} win, written as 1 or 第一名 ({filed.document})"
        raise RefusedError("gate.competition_rank", message)


def _number(text: str) -> int:
    return int(text) if text.isascii() else _NUMERALS.index(text)


def _check_plan(asked: Asked, examined: Examined, papers: Papers) -> None:
    if papers.plan is None or not papers.plan.startswith(f"{examined.body}/plans/"):
        raise RefusedError("gate.plan", "the batch names no yearly plan of this body")
    plan = plan_of(examined.histories.get(papers.plan, ()), asked.last_second)
    if plan is None or not plan.is_received:
        waiting = "it was not filed" if plan is None else f"{', '.join(plan.waiting)} has not yet"
        message = f"the plan was not received by both by the day of evaluation: {waiting}"
        raise RefusedError("gate.plan_unreceived", message)
    if int(asked.day[:4]) != plan.said.year:
        raise RefusedError("gate.plan_year", f"the plan is for {plan.said.year}")
    if not any(
        item.kind == asked.kind
        and item.occupation == asked.occupation
        and meets_level(asked.level, item.levels)
        for item in plan.said.items
    ):
        message = f"the plan of {plan.said.year} has not this kind, occupation and level"
        raise RefusedError("gate.plan_scope", message)


def _check_standard(asked: Asked, examined: Examined, papers: Papers, rule: Rule) -> None:
    moment = asked.last_second
    found = [standard_of(examined.histories.get(one, ()), moment) for one in papers.standards]
    fitting = [
        each
        for each in found
        if each is not None
        and each.said.form in rule.forms
        and any(offer.code == asked.occupation for offer in each.said.occupations)
    ]
    if not fitting:
        forms = ", ".join(sorted(rule.forms))
        message = f"the batch names no standard ({forms}) for {asked.occupation}"
        raise RefusedError("gate.standard", message)
    in_force = [each for each in fitting if each.state == "in_force"]
    if not in_force:
        message = f"the standard is not in force on that day: {_told(fitting[-1])}"
        raise RefusedError("gate.standard_not_in_force", message)
    if not any(_standardised(each, asked) for each in in_force):
        code = "gate.level_one" if asked.level in POSTS else "gate.standard_scope"
        message = f"the standard does not reach this level: {_told(in_force[-1])}"
        raise RefusedError(code, message)


def _standardised(standard: Standing, asked: Asked) -> bool:
    """Tell whether a standard reaches a level; a post rests on the level that it stands above."""
    for offer in standard.said.occupations:
        if offer.code != asked.occupation:
            continue
        if asked.level == "apprentice":
            return bool(offer.levels)
        if asked.level in POSTS:
            return "1" in offer.levels
        return meets_level(asked.level, offer.levels)
    return False


def _told(standard: Standing) -> str:
    since = civil_date(standard.since)
    return f"{standard.said.title}, {standard.state} since {since} ({standard.document})"
