# SPDX-License-Identifier: Apache-2.0
"""Where a passphrase comes from: a file, or a prompt; never the command line.

Every user of a machine can read command lines. Order: the file named with `--passphrase-file`, else
the file that SKILLSEAL_PASSPHRASE_FILE names, else a prompt on the terminal. Of a file, one newline
at the end is dropped and nothing else: spaces belong to the passphrase.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from keys.errors import KeyMaterialError

VARIABLE: Final = "SKILLSEAL_PASSPHRASE_FILE"
MAX_BYTES: Final = 1024


class Passphrase(bytes):
    """The bytes of a passphrase; a traceback that prints local variables does not show them."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Say what it is, not what it says."""
        return "<passphrase>"

    __str__ = __repr__


def read(path: Path) -> Passphrase:
    """Read a passphrase file.

    Raises:
        KeyMaterialError: `passphrase.unreadable`, `passphrase.empty` or `passphrase.long`.
    """
    try:
        with path.open("rb") as file:
            secret = Passphrase(file.read(MAX_BYTES + 2))
    except OSError as error:
        message = f"cannot read the passphrase file {path}: {error.strerror}"
        raise KeyMaterialError("passphrase.unreadable", message) from None
    return _checked(secret.removesuffix(b"\n").removesuffix(b"\r"), f"the passphrase file {path}")


def obtain(
    file: Path | None,
    environment: Mapping[str, str],
    prompt: Callable[[str], str] | None,
    *,
    twice: bool = False,
) -> Passphrase:
    """Find the passphrase for one command.

    Args:
        file: What `--passphrase-file` named.
        environment: The process environment, read by the caller.
        prompt: Asks without echo (`getpass.getpass`); None where there is no terminal.
        twice: Ask a second time, for a passphrase that is being chosen.

    Raises:
        KeyMaterialError: `passphrase.absent`, `passphrase.mismatch`, `passphrase.unreadable`,
            `passphrase.empty` or `passphrase.long`.
    """
    if file is None and environment.get(VARIABLE):
        file = Path(environment[VARIABLE])
    if file is not None:
        return read(file)
    if prompt is None:
        message = f"no passphrase: name its file with --passphrase-file or in {VARIABLE}"
        raise KeyMaterialError("passphrase.absent", message)
    secret = _checked(prompt("Passphrase: ").encode(), "the passphrase")
    if twice and prompt("Passphrase again: ").encode() != secret:
        message = "the two passphrases differ: type the same one twice"
        raise KeyMaterialError("passphrase.mismatch", message)
    return secret


def _checked(secret: bytes, what: str) -> Passphrase:
    if not secret:
        message = f"{what} is empty: choose a passphrase"
        raise KeyMaterialError("passphrase.empty", message)
    if len(secret) > MAX_BYTES:
        message = f"{what} is longer than {MAX_BYTES} bytes: choose a shorter passphrase"
        raise KeyMaterialError("passphrase.long", message)
    return Passphrase(secret)
