# SPDX-License-Identifier: Apache-2.0
"""What a desk knows of directories, standards and plans: a part of the filing file.

docs/format.md §10.

    {"lead":"https://HOST","gate":[{"from":n,"level":"full"}],
     "statements":[{"t":n,"by":"https://HOST","type":"station","subject":"…","body":{…}},…]}

The statements are those that the registry accepted about what concerns the body, in the order of
the log, so that a desk asks the rules of `credential.gate` of the same histories. They carry no
signatures: the file comes from the registry, which asks everything again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Self

from credential import statement_bodies
from credential.body import MAX_ENTRIES
from credential.entries import Event
from credential.gate import Examined
from credential.members import Members, refuse, registry_host
from credential.said_examination import Papers
from credential.statement import Statement
from credential.trust_list import Gate, is_full

MAX_STATEMENTS: Final = 100_000
_JTI: Final = "A" * 22  # none is carried, and none is needed to read a body


class Said(NamedTuple):
    """One accepted statement, without what proves it."""

    t: int
    """Of its receipt."""
    by: str
    type: str
    subject: str
    body: dict[str, object]

    def to_members(self) -> dict[str, object]:
        """Write it."""
        return self._asdict()

    @classmethod
    def from_members(cls, value: object, where: str) -> Self:
        """Read it; what it says is read by `ExaminationFile.from_members`.

        Raises:
            MalformedError: `malformed.profile`.
        """
        members = Members.of(value, where, "t by type subject body")
        body = members.raw("body")
        if not isinstance(body, dict):
            refuse(members.at("body"), "not an object")
        texts = [members.raw(name) for name in ("by", "type", "subject")]
        if not all(isinstance(text, str) for text in texts):
            refuse(where, "by, type and subject are texts")
        by, type_, subject = map(str, texts)
        return cls(members.time("t"), by, type_, subject, body)

    def event(self, aud: str) -> Event:
        """Read what it says.

        Raises:
            MalformedError: `statement.…` or `malformed.profile`.
        """
        said = Statement(self.by, aud, _JTI, self.t, self.type, self.subject, None, self.body)
        again = Statement.from_bytes(said.to_bytes())  # so that by and subject are read strictly
        return Event(self.t, self.by, self.type, statement_bodies.read(again).said)


@dataclass(frozen=True, slots=True)
class ExaminationFile:
    """What the full gate is asked of at a desk."""

    lead: str
    """`https://HOST` of the lead authority."""
    gate: tuple[Gate, ...]
    statements: tuple[Said, ...]
    histories: Mapping[str, tuple[Event, ...]]
    """The statements, read, by subject."""

    @classmethod
    def of(cls, lead: str, gate: Iterable[Gate], statements: Iterable[Said]) -> Self:
        """Put a file together.

        Raises:
            MalformedError: A statement says nothing that could be read.
        """
        kept = tuple(statements)
        histories: dict[str, tuple[Event, ...]] = {}
        for one in kept:
            histories[one.subject] = (*histories.get(one.subject, ()), one.event(lead))
        return cls(lead, tuple(gate), kept, histories)

    def is_full_at(self, t: int) -> bool:
        """Tell whether the gate asks everything at a time."""
        return is_full(self.gate, t)

    def examined(self, body: str, papers: Papers | None) -> Examined:
        """Give what a body's batch is held against."""
        return Examined(self.lead, body, papers, self.histories)

    def subjects(self, folder: str) -> list[str]:
        """List the identifiers under `/<folder>/`, in the order in which they came."""
        return [subject for subject in self.histories if f"/{folder}/" in subject]

    def to_members(self) -> dict[str, object]:
        """Write the part."""
        return {
            "lead": self.lead,
            "gate": [entry.to_members() for entry in self.gate],
            "statements": [one.to_members() for one in self.statements],
        }

    @classmethod
    def from_members(cls, value: object) -> Self:
        """Read the part.

        Raises:
            MalformedError: `malformed.profile` or `statement.…`.
        """
        members = Members.of(value, "examination", "lead gate statements")
        registry_host(members.raw("lead"), members.at("lead"))
        gate = [Gate.from_members(one) for one in members.items("gate", 0, MAX_ENTRIES)]
        statements = [
            Said.from_members(one, f"examination.statements[{n}]")
            for n, one in enumerate(members.items("statements", 0, MAX_STATEMENTS))
        ]
        return cls.of(str(members.raw("lead")), gate, statements)
