# SPDX-License-Identifier: Apache-2.0
"""What an operator decides, read once from one file.

    database = "sqlite:////var/lib/registry/registry.db"
    root = "/etc/registry/root.json"
    published = "/var/lib/registry/published"
    anchor = "310000:<64 hex digits>"
    holder_numbers = "required"                  # or "optional"; without it they are refused
    holder_key = "/etc/registry/holder.key"      # 32 random bytes, mode 0600
    marks = "/srv/marks/registry.marks"          # without it: beside `published`

`database` may be PostgreSQL's as well (`registry.postgresql`), never with a password. `root` holds
the chain of root versions as a snapshot's member of that name does: an array of arrays of compact
JWS. Keys and passphrases are not settings: each command is told the one key file that it may use.
"""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from credential import root
from credential.errors import MalformedError, UnavailableError
from credential.root import Root

MAX_ROOT_BYTES: Final = 16 << 20
_TEXTS: Final = ("database", "root", "published", "anchor")
_OPTIONAL: Final = ("holder_numbers", "holder_key", "marks")
POLICIES: Final = ("refused", "optional", "required")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost."""

    body_bytes: int = 16 << 20
    """Of a request; a thousand certificates are below 3 MiB."""
    items: int = 1_000
    """Certificates in one request."""
    requests: int = 32
    """At the same time; more are told to come back."""
    receive_seconds: int = 30
    """For the whole body of a request to arrive."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One registry."""

    database: str
    """SQLAlchemy URL."""
    chain: tuple[tuple[str, ...], ...]
    """Every root version from 1, the compact JWS of each."""
    roots: tuple[Root, ...]
    """Every version of the chain, verified from the anchor on; the last is in force."""
    anchor: str
    """`REGION:HEX`, of any version of the chain."""
    published: Path
    """Folder of the published snapshot and its parts."""
    limits: Limits = Limits()
    holder_numbers: str = "refused"
    """Whether document numbers come beside certificates: one of `POLICIES`."""
    holder_key: Path | None = None
    """File of the key under which they are kept."""
    marks_file: Path | None = None
    """Where the high-water marks are; None: beside the published folder."""

    @property
    def root(self) -> Root:
        """The root in force."""
        return self.roots[-1]

    @property
    def marks(self) -> Path:
        """The file of high-water marks (`registry.marks`), which no copy of the database has."""
        return self.marks_file or self.published.with_name(f"{self.published.name}.marks")

    @property
    def host(self) -> str:
        """The current HOST."""
        return self.root.hosts[0]

    @property
    def url(self) -> str:
        """`https://HOST`: the lead authority's identifier and every statement's `aud`."""
        return f"https://{self.host}"


def assemble(
    *,
    database: str,
    chain: list[list[str]],
    anchor: str,
    published: Path,
    limits: Limits | None = None,
    holder_numbers: str = "refused",
    holder_key: Path | None = None,
    marks_file: Path | None = None,
) -> Settings:
    """Verify the root chain and put settings together.

    Raises:
        SealError: What is wrong with chain or anchor.
    """
    return Settings(
        database=database,
        chain=tuple(tuple(version) for version in chain),
        roots=root.verify_chain(chain, anchor),
        anchor=anchor,
        published=published,
        limits=limits or Limits(),
        holder_numbers=holder_numbers,
        holder_key=holder_key,
        marks_file=marks_file,
    )


def load(file: Path, *, database: str | None = None) -> Settings:
    """Read a settings file; paths in it are relative to its folder.

    Args:
        file: TOML.
        database: URL to use instead of the one in the file.

    Raises:
        UnavailableError: `registry.settings`, the file or the root cannot be read.
        MalformedError: `registry.settings`, something is missing or unknown.
    """
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise UnavailableError(
            "registry.settings", f"cannot read {file}: {error.strerror}"
        ) from None
    except ValueError:
        raise MalformedError("registry.settings", f"{file} is not TOML") from None
    required = sorted(values.keys() - set(_OPTIONAL))
    if required != sorted(_TEXTS) or not all(isinstance(v, str) for v in values.values()):
        message = f"{file} has exactly the settings {', '.join(_TEXTS)}, each a text"
        raise MalformedError("registry.settings", message)
    policy = values.get("holder_numbers", "refused")
    if policy not in POLICIES or (policy != "refused" and "holder_key" not in values):
        message = f"{file}: holder_numbers is one of {', '.join(POLICIES)}; name holder_key too"
        raise MalformedError("registry.settings", message)
    folder = file.parent
    return assemble(
        database=(database or values["database"]).replace(
            "sqlite:///./", f"sqlite:///{folder.resolve()}/"
        ),
        chain=_chain(folder / values["root"]),
        anchor=values["anchor"],
        published=folder / values["published"],
        holder_numbers=policy,
        holder_key=folder / values["holder_key"] if "holder_key" in values else None,
        marks_file=folder / values["marks"] if "marks" in values else None,
    )


def _chain(file: Path) -> list[list[str]]:
    try:
        with file.open("rb") as opened:
            chain = json.loads(opened.read(MAX_ROOT_BYTES))
    except OSError as error:
        raise UnavailableError(
            "registry.settings", f"cannot read {file}: {error.strerror}"
        ) from None
    except ValueError:
        chain = None
    if not isinstance(chain, list) or not all(
        isinstance(version, list) and all(isinstance(token, str) for token in version)
        for version in chain
    ):
        raise MalformedError("registry.settings", f"{file} is not a chain of roots")
    return chain
