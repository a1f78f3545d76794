# SPDX-License-Identifier: Apache-2.0
"""Which statements there are, over what they are made, and who may make them (docs/format.md §7).

Sample body, of type `standing`:

    {"from":1790000000,"state":"suspended","document":"沪人社函〔2026〕12号"}

`PROFILES` is the whole table: for each type how its body is read, over which subject it is made,
whose statement it may be, and how many different keys sign it. `read` gives a typed value; nothing
else interprets a body.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from credential.errors import MalformedError
from credential.members import is_host
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
from credential.said_application_readers import READERS as APPLICATION_READERS
from credential.said_directory import EntryStanding
from credential.said_directory_readers import READERS as DIRECTORY_READERS
from credential.said_examination_readers import READERS as EXAMINATION_READERS
from credential.said_readers import CELL, MAX_BULK, READERS
from credential.statement import Statement
from keys.verifying_key import VerifyingKey

__all__ = [
    "AUTHORITY",
    "BATCH",
    "BODY",
    "CELL",
    "DIRECTORY",
    "ERASURE",
    "LEAD",
    "MAX_BULK",
    "PROFILES",
    "STATUS",
    "Authority",
    "Batch",
    "Blocks",
    "Body",
    "BodyVoid",
    "Catalogue",
    "Erase",
    "Filing",
    "FilingVoid",
    "Gate",
    "Key",
    "KeyDistrust",
    "Plan",
    "Profile",
    "Read",
    "Recognition",
    "RevokeBulk",
    "Said",
    "Standing",
    "StatusChange",
    "Supersede",
    "batch_subject",
    "certificate_subject",
    "possession",
    "read",
]


def possession(owner: str, role: str, key: VerifyingKey) -> bytes:
    """Give what a new key signs to prove that its owner holds it.

    No compact JWS has a line feed, so this can never be taken for a token, nor a token for it.

    Args:
        owner: Identifier of the body or authority.
        role: The role that the key is registered for.
        key: The new key.
    """
    return f"skillseal-possession-1\n{owner}\n{role}\n{key.kid}\n".encode()


def certificate_subject(host: str, kind: str, number: str) -> str:
    """Name a certificate as the subject of a statement."""
    return f"https://{host}/certificates/{kind}/{number}"


def batch_subject(body: str, number: str) -> str:
    """Name a batch of a body as the subject of a statement."""
    return f"{body}/batches/{number}"


_HOST: Final = r"https://(?P<host>[a-z0-9.:-]{1,100})"
_CODE: Final = "[0-9A-HJ-NPQRTUWXY]{18}"
_OF_BODY: Final = rf"{_HOST}/bodies/{_CODE}"
_OF_AUTHORITY: Final = rf"{_HOST}/authorities/{_CODE}"
_OF_OWNER: Final = rf"{_HOST}/(?:bodies|authorities)/{_CODE}"
_OF_BATCH: Final = rf"(?P<owner>{_OF_BODY})/batches/(?P<batch>[0-9A-Za-z-]{{1,64}})"
_OF_CERTIFICATE: Final = rf"{_HOST}/certificates/(?P<kind>[a-z_]+)/(?P<number>[^/]{{1,40}})"
_OF_PEER: Final = rf"{_HOST}/recognitions/(?P<region>[1-9][0-9]{{5}})"
_OF_GATE: Final = rf"{_HOST}/gate"
_OF_CATALOGUE: Final = rf"{_HOST}/catalogues/(?P<scheme>[a-z][a-z0-9]{{1,15}})"

_ID: Final = "[0-9A-Za-z-]{1,32}"
_OF_ENTRY: Final = rf"{_HOST}/(?P<entry>stations|assessors|units|operators)/{_ID}"
_OF_ENTRY_OR_BODY: Final = (
    rf"{_HOST}/(?:(?:stations|assessors|units|operators)/{_ID}|bodies/{_CODE})"
)
_OF_PLAN: Final = f"{_OF_BODY}/plans/{_ID}"
_OF_APPLICATION: Final = f"{_HOST}/applications/{_ID}"

_READERS: Final = {
    **READERS,
    **DIRECTORY_READERS,
    **APPLICATION_READERS,
    **EXAMINATION_READERS,
}

LEAD: Final = "lead"
AUTHORITY: Final = "authority"  # whose region covers the body's; the lead authority covers all
BODY: Final = "body"  # the one that the statement is about

DIRECTORY: Final = "directory"  # changes who may do what: goes into the trust list or a catalogue
BATCH: Final = "batch"
STATUS: Final = "status"
ERASURE: Final = "erasure"


def _one(_: Said) -> int:
    return 1


def _two(_: Said) -> int:
    return 2


def _two_to_remove(said: Said) -> int:
    return 2 if isinstance(said, Standing | EntryStanding) and said.state == "removed" else 1


@dataclass(frozen=True, slots=True)
class Profile:
    """One type of statement."""

    read: Callable[[object], Said]
    """Reads the body; raises `malformed.profile` or a `key.…` code."""
    subject: re.Pattern[str]
    """What it may be about."""
    by: frozenset[str]
    """Whose statement it may be: `LEAD`, `AUTHORITY`, `BODY`."""
    keys: Callable[[Said], int]
    """How many different keys sign."""
    effect: str
    """`DIRECTORY`, `BATCH`, `STATUS` or `ERASURE`."""


def _profile(
    type_: str,
    subject: str,
    by: str,
    keys: Callable[[Said], int] = _one,
    effect: str = DIRECTORY,
) -> tuple[str, Profile]:
    profile = Profile(_READERS[type_], re.compile(subject), frozenset(by.split()), keys, effect)
    return type_, profile


_ANYBODY: Final = "lead authority body"
_OVER: Final = "lead authority"

PROFILES: Final = dict(
    (
        _profile("authority", _OF_AUTHORITY, "lead"),
        _profile("body", _OF_BODY, _OVER),
        _profile("key", _OF_OWNER, _ANYBODY, _two),
        _profile("key_distrust", _OF_OWNER, _ANYBODY),
        _profile("filing", _OF_BODY, _OVER, _two),
        _profile("filing_void", _OF_BODY, _OVER, _two),
        _profile("blocks", _OF_BODY, _OVER),
        _profile("standing", _OF_BODY, _OVER, _two_to_remove),
        _profile("body_void", _OF_BODY, _OVER, _two),
        _profile("recognition", _OF_PEER, "lead"),
        _profile("gate", _OF_GATE, "lead"),
        _profile("catalogue", _OF_CATALOGUE, "lead"),
        _profile("key_end", _OF_OWNER, _ANYBODY),
        _profile("body_roles", _OF_BODY, _OVER),
        _profile("selection", _OF_BODY, _OVER),
        _profile("station", f"{_HOST}/stations/{_ID}", _OVER),
        _profile("assessor", f"{_HOST}/assessors/{_ID}", _OVER),
        _profile("unit", f"{_HOST}/units/{_ID}", _OVER),
        _profile("operator", f"{_HOST}/operators/{_ID}", _OVER),
        _profile("entry_standing", _OF_ENTRY, _OVER, _two_to_remove),
        _profile("recheck", _OF_ENTRY_OR_BODY, _OVER),
        _profile("rating_formula", f"{_HOST}/rating", "lead"),
        _profile("holidays", rf"{_HOST}/holidays/(?P<year>[2-9][0-9]{{3}})", "lead"),
        _profile("deadlines", f"{_HOST}/deadlines", "lead"),
        _profile("application", _OF_APPLICATION, _ANYBODY),
        _profile("acceptance", _OF_APPLICATION, _OVER),
        _profile("review", _OF_APPLICATION, _OVER),
        _profile("standard", f"{_HOST}/standards/{_ID}", _ANYBODY),
        _profile("standard_step", f"{_HOST}/standards/{_ID}", _OVER),
        _profile("plan", _OF_PLAN, "body"),
        _profile("plan_receipt", _OF_PLAN, _OVER),
        _profile("competition", f"{_HOST}/competitions/{_ID}", "lead"),
        _profile("national_list", f"{_HOST}/national-list", "lead"),
        _profile("batch_close", _OF_BATCH, "body"),
        _profile("batch", _OF_BATCH, "body", effect=BATCH),
        _profile("revoke", _OF_CERTIFICATE, _ANYBODY, effect=STATUS),
        _profile("suspend", _OF_CERTIFICATE, _ANYBODY, effect=STATUS),
        _profile("reinstate", _OF_CERTIFICATE, _ANYBODY, effect=STATUS),
        _profile("supersede", _OF_CERTIFICATE, "body", effect=STATUS),
        _profile("revoke_bulk", _OF_BODY, _ANYBODY, _two, STATUS),
        _profile("erase", _OF_CERTIFICATE, _OVER, _two, ERASURE),
    )
)


@dataclass(frozen=True, slots=True)
class Read:
    """A statement whose subject and body fit its type."""

    profile: Profile
    said: Said
    subject: dict[str, str]
    """Parts of the subject: `host`; by type `owner`, `batch`, `kind`, `number`, `region`…"""


def read(statement: Statement) -> Read:
    """Read a statement's type, subject and body.

    Raises:
        MalformedError: `statement.type`, `statement.subject`, or `malformed.profile` for the body.
        KeyMaterialError: The code of what is wrong with a key.
    """
    profile = PROFILES.get(statement.type)
    if profile is None:
        raise MalformedError("statement.type", "no statement of that type exists")
    match = profile.subject.fullmatch(statement.subject)
    if match is None or not is_host(match["host"]):
        message = f"the subject is not what a statement of type {statement.type} is about"
        raise MalformedError("statement.subject", message)
    return Read(profile, profile.read(statement.body), match.groupdict())
