# SPDX-License-Identifier: Apache-2.0
"""A statement drafted in the console: its exact payload, and what the form begins with.

The draft names the subject's last statement as `after`. If somebody else states something meanwhile
the registry refuses it (`statement.after`), and the official looks and decides again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from credential import base64url, statement, statement_bodies
from credential.errors import UntrustedError
from credential.examination import standards_of
from credential.statement import Statement
from registry import store_certificates, store_statements
from registry.applications import REVIEWED, application_of
from registry.console import lists, scopes, statement_views, targets
from registry.console.access import COMMON, Target
from registry.console.sight import Sight, nothing
from registry.store_certificates import Row

_AFTER: Final = {"draft": "reviewed", "reviewed": "filed", "filed": "in_force"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be signed."""

    payload: bytes
    needed: int
    """How many different keys sign it."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One certificate of a bulk revocation, tried."""

    number: str
    status: str
    """`valid` and so on; empty where there is no such certificate of this body."""

    @property
    def is_fine(self) -> bool:
        """Whether it can be revoked."""
        return self.status in {"valid", "suspended", "superseded"}


def draft(
    sight: Sight,
    type_: str,
    subject: str,
    body: Mapping[str, object],
    random: Callable[[int], bytes],
) -> Draft:
    """Draft a statement as this viewer's party.

    Raises:
        ConflictError: `request.not_found`, the viewer may not make it, or there is no such subject.
        MalformedError: What its profile refuses.
    """
    heads = store_statements.heads_of(sight.connection, [subject])
    after = heads.get(subject)
    said = Statement(
        iss=sight.iss,
        aud=sight.registry.settings.url,
        jti=base64url.encode(random(16)),
        iat=sight.at,
        type=type_,
        subject=subject,
        after=None if after is None else base64url.encode(after),
        body=dict(body),
    )
    demand(sight, said)
    payload = said.to_bytes()
    read = statement_bodies.read(Statement.from_bytes(payload))
    return Draft(payload, read.profile.keys(read.said))


def demand(sight: Sight, said: Statement) -> None:
    """Return if this viewer may propose and sign a statement.

    Raises:
        ConflictError: `request.not_found`.
    """
    target = target_of(sight, said)
    if target is None or not sight.viewer.may(said.type, target, sight.at):
        raise nothing()


def target_of(sight: Sight, said: Statement) -> Target | None:
    """Find where a statement belongs; a first one says so itself, by its region or its body."""
    known = statement_views.target_of(sight, said.subject)
    if known is not None and "/competitions/" not in said.subject:
        return known
    parts = said.subject.split("/")[3:]
    if parts[:1] == ["competitions"]:
        return COMMON
    if parts[2:3] == ["plans"]:
        return targets.of_code(sight.directory, parts[1])
    code = said.body.get("applicant", said.body.get("body"))
    if isinstance(code, str) and code in sight.directory.bodies and parts[:1] != ["stations"]:
        return targets.of_code(sight.directory, code)
    region = said.body.get("region")
    if parts[:1] == ["standards"]:
        return COMMON if code is None else None
    if not isinstance(region, str) or len(parts) != 2 or parts[0] == "certificates":
        return None
    own = frozenset({f"{sight.directory.lead}/bodies/{code}"}) if parts[0] == "applications" else ()
    return Target(region, bodies=frozenset(own))


def demand_about(sight: Sight, type_: str, subject: str) -> None:
    """Return unless something already shows that this viewer may not state this there.

    Raises:
        ConflictError: `request.not_found`.
    """
    parts = subject.split("/")[3:]
    target = known_target(sight, subject)
    if target is None and parts[:1] == ["bodies"] and len(parts) > 1:
        target = targets.of_code(sight.directory, parts[1])
    if target is not None and not sight.viewer.may(type_, target, sight.at):
        raise nothing()


def known_target(sight: Sight, subject: str) -> Target | None:
    """Find where something belongs of which something was stated already."""
    return statement_views.target_of(sight, subject)


def name_of(sight: Sight, subject: str) -> str:
    """Give the name of what a form is about; empty where it has none."""
    body = sight.directory.body_of(subject)
    if body is not None:
        return body.name
    return lists.title_of(sight.directory, subject)


def begun(sight: Sight, type_: str, subject: str) -> dict[str, object]:
    """Give what the fields of a form begin with."""
    if type_ == "filing":
        return _filing(sight, subject)
    if type_ == "standard_step":
        known = standards_of(sight.directory.history.get(subject, ()))
        return {"step": _AFTER.get(known[-1].state, "")} if known else {}
    if type_ == "erase":
        row = _certificate(sight, subject)
        return {} if row is None else {"list": row.list, "index": str(row.idx)}
    return {}


def _filing(sight: Sight, subject: str) -> dict[str, object]:
    """Take the oldest reviewed application of a body, or the one that is the subject."""
    for name, events in sight.directory.history.items():
        found = application_of(name, events) if "/applications/" in name else None
        if found is None or found.state != REVIEWED:
            continue
        if subject in {name, f"{sight.directory.lead}/bodies/{found.asked.applicant}"}:
            asked = found.asked
            return {
                "number": asked.number or "",
                "districts": " ".join(asked.districts),
                "grants": scopes.of_grants(asked.grants, sight.directory.dictionaries.occupations),
                "application": name,
            }
    return {}


def filed_subject(sight: Sight, type_: str, subject: str) -> str:
    """Give the subject of a form that was opened from elsewhere: a filing is about the body."""
    if type_ != "filing" or "/applications/" not in subject:
        return subject
    events = sight.directory.history.get(subject, ())
    found = application_of(subject, events)
    if found is None:
        return subject
    return f"{sight.directory.lead}/bodies/{found.asked.applicant}"


def _certificate(sight: Sight, subject: str) -> Row | None:
    try:
        host, _, kind, number = subject.removeprefix("https://").split("/", 3)
    except ValueError:
        return None
    return store_certificates.find(sight.connection, [(host, kind, number)]).get(
        (host, kind, number)
    )


def tried(sight: Sight, body: str, kind: str, numbers: list[str]) -> list[Tried]:
    """Try a bulk revocation without stating anything.

    Raises:
        ConflictError: `request.not_found`, no such body.
    """
    known = sight.body(body[-18:])
    wanted = {
        (host, kind, number): number for number in numbers for host in sight.directory.root.hosts
    }
    rows = store_certificates.find(sight.connection, wanted)
    mine = {row.number: row for row in rows.values() if row.body == known.code}
    statuses = store_certificates.statuses_of(
        sight.connection, [row.log_index for row in mine.values()]
    )
    words = ("valid", "revoked", "suspended", "superseded")

    def status(number: str) -> str:
        row = mine.get(number)
        return "" if row is None else words[statuses.get(row.log_index, (0, ""))[0]]

    return [Tried(number, status(number)) for number in numbers]


def signer_of(sight: Sight, token: str) -> str:
    """Name the key that signed a draft, after its signature was verified.

    Raises:
        SealError: `key.unknown`, `key.not_valid_then`, `signature.invalid`, or what its form is.
    """
    signature = statement.read([token]).signatures[0]
    owner = sight.directory.owners.get(signature.kid)
    if owner is None or owner.record.role != "statement":
        raise UntrustedError("key.unknown", f"no statement key {signature.kid} is registered")
    if not owner.record.holds(sight.at):
        raise UntrustedError("key.not_valid_then", f"the key {signature.kid} is not valid now")
    signature.verify(owner.record.key)
    return signature.kid
