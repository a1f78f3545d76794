# SPDX-License-Identifier: Apache-2.0
"""What a statement's `body` says, type by type, and who may say it (docs/format.md §7).

Sample, of type `standing`:

    {"from":1790000000,"state":"suspended","document":"沪人社函〔2026〕12号"}

`PROFILES` is the whole table: for each type how its body is read, over which subject it is made,
whose statement it may be, and how many different keys sign it. `read` gives a typed value; nothing
else interprets a body.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from credential import base64url, recognition
from credential.body import MAX_DELAY, MAX_NAME
from credential.certificate import KINDS, ROUTES
from credential.errors import MalformedError
from credential.filing import MAX_DOCUMENT, MAX_GRANTS, STATES, Grant, read_levels
from credential.key_record import BODY_ROLES
from credential.members import LIST_ENTRIES, Members, is_host, refuse
from credential.statement import Statement
from keys import jwk, roles
from keys.verifying_key import VerifyingKey

MAX_REASON: Final = 80  # code points
MAX_HEADCOUNT: Final = 100_000  # people in one batch
MAX_BULK: Final = 10_000  # certificates in one bulk revocation
CELL: Final = 1_024  # entries: blocks of status indexes begin and end at multiples of this


T = TypeVar("T")

_ANY_REGION: Final = "110000"  # the subject names the peer; here only the rest is judged
_PREFIX: Final = re.compile("[0-9A-Z]{0,20}")
_LIST: Final = re.compile("[a-z0-9-]{1,32}")
_KID: Final = re.compile("[A-Za-z0-9_-]{10}[AEIMQUYcgkosw048]")
_SIGNATURE: Final = re.compile("[A-Za-z0-9_-]{85}[AQgw]")
_NUMBER: Final = re.compile("[0-9A-Za-z（）()·\u3400-\u4dbf\u4e00-\u9fff-]{1,40}")


@dataclass(frozen=True, slots=True)
class Authority:
    """Appoint an authority for a region."""

    name: str
    region: str


@dataclass(frozen=True, slots=True)
class Body:
    """Enter an evaluation body; it is active from then on."""

    name: str
    prefix: str
    """The first 13 characters of its 22-character certificate numbers; empty where it has none."""
    region: str
    max_delay: int | None
    """Seconds between signing and handing in; None: the usual 30 days."""
    document: str


@dataclass(frozen=True, slots=True)
class Key:
    """Register a public key."""

    key: VerifyingKey
    role: str
    start: int
    end: int | None
    proof: bytes
    """The new key's signature over `possession`."""


@dataclass(frozen=True, slots=True)
class KeyDistrust:
    """Distrust what a key signed from some moment on, which may lie in the past."""

    kid: str
    after: int
    document: str


@dataclass(frozen=True, slots=True)
class Filing:
    """File a scope, or file it anew under the same number; without grants it ends."""

    number: str
    start: int
    end: int | None
    districts: tuple[str, ...]
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class FilingVoid:
    """Annul a filing as if it had never been."""

    number: str
    document: str


@dataclass(frozen=True, slots=True)
class Blocks:
    """Allot status indexes [first, first + count) of a list."""

    list: str
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Change the standing of a body."""

    start: int
    state: str
    document: str
    may_issue: bool | None
    """Only with `rectifying`."""


@dataclass(frozen=True, slots=True)
class BodyVoid:
    """Annul a body as if it had never been."""

    document: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One occupation of a batch with the levels examined."""

    code: str
    levels: tuple[str, ...]
    """Empty for a kind without levels."""


@dataclass(frozen=True, slots=True)
class Batch:
    """File an evaluation batch before its certificates."""

    kind: str
    route: str
    occupations: tuple[Plan, ...]
    region: str
    first_day: str
    last_day: str
    headcount: int
    roster: bytes
    """Root over the roster's hashes, 32 bytes; the roster itself travels beside the statement."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """Recognise a peer region's certificates: a recognition of the trust list without `region`."""

    members: dict[str, object]


@dataclass(frozen=True, slots=True)
class Gate:
    """Say from when admission judges how much."""

    start: int
    level: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Set a dictionary of occupations with the rules for numbers."""

    version: int
    end: int
    """Its `exp`."""
    occupations: tuple[object, ...]
    numbers: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class StatusChange:
    """Revoke, suspend or reinstate one certificate."""

    reason: str


@dataclass(frozen=True, slots=True)
class Supersede:
    """Replace one certificate by another of the same body and kind."""

    by: str
    """The successor's certificate number."""
    reason: str


@dataclass(frozen=True, slots=True)
class RevokeBulk:
    """Revoke many certificates at once."""

    certificates: tuple[tuple[str, str], ...]
    """Kind and number of each."""
    reason: str


Said = (
    Authority
    | Body
    | Key
    | KeyDistrust
    | Filing
    | FilingVoid
    | Blocks
    | Standing
    | BodyVoid
    | Batch
    | Recognition
    | Gate
    | Catalogue
    | StatusChange
    | Supersede
    | RevokeBulk
)


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


# Readers ----------------------------------------------------------------------------------------


def _authority(value: object) -> Authority:
    body = Members.of(value, "authority", "name region")
    return Authority(body.text("name", MAX_NAME), body.region("region"))


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
    body = Members.of(value, "filing", "number from to districts grants")
    start, end = _window(body)
    districts = tuple(
        Members({"district": one}, "filing.districts").region("district")
        for one in body.items("districts", 1, 64)
    )
    grants = tuple(
        Grant.from_members(one, f"filing.grants[{n}]")
        for n, one in enumerate(body.items("grants", 0, MAX_GRANTS))
    )
    return Filing(body.text("number", MAX_DOCUMENT), start, end, _distinct(districts), grants)


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
    body = Members.of(value, "standing", "from state document may_issue?")
    state = body.choice("state", STATES)
    may_issue = body.flag("may_issue") if "may_issue" in body else None
    if may_issue is not None and state != "rectifying":
        refuse("standing.may_issue", "stands only with rectifying")
    return Standing(body.time("from"), state, body.text("document", MAX_DOCUMENT), may_issue)


def _body_void(value: object) -> BodyVoid:
    return BodyVoid(Members.of(value, "body_void", "document").text("document", MAX_DOCUMENT))


def _batch(value: object) -> Batch:
    body = Members.of(value, "batch", "kind route occupations region from to headcount roster")
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
    return Supersede(body.match("by", _NUMBER), body.text("reason", MAX_REASON))


def _revoke_bulk(value: object) -> RevokeBulk:
    body = Members.of(value, "revoke_bulk", "certificates reason")
    listed = []
    for n, one in enumerate(body.items("certificates", 1, MAX_BULK)):
        entry = Members.of(one, f"revoke_bulk.certificates[{n}]", "kind number")
        listed.append((entry.choice("kind", KINDS), entry.match("number", _NUMBER)))
    return RevokeBulk(_distinct(tuple(listed)), body.text("reason", MAX_REASON))


def _window(body: Members) -> tuple[int, int | None]:
    start, end = body.time("from"), body.end("to")
    if end is not None and end <= start:
        refuse(body.at("to"), "not after from")
    return start, end


def _distinct(values: tuple[T, ...]) -> tuple[T, ...]:
    if len(set(values)) != len(values):
        refuse("list", "the same entry twice")
    return values


# The table ----------------------------------------------------------------------------------------

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

LEAD: Final = "lead"
AUTHORITY: Final = "authority"  # whose region covers the body's; the lead authority covers all
BODY: Final = "body"  # the one that the statement is about

DIRECTORY: Final = "directory"  # changes who may do what: goes into the trust list or a catalogue
BATCH: Final = "batch"
STATUS: Final = "status"


def _one(_: Said) -> int:
    return 1


def _two(_: Said) -> int:
    return 2


def _two_to_remove(said: Said) -> int:
    return 2 if isinstance(said, Standing) and said.state == "removed" else 1


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
    """`DIRECTORY`, `BATCH` or `STATUS`."""


def _profile(
    read: Callable[[object], Said],
    subject: str,
    by: str,
    keys: Callable[[Said], int] = _one,
    effect: str = DIRECTORY,
) -> Profile:
    return Profile(read, re.compile(subject), frozenset(by.split()), keys, effect)


PROFILES: Final = {
    "authority": _profile(_authority, _OF_AUTHORITY, "lead"),
    "body": _profile(_body, _OF_BODY, "lead authority"),
    "key": _profile(_key, _OF_OWNER, "lead authority body", _two),
    "key_distrust": _profile(_key_distrust, _OF_OWNER, "lead authority body"),
    "filing": _profile(_filing, _OF_BODY, "lead authority", _two),
    "filing_void": _profile(_filing_void, _OF_BODY, "lead authority", _two),
    "blocks": _profile(_blocks, _OF_BODY, "lead authority"),
    "standing": _profile(_standing, _OF_BODY, "lead authority", _two_to_remove),
    "body_void": _profile(_body_void, _OF_BODY, "lead authority", _two),
    "recognition": _profile(_recognition, _OF_PEER, "lead"),
    "gate": _profile(_gate, _OF_GATE, "lead"),
    "catalogue": _profile(_catalogue, _OF_CATALOGUE, "lead"),
    "batch": _profile(_batch, _OF_BATCH, "body", effect=BATCH),
    "revoke": _profile(_status_change, _OF_CERTIFICATE, "lead authority body", effect=STATUS),
    "suspend": _profile(_status_change, _OF_CERTIFICATE, "lead authority body", effect=STATUS),
    "reinstate": _profile(_status_change, _OF_CERTIFICATE, "lead authority body", effect=STATUS),
    "supersede": _profile(_supersede, _OF_CERTIFICATE, "body", effect=STATUS),
    "revoke_bulk": _profile(_revoke_bulk, _OF_BODY, "lead authority body", _two, STATUS),
}


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
