# SPDX-License-Identifier: Apache-2.0
"""The keys of one command, each named by a file or a token's object; each secret is asked for once.

A passphrase opens every file that the command names, a PIN every token. They are never taken for
each other: a token counts wrong PINs and locks itself.
"""

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keys import key_file, passphrase
from keys.errors import KeyMaterialError
from keys.key_reference import KeyReference, TokenObject
from keys.passphrase import Passphrase
from keys.signing_key import SigningKey

if TYPE_CHECKING:
    from keys.pkcs11_token import Token, TokenKey

PIN_VARIABLE: Final = "SKILLSEAL_PIN_FILE"
MODULE_VARIABLE: Final = "SKILLSEAL_PKCS11_MODULE"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe where passphrase, PIN and the token's module come from."""
    add = parser.add_argument
    add(
        "--passphrase-file",
        type=Path,
        metavar="FILE",
        help=f"default: what {passphrase.VARIABLE} names, else a prompt",
    )
    add(
        "--pin-file",
        type=Path,
        metavar="FILE",
        help=f"for keys in a token; default: what {PIN_VARIABLE} names, else a prompt",
    )
    add(
        "--pkcs11-module",
        metavar="FILE",
        help=f"of the token's maker; default: what {MODULE_VARIABLE} names",
    )


class Keyring:
    """Opens the keys that a command names."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._passphrase: Passphrase | None = None
        self._tokens: dict[str, Token] = {}

    def load(self, reference: KeyReference, role: str) -> "SigningKey | TokenKey":
        """Open a key that was made for a role.

        Raises:
            KeyMaterialError: `key.…`, `passphrase.…`, `token.…`.
        """
        if isinstance(reference, TokenObject):
            return self.token(reference).key(reference.object, role)
        if self._passphrase is None:
            self._passphrase = self.choose(twice=False)
        return key_file.load(reference, self._passphrase, role)

    def choose(self, *, twice: bool) -> Passphrase:
        """Ask for the passphrase, twice where it is being chosen.

        Raises:
            KeyMaterialError: `passphrase.…`.
        """
        return passphrase.obtain(self._options.passphrase_file, os.environ, _prompt(), twice=twice)

    def token(self, reference: TokenObject, *, write: bool = False) -> "Token":
        """Log in to the token that a reference names, once.

        Raises:
            KeyMaterialError: `token.…`.
        """
        if reference.token not in self._tokens:
            try:
                from keys.pkcs11_token import Token
            except ImportError:
                message = "keys in tokens need the extra: pip install 'skillseal[pkcs11]'"
                raise KeyMaterialError("token.module", message) from None
            module = self._options.pkcs11_module or os.environ.get(MODULE_VARIABLE)
            if not module:
                message = f"name the token's module with --pkcs11-module or in {MODULE_VARIABLE}"
                raise KeyMaterialError("token.module", message)
            opened = Token.open(module, reference.token, self._pin(reference.token), write=write)
            self._tokens[reference.token] = opened
        return self._tokens[reference.token]

    def _pin(self, label: str) -> Passphrase:
        named = self._options.pin_file or os.environ.get(PIN_VARIABLE)
        if named:
            return passphrase.read(Path(named))
        prompt = _prompt()
        if prompt is None:
            message = f"no PIN: name its file with --pin-file or in {PIN_VARIABLE}"
            raise KeyMaterialError("passphrase.absent", message)
        return Passphrase(prompt(f"PIN of token {label}: ").encode())


def _prompt() -> Callable[[str], str] | None:
    return getpass.getpass if sys.stdin.isatty() else None
