# SPDX-License-Identifier: Apache-2.0
"""The files that a desk is given: what the registry handed the body, and catalogues."""

from pathlib import Path

from credential import envelope
from credential.catalogue import Catalogue
from credential.errors import ConflictError, MalformedError, UnavailableError
from credential.filing_file import MAX_BYTES, FilingFile
from keys.signer import Signer


def read_filing(path: Path) -> FilingFile:
    """Read a filing file.

    Raises:
        UnavailableError: `filing.unreadable`.
        MalformedError: `filing.malformed`.
    """
    data = _read(path, "filing.unreadable")
    try:
        return FilingFile.from_bytes(data)
    except MalformedError as error:
        message = f"{path.name} is not a filing file: {error}"
        raise MalformedError("filing.malformed", message) from None


def read_catalogue(path: Path) -> Catalogue:
    """Read a catalogue: signed, or its payload.

    Raises:
        UnavailableError: `catalogue.unreadable`.
        MalformedError: `catalogue.malformed`.
    """
    data = _read(path, "catalogue.unreadable").strip()
    try:
        if data.startswith(b"ey"):
            data = envelope.read(data.decode("ascii"), envelope.CATALOGUE).payload
        return Catalogue.from_bytes(data)
    except (MalformedError, UnicodeDecodeError) as error:
        message = f"{path.name} is not a catalogue: {error}"
        raise MalformedError("catalogue.malformed", message) from None


def _read(path: Path, code: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnavailableError(code, f"cannot read {path.name}: {error.strerror}") from None


def demand_key(filing: FilingFile, key: Signer, at: int) -> None:
    """Return if the registry knows a key as this body's.

    Raises:
        ConflictError: `key.not_registered`.
    """
    record = filing.body.key(key.kid, key.role)
    if record is None or not record.holds(at):
        message = (
            f"the filing file does not have the {key.role} key {key.kid} in force: register it, "
            "or ask the registry for a new filing file"
        )
        raise ConflictError("key.not_registered", message)
