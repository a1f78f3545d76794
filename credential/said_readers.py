# SPDX-License-Identifier: Apache-2.0
"""Read the body of a statement, type by type, strictly (docs/format.md §7.2).

Each reader takes the parsed JSON and gives a value of `credential.said`, or refuses with
`malformed.profile`; a key that cannot be one keeps the code that says why.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from credential import base64url, recognition
from credential.body import MAX_DELAY, MAX_NAME
from credential.certificate import KINDS, NUMBER, ROUTES
from credential.filing import MAX_DOCUMENT, MAX_GRANTS, STATES, Grant, read_levels
from credential.key_record import BODY_ROLES
from credential.members import LIST_ENTRIES, Members, refuse
from credential.said import (
    Authority,
    Batch,
    Blocks,
    Body,
    BodyVoid,
    Catalogue,
    Erase,
    Filing,
    FilingVoid,
    Gate,
    Key,
    KeyDistrust,
    Plan,
    Recognition,
    RevokeBulk,
    Said,
    Standing,
    StatusChange,
    Supersede,
)
from credential.said_directory_readers import until_and_notice
from credential.said_examination_readers import MAX_HEADCOUNT, papers
from keys import jwk, roles

MAX_REASON: Final = 80  # code points
MAX_BULK: Final = 10_000  # certificates in one bulk revocation
CELL: Final = 1_024  # entries: blocks of status indexes begin and end at multiples of this
T = TypeVar("T")
_ANY_REGION: Final = "110000"  # the subject names the peer; here only the rest is judged
MAX_FIELDS: Final = 16  # industries of one authority

_FIELD: Final = re.compile("[a-z]+(?:_[a-z]+){0,4}")
_PREFIX: Final = re.compile("[0-9A-Z]{0,20}")
_LIST: Final = re.compile("[a-z0-9-]{1,32}")
_KID: Final = re.compile("[A-Za-z0-9_-]{10}[AEIMQUYcgkosw048]")
_APPLICATION: Final = re.compile(r"https://[a-z0-9.:-]{1,100}/applications/[0-9A-Za-z-]{1,32}")
_SIGNATURE: Final = re.compile("[A-Za-z0-9_-]{85}[AQgw]")


def _authority(value: object) -> Authority:
    body = Members.of(value, "authority", "name region fields?")
    fields = tuple(
        Members({"field": one}, "authority.fields").match("field", _FIELD)
        for one in (body.items("fields", 1, MAX_FIELDS) if "fields" in body else ())
    )
    return Authority(body.text("name", MAX_NAME), body.region("region"), _distinct(fields))


def _body(value: object) -> Body:
    body = Members.of(value, "body", "name prefix region max_delay? document")
    return Body(
        name=body.text("name", MAX_NAME),
        prefix=body.match("prefix", _PREFIX),
        region=body.region("region"),
        max_delay=body.integer("max_delay", 1, MAX_DELAY) if "max_delay" in body else None,
        document=body.text("document", MAX_DOCUMENT),
    )


def _key(value: object) -> Key:
    body = Members.of(value, "key", "jwk role from to proof")
    raw = body.raw("jwk")
    if not isinstance(raw, dict):
        refuse("key.jwk", "not an object")
    key = jwk.from_members(raw)
    role = body.choice("role", BODY_ROLES)
    roles.check(role, key.alg)
    start, end = _window(body)
    return Key(key, role, start, end, base64url.decode(body.match("proof", _SIGNATURE)))


def _key_distrust(value: object) -> KeyDistrust:
    body = Members.of(value, "key_distrust", "kid after document")
    return KeyDistrust(
        body.match("kid", _KID), body.time("after"), body.text("document", MAX_DOCUMENT)
    )


def _filing(value: object) -> Filing:
    body = Members.of(value, "filing", "number from to districts grants application?")
    start, end = _window(body)
    districts = tuple(
        Members({"district": one}, "filing.districts").region("district")
        for one in body.items("districts", 1, 64)
    )
    grants = tuple(
        Grant.from_members(one, f"filing.grants[{n}]")
        for n, one in enumerate(body.items("grants", 0, MAX_GRANTS))
    )
    number = body.text("number", MAX_DOCUMENT)
    application = body.match("application", _APPLICATION) if "application" in body else None
    return Filing(number, start, end, _distinct(districts), grants, application)


def _filing_void(value: object) -> FilingVoid:
    body = Members.of(value, "filing_void", "number document")
    return FilingVoid(body.text("number", MAX_DOCUMENT), body.text("document", MAX_DOCUMENT))


def _blocks(value: object) -> Blocks:
    body = Members.of(value, "blocks", "list first count")
    first = body.integer("first", 0, LIST_ENTRIES - CELL)
    count = body.integer("count", CELL, LIST_ENTRIES - first)
    if first % CELL or count % CELL:
        refuse("blocks", f"first and count are multiples of {CELL}")
    return Blocks(body.match("list", _LIST), first, count)


def _standing(value: object) -> Standing:
    body = Members.of(value, "standing", "from state document may_issue? until? notice?")
    state = body.choice("state", STATES)
    may_issue = body.flag("may_issue") if "may_issue" in body else None
    if may_issue is not None and state != "rectifying":
        refuse("standing.may_issue", "stands only with rectifying")
    document = body.text("document", MAX_DOCUMENT)
    beside = until_and_notice(body, state)
    return Standing(body.time("from"), state, document, may_issue, *beside)


def _body_void(value: object) -> BodyVoid:
    return BodyVoid(Members.of(value, "body_void", "document").text("document", MAX_DOCUMENT))


def _batch(value: object) -> Batch:
    names = "kind route occupations region from to headcount roster papers?"
    body = Members.of(value, "batch", names)
    first_day, last_day = body.civil_date("from"), body.civil_date("to")
    if first_day > last_day:
        refuse("batch.to", "before from")
    plans = tuple(
        _plan(one, f"batch.occupations[{n}]")
        for n, one in enumerate(body.items("occupations", 1, 200))
    )
    _distinct(tuple(plan.code for plan in plans))
    return Batch(
        kind=body.choice("kind", KINDS),
        route=body.choice("route", ROUTES),
        occupations=plans,
        region=body.region("region"),
        first_day=first_day,
        last_day=last_day,
        headcount=body.integer("headcount", 1, MAX_HEADCOUNT),
        roster=base64url.decode(body.digest("roster")),
        papers=papers(body.raw("papers")) if "papers" in body else None,
    )


def _plan(value: object, where: str) -> Plan:
    plan = Members.of(value, where, "code levels")
    return Plan(plan.occupation_code("code"), read_levels(plan))


def _recognition(value: object) -> Recognition:
    names = "document from to issued_from issued_until existing national? terms"
    Members.of(value, "recognition", names)
    members = dict(value) if isinstance(value, dict) else {}
    recognition.Recognition.from_members({"region": _ANY_REGION, **members}, "recognition")
    return Recognition(members)


def _gate(value: object) -> Gate:
    body = Members.of(value, "gate", "from level")
    return Gate(body.time("from"), body.choice("level", ("basic", "full")))


def _catalogue(value: object) -> Catalogue:
    body = Members.of(value, "catalogue", "version exp occupations numbers")
    return Catalogue(
        version=body.integer("version", 1, 2**32 - 1),
        end=body.time("exp"),
        occupations=tuple(body.items("occupations", 0, 10_000)),
        numbers=tuple(body.items("numbers", 0, 64)),
    )


def _status_change(value: object) -> StatusChange:
    return StatusChange(Members.of(value, "status", "reason").text("reason", MAX_REASON))


def _supersede(value: object) -> Supersede:
    body = Members.of(value, "supersede", "by reason")
    return Supersede(body.match("by", NUMBER), body.text("reason", MAX_REASON))


def _revoke_bulk(value: object) -> RevokeBulk:
    body = Members.of(value, "revoke_bulk", "certificates reason")
    listed = []
    for n, one in enumerate(body.items("certificates", 1, MAX_BULK)):
        entry = Members.of(one, f"revoke_bulk.certificates[{n}]", "kind number")
        listed.append((entry.choice("kind", KINDS), entry.match("number", NUMBER)))
    return RevokeBulk(_distinct(tuple(listed)), body.text("reason", MAX_REASON))


def _erase(value: object) -> Erase:
    body = Members.of(value, "erase", "list index document")
    return Erase(
        body.match("list", _LIST),
        body.integer("index", 0, LIST_ENTRIES - 1),
        body.text("document", MAX_DOCUMENT),
    )


def _window(body: Members) -> tuple[int, int | None]:
    start, end = body.time("from"), body.end("to")
    if end is not None and end <= start:
        refuse(body.at("to"), "not after from")
    return start, end


def _distinct(values: tuple[T, ...]) -> tuple[T, ...]:
    if len(set(values)) != len(values):
        refuse("list", "the same entry twice")
    return values


READERS: Final[Mapping[str, Callable[[object], Said]]] = {
    "catalogue": _catalogue,
    "authority": _authority,
    "gate": _gate,
    "recognition": _recognition,
    "body": _body,
    "key": _key,
    "key_distrust": _key_distrust,
    "filing": _filing,
    "filing_void": _filing_void,
    "blocks": _blocks,
    "standing": _standing,
    "body_void": _body_void,
    "batch": _batch,
    "revoke": _status_change,
    "suspend": _status_change,
    "reinstate": _status_change,
    "supersede": _supersede,
    "revoke_bulk": _revoke_bulk,
    "erase": _erase,
}
"""By type of statement. Each takes the body and raises `malformed.profile` or a `key.…` code."""
