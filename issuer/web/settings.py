# SPDX-License-Identifier: Apache-2.0
"""What one desk is started with: read once, by the command, and handed around."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from credential.errors import MalformedError
from issuer import given
from keys.key_reference import KeyReference

DAY: Final = 86_400
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
PORT: Final = 8320


@dataclass(frozen=True, slots=True)
class Keys:
    """Where the body's three keys are; their secrets are asked for act by act."""

    certificate: KeyReference
    submit: KeyReference
    statement: KeyReference
    module: str | None = None
    """PKCS#11 module of the token's maker."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One institution's desk."""

    folder: Path
    """Of accounts, jobs and uploaded rosters; mode 0700."""
    filing: Path
    """What the registry gave the body; read again for each act."""
    ledger: Path
    registry: str
    """Its address, `https://HOST`."""
    keys: Keys
    release_above: int | None = None
    """Larger rosters need a second person."""
    second_above: int | None = None
    """Changes of more certificates need a second person."""
    template: Path | None = None
    seal: Path | None = None
    fonts: tuple[Path, ...] = ()
    keep_days: int = 30
    """Days after printing until roster, photos and pages are deleted."""
    cores: int | None = None
    verify: str | None = None
    """Where a code can be tried in a browser; None for the address that is in the code."""
    hint: str = field(default="", repr=False)
    """Shown at sign-in, by the demonstration alone."""

    @property
    def database(self) -> Path:
        """Accounts, sessions and jobs."""
        return self.folder / "desk.sqlite"


def prepare(settings: Settings) -> None:
    """Make the desk's folder, and see that the filing file is one.

    Raises:
        SealError: `desk.folder`, `filing.…`.
    """
    try:
        settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings.folder.chmod(0o700)
    except OSError as error:
        message = f"cannot use the folder {settings.folder.name}: {error.strerror}"
        raise MalformedError("desk.folder", message) from None
    given.read_filing(settings.filing)


def demand_private(host: str, *, tls: bool) -> None:
    """Return if a desk may listen there: over plain HTTP on this machine alone.

    Raises:
        MalformedError: `desk.host`.
    """
    if host not in LOOPBACK and not tls:
        message = (
            "rosters and passphrases go over this connection: another address than 127.0.0.1 "
            "needs --tls-cert and --tls-key"
        )
        raise MalformedError("desk.host", message)
