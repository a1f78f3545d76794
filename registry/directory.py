# SPDX-License-Identifier: Apache-2.0
"""Who may do what, as the accepted statements say: a value that `registry.changes` folds them into.

    directory = changes.after(Directory.empty(root), records)

The server keeps the last and applies what has been accepted since; the list signer and `fsck` start
from nothing and verify every signature again. Nothing else decides who may issue.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from credential.admission import Dictionaries
from credential.body import Body
from credential.catalogue import Catalogue
from credential.entries import Event
from credential.key_record import KeyRecord
from credential.members import inside
from credential.recognition import Recognition
from credential.root import Root
from credential.statement_bodies import AUTHORITY, BODY, LEAD
from credential.trust_list import Authority, Gate, is_full


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose key it is."""

    id: str
    """Identifier of the body or authority."""
    record: KeyRecord


@dataclass(frozen=True, slots=True)
class Target:
    """The body that a statement acts on."""

    id: str
    region: str


@dataclass(frozen=True, slots=True)
class Occasion:
    """A statement's issuer, type and subject, and the time of its receipt."""

    iss: str
    type: str
    subject: str
    parts: dict[str, str]
    t: int


@dataclass(slots=True)
class Directory:
    """What is in force after some statements. Only `registry.changes` changes one."""

    root: Root
    bodies: dict[str, Body]
    """By code."""
    authorities: dict[str, Authority]
    """By identifier."""
    owners: dict[str, Owner]
    """Every key of a body or authority, by kid."""
    thumbprints: set[bytes]
    """Of every key that was ever registered, and of the root's."""
    gate: tuple[Gate, ...]
    recognitions: dict[tuple[str, str], Recognition]
    """By peer region and document."""
    catalogues: dict[str, Catalogue]
    """By scheme, as last stated; `iat` is the receipt's time."""
    cells: dict[tuple[str, int], str]
    """Which body holds which cell of a status list."""
    lists: dict[str, str]
    """Under which host each status list lives: that of the first body with a block of it."""
    size: int
    """Leaves of the log that it takes account of."""
    dictionaries: Dictionaries
    """The catalogues, ready to be asked."""
    history: dict[str, tuple[Event, ...]]
    """What was said of each subject, in order; of a catalogue only what is in force is kept."""

    @classmethod
    def empty(cls, roots: Sequence[Root]) -> "Directory":
        """Start with the roots' own keys: the lead authority's, by which all others come.

        Args:
            roots: Every version, the last in force. A key that a version leaves out signed what was
                accepted before that version, and nothing after.
        """
        lead = f"https://{roots[-1].hosts[0]}"
        owners: dict[str, Owner] = {}
        for root in roots:
            named = {record.kid: record for record in root.keys if record.role == "statement"}
            for kid, owner in owners.items():
                if kid not in named:
                    owners[kid] = Owner(lead, _ended(owner.record, root.start))
            owners.update({kid: Owner(lead, record) for kid, record in named.items()})
        return cls(
            root=roots[-1],
            bodies={},
            authorities={},
            owners=owners,
            thumbprints={record.key.thumbprint for root in roots for record in root.keys},
            gate=(),
            recognitions={},
            catalogues={},
            cells={},
            lists={},
            size=0,
            dictionaries=Dictionaries({}, ()),
            history={},
        )

    def copy(self) -> "Directory":
        """Give a directory that can be changed without changing this one; its values are shared."""
        return replace(
            self,
            bodies=dict(self.bodies),
            authorities=dict(self.authorities),
            owners=dict(self.owners),
            thumbprints=set(self.thumbprints),
            recognitions=dict(self.recognitions),
            catalogues=dict(self.catalogues),
            cells=dict(self.cells),
            lists=dict(self.lists),
            history=dict(self.history),
        )

    @property
    def lead(self) -> str:
        """The lead authority's identifier."""
        return f"https://{self.root.hosts[0]}"

    def is_lead(self, party: str) -> bool:
        """Tell whether a party is the lead authority, under whichever host of the root."""
        return party.removeprefix("https://") in self.root.hosts

    def body_of(self, identifier: str) -> Body | None:
        """Find a body by its identifier."""
        body = self.bodies.get(identifier[-18:])
        return body if body is not None and body.id == identifier else None

    def is_full_at(self, t: int) -> bool:
        """Tell whether the gate asks everything at a time."""
        return is_full(self.gate, t)

    def roles_towards(self, party: str, target: Target | None) -> frozenset[str]:
        """Tell as what a party acts on a body, or on the whole registry where there is none."""
        if self.is_lead(party):
            return frozenset({LEAD, AUTHORITY})
        if target is None:
            return frozenset()
        if party == target.id:
            return frozenset({BODY})
        authority = self.authorities.get(party)
        if authority is not None and inside(target.region, authority.region):
            return frozenset({AUTHORITY})
        return frozenset()


def _ended(record: KeyRecord, t: int) -> KeyRecord:
    end = t if record.end is None else min(record.end, t)
    return record._replace(end=max(end, record.start))
