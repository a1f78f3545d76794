# SPDX-License-Identifier: Apache-2.0
"""What statements say, one value for each kind of body (docs/format.md §7.2).

`credential.said_readers` reads them from JSON; `credential.statement_bodies` knows who may say
them.
"""

from dataclasses import dataclass

from credential.filing import Grant
from credential.said_directory import SaidDirectory
from credential.said_examination import Papers, SaidExamination
from keys.verifying_key import VerifyingKey


@dataclass(frozen=True, slots=True)
class Authority:
    """Appoint an authority for a region."""

    name: str
    region: str
    fields: tuple[str, ...] = ()
    """Industries that it supervises, `human_resources` among them; none: all but that."""


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
    application: str | None = None
    """Subject of the application that it answers; None where there was none."""


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
    until: int | None = None
    """Only with `rectifying`: by when it must be put right."""
    notice: str | None = None
    """The credit notice that is published with it."""


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
    papers: Papers | None = None
    """Plan, standards, station and assessors, which the full gate asks for."""


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


@dataclass(frozen=True, slots=True)
class Erase:
    """Erase what the registry keeps of a certificate's holder; leaf and status stay."""

    list: str
    """The certificate's status list, which its text can no longer name."""
    index: int
    """Its index there."""
    document: str


Said = (
    SaidDirectory
    | SaidExamination
    | Authority
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
    | Erase
)
