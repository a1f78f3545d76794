# SPDX-License-Identifier: Apache-2.0
"""The secrets of one act: a passphrase for each key file, a PIN for each token.

They come in a form, open the keys at once, so that a wrong one is told before anything begins, and
are not kept: the act has the opened keys until it ends.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from credential.errors import MalformedError, SealError
from issuer.web.settings import Keys
from keys import key_file
from keys.errors import KeyMaterialError
from keys.key_reference import KeyReference, TokenObject
from keys.passphrase import MAX_BYTES, Passphrase
from keys.signer import Signer

if TYPE_CHECKING:
    from keys.pkcs11_token import Token


def is_token(reference: KeyReference) -> bool:
    """Tell whether a PIN is asked for, and no passphrase."""
    return isinstance(reference, TokenObject)


def open_keys(keys: Keys, roles: Sequence[str], given: Mapping[str, str]) -> dict[str, Signer]:
    """Open the keys of an act.

    Args:
        keys: Where they are.
        roles: `certificate` and `submit`, or `statement`.
        given: Role to its secret; an empty one stands for that of the first role.

    Raises:
        SealError: `key.…`, `passphrase.…`, `token.…`.
    """
    opened: dict[str, Signer] = {}
    tokens: dict[str, Token] = {}
    first: KeyReference = getattr(keys, roles[0])
    for role in roles:
        reference: KeyReference = getattr(keys, role)
        shared = given.get(roles[0], "") if _is_together(first, reference) else ""
        secret = _secret(given.get(role) or shared)
        try:
            if isinstance(reference, TokenObject):
                if reference.token not in tokens:
                    tokens[reference.token] = _token(reference.token, secret, keys.module)
                opened[role] = tokens[reference.token].key(reference.object, role)
            else:
                opened[role] = key_file.load(reference, secret, role)
        except KeyMaterialError as error:
            raise _without_path(error, role) from None
    return opened


def _is_together(first: KeyReference, other: KeyReference) -> bool:
    """Tell whether one secret may serve both: a wrong PIN costs one of a token's few tries."""
    if isinstance(first, TokenObject) and isinstance(other, TokenObject):
        return first.token == other.token
    return not isinstance(first, TokenObject) and not isinstance(other, TokenObject)


def _token(label: str, pin: Passphrase, module: str | None) -> "Token":
    try:
        from keys.pkcs11_token import Token  # noqa: PLC0415  # an extra
    except ImportError:
        message = "keys in tokens need the extra: pip install 'skillseal[pkcs11]'"
        raise KeyMaterialError("token.module", message) from None
    if not module:
        raise KeyMaterialError("token.module", "name the token's module with --pkcs11-module")
    return Token.open(module, label, pin)


def _secret(text: str) -> Passphrase:
    encoded = text.encode()
    if not encoded:
        raise MalformedError("passphrase.empty", "type the passphrase")
    if len(encoded) > MAX_BYTES:
        raise MalformedError("passphrase.long", f"a passphrase has at most {MAX_BYTES} bytes")
    return Passphrase(encoded)


def _without_path(error: SealError, role: str) -> SealError:
    """Say it without a path of this machine: it goes to a browser."""
    if error.code == "key.passphrase":
        return KeyMaterialError(error.code, f"the passphrase does not open the {role} key")
    return error
