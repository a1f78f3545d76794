# SPDX-License-Identifier: Apache-2.0
"""The key under which document numbers are kept: 32 random bytes in a file of their own.

    K_seal  = HKDF-SHA256(key, info = "skillseal-holder-seal-1")
    K_blind = HKDF-SHA256(key, info = "skillseal-holder-blind-1")

    sealed  = nonce (96 random bits) ‖ AES-256-GCM(K_seal, "<type>:<number>", associated data)
    blind   = HMAC-SHA256(K_blind, "<type>:<number>")

The associated data is table ‖ 0 ‖ log index ‖ 0 ‖ key identifier, so that no ciphertext can be put
beside another certificate. The blind index finds what one person has; without the key it says
nothing, not even to somebody who tries out every number. Numbers are in the normal form of
docs/format.md §8.

The file stands outside the database and its copies, readable by its owner alone. Whoever loses it
has lost the numbers, and nothing else.
"""

import hashlib
import hmac
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credential import base64url
from credential.errors import UnavailableError, UntrustedError
from credential.identity_number import IdentityNumber

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
_TABLE: Final = b"holder_numbers"


@dataclass(frozen=True, slots=True)
class HolderKey:
    """One key, ready to be used."""

    id: str
    """8 bytes of its digest, base64url."""
    _seal: AESGCM = field(repr=False)
    _blind: bytes = field(repr=False)

    @classmethod
    def of(cls, key: bytes) -> Self:
        """Derive what is needed from 32 random bytes."""
        digest = hashlib.sha256(b"skillseal-holder-key-1" + key).digest()
        seal, blind = (
            HKDF(SHA256(), KEY_BYTES, salt=None, info=b"skillseal-holder-" + use).derive(key)
            for use in (b"seal-1", b"blind-1")
        )
        return cls(base64url.encode(digest[:8]), AESGCM(seal), blind)

    def seal(self, log_index: int, person: IdentityNumber, random: Callable[[int], bytes]) -> bytes:
        """Encrypt a number for the certificate at this place."""
        nonce = random(NONCE_BYTES)
        return nonce + self._seal.encrypt(nonce, _text(person), self._beside(log_index))

    def open(self, log_index: int, sealed: bytes) -> IdentityNumber:
        """Decrypt the number of the certificate at this place.

        Raises:
            UntrustedError: `holder.sealed`, the row was changed or is another certificate's.
        """
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            text = self._seal.decrypt(nonce, rest, self._beside(log_index)).decode("ascii")
        except (InvalidTag, ValueError):
            message = f"log index {log_index}: the encrypted number was changed"
            raise UntrustedError("holder.sealed", message) from None
        document_type, _, number = text.partition(":")
        return IdentityNumber(int(document_type), number)

    def blind(self, person: IdentityNumber) -> bytes:
        """Compute by what a number is found, 32 bytes."""
        return hmac.digest(self._blind, _text(person), "sha256")

    def _beside(self, log_index: int) -> bytes:
        return b"\0".join((_TABLE, str(log_index).encode(), self.id.encode()))


def _text(person: IdentityNumber) -> bytes:
    return f"{person.document_type}:{person.number}".encode("ascii")


def create(path: Path, random: Callable[[int], bytes]) -> HolderKey:
    """Make a key in a new file, for its owner alone.

    Raises:
        UnavailableError: `holder.key`, there is a file already, or it cannot be written.
    """
    key = random(KEY_BYTES)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}; a key is never overwritten"
        raise UnavailableError("holder.key", message) from None
    return HolderKey.of(key)


def load(path: Path) -> HolderKey:
    """Read a key.

    Raises:
        UnavailableError: `holder.key`, it cannot be read, is no key, or others may read it.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            key = file.read(KEY_BYTES + 1)
    except OSError as error:
        raise UnavailableError("holder.key", f"cannot read {path}: {error.strerror}") from None
    if mode & 0o077:
        message = f"others than its owner may read {path}: run `chmod 600` on it"
        raise UnavailableError("holder.key", message)
    if len(key) != KEY_BYTES:
        message = f"{path} is not a file of {KEY_BYTES} bytes: `skillseal registry holders new-key`"
        raise UnavailableError("holder.key", message)
    return HolderKey.of(key)
