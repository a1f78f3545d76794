# SPDX-License-Identifier: Apache-2.0
"""One region of the demonstration: its root, its registry, and the statements that fill it.

The registry is the real one, over its own database, with the story's clock; every change goes in
as a signed statement. Keys are new in every run, so that nobody can sign for a demonstration of
somebody else.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from credential import base64url, envelope, root, statement_bodies
from credential.catalogue import Catalogue
from credential.filing_file import FilingFile
from credential.key_record import KeyRecord
from credential.root import Root
from credential.statement import Statement
from keys import key_file
from keys.passphrase import Passphrase
from keys.signing_key import SigningKey
from registry import database, examination, statements, store_log, store_statements
from registry.service import Registry, open_registry
from registry.settings import Settings, assemble
from skillseal.demo.cast import Member, Place

DAY: Final = 86_400
YEAR: Final = 365 * DAY
LIST: Final = "1"
BLOCK: Final = 4_096  # status indexes allotted to each body

_REGISTRY_ROLES: Final = ("status", "list", "publish", "log")
_OFFICIALS: Final = ("official-1", "official-2")


@dataclass(slots=True)
class Clock:
    """The story's time, seconds since 1970; it only goes forward."""

    now: int

    def __call__(self) -> int:
        """Tell the time."""
        return self.now

    def move(self, t: int) -> None:
        """Go on to a later time."""
        if t < self.now:
            raise ValueError("the story's time only goes forward")
        self.now = t


@dataclass(slots=True)
class Region:
    """A region as its own people hold it: every key is here, and nowhere else."""

    place: Place
    folder: Path
    clock: Clock
    begin: int
    keys: dict[str, SigningKey] = field(default_factory=dict)
    """Registry roles, `root-1`…, `epoch-1`…, `official-1`…, `<body>-certificate`…"""
    chain: list[list[str]] = field(default_factory=list)
    roots: list[Root] = field(default_factory=list)
    jtis: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def url(self) -> str:
        """`https://HOST`."""
        return f"https://{self.place.host}"

    @property
    def anchor(self) -> str:
        """`REGION:HEX` of the first root."""
        return root.anchor_of(self.roots[0])

    def body_id(self, member: Member) -> str:
        """Give a body's identifier."""
        return f"{self.url}/bodies/{member.code}"

    # Keys and root -------------------------------------------------------------------------------

    def make_keys(self, epochs: int) -> None:
        """Make every key of the region."""
        for number in (1, 2, 3):
            self.keys[f"root-{number}"] = SigningKey.generate("root")
        for role in _REGISTRY_ROLES:
            self.keys[role] = SigningKey.generate(role)
        for epoch in range(1, epochs + 1):
            self.keys[f"epoch-{epoch}"] = SigningKey.generate("receipt", epoch=epoch)
        for name in _OFFICIALS:
            self.keys[name] = SigningKey.generate("statement")
        for member in self.place.members:
            self.keys[f"{member.key}-certificate"] = SigningKey.generate("certificate", member.alg)
            self.keys[f"{member.key}-statement"] = SigningKey.generate("statement")
            self.keys[f"{member.key}-submit"] = SigningKey.generate("submit")

    def save_keys(self, names: Iterable[str], folder: Path, passphrase: Passphrase) -> None:
        """Write some of the keys as encrypted files, for the commands that a visitor may try."""
        for name in names:
            key_file.create(folder / f"{name}.pem", self.keys[name], passphrase)

    def extend_root(
        self,
        windows: Mapping[int, tuple[int, int]],
        *,
        start: int,
        peers: tuple[tuple[str, str], ...] = (),
        distrusted: frozenset[int] = frozenset(),
    ) -> None:
        """Sign the next version of the root with two of its three keys.

        Args:
            windows: Epoch to the window of its receipt key.
            start: From when the version is in force.
            peers: Region and SHA-256 of a root payload.
            distrusted: Epochs whose key was stolen.
        """
        until = self.begin + 2 * YEAR
        records = [
            KeyRecord(key.kid, key.public, key.role, self.begin, until)
            for name, key in self.keys.items()
            if name.startswith(("root-", "official-")) or name in _REGISTRY_ROLES
        ]
        for epoch, (first, end) in windows.items():
            key = self.keys[f"epoch-{epoch}"]
            records.append(
                KeyRecord(str(epoch), key.public, "receipt", first, end, None, epoch in distrusted)
            )
        made = Root(
            region=self.place.region,
            version=len(self.roots) + 1,
            environment="demo",
            threshold=2,
            hosts=(self.place.host,),
            start=start,
            expires=until,
            keys=tuple(records),
            peers=peers,
        )
        self.roots.append(made)
        self.chain.append(root.sign([self.keys["root-1"], self.keys["root-3"]], made))

    def settings(self) -> Settings:
        """Put the registry's settings together, under the last root."""
        return assemble(
            database=f"sqlite:///{self.folder / 'registry.db'}",
            chain=self.chain,
            anchor=self.anchor,
            published=self.folder / "published",
        )

    def open(self) -> Registry:
        """Open the registry under the last root."""
        self.folder.mkdir(parents=True, exist_ok=True)
        receipts = [key for name, key in self.keys.items() if name.startswith("epoch-")]
        return open_registry(self.settings(), receipts, clock=self.clock)

    # Statements ----------------------------------------------------------------------------------

    def state(
        self,
        registry: Registry,
        kind: str,
        subject: str,
        body: Mapping[str, object],
        *,
        by: Sequence[str] = _OFFICIALS,
        iss: str | None = None,
    ) -> None:
        """Make a statement, sign it, and have the registry accept it.

        Args:
            registry: As opened.
            kind: The statement's type.
            subject: What it is about.
            body: By the profile of its type.
            by: Names of the keys that sign.
            iss: Whose statement it is; the lead authority's where not given.
        """
        with database.read(registry.engine) as connection:
            head = store_statements.heads_of(connection, [subject]).get(subject)
        payload = Statement(
            iss=iss or self.url,
            aud=self.url,
            jti=base64url.encode(next(self.jtis).to_bytes(16)),
            iat=self.clock.now,
            type=kind,
            subject=subject,
            after=None if head is None else base64url.encode(head),
            body=dict(body),
        ).to_bytes()
        tokens = [envelope.sign(self.keys[name], envelope.STATEMENT, payload) for name in by]
        statements.accept(registry, tokens)

    def register_key(self, registry: Registry, name: str, owner: str) -> None:
        """Register a key of a body or authority, with the proof that its owner holds it."""
        key = self.keys[name]
        proof = key.sign(statement_bodies.possession(owner, key.role, key.public))
        body = {
            "jwk": key.public.members,
            "role": key.role,
            "from": self.clock.now,
            "to": self.begin + 2 * YEAR,
            "proof": base64url.encode(proof),
        }
        self.state(registry, "key", owner, body)

    def enter(
        self, registry: Registry, member: Member, filing: Mapping[str, object], first: int
    ) -> None:
        """Enter a body with its keys, its filing and its block of status indexes."""
        owner = self.body_id(member)
        self.state(
            registry,
            "body",
            owner,
            {
                "name": member.name,
                "prefix": member.prefix,
                "region": self.place.district,
                "document": str(filing["number"]),
            },
        )
        for use in ("certificate", "statement", "submit"):
            self.register_key(registry, f"{member.key}-{use}", owner)
        self.state(registry, "filing", owner, filing)
        self.state(registry, "blocks", owner, {"list": LIST, "first": first, "count": BLOCK})

    def state_catalogue(self, registry: Registry, said: Catalogue) -> None:
        """State a version of a catalogue, good for a year from now."""
        body: dict[str, object] = {
            "version": said.version,
            "exp": self.clock.now + YEAR,
            "occupations": [each.to_members() for each in said.occupations],
            "numbers": [rule.to_members() for rule in said.numbers],
        }
        self.state(registry, "catalogue", f"{self.url}/catalogues/{said.scheme}", body)

    def filing_file(self, registry: Registry, member: Member) -> FilingFile:
        """Give what the registry hands a body."""
        with database.read(registry.engine) as connection:
            directory = registry.directory(connection, store_log.tail(connection))
            body = directory.body_of(self.body_id(member))
            if body is None:
                raise KeyError(member.key)
            known = examination.file_of(connection, directory, body)
        catalogues = tuple(
            envelope.sign(self.keys["list"], envelope.CATALOGUE, each.to_bytes())
            for each in directory.catalogues.values()
        )
        return FilingFile(
            environment="demo",
            region=self.place.region,
            hosts=(self.place.host,),
            tags="optional",
            body=body,
            receipts=self.roots[-1].keys_of("receipt"),
            catalogues=catalogues,
            examination=known,
        )
