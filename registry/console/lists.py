# SPDX-License-Identifier: Apache-2.0
"""The directories as lists: entries, applications, standards, plans; filtered, as of a day.

Every row is a mapping with `id`, `name`, `state`, `since`, `region` and what its kind has besides.
A past day is the same fold over the same statements, stopped earlier; signatures were verified when
the statements were accepted, and `fsck` verifies them all again.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Final

from credential import statement_bodies
from credential.admission import civil_date
from credential.examination import competition_of, plan_of, standard_of
from credential.members import inside
from credential.statement import Statement
from registry import as_of, changes, store_statements
from registry.as_of import Row
from registry.console import targets
from registry.console.sight import Sight
from registry.directory import Directory
from registry.service import DIRECTORY_TYPES

KINDS: Final = (*as_of.KINDS, "applications", "standards", "plans", "competitions")
LEAD_NAME: Final = "lead_authority"


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody looks for; empty parts let everything through."""

    text: str = ""
    """In the name or identifier, of an occupation also in its aliases and trades."""
    state: str = ""
    region: str = ""
    """Six digits."""

    def lets(self, row: Row) -> bool:
        """Tell whether a row is looked for."""
        known = f"{row['name']} {row['id']} {row.get('words', '')}".casefold()
        return (
            self.text.casefold() in known
            and self.state in {"", str(row["state"])}
            and (not self.region or inside(str(row["region"] or ""), self.region))
        )


def past(sight: Sight, at: int) -> Sight:
    """Give the same sight of an earlier moment.

    What may be seen is decided by where things belong now: a body that has moved away is not shown.
    """
    if at >= sight.at:
        return sight
    directory = Directory.empty(sight.registry.settings.roots)
    for record in list(store_statements.walk(sight.connection, DIRECTORY_TYPES)):
        if record.t > at:
            break
        said = Statement.from_bytes(record.payload)
        changes.apply(directory, said, statement_bodies.read(said), record.t)
    return replace(sight, directory=directory)


def rows(sight: Sight, kind: str, wanted: Filter, at: int | None = None) -> list[Row]:
    """List what this viewer sees of a kind.

    Args:
        sight: Now.
        kind: One of `KINDS`.
        wanted: The filter.
        at: The time of the list; now where it is None.
    """
    then = sight if at is None else past(sight, at)
    when = sight.at if at is None else min(at, sight.at)
    return [
        row
        for row in _all(then.directory, kind, when)
        if sight.sees(str(row["id"])) and wanted.lets(row)
    ]


def public_rows(directory: Directory, kind: str, at: int) -> list[Row]:
    """List what everybody may see: bodies, stations, operators, projects in force, occupations."""
    if kind == "occupations":
        return list(_occupations(directory, civil_date(at)))
    if kind == "projects":
        found = _all(directory, "standards", at)
        return [row for row in found if row["form"] == "project" and row["state"] == "in_force"]
    return [row for row in _all(directory, kind, at) if row["state"] != "announced"]


def _all(directory: Directory, kind: str, at: int) -> Iterator[Row]:
    """List everything of a kind, with its occupations by name."""
    for row in _bare(directory, kind, at):
        offers = row.get("occupations")
        if isinstance(offers, list | tuple):
            codes = [one if isinstance(one, str) else one["code"] for one in offers]
            yield {**row, "occupations": [occupation(directory, code) for code in codes]}
        else:
            yield row


def _bare(directory: Directory, kind: str, at: int) -> Iterator[Row]:
    if kind in as_of.KINDS:
        return as_of.rows(directory, kind, at)
    return {
        "applications": lambda: as_of.application_rows(directory, at),
        "standards": lambda: _standards(directory, at),
        "plans": lambda: _plans(directory, at),
        "competitions": lambda: _competitions(directory, at),
    }[kind]()


def _standards(directory: Directory, at: int) -> Iterator[Row]:
    for subject in sorted(directory.history):
        if "/standards/" not in subject:
            continue
        standing = standard_of(directory.history[subject], at)
        if standing is not None:
            target = targets.target_of(directory, subject)
            said = asdict(standing.said)
            named = {"id": subject, "name": standing.said.title, "state": standing.state}
            place = {"since": standing.since, "region": target and target.region}
            yield {**named, **place, **said, "document": standing.document}


def _plans(directory: Directory, at: int) -> Iterator[Row]:
    for subject in sorted(directory.history):
        plan = plan_of(directory.history[subject], at) if "/plans/" in subject else None
        body = directory.body_of("/".join(subject.split("/")[:5]))
        if plan is None or body is None:
            continue
        yield {
            "id": subject,
            "name": f"{body.name} {plan.said.year}",
            "state": "received" if plan.is_received else "waiting",
            "since": directory.history[subject][-1].t,
            "region": body.region,
            "body": body.code,
            "year": plan.said.year,
            "headcount": plan.said.headcount,
            "waiting": [name_of(directory, one) for one in plan.waiting],
        }


def _competitions(directory: Directory, at: int) -> Iterator[Row]:
    for subject in sorted(directory.history):
        events = directory.history[subject]
        said = competition_of(events, at) if "/competitions/" in subject else None
        if said is not None:
            fixed = {"id": subject, "state": "filed", "since": events[0].t, "region": None}
            yield {**fixed, **asdict(said)}


def _occupations(directory: Directory, today: str) -> Iterator[Row]:
    """List the catalogues, with what has ended and what is still to begin."""
    for scheme in sorted(directory.catalogues):
        for each in directory.catalogues[scheme].occupations:
            begun = each.first_day is None or each.first_day <= today
            state = "in_force" if each.is_in_force(today) else "ended" if begun else "announced"
            yield {
                "id": each.code,
                "name": each.name,
                "state": state,
                "region": None,
                "aliases": "、".join(each.aliases),
                "trades": "、".join(each.trades),
                "words": " ".join((*each.aliases, *each.trades)),
                "first_day": each.first_day,
                "last_day": each.last_day,
                "instead": "、".join(
                    code for code, relation in each.equivalent if relation in ("same", "broader")
                ),
            }


def occupation(directory: Directory, code: str) -> str:
    """Give the name of an occupation as the catalogues have it, with its code and its days."""
    known = directory.dictionaries.occupations.get(code)
    if known is None:
        return code
    days = f" ({known.first_day or ''}～{known.last_day or ''})" if known.days else ""
    return f"{known.name} {code}{days}"


def name_of(directory: Directory, party: str) -> str:
    """Give the name of a body or authority; of the lead authority a word, which has no name."""
    if directory.is_lead(party):
        return LEAD_NAME
    authority = directory.authorities.get(party)
    body = directory.body_of(party)
    found = authority.name if authority is not None else body.name if body is not None else party
    return str(found)


def title_of(directory: Directory, subject: str) -> str:
    """Give the name or title that the last statement about something gave it; empty where none."""
    for event in reversed(directory.history.get(subject, ())):
        name = getattr(event.said, "name", getattr(event.said, "title", None))
        if isinstance(name, str):
            return name
    return ""
