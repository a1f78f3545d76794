# SPDX-License-Identifier: Apache-2.0
"""Passwords: argon2id (RFC 9106), checked in the same time whether there is an account or not.

Nothing here logs, and no error repeats what was typed. A hash takes 64 MiB, so that only a few are
computed at once; the rest wait.
"""

import threading
import unicodedata
from collections.abc import Callable
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from credential import base64url
from credential.errors import MalformedError

MIN_CHARACTERS: Final = 12
MAX_CHARACTERS: Final = 128
SALT_BYTES: Final = 16
AT_ONCE: Final = 4  # hashes of 64 MiB
MIN_DIFFERENT: Final = 5  # characters

Random = Callable[[int], bytes]


class Passwords:
    """Hashes and checks; one for each process."""

    def __init__(self, random: Random, hasher: PasswordHasher | None = None) -> None:
        """Prepare the hash that stands in for an account that does not exist.

        Args:
            random: Gives that many random bytes.
            hasher: Other costs than those of RFC 9106 §4, second recommendation.
        """
        self._random = random
        self._hasher = hasher or PasswordHasher()
        self._gate = threading.BoundedSemaphore(AT_ONCE)
        self._nobody = self.hash(base64url.encode(random(32)))

    def hash(self, password: str) -> str:
        """Hash a password that `demand` let through."""
        with self._gate:
            return self._hasher.hash(_normal(password), salt=self._random(SALT_BYTES))

    def holds(self, stored: str | None, password: str) -> bool:
        """Tell whether it is this password; None takes as long, and is false."""
        try:
            with self._gate:
                self._hasher.verify(stored or self._nobody, _normal(password[:MAX_CHARACTERS]))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None and len(password) <= MAX_CHARACTERS

    def is_outdated(self, stored: str) -> bool:
        """Tell whether the costs have risen since it was hashed."""
        return self._hasher.check_needs_rehash(stored)


def demand(password: str, name: str) -> None:
    """Return if a new password may be used.

    Raises:
        MalformedError: `account.password`.
    """
    normal = _normal(password)
    if (
        not MIN_CHARACTERS <= len(normal) <= MAX_CHARACTERS
        or len(set(normal)) < MIN_DIFFERENT
        or normal.casefold().replace(name, "") == ""
    ):
        message = f"a password has {MIN_CHARACTERS} to {MAX_CHARACTERS} characters, not all alike"
        raise MalformedError("account.password", message)


def _normal(password: str) -> str:
    """Make one of the ways in which keyboards compose a character (RFC 8265 §4.2)."""
    return unicodedata.normalize("NFC", password)
