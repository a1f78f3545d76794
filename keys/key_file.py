# SPDX-License-Identifier: Apache-2.0
"""Private keys at rest: one key a file, encrypted, with its role.

    SkillSeal-Key: role=certificate alg=ES256 kid=Xk2pQv0aB9c salt=<22 characters>
    -----BEGIN ENCRYPTED PRIVATE KEY-----
    …

- The first line says what the key is for. It is bound to the key: the password of the PKCS#8 part
  is base64url(scrypt(passphrase, salt = the first line without its newline, N = 2^15, r = 8, p = 1,
  32 bytes)). Whoever changes the line, or puts it before another key, gets a file that no
  passphrase opens. The 16 random bytes in the line keep two files with one passphrase apart. PKCS#8
  alone would stretch a passphrase by 2,048 rounds only.
- The file is created exclusively with mode 0600 and never overwritten: a lost key cannot be had
  back.
- A file that group or others may read is not loaded.

Key and kid are compared on loading. This is one of the few modules that touch the disk.
"""

import hashlib
import os
import re
import secrets
import stat
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from keys import base64url
from keys.algorithms import PrivateKey
from keys.errors import KeyMaterialError
from keys.passphrase import Passphrase
from keys.roles import ROLES
from keys.signing_key import SigningKey

MAX_BYTES: Final = 4096
SALT_BYTES: Final = 16

_HEADER: Final = re.compile(
    rb"SkillSeal-Key: role=(?P<role>[a-z]+) alg=(?P<alg>[A-Za-z0-9]+)"
    rb" kid=(?P<kid>[A-Za-z0-9_-]{1,11}) salt=[A-Za-z0-9_-]{22}"
)
_PEM: Final = re.compile(
    rb"-----BEGIN ENCRYPTED PRIVATE KEY-----\n(?:[A-Za-z0-9+/=]{1,64}\n)+"
    rb"-----END ENCRYPTED PRIVATE KEY-----\n"
)
_MEMORY: Final = 64 * 1024 * 1024  # bytes; scrypt itself takes 128 · N · r = 32 MiB


def create(path: Path, key: SigningKey, passphrase: bytes) -> None:
    """Write a key to a new file.

    Returns only when file and directory entry are on the disk. A crash before that leaves no file,
    or one that `load` refuses as unreadable; nothing has been signed with the key yet, so it is
    deleted and made again.

    Raises:
        KeyMaterialError: `key.exists`, `key.unwritable` or `passphrase.empty`.
    """
    passphrase = Passphrase(passphrase)
    salt = base64url.encode(secrets.token_bytes(SALT_BYTES))
    header = f"SkillSeal-Key: role={key.role} alg={key.alg} kid={key.kid} salt={salt}".encode()
    pem = key.private.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(_password(header, passphrase))
    )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        message = f"{path} exists already: a key is never overwritten, choose another name"
        raise KeyMaterialError("key.exists", message) from None
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(header + b"\n" + pem)
            file.flush()
            os.fsync(file.fileno())
        _sync_directory(path.parent)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritable(path, error) from None


def load(path: Path, passphrase: bytes, role: str) -> SigningKey:
    """Read a key that was made for a role.

    Args:
        path: The file.
        passphrase: As it was given to `create`.
        role: What the caller is going to sign; the file must have been made for it.

    Raises:
        KeyMaterialError: `key.unreadable`, `key.mode`, `key.role`, `key.passphrase` or `key.type`.
    """
    passphrase = Passphrase(passphrase)
    header, _, pem = _read(path).partition(b"\n")
    named = _HEADER.fullmatch(header)
    if named is None:
        message = f"{path} is not a SkillSeal key file: make one with `skillseal keys new`"
        raise KeyMaterialError("key.unreadable", message)
    file_role = named["role"].decode("ascii")
    if file_role != role:
        is_a = f"of role {file_role}" if file_role in ROLES else "of no role known here"
        message = f"{path} is a key {is_a}; this needs one of role {role}"
        raise KeyMaterialError("key.role", message)
    private = _open(path, pem, _password(header, passphrase))
    kid = named["kid"].decode("ascii")
    key = SigningKey.from_private(private, role, epoch=_epoch(role, kid))
    if (key.kid, key.alg) != (kid, named["alg"].decode("ascii")):
        message = f"{path} holds another key than its first line names: restore it from a copy"
        raise KeyMaterialError("key.unreadable", message)
    return key


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                message = f"others than its owner may read {path}: run `chmod 600` on it"
                raise KeyMaterialError("key.mode", message)
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"cannot read the key file {path}: {error.strerror}"
        raise KeyMaterialError("key.unreadable", message) from None
    if len(content) > MAX_BYTES:
        message = f"{path} is not a SkillSeal key file: it is longer than {MAX_BYTES} bytes"
        raise KeyMaterialError("key.unreadable", message)
    return content


def _open(path: Path, pem: bytes, password: bytes) -> PrivateKey:
    if _PEM.fullmatch(pem) is None:
        message = f"{path} holds no whole encrypted key: restore it from a copy"
        raise KeyMaterialError("key.unreadable", message)
    try:
        private = load_pem_private_key(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        message = f"cannot open {path}: the passphrase is wrong, or the file was changed"
        raise KeyMaterialError("key.passphrase", message) from None
    if isinstance(private, ec.EllipticCurvePrivateKey | Ed25519PrivateKey):
        return private
    message = (
        f"{path} holds a key that is neither P-256 nor Ed25519: make one with `skillseal keys new`"
    )
    raise KeyMaterialError("key.type", message)


def _password(header: bytes, passphrase: bytes) -> Passphrase:
    if not passphrase:
        message = "the passphrase is empty: choose a passphrase"
        raise KeyMaterialError("passphrase.empty", message)
    stretched = hashlib.scrypt(passphrase, salt=header, n=2**15, r=8, p=1, maxmem=_MEMORY, dklen=32)
    return Passphrase(base64url.encode(stretched).encode("ascii"))


def _epoch(role: str, kid: str) -> int | None:
    return int(kid) if role == "receipt" and re.fullmatch("[1-9][0-9]{0,2}", kid) else None


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(path: Path, error: OSError) -> KeyMaterialError:
    return KeyMaterialError("key.unwritable", f"cannot write the key file {path}: {error.strerror}")
