# SPDX-License-Identifier: Apache-2.0
"""Private keys that a token keeps: they sign inside it over PKCS#11 and never leave it.

- ES256 alone: SHA-256 is computed here, CKM_ECDSA over the 32 bytes gives r ‖ s as JOSE has it.
- One role to a key. CKA_ID says which, in a text that the token refuses to change afterwards
  (CKA_MODIFIABLE is false):

      skillseal:certificate:ES256:-:9f86d081884c7d65      role, alg, epoch or -, 8 random bytes

- A key that the token would hand out (CKA_EXTRACTABLE, or not CKA_SENSITIVE) is not used.
- On opening, the private half signs once and the public half verifies: two objects under one
  CKA_ID need not belong together.

The nonce of a signature is the token's own, so that signing the same data twice gives two
signatures. Nothing here relies on more: what was signed is stored before it is sent, and a content
digest covers no signature.
"""

import hashlib
import re
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, NoReturn, Self

import pkcs11
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass
from pkcs11.types import Object, SignMixin

from keys import jwk, roles
from keys.algorithms import ES256, SIGNATURE_BYTES
from keys.errors import KeyMaterialError
from keys.signing_key import MAX_EPOCH
from keys.verifying_key import VerifyingKey

_P256: Final = bytes.fromhex("06082a8648ce3d030107")  # the OID prime256v1 in DER
_POINT: Final = bytes.fromhex("0441")  # an OCTET STRING of 65 bytes, RFC 5480 §2.2
_ID: Final = re.compile(
    rb"skillseal:(?P<role>[a-z]{1,16}):(?P<alg>[A-Za-z0-9]{1,8}):(?P<epoch>-|[1-9][0-9]{0,2})"
    rb":[0-9a-f]{16}"
)
_TRIAL: Final = b"skillseal: do the two halves belong together?"


@dataclass(frozen=True, slots=True, eq=False)
class TokenKey:
    """One private key in a token; satisfies `keys.signer.Signer`, but for equal signatures."""

    role: str
    """One of `keys.roles.ROLES`."""
    kid: str
    """11 characters of the thumbprint, or the epoch of a receipt key."""
    alg: str = field(repr=False)
    """`ES256`."""
    public: VerifyingKey = field(repr=False)
    """The public half."""
    make: Callable[[bytes], bytes] = field(repr=False)
    """Asks the token."""

    def sign(self, data: bytes) -> bytes:
        """Sign data.

        Returns:
            64 bytes, r ‖ s; other bytes every time.

        Raises:
            KeyMaterialError: `token.failed`.
        """
        return self.make(data)


class Token:
    """A token with somebody logged in; its keys work until it is closed, and keep it open."""

    def __init__(self, label: str, session: pkcs11.Session) -> None:
        self.label = label
        self._session = session
        # PKCS#11 lets one thread at a time use a session.
        self._lock = threading.Lock()
        # Logged out as soon as nobody holds the token or one of its keys any more.
        self._end = weakref.finalize(self, _close, session)

    @classmethod
    def open(cls, module: str, label: str, pin: bytes, *, write: bool = False) -> Self:
        """Log in to a token.

        Args:
            module: Path of the PKCS#11 module of the token's maker.
            label: The token's.
            pin: The user's; a wrong one costs one of the few tries that a token allows.
            write: A key is to be made.

        Raises:
            KeyMaterialError: `token.module`, `token.absent`, `token.pin`, `token.locked` or
                `token.failed`.
        """
        try:
            library = pkcs11.lib(module)
        except (pkcs11.PKCS11Error, OSError):
            message = f"cannot load the PKCS#11 module {module}: name the .so of the token's maker"
            raise KeyMaterialError("token.module", message) from None
        with _translated(label):
            slots = library.get_slots(token_present=True)
            found = [each for each in map(_token_in, slots) if each and each.label == label]
            if len(found) != 1:
                count = "no token" if not found else f"{len(found)} tokens"
                message = f"{count} with the label {label}: plug the right one in"
                raise KeyMaterialError("token.absent", message)
            try:
                return cls(label, found[0].open(rw=write, user_pin=_text(pin)))
            except pkcs11.UserAlreadyLoggedIn:
                # By this very process: PKCS#11 logs in processes, not sessions.
                return cls(label, found[0].open(rw=write))

    def close(self) -> None:
        """End the session; with its last session a process is logged out."""
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def key(self, name: str, role: str) -> TokenKey:
        """Find a key that was made for a role.

        Args:
            name: Its label.
            role: What the caller is going to sign; the key must have been made for it.

        Raises:
            KeyMaterialError: `token.key`, `key.role`, `key.algorithm`, `key.exportable`,
                `key.point` or `token.failed`.
        """
        with _translated(self.label):
            private = self._one(ObjectClass.PRIVATE_KEY, {Attribute.LABEL: name}, name)
            identifier = private[Attribute.ID]
            epoch = _demand_role(name, identifier, role)
            if private[Attribute.EXTRACTABLE] or not private[Attribute.SENSITIVE]:
                message = f"token {self.label} would hand the key {name} out: make one in the token"
                raise KeyMaterialError("key.exportable", message)
            half = self._one(ObjectClass.PUBLIC_KEY, {Attribute.ID: identifier}, name)
            public = _public(half)
        if not isinstance(private, SignMixin):
            raise KeyMaterialError("token.key", f"{name} may not sign: make another key")
        key = TokenKey(role, epoch or public.kid, ES256, public, self._signer(private))
        try:
            public.verify(key.sign(_TRIAL), _TRIAL)
        except InvalidSignature:
            message = f"the public key beside {name} is another key's: make a new key"
            raise KeyMaterialError("token.key", message) from None
        return key

    def generate(self, name: str, role: str, *, epoch: int | None = None) -> TokenKey:
        """Make a key that never leaves the token.

        Args:
            name: A label that no key of the token has yet.
            role: One of `keys.roles.ROLES`.
            epoch: 1 to 255, for the role `receipt` alone: what the key goes by.

        Raises:
            KeyMaterialError: `key.role`, `key.epoch`, `key.exists` or `token.failed`.
        """
        roles.check(role, ES256)
        if epoch is not None and (role != "receipt" or not 1 <= epoch <= MAX_EPOCH):
            message = f"an epoch is a number from 1 to {MAX_EPOCH}, and only a receipt key has one"
            raise KeyMaterialError("key.epoch", message)
        fixed = {Attribute.MODIFIABLE: False}
        with _translated(self.label):
            if any(True for _ in self._session.get_objects({Attribute.LABEL: name})):
                message = f"token {self.label} has a key {name}: a key is never overwritten"
                raise KeyMaterialError("key.exists", message)
            drawn = bytes(self._session.generate_random(64)).hex()  # that many bits
            identifier = f"skillseal:{role}:{ES256}:{epoch or '-'}:{drawn}".encode()
            curve = self._session.create_domain_parameters(
                KeyType.EC, {Attribute.EC_PARAMS: _P256}, local=True
            )
            curve.generate_keypair(
                store=True,
                id=identifier,
                label=name,
                capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
                private_template={
                    **fixed,
                    Attribute.SENSITIVE: True,
                    Attribute.EXTRACTABLE: False,
                },
                public_template=fixed,
            )
        return self.key(name, role)

    def _one(self, kind: ObjectClass, wanted: dict[Attribute, object], name: str) -> Object:
        found = list(self._session.get_objects({Attribute.CLASS: kind, **wanted}))
        if len(found) != 1:
            count = "no" if not found else "more than one"
            half = "private" if kind is ObjectClass.PRIVATE_KEY else "public"
            message = f"token {self.label} has {count} {half} key for {name}"
            raise KeyMaterialError("token.key", message)
        return found[0]

    def _signer(self, private: SignMixin) -> Callable[[bytes], bytes]:
        def make(data: bytes) -> bytes:
            digest = hashlib.sha256(data).digest()
            with self._lock, _translated(self.label):
                signature = bytes(private.sign(digest, mechanism=Mechanism.ECDSA))
            if len(signature) != SIGNATURE_BYTES:
                _fail(self.label, "a signature of the wrong length")
            return signature

        return make


def _demand_role(name: str, identifier: bytes, role: str) -> str | None:
    """Return the epoch, if the key was made for the role."""
    named = _ID.fullmatch(identifier)
    if named is None or named["role"].decode() != role:
        other = f"of role {named['role'].decode()}" if named else "without a role of ours"
        message = f"{name} is a key {other}; this needs one of role {role}"
        raise KeyMaterialError("key.role", message)
    if named["alg"].decode() != ES256:
        raise KeyMaterialError("key.algorithm", f"{name}: a key in a token is {ES256}")
    epoch = named["epoch"].decode()
    is_one = role == "receipt" and epoch != "-" and int(epoch) <= MAX_EPOCH
    return epoch if is_one else None


def _public(half: Object) -> VerifyingKey:
    point = bytes(half[Attribute.EC_POINT])
    if bytes(half[Attribute.EC_PARAMS]) != _P256 or not point.startswith(_POINT):
        raise KeyMaterialError("key.algorithm", f"a key in a token is {ES256}, over P-256")
    try:
        public = ec.EllipticCurvePublicKey.from_encoded_point(
            ec.SECP256R1(), point.removeprefix(_POINT)
        )
    except ValueError:
        message = "the public key in the token is not a point of P-256"
        raise KeyMaterialError("key.point", message) from None
    return jwk.from_public(public)


def _close(session: pkcs11.Session) -> None:
    with suppress(pkcs11.PKCS11Error):  # taken away: nothing is left to be closed
        session.close()


def _token_in(slot: pkcs11.Slot) -> pkcs11.Token | None:
    """Look into a slot; a broken one must not hide its neighbours."""
    try:
        return slot.get_token()
    except pkcs11.PKCS11Error:
        return None


def _text(pin: bytes) -> str:
    """Give the PIN as the library wants it; the caller keeps it in no variable."""
    return pin.decode("utf-8", "replace")


@contextmanager
def _translated(label: str) -> Iterator[None]:
    """Say what a token's error means to whoever waits for a signature."""
    try:
        yield
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange):
        message = f"token {label} refuses the PIN: after a few wrong ones it locks itself"
        raise KeyMaterialError("token.pin", message) from None
    except pkcs11.PinLocked:
        message = f"token {label} is locked after too many wrong PINs: its officer can unlock it"
        raise KeyMaterialError("token.locked", message) from None
    except pkcs11.PKCS11Error as error:
        _fail(label, type(error).__name__)


def _fail(label: str, what: str) -> NoReturn:
    message = (
        f"token {label} does not answer ({what}): plug it in and run the same command again;"
        " nothing is lost"
    )
    raise KeyMaterialError("token.failed", message)
