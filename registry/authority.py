# SPDX-License-Identifier: Apache-2.0
"""Whether a statement is somebody's who may make it: issuer, signatures, number of keys.

- The first rule is the type's (`credential.statement_bodies.PROFILES`): the issuer is the lead
  authority, an authority whose region covers the body's, or the body itself.
- Every signature is by a key of role `statement` that holds at the receipt's time: one at least of
  the issuer's; the other, where two are needed, of the issuer's too or of an authority over the
  body.
- A body's key needs an authority's signature, so that no insider registers a second one alone.

Used by the server before it accepts, and by the list signer and `fsck`, which trust no table.
"""

from credential.errors import UntrustedError
from credential.statement import Signed
from credential.statement_bodies import AUTHORITY, LEAD, Key, Read
from registry.directory import Directory, Target

RULERS = frozenset({LEAD, AUTHORITY})


def authorise(
    directory: Directory, signed: Signed, read: Read, t: int, targets: tuple[Target | None, ...]
) -> None:
    """Return if the statement may be accepted from its issuer.

    Args:
        directory: What is in force before it.
        signed: The statement with its signatures.
        read: Its subject and body.
        t: The time of its receipt.
        targets: The bodies that it acts on; one None where it acts on the registry as a whole.

    Raises:
        UntrustedError: `statement.actor`, `statement.signatures`, `key.unknown`,
            `key.not_valid_then`, `key.distrusted` or `signature.invalid`.
    """
    issuer = signed.statement.iss
    if directory.is_lead(issuer):
        issuer = directory.lead
    for target in targets:
        if not directory.roles_towards(issuer, target) & read.profile.by:
            message = f"{issuer} may not make a statement of type {signed.statement.type} here"
            raise UntrustedError("statement.actor", message)
    needed = read.profile.keys(read.said)
    if len(signed.signatures) < needed:
        message = f"this statement needs the signatures of {needed} different keys"
        raise UntrustedError("statement.signatures", message)
    signers = [_signer(directory, signed, number, t) for number in range(len(signed.signatures))]
    if issuer not in signers:
        raise UntrustedError("statement.actor", "none of the signatures is by a key of the issuer")
    for signer in signers:
        if signer != issuer and not all(_rules(directory, signer, target) for target in targets):
            raise UntrustedError("statement.actor", f"{signer} has no say in this statement")
    if (
        isinstance(read.said, Key)
        and targets != (None,)
        and not any(_rules(directory, signer, targets[0]) for signer in signers)
    ):
        message = "a body's key is registered with the signature of an authority over it"
        raise UntrustedError("statement.signatures", message)


def _rules(directory: Directory, party: str, target: Target | None) -> bool:
    return bool(directory.roles_towards(party, target) & RULERS)


def _signer(directory: Directory, signed: Signed, number: int, t: int) -> str:
    """Verify one signature and name its owner."""
    signature = signed.signatures[number]
    owner = directory.owners.get(signature.kid)
    if owner is None or owner.record.role != "statement":
        raise UntrustedError("key.unknown", f"no statement key {signature.kid} is registered")
    record = owner.record
    if record.distrusted or (record.distrusted_after is not None and t >= record.distrusted_after):
        raise UntrustedError("key.distrusted", f"the key {signature.kid} is distrusted")
    if not record.holds(t):
        raise UntrustedError("key.not_valid_then", f"the key {signature.kid} is not valid now")
    signature.verify(record.key)
    return owner.id


def recognise(directory: Directory, signed: Signed) -> None:
    """Return if every signature is of a registered statement key, as it must be in a repetition.

    Raises:
        UntrustedError: `key.unknown` or `signature.invalid`.
    """
    for signature in signed.signatures:
        owner = directory.owners.get(signature.kid)
        if owner is None:
            raise UntrustedError("key.unknown", f"no statement key {signature.kid} is registered")
        signature.verify(owner.record.key)
