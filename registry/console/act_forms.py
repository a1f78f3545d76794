# SPDX-License-Identifier: Apache-2.0
"""The forms of the statements that officials make: fields in, the body of a statement out.

`FORMS` has the fields of each type in the order of its members (docs/format.md §7); a type without
a form takes its body as JSON. What comes out is judged by `credential.statement_bodies` as if
somebody else had made it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from credential import canonical, reason, statement_bodies
from credential.certificate import KINDS
from credential.errors import MalformedError
from credential.said_readers import MAX_BULK
from registry.console.columns import CHINA

TEXT, LONG, CHOICE, MANY = "text", "long", "choice", "many"
MOMENT, DAY_END, NUMBER, JSON, REASON, NUMBERS = (
    *("moment", "day_end", "number", "json", "reason", "numbers"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form."""

    name: str
    kind: str = TEXT
    choices: tuple[str, ...] = ()
    is_optional: bool = False
    """Left out of the body where it is empty."""


def _one(name: str, *choices: str) -> Field:
    return Field(name, CHOICE, choices)


_DOCUMENT: Final = Field("document")
_FROM, _TO = Field("from", MOMENT), Field("to", DAY_END)
_UNTIL: Final = Field("until", DAY_END, is_optional=True)
_NOTICE: Final = Field("notice", LONG, is_optional=True)
_WHY: Final = Field("reason", LONG, is_optional=True)
_STATE: Final = _one("state", "rectifying", "suspended", "active", "removed")
_ROLES: Final = (
    "employer",
    "social_organisation",
    "school",
    "appraisal_institution",
    "association",
)

FORMS: Final[Mapping[str, tuple[Field, ...]]] = {
    "standing": (
        *(_FROM, _STATE, _DOCUMENT, Field("may_issue", CHOICE, ("yes", "no"), is_optional=True)),
        *(_UNTIL, _NOTICE),
    ),
    "entry_standing": (_FROM, _STATE, _DOCUMENT, _UNTIL, _NOTICE),
    "recheck": (_one("result", "passed", "failed"), _DOCUMENT),
    "acceptance": (_one("result", "accepted", "returned", "refused"), _WHY),
    "review": (_one("result", "passed", "returned", "refused"), Field("reviewer"), _WHY),
    "filing": (
        *(Field("number"), _FROM, _TO, Field("districts", JSON), Field("grants", JSON)),
        Field("application", is_optional=True),
    ),
    "filing_void": (Field("number"), _DOCUMENT),
    "body_void": (_DOCUMENT,),
    "body_roles": (Field("roles", MANY, _ROLES), _one("audience", "own", "public"), _DOCUMENT),
    "selection": (_FROM, _TO, _DOCUMENT),
    "blocks": (Field("list"), Field("first", NUMBER), Field("count", NUMBER)),
    "key": (
        *(Field("jwk", JSON), _one("role", "certificate", "submit", "statement")),
        *(_FROM, _TO, Field("proof", LONG)),
    ),
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
}
LEFT_OUT: Final = frozenset({"batch"})  # a roster travels beside it: the body's desk files it
OFFERED: Final = frozenset(statement_bodies.PROFILES) - LEFT_OUT

Read = Callable[[str], str]
"""Gives the text of a field."""


def body_of(
    type_: str, text: Read, many: Callable[[str], tuple[str, ...]], now: int
) -> dict[str, object]:
    """Read a filled-in form into the body of a statement.

    Args:
        type_: Of the statement.
        text: Gives a field.
        many: Gives all values of a field.
        now: What an empty beginning means.

    Raises:
        MalformedError: `act.json`, `act.field`, `reason.…`.
    """
    if type_ not in FORMS:
        value = _json(text("body"))
        if not isinstance(value, dict):
            raise MalformedError("act.json", "this is no JSON object")
        return value
    body: dict[str, object] = {}
    for field in FORMS[type_]:
        if field.kind == MANY:
            body[field.name] = list(many(field.name))
            continue
        said = text(field.name)
        if field.is_optional and not said:
            continue
        body[field.name] = _value(field, said, now, type_, text)
    if type_ == "revoke_bulk":
        kind = str(body.pop("kind"))
        listed = body["certificates"]
        assert isinstance(listed, list)  # noqa: S101 # what NUMBERS gives
        body["certificates"] = [{"kind": kind, "number": one} for one in listed]
    return body


def _value(field: Field, said: str, now: int, type_: str, text: Read) -> object:  # a table
    if field.kind == MOMENT:
        return moment(said) if said else now
    if field.kind == DAY_END:
        return moment(said, day_end=True) if said else None
    if field.kind == NUMBER:
        if not (said.isascii() and said.isdigit() and len(said) < 16):
            raise MalformedError("act.field", f"{field.name}: a whole number")
        return int(said)
    if field.kind == JSON:
        return _json(said)
    if field.kind == NUMBERS:
        return numbers(said)
    if field.kind == REASON:
        act = "revoke" if type_ == "revoke_bulk" else type_
        return reason.text(act, said, text("remark"))
    if field.name == "may_issue":
        return said == "yes"
    return said


def numbers(said: str) -> list[str]:
    """Read a list of certificate numbers, one a line; a repeated one counts once.

    Raises:
        MalformedError: `act.field`.
    """
    found = list(dict.fromkeys(line.strip() for line in said.splitlines() if line.strip()))
    if not 0 < len(found) <= MAX_BULK or any(len(one) > 40 for one in found):
        raise MalformedError("act.field", f"give 1 to {MAX_BULK} certificate numbers, one a line")
    return found


def moment(said: str, *, day_end: bool = False) -> int:
    """Read a day or a minute of UTC+8 into seconds.

    Raises:
        MalformedError: `act.field`.
    """
    try:
        found = datetime.fromisoformat(said).replace(tzinfo=CHINA)
        if day_end and len(said) == 10:
            found += timedelta(days=1)
        return int(found.timestamp())
    except (ValueError, OverflowError):
        raise MalformedError("act.field", "a time looks like 2026-10-01T09:00") from None


def _json(said: str) -> object:
    try:
        return canonical.parse(said.encode(), canonical=False)
    except MalformedError:
        raise MalformedError("act.json", "this is not JSON as the registry reads it") from None


def pretty(value: object) -> str:
    """Write JSON for a text field."""
    return json.dumps(value, ensure_ascii=False, indent=1)
