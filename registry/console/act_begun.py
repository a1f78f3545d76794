# SPDX-License-Identifier: Apache-2.0
"""What the form of an act begins with: the statement in force, to be changed where it differs.

Its document and the time from which it counted are not taken over: the new one has its own.
"""

import json
from collections.abc import Callable, Mapping
from typing import Final

from credential import statement
from credential.certificate import KINDS
from credential.statement import Statement
from registry import store_statements, working_days
from registry.console import act_catalogue, act_forms
from registry.console.act_forms import FORMS, Field
from registry.console.scopes import Group, Occupations
from registry.console.sight import Sight

AGAIN: Final = frozenset(
    {
        *("authority", "body", "gate", "deadlines", "station", "assessor", "unit", "operator"),
        *("body_roles", "catalogue", "rating_formula", "holidays", "recognition", "national_list"),
        *("competition", "standard", "plan"),
    }
)
"""Types whose next statement is usually the last one with a change."""
_NEW: Final = frozenset({"document", "sha256"})
_YEAR: Final = 365 * 86_400  # seconds
_EAST: Final = 8 * 3600  # seconds that clocks in China are ahead


def of(sight: Sight, type_: str, subject: str) -> dict[str, object]:
    """Give the fields of the statement in force; empty where there is none of that type.

    Args:
        sight: Of a viewer who may state the like.
        type_: One of `AGAIN`.
        subject: What it is about.
    """
    body = last_body(sight, type_, subject)
    if type_ == "catalogue":
        again = {**(body or {}), "exp": sight.at - (sight.at + _EAST) % 86_400 + _YEAR}
        known = sight.directory.catalogues.get(subject.rpartition("/")[2])
        return act_catalogue.fields_of({**again, "version": known.version + 1 if known else 1})
    if body is None and type_ == "holidays":
        year = subject.rpartition("/")[2]
        known_year = working_days.shipped().get(int(year) if year.isdecimal() else 0)
        if known_year is not None:
            body = {"off": list(known_year.off), "work": list(known_year.work)}
    return {} if not body else values_of(type_, body, sight.directory.dictionaries.occupations)


def last_body(sight: Sight, type_: str, subject: str) -> dict[str, object] | None:
    """Read the body of the newest statement of a type about exactly one subject."""
    found = store_statements.newest(
        sight.connection, before=None, limit=1, type_=type_, about=subject
    )
    if not found or found[0].subject != subject:
        return None
    said: Statement = statement.read(list(found[0].signatures)).statement
    return said.body


def values_of(
    type_: str, body: Mapping[str, object], occupations: Occupations
) -> dict[str, object]:
    """Write the body of a statement as the fields of its form."""
    return {
        field.name: _value(field, body[field.name], occupations)
        for field in FORMS[type_]
        if field.name in body and field.name not in _NEW and not _is_start(field)
    }


def _is_start(field: Field) -> bool:
    return field.name == "from" and field.kind == act_forms.MOMENT


def _value(field: Field, value: object, occupations: Occupations) -> object:
    if value is None:
        return ""
    write = _WRITE.get(field.kind)
    if write is not None:
        return write(value, occupations)
    return value if isinstance(value, str) else str(value)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _members(value: object) -> list[dict[str, object]]:
    return [one for one in _list(value) if isinstance(one, dict)]


def _named(code: object, occupations: Occupations) -> str:
    known = occupations.get(str(code))
    return str(code) if known is None else f"{known.name} {code}"


def _lines(value: object, occupations: Occupations) -> str:
    return "\n".join(_named(one, occupations) for one in _list(value))


def _levels(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in _list(value))


def _offers(value: object, occupations: Occupations) -> list[Group]:
    """Put occupations of the same levels together."""
    by_levels: dict[tuple[str, ...], list[str]] = {}
    for one in _members(value):
        listed = by_levels.setdefault(_levels(one["levels"]), [])
        listed.append(_named(one["code"], occupations))
    return [Group("", "\n".join(lines), levels) for levels, lines in by_levels.items()]


def _terms(value: object, _: Occupations) -> list[Group]:
    def lines(pairs: object) -> str:
        if isinstance(pairs, str):
            return pairs
        return "\n".join(f"{p['theirs']} {p['ours']} {p['relation']}" for p in _members(pairs))

    return [
        Group(str(one["kind"]), lines(one["occupations"]), _levels(one["levels"]))
        for one in _members(value)
    ]


def _items(value: object, occupations: Occupations) -> str:
    return "\n".join(
        "\t".join(
            (
                KINDS.get(str(one["kind"]), str(one["kind"])),
                _named(one["occupation"], occupations),
                "、".join(_levels(one["levels"])),
                str(one["headcount"]),
            )
        )
        for one in _members(value)
    )


def _points(value: object, _: Occupations) -> dict[str, str]:
    return {str(one["event"]): str(one["points"]) for one in _members(value)}


def _grades(value: object, _: Occupations) -> str:
    return "\n".join(f"{one['grade']} {one['from']}" for one in _members(value))


def _moment(value: object, _: Occupations) -> str:
    return act_catalogue.clock(value) if isinstance(value, int) else ""


def _day_end(value: object, _: Occupations) -> str:
    return act_catalogue.clock(value - 1)[:10] if isinstance(value, int) else ""


def _ticks(value: object, _: Occupations) -> tuple[str, ...]:
    return _levels(value)


_WRITE: Final[Mapping[str, Callable[[object, Occupations], object]]] = {
    act_forms.OFFERS: _offers,
    act_forms.TERMS: _terms,
    act_forms.ITEMS: _items,
    act_forms.POINTS: _points,
    act_forms.GRADES: _grades,
    act_forms.MOMENT: _moment,
    act_forms.DAY_END: _day_end,
    act_forms.MANY: _ticks,
    act_forms.PARTIES: _ticks,
    act_forms.OCCUPATIONS: _lines,
    act_forms.CODES: _lines,
    act_forms.DAYS: lambda value, _: "\n".join(map(str, _list(value))),
    act_forms.WORDS: lambda value, _: " ".join(map(str, _list(value))),
    act_forms.TICK: lambda value, _: "yes" if value is True else "",
    act_forms.RULES: lambda value, _: json.dumps(value, ensure_ascii=False, indent=1),
    act_forms.GRANTS: lambda value, _: [
        Group(str(one["kind"]), "\n".join(_levels(one["occupations"])), _levels(one["levels"]))
        for one in _members(value)
    ],
}
"""By kind of field: gives what stands in it for a member's value."""
