# SPDX-License-Identifier: Apache-2.0
"""A catalogue as an official brings it: a file or rows, held against the one in force.

    lyg2020:39	砌筑工	瓦工	砌砖工、抹灰工	mohurd2017:010=same	2026-01-01	2027-12-31

Cells: code, name, aliases, trades, equivalents, first and last day; words stand between `、`. The
file is what `skillseal registry state catalogue` takes, or a whole catalogue, or a sheet of rows.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from credential import canonical
from credential.catalogue import Catalogue, Occupation
from credential.errors import ConflictError, MalformedError
from registry.console import act_rows, sheet_file
from registry.console.columns import CHINA
from registry.directory import Directory

HEAD: Final = ("code", "name", "aliases", "trades", "equivalent", "from", "to")


@dataclass(frozen=True, slots=True)
class Difference:
    """What a new version does to the one in force."""

    added: tuple[Occupation, ...]
    ended: tuple[tuple[Occupation, Occupation], ...]
    """As it was and as it will be, where a last day was set or moved."""
    changed: tuple[tuple[Occupation, Occupation, tuple[str, ...]], ...]
    """As it was, as it will be, and which members differ."""
    dropped: tuple[Occupation, ...]
    """Which the registry refuses: what ends stays, with its last day."""
    same: int
    rules_changed: bool
    """Whether the rules for certificate numbers differ."""
    digest: str
    """Of both that were compared, so that only this is drafted, over what was in force then."""


def entries(said: str) -> list[dict[str, object]]:
    """Read the occupations of a catalogue, one a line.

    Raises:
        MalformedError: `act.row`.
    """

    def read(cells: list[str]) -> dict[str, object]:
        if not 2 <= len(cells) <= len(HEAD):
            raise MalformedError("act.row", f"2 to {len(HEAD)} cells: {', '.join(HEAD)}")
        code, name, aliases, trades, equivalent, first, last = [*cells, *[""] * 5][: len(HEAD)]
        entry: dict[str, object] = {
            "code": code,
            "name": name,
            "aliases": act_rows.words(aliases),
            "trades": act_rows.words(trades),
            "equivalent": [_equivalent(one) for one in act_rows.words(equivalent)],
        }
        for member, cell in (("from", first), ("to", last)):
            if cell:
                entry[member] = act_rows.day(cell)
        return entry

    return act_rows.each(said, read)


def _equivalent(said: str) -> dict[str, object]:
    code, _, relation = said.partition("=")
    return {"code": code.strip(), "relation": act_rows.relation([relation.strip()])}


def row_of(entry: Mapping[str, object]) -> str:
    """Write an occupation as a line."""

    def several(name: str) -> str:
        value = entry.get(name)
        return "、".join(map(_word, value)) if isinstance(value, list) else ""

    cells = [str(entry.get("code", "")), str(entry.get("name", ""))]
    cells += [several(name) for name in ("aliases", "trades", "equivalent")]
    cells += [str(entry.get(name, "")) for name in ("from", "to")]
    return "\t".join(cells).rstrip("\t")


def _word(one: object) -> str:
    return f"{one.get('code')}={one.get('relation')}" if isinstance(one, dict) else str(one)


def fields_of(body: Mapping[str, object]) -> dict[str, object]:
    """Write the body of a statement as the fields of its form."""
    occupations, end = body.get("occupations"), body.get("exp")
    listed = occupations if isinstance(occupations, list) else []
    return {
        "version": str(body.get("version", "")),
        "exp": clock(end) if isinstance(end, int) else "",
        "occupations": "\n".join(row_of(one) for one in listed if isinstance(one, dict)),
        "numbers": json.dumps(body.get("numbers", []), ensure_ascii=False, indent=1),
    }


def clock(seconds: int) -> str:
    """Write a time of UTC+8 as a field of a form has it."""
    try:
        at = datetime.fromtimestamp(seconds, UTC).astimezone(CHINA)
        return at.strftime("%Y-%m-%dT%H:%M:%S" if at.second else "%Y-%m-%dT%H:%M")
    except (ValueError, OverflowError, OSError):
        raise MalformedError("act.file", "exp: no time that a calendar has") from None


def from_file(content: bytes) -> dict[str, object]:
    """Read an uploaded catalogue into the fields of its form; a sheet has the occupations alone.

    Raises:
        MalformedError: `act.file`.
    """
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return {"occupations": sheet_file.to_lines(content)}
    text = sheet_file.text_of(content)
    try:
        value = canonical.parse(text.encode(), canonical=False)
    except MalformedError:
        raise MalformedError("act.file", "this is not JSON as the registry reads it") from None
    if not isinstance(value, dict) or not isinstance(value.get("occupations"), list):
        raise MalformedError("act.file", "this JSON is no catalogue: it has no occupations")
    odd = [n for n, one in enumerate(value["occupations"], 1) if not _is_row(one)]
    if odd:
        raise MalformedError("act.file", f"occupation {odd[0]} is no entry that a row can say")
    return fields_of(value)


def _is_row(entry: object) -> bool:
    """Tell whether an entry comes back from its line as it is."""
    empty: dict[str, object] = {"aliases": [], "trades": [], "equivalent": []}
    try:
        return isinstance(entry, dict) and entries(row_of(entry)) == [{**empty, **entry}]
    except MalformedError:
        return False


def compared(directory: Directory, scheme: str, body: Mapping[str, object], at: int) -> Difference:
    """Hold a new version against the one in force.

    Raises:
        MalformedError: `malformed.profile`, what no catalogue may say.
        ConflictError: `catalogue.version`.
    """
    new = Catalogue.from_members(
        {
            "iss": directory.lead,
            "region": directory.root.region,
            "version": body["version"],
            "iat": at,
            "exp": body["exp"],
            "scheme": scheme,
            "occupations": body["occupations"],
            "numbers": body["numbers"],
        }
    )
    old = directory.catalogues.get(scheme)
    if old is not None and new.version <= old.version:
        message = f"version: it must be above {old.version}, the one in force"
        raise ConflictError("catalogue.version", message)
    known = {} if old is None else old.by_code
    pairs = [(known[code], one) for code, one in new.by_code.items() if code in known]
    ended = [(was, now) for was, now in pairs if now.last_day and was.last_day != now.last_day]
    both = {"scheme": scheme, "over": 0 if old is None else old.version, "body": dict(body)}
    gone = {now.code for _, now in ended}
    changed = [
        (was, now, tuple(_differ(was, now)))
        for was, now in pairs
        if was != now and (now.code not in gone or set(_differ(was, now)) - {"to"})
    ]
    return Difference(
        added=tuple(one for code, one in new.by_code.items() if code not in known),
        ended=tuple(ended),
        changed=tuple(changed),
        dropped=tuple(one for code, one in known.items() if code not in new.by_code),
        same=sum(was == now for was, now in pairs),
        rules_changed=(() if old is None else old.numbers) != new.numbers,
        digest=sha256(canonical.encode(both)).hexdigest(),
    )


def _differ(was: Occupation, now: Occupation) -> Sequence[str]:
    before, after = was.to_members(), now.to_members()
    return [name for name in HEAD if before.get(name) != after.get(name)]


def demand_kept(difference: Difference) -> None:
    """Return if nothing was dropped.

    Raises:
        ConflictError: `catalogue.vanished`.
    """
    if difference.dropped:
        named = ", ".join(one.code for one in difference.dropped[:5])
        raise ConflictError("catalogue.vanished", f"occupations: put back {named}, with a last day")
