# SPDX-License-Identifier: Apache-2.0
"""The forms of the statements that officials make: fields in, the body of a statement out.

`FORMS` has the fields of each type in the order of its members (docs/format.md §7). Only the rules
for certificate numbers of a catalogue are JSON there: patterns inside patterns, which come with the
file and rarely change. What comes out is judged by `credential.statement_bodies` as if
somebody else had made it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from credential import reason, statement_bodies
from credential.certificate import KINDS
from credential.errors import MalformedError
from credential.recognition import EXISTING
from credential.said_application_readers import KINDS as APPLICATION_KINDS
from credential.said_directory_readers import ASSESSOR_ROLES, AUDIENCES, BASES
from credential.said_directory_readers import ROLES as BODY_ROLES
from credential.said_examination_readers import FORMS as STANDARD_FORMS
from credential.said_examination_readers import TIERS
from registry.console import act_catalogue, act_rows, act_values, scopes
from registry.console.scopes import Group, Many, Occupations, Text

TEXT, LONG, CHOICE, MANY, TICK = "text", "long", "choice", "many", "tick"
MOMENT, DAY_END, NUMBER, REASON = "moment", "day_end", "number", "reason"
NUMBERS = "numbers"
WORDS, FILES, PROVEN = "words", "files", "proven"
GRANTS, OFFERS, OCCUPATIONS = "grants", "offers", "occupations"
DATE, SIGNED, POINTS, PARTIES, TERMS = "date", "signed", "points", "parties", "terms"
DAYS, CODES, ITEMS, GRADES = "days", "codes", "items", "grades"
ENTRIES, RULES, DIGEST = "entries", "rules", "digest"
FILED: Final = frozenset({DAYS, CODES, ITEMS, ENTRIES, DIGEST})
"""Kinds that a file may be uploaded for."""
EVENTS: Final = (
    *("rectifying", "suspended", "removed", "notice"),
    *("recheck_passed", "recheck_failed", "overdue"),
)
"""What a rating counts (`registry.rating`)."""
BIG: Final = (
    *(NUMBERS, FILES, PROVEN, OCCUPATIONS, WORDS),
    *(DAYS, CODES, ITEMS, GRADES, ENTRIES, RULES),
)
"""Kinds whose text may be long."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form."""

    name: str
    kind: str = TEXT
    choices: tuple[str, ...] = ()
    is_optional: bool = False
    """Left out of the body where it is empty."""
    is_null: bool = False
    """Null in the body where it is empty."""
    prefix: str = ""
    """Of the words for its choices."""


def _one(name: str, *choices: str) -> Field:
    return Field(name, CHOICE, choices)


_DOCUMENT: Final = Field("document")
_FROM, _TO = Field("from", MOMENT), Field("to", DAY_END)
_UNTIL: Final = Field("until", DAY_END, is_optional=True)
_NOTICE: Final = Field("notice", LONG, is_optional=True)
_WHY: Final = Field("reason", LONG, is_optional=True)
_STATE: Final = _one("state", "rectifying", "suspended", "active", "removed")
_NAME, _REGION = Field("name"), Field("region")
_OFFERS: Final = Field("occupations", OFFERS)
_LISTED: Final = (_DOCUMENT, _FROM, _TO)
_DAYS: Final = tuple(Field(one, NUMBER) for one in ("acceptance", "correction", "review", "filing"))

FORMS: Final[Mapping[str, tuple[Field, ...]]] = {
    "authority": (_NAME, _REGION, Field("fields", WORDS, is_optional=True)),
    "body": (
        *(_NAME, Field("prefix"), _REGION, Field("max_delay", NUMBER, is_optional=True)),
        _DOCUMENT,
    ),
    "gate": (_FROM, Field("level", CHOICE, ("full", "basic"), prefix="gate_")),
    "deadlines": (*_DAYS, _DOCUMENT),
    "station": (
        *(_NAME, Field("host"), _one("base", *BASES), Field("body", is_optional=True), _REGION),
        *(
            Field("address", is_optional=True),
            Field("pilot", TICK, is_optional=True),
            _OFFERS,
            *_LISTED,
        ),
    ),
    "assessor": (
        *(_NAME, Field("certificate"), _one("role", *ASSESSOR_ROLES), _REGION),
        Field("occupations", OCCUPATIONS),
        *(Field("cap", CHOICE, scopes.SHOWN_LEVELS, is_null=True, prefix="level_"), *_LISTED),
    ),
    "unit": (_NAME, Field("industry"), _REGION, *_LISTED),
    "operator": (_NAME, _REGION, *_LISTED),
    "application": (
        *(Field("applicant"), _NAME, _REGION, _one("form", *BODY_ROLES)),
        *(_one("audience", *AUDIENCES), _one("kind", *APPLICATION_KINDS)),
        *(Field("number", is_optional=True), Field("districts", WORDS), Field("grants", GRANTS)),
        Field("documents", FILES),
    ),
    "standing": (
        *(_FROM, _STATE, _DOCUMENT, Field("may_issue", CHOICE, ("yes", "no"), is_optional=True)),
        *(_UNTIL, _NOTICE),
    ),
    "entry_standing": (_FROM, _STATE, _DOCUMENT, _UNTIL, _NOTICE),
    "recheck": (_one("result", "passed", "failed"), _DOCUMENT),
    "acceptance": (_one("result", "accepted", "returned", "refused"), _WHY),
    "review": (_one("result", "passed", "returned", "refused"), Field("reviewer"), _WHY),
    "filing": (
        *(Field("number"), _FROM, _TO, Field("districts", WORDS), Field("grants", GRANTS)),
        Field("application", is_optional=True),
    ),
    "filing_void": (Field("number"), _DOCUMENT),
    "body_void": (_DOCUMENT,),
    "body_roles": (Field("roles", MANY, BODY_ROLES), _one("audience", *AUDIENCES), _DOCUMENT),
    "selection": (_FROM, _TO, _DOCUMENT),
    "blocks": (Field("list"), Field("first", NUMBER), Field("count", NUMBER)),
    "key": (Field("proven", PROVEN), _FROM, _TO),
    "key_end": (Field("kid"), Field("to", MOMENT), _DOCUMENT),
    "key_distrust": (Field("kid"), Field("after", MOMENT), _DOCUMENT),
    "standard_step": (_one("step", "reviewed", "filed", "in_force", "withdrawn"), _FROM, _DOCUMENT),
    "plan_receipt": (_DOCUMENT,),
    "revoke": (Field("reason", REASON, reason.codes("revoke")),),
    "suspend": (Field("reason", REASON, reason.codes("suspend")),),
    "reinstate": (Field("reason", REASON, reason.codes("reinstate")),),
    "revoke_bulk": (
        *(_one("kind", *KINDS), Field("certificates", NUMBERS)),
        Field("reason", REASON, reason.codes("revoke")),
    ),
    "erase": (Field("list"), Field("index", NUMBER), _DOCUMENT),
    "supersede": (Field("by"), Field("reason", REASON, reason.codes("supersede"))),
    "batch_close": tuple(Field(one, NUMBER) for one in ("passed", "failed", "absent")),
    "standard": (
        *(_one("form", *STANDARD_FORMS), Field("title"), Field("version")),
        *(Field("sha256", DIGEST), Field("body", is_optional=True), _OFFERS),
    ),
    "plan": (Field("year", NUMBER), Field("items", ITEMS), Field("recipients", PARTIES)),
    "competition": (
        *(_NAME, _one("tier", *TIERS), Field("organiser"), Field("year", NUMBER), _OFFERS),
        *(Field("ranks", NUMBER), Field("from", DATE), Field("to", DATE), _DOCUMENT),
    ),
    "national_list": (_FROM, Field("codes", CODES), _DOCUMENT),
    "holidays": (Field("off", DAYS), Field("work", DAYS), _DOCUMENT),
    "rating_formula": (
        *(Field("initial", SIGNED), Field("days", NUMBER)),
        *(Field("events", POINTS, EVENTS, prefix="event_"), Field("grades", GRADES), _DOCUMENT),
    ),
    "recognition": (
        *(_DOCUMENT, _FROM, _TO, Field("issued_from", MOMENT), Field("issued_until", DAY_END)),
        *(_one("existing", *EXISTING), Field("national", TICK, is_optional=True)),
        Field("terms", TERMS),
    ),
    "catalogue": (
        *(Field("version", NUMBER), Field("exp", MOMENT)),
        *(Field("occupations", ENTRIES), Field("numbers", RULES)),
    ),
}
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "of_bodies": (
        *("body", "body_roles", "filing", "filing_void", "standing", "recheck", "selection"),
        *("key", "key_end", "key_distrust", "blocks", "body_void"),
    ),
    "of_applications": ("application", "acceptance", "review"),
    "of_examination": (
        *("standard", "standard_step", "plan", "plan_receipt", "competition", "batch_close"),
    ),
    "of_entries": ("station", "assessor", "unit", "operator", "entry_standing"),
    "of_certificates": ("suspend", "reinstate", "revoke", "revoke_bulk", "supersede", "erase"),
    "of_rules": (
        *("gate", "catalogue", "national_list", "deadlines", "holidays", "rating_formula"),
        *("authority", "recognition"),
    ),
}
"""In which order and under which headings the types are offered."""
LEFT_OUT: Final = frozenset({"batch"})  # a roster travels beside it: the body's desk files it
OFFERED: Final = frozenset(statement_bodies.PROFILES) - LEFT_OUT


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that was filled in."""

    text: Text
    """Gives the text of a field."""
    many: Many
    """Gives all values of a field."""
    occupations: Occupations


def body_of(type_: str, form: Filled, now: int) -> dict[str, object]:
    """Read a filled-in form into the body of a statement.

    Args:
        type_: Of the statement.
        form: What was filled in.
        now: What an empty beginning means.

    Raises:
        MalformedError: `act.json`, `act.field`, `act.row`, `act.occupation`, `act.proven`,
            `reason.…`.
    """
    body: dict[str, object] = {}
    for field in FORMS[type_]:
        try:
            value = _value(field, form, now, type_)
        except MalformedError as error:
            raise MalformedError(error.code, f"{field.name}: {error}") from None
        if not (value is None and field.is_optional):
            body[field.name] = value
    if type_ == "revoke_bulk":
        kind = str(body.pop("kind"))
        listed = body["certificates"]
        assert isinstance(listed, list)  # noqa: S101 # what NUMBERS gives
        body["certificates"] = [{"kind": kind, "number": one} for one in listed]
    if type_ == "key":
        proven = body.pop("proven")
        assert isinstance(proven, dict)  # noqa: S101 # what PROVEN gives
        body = {"jwk": proven["jwk"], "role": proven["role"], **body, "proof": proven["proof"]}
    return body


_GROUPED: Final[Mapping[str, Callable[[Sequence[Group], Occupations], object]]] = {
    GRANTS: scopes.grants,
    OFFERS: scopes.offers,
    TERMS: lambda groups, _: act_rows.terms(groups),
}
_TABLES: Final[Mapping[str, Callable[[str, Occupations], object]]] = {
    CODES: act_rows.codes,
    ITEMS: act_rows.items,
    ENTRIES: lambda said, _: act_catalogue.entries(said),
    OCCUPATIONS: scopes.codes,
}


def _value(field: Field, form: Filled, now: int, type_: str) -> object:
    if field.kind in {MANY, PARTIES}:
        return list(form.many(field.name))
    if field.kind in _GROUPED:
        groups = scopes.filled(field.name, form.text, form.many)
        return _GROUPED[field.kind](groups, form.occupations)
    if field.kind == POINTS:
        return act_values.points(field.name, field.choices, form.text)
    said = form.text(field.name)
    if field.kind in _TABLES:
        return _TABLES[field.kind](said, form.occupations)
    if field.kind == TICK:
        return True if said else None
    if not said and (field.is_optional or field.is_null):
        return None
    if field.kind == REASON:
        act = "revoke" if type_ == "revoke_bulk" else type_
        return reason.text(act, said, form.text("remark"))
    if field.name == "may_issue":
        return said == "yes"
    read = act_values.READ.get(field.kind)
    return said if read is None else read(said, now)
