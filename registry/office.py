# SPDX-License-Identifier: Apache-2.0
"""Make statements as an authority's own people do: fill in, sign with their keys, hand on.

The keys stay with whoever runs the command. What comes out is what `POST /statements` takes, so a
statement can be made on one machine and handed in from another.

A body is filed from one file, with public keys and the proofs that their owner holds them:

    {"id":"https://HOST/bodies/<code>","name":"…","prefix":"…","region":"310115","document":"…",
     "keys":[{"jwk":{…},"role":"certificate","from":n,"to":n,"proof":"…"},…],
     "filings":[{"number":"…","from":n,"to":null,"districts":[…],"grants":[…]}],
     "blocks":[{"list":"1","first":4096,"count":1024}]}
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from credential import base64url, canonical, envelope, statement, statement_bodies
from credential.arranged import arranged
from credential.catalogue import Catalogue
from credential.errors import MalformedError
from credential.filing_file import FilingFile
from credential.members import Members
from credential.statement import Statement
from keys.signer import Signer
from registry import database, examination, store_log, store_published, store_statements
from registry.service import Registry

Heads = Callable[[str], str | None]
"""The digest of a subject's last statement, base64url; None where it has none."""

_ANY_REGION = "100000"  # for what does not depend on it
_BODY_FILE = "id name prefix region max_delay? document keys filings blocks"


@dataclass(frozen=True, slots=True)
class Made:
    """One statement, signed."""

    type: str
    subject: str
    signatures: tuple[str, ...]

    def request(self) -> bytes:
        """Write the body of `POST /statements`."""
        return canonical.encode({"signatures": list(self.signatures)})


@dataclass(frozen=True, slots=True)
class Office:
    """Somebody with statement keys."""

    iss: str
    """The authority's or body's identifier; `https://HOST` for the lead authority."""
    aud: str
    """`https://HOST` of the registry."""
    keys: tuple[Signer, ...] = field(repr=False)
    """One or two, of role `statement`."""
    clock: Callable[[], int]
    random: Callable[[int], bytes]
    agents: tuple[Callable[[bytes], str], ...] = field(default=(), repr=False)
    """Who signs a payload elsewhere, after the keys."""

    def make(self, type_: str, subject: str, body: Mapping[str, object], after: str | None) -> Made:
        """Make one statement, with as many of the keys as its type needs.

        Raises:
            MalformedError: The profile that it breaks.
        """
        payload, needed = self.payload(type_, subject, body, after)
        self._demand(needed)
        here = [envelope.sign(key, envelope.STATEMENT, payload) for key in self.keys[:needed]]
        there = [sign(payload) for sign in self.agents[: needed - len(here)]]
        tokens = (*here, *there)
        if statement.read(list(tokens)).payload != payload:
            message = "an agent signed something else than it was asked to: nothing is handed in"
            raise MalformedError("statement.signatures", message)
        return Made(type_, subject, tokens)

    def payload(
        self, type_: str, subject: str, body: Mapping[str, object], after: str | None
    ) -> tuple[bytes, int]:
        """Fill in one statement; give it unsigned, and how many different keys must sign it.

        Raises:
            MalformedError: The profile that it breaks.
        """
        said = Statement(
            iss=self.iss,
            aud=self.aud,
            jti=base64url.encode(self.random(16)),
            iat=self.clock(),
            type=type_,
            subject=subject,
            after=after,
            body=dict(body),
        )
        payload = said.to_bytes()
        read = statement_bodies.read(Statement.from_bytes(payload))
        return payload, read.profile.keys(read.said)

    def _demand(self, needed: int) -> None:
        if needed > len(self.keys) + len(self.agents):
            message = f"this statement needs {needed} different keys: name a second one"
            raise MalformedError("statement.signatures", message)


def arrange(type_: str, subject: str, body: dict[str, object]) -> None:
    """Put the members of a body that a person has written into the order that is signed.

    Raises:
        MalformedError: The profile that it breaks otherwise.
    """
    said = Statement("", "", "", 0, type_, subject, None, body)
    read = arranged(body, lambda: statement_bodies.read(said))
    if isinstance(read.said, statement_bodies.Catalogue):
        # Whose parts are read when it is accepted, and refused there for anything but their order.
        whole = {
            "iss": f"https://{read.subject['host']}",
            "region": _ANY_REGION,
            "version": read.said.version,
            "iat": read.said.end - 1,
            "exp": read.said.end,
            "scheme": read.subject["scheme"],
            "occupations": body["occupations"],
            "numbers": body["numbers"],
        }
        with suppress(MalformedError):
            arranged(whole, lambda: Catalogue.from_members(whole))


def body_statements(data: bytes) -> list[tuple[str, str, dict[str, object]]]:
    """Read a body's file into the statements that file it: type, subject and body of each.

    Raises:
        MalformedError: `malformed.token` or `malformed.profile`.
    """
    value = canonical.parse(data, canonical=False)
    file = arranged(value, lambda: Members.of(value, "body file", _BODY_FILE))
    identifier = str(file.raw("id"))
    names = ("name", "prefix", "region", "max_delay", "document")
    entry = {name: file.raw(name) for name in names if name in file}
    lists = (("key", "keys"), ("filing", "filings"), ("blocks", "blocks"))
    return [
        ("body", identifier, entry),
        *(
            (type_, identifier, _object(one, f"body file.{name}"))
            for type_, name in lists
            for one in file.items(name, 0, 64)
        ),
    ]


def heads(registry: Registry) -> Heads:
    """Read heads from the registry's own database."""

    def head(subject: str) -> str | None:
        with database.read(registry.engine) as connection:
            found = store_statements.heads_of(connection, [subject]).get(subject)
        return None if found is None else base64url.encode(found)

    return head


def filing_file(registry: Registry, identifier: str, tags: str) -> FilingFile:
    """Put together what a body's desk needs to know.

    Args:
        registry: Where the body is filed.
        identifier: The body's.
        tags: Whether its certificates carry holder tags: `required`, `optional` or `none`.

    Raises:
        MalformedError: `body.unknown`.
    """
    with database.read(registry.engine) as connection:
        directory = registry.directory(connection, store_log.tail(connection))
        lists = store_published.lists(connection)
        body = directory.body_of(identifier)
        if body is None:
            raise MalformedError("body.unknown", "there is no such body: enter it first")
        known = examination.file_of(connection, directory, body)
    root = registry.settings.root
    return FilingFile(
        environment=root.environment,
        region=root.region,
        hosts=root.hosts,
        tags=tags,
        body=body,
        receipts=root.keys_of("receipt"),
        catalogues=_tokens([(one.name, one.token) for one in lists.values()]),
        examination=known,
    )


def _tokens(lists: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(token for name, token in lists if name.startswith("catalogues/"))


def _object(value: object, where: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise MalformedError("malformed.profile", f"{where}: not an object")
    return value
