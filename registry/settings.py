# SPDX-License-Identifier: Apache-2.0
"""What an operator decides, read once from one file.

    database = "sqlite:////var/lib/registry/registry.db"
    root = "/etc/registry/root.json"
    published = "/var/lib/registry/published"
    anchor = "310000:<64 hex digits>"

`root` holds the chain of root versions as a snapshot's member of that name does: an array of arrays
of compact JWS. Keys and passphrases are not settings: each command is told the one key file that it
may use.
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

    @property
    def root(self) -> Root:
        """The root in force."""
        return self.roots[-1]

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
    )


def load(file: Path) -> Settings:
    """Read a settings file; paths in it are relative to its folder.

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
    if sorted(values) != sorted(_TEXTS) or not all(isinstance(v, str) for v in values.values()):
        message = f"{file} has exactly the settings {', '.join(_TEXTS)}, each a text"
        raise MalformedError("registry.settings", message)
    folder = file.parent
    return assemble(
        database=values["database"].replace("sqlite:///./", f"sqlite:///{folder.resolve()}/"),
        chain=_chain(folder / values["root"]),
        anchor=values["anchor"],
        published=folder / values["published"],
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
