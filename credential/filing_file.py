# SPDX-License-Identifier: Apache-2.0
"""The filing file: what a registry hands a body, so that its desk can work without the network.

    {"environment":"production","region":"310000","hosts":["HOST"],"tags":"required",
     "body":{…as in the trust list…},"receipts":[{"kid":"1","jwk":{…},"role":"receipt",…}],
     "catalogues":["<catalogue+jwt>",…],"pass":[…],"examination":{…}}

It is not signed: the body got it from its registry over a way that it trusts, and the registry asks
every rule again. `body` is the body's entry of the trust list, with its filings and its blocks of
status indexes; `receipts` are the keys that sign receipts, so that a desk prints no code with a
receipt that does not hold; `tags` says whether certificates carry holder tags; `pass` is there only
where some results pass with other marks than 60 and 60 (`credential.pass_mark`); `examination` is
what the full gate is asked of (`credential.examination_file`). White space is allowed.
"""

from dataclasses import dataclass
from typing import Final, Self

from credential import canonical, envelope, pass_mark
from credential.admission import Dictionaries, Grounds
from credential.body import Body
from credential.catalogue import Catalogue
from credential.errors import MalformedError
from credential.examination_file import ExaminationFile
from credential.key_record import KeyRecord
from credential.members import Members, is_host, refuse
from credential.pass_mark import PassMark

MAX_BYTES: Final = 16 << 20
TAGS: Final = ("required", "optional", "none")
ENVIRONMENTS: Final = ("demo", "test", "production")
MAX_CATALOGUES: Final = 16


@dataclass(frozen=True, slots=True)
class FilingFile:
    """What a desk knows about its body and its registry."""

    environment: str
    """`demo`, `test` or `production`."""
    region: str
    """Of the registry's root."""
    hosts: tuple[str, ...]
    """Of the registry's root, the current one first."""
    tags: str
    """`required`, `optional` or `none`."""
    body: Body
    receipts: tuple[KeyRecord, ...]
    """Of role `receipt`; the kid is the epoch."""
    catalogues: tuple[str, ...]
    """As signed by the registry."""
    marks: tuple[PassMark, ...] = ()
    """Where a pass is something else than 60 in theory and 60 in practice."""
    examination: ExaminationFile | None = None
    """Directories, standards and plans; None where the registry gave none."""

    @property
    def host(self) -> str:
        """HOST of what is issued from now on: the body's own."""
        return self.body.id.removeprefix("https://").partition("/")[0]

    def dictionaries(self) -> tuple[Catalogue, ...]:
        """Read the catalogues, whose signatures the desk does not check.

        Raises:
            MalformedError: `malformed.token` or `malformed.profile`.
        """
        return tuple(
            Catalogue.from_bytes(envelope.read(token, envelope.CATALOGUE).payload)
            for token in self.catalogues
        )

    def grounds(self, at: int, catalogues: tuple[Catalogue, ...]) -> Grounds:
        """Give what this body's certificates are judged by at a time.

        Args:
            at: Seconds since 1970.
            catalogues: Those in force.
        """
        return Grounds(at, self.hosts, self.region, self.body, Dictionaries.of(catalogues))

    def to_bytes(self) -> bytes:
        """Write the file."""
        members: dict[str, object] = {
            "environment": self.environment,
            "region": self.region,
            "hosts": list(self.hosts),
            "tags": self.tags,
            "body": self.body.to_members(),
            "receipts": [record.to_members() for record in self.receipts],
            "catalogues": list(self.catalogues),
        }
        if self.marks:
            members["pass"] = [mark.to_members() for mark in self.marks]
        if self.examination is not None:
            members["examination"] = self.examination.to_members()
        return canonical.encode(members) + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read the file.

        Raises:
            MalformedError: `malformed.token` or `malformed.profile`.
        """
        if len(data) > MAX_BYTES:
            raise MalformedError("malformed.token", f"a filing file has at most {MAX_BYTES} bytes")
        names = "environment region hosts tags body receipts catalogues pass? examination?"
        members = Members.of(canonical.parse(data, canonical=False), "filing file", names)
        hosts = members.items("hosts", 1, 16)
        if not all(map(is_host, hosts)):
            refuse(members.at("hosts"), "not hosts of a registry")
        catalogues = members.items("catalogues", 0, MAX_CATALOGUES)
        if not all(isinstance(token, str) for token in catalogues):
            refuse(members.at("catalogues"), "not signed catalogues")
        return cls(
            environment=members.choice("environment", ENVIRONMENTS),
            region=members.region("region"),
            hosts=tuple(map(str, hosts)),
            tags=members.choice("tags", TAGS),
            body=Body.from_members(members.raw("body")),
            receipts=tuple(
                KeyRecord.from_members(record, "receipts", ["receipt"])
                for record in members.items("receipts", 0, 255)
            ),
            catalogues=tuple(map(str, catalogues)),
            marks=pass_mark.read(members.raw("pass")) if "pass" in members else (),
            examination=(
                ExaminationFile.from_members(members.raw("examination"))
                if "examination" in members
                else None
            ),
        )
