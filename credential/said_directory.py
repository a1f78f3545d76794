# SPDX-License-Identifier: Apache-2.0
"""What statements say of directory entries, of applications, and of how both are judged.

docs/format.md §7.5. `credential.said_directory_readers` reads them from JSON.
"""

from dataclasses import dataclass

from credential.filing import Grant


@dataclass(frozen=True, slots=True)
class Offer:
    """One occupation with the levels examined; no levels for a kind without them."""

    code: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BodyRoles:
    """Say as what a body evaluates, and whom; the last one counts."""

    roles: tuple[str, ...]
    audience: str
    """`own` staff or students, or `public`."""
    document: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Select a social organisation for public evaluation (遴选)."""

    start: int
    end: int | None
    document: str


@dataclass(frozen=True, slots=True)
class Station:
    """Enter a station, or enter it anew with other particulars."""

    name: str
    host: str
    """Name of the enterprise or school that it belongs to."""
    base: str
    """What that is: `enterprise`, `school`, `training_institution`, `master_studio`, `base`."""
    body: str | None
    """Code of the evaluation body that runs it, where one does."""
    region: str
    address: str | None
    pilot: bool
    occupations: tuple[Offer, ...]
    document: str
    start: int
    end: int | None


@dataclass(frozen=True, slots=True)
class Assessor:
    """Enter an assessor or supervisor; never with a document number of the person's."""

    name: str
    certificate: str
    """Number of the assessor's certificate."""
    role: str
    """`assessor`, `senior_assessor` or `supervisor`."""
    region: str
    occupations: tuple[str, ...]
    """Codes; none for a supervisor of all occupations."""
    cap: str | None
    """The highest level that the person may examine; None: no limit."""
    document: str
    start: int
    end: int | None


@dataclass(frozen=True, slots=True)
class Unit:
    """Enter a technical-management unit of an industry (行业技术管理单位)."""

    name: str
    industry: str
    region: str
    document: str
    start: int
    end: int | None


@dataclass(frozen=True, slots=True)
class Operator:
    """Enter an exam-service operator (考务服务方)."""

    name: str
    region: str
    document: str
    start: int
    end: int | None


@dataclass(frozen=True, slots=True)
class EntryStanding:
    """Change the standing of an entry."""

    start: int
    state: str
    document: str
    until: int | None
    """Only with `rectifying`: by when it must be put right."""
    notice: str | None
    """The credit notice that is published with it."""


@dataclass(frozen=True, slots=True)
class Recheck:
    """Say how the re-check of what was to be put right ended."""

    result: str
    """`passed` or `failed`."""
    document: str


@dataclass(frozen=True, slots=True)
class KeyEnd:
    """End a key's window earlier than was said."""

    kid: str
    end: int
    document: str


@dataclass(frozen=True, slots=True)
class RatingFormula:
    """Say how the integrity rating (诚信评价) is computed."""

    initial: int
    days: int
    """How far back an event counts."""
    events: tuple[tuple[str, int], ...]
    """Points for each kind of event; what is not named counts nothing."""
    grades: tuple[tuple[str, int], ...]
    """Grade and the points that it needs at least, falling; the last is for all that is less."""
    document: str


@dataclass(frozen=True, slots=True)
class Holidays:
    """Say which days of a year are not worked, and which weekend days are."""

    off: tuple[str, ...]
    work: tuple[str, ...]
    document: str


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Say how many working days each step of an application may take."""

    acceptance: int
    correction: int
    review: int
    filing: int
    document: str


@dataclass(frozen=True, slots=True)
class Document:
    """A file that came with an application; only its hash is kept."""

    name: str
    sha256: str
    """64 hex digits."""


@dataclass(frozen=True, slots=True)
class Application:
    """Ask for a filing, or hand the corrected papers in."""

    applicant: str
    """Unified social credit code; the body may not be entered yet."""
    name: str
    region: str
    form: str
    """As what it applies: a role of `BodyRoles`."""
    audience: str
    kind: str
    """`new`, `change`, `renew` or `withdraw`."""
    number: str | None
    """Of the filing concerned; None for `new`."""
    districts: tuple[str, ...]
    grants: tuple[Grant, ...]
    """None for `withdraw`."""
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """Take an application on, return it for correction, or refuse it."""

    result: str
    """`accepted`, `returned` or `refused`."""
    reason: str | None


@dataclass(frozen=True, slots=True)
class Review:
    """Say how an application was reviewed, and by whom."""

    result: str
    """`passed`, `returned` or `refused`."""
    reviewer: str
    reason: str | None


Entered = Station | Assessor | Unit | Operator
SaidDirectory = (
    Entered
    | BodyRoles
    | Selection
    | EntryStanding
    | Recheck
    | KeyEnd
    | RatingFormula
    | Holidays
    | Deadlines
    | Application
    | Acceptance
    | Review
)
