# SPDX-License-Identifier: Apache-2.0
"""A second person for a change of many certificates at once.

A bulk revocation is one statement with two signatures (docs/format.md §7.2): the second person
signs the statement itself. For a suspension or reinstatement of many the registry asks for one
signature, the desk for two people: the second signs the exact list,

    {"iss":"https://HOST/bodies/CODE","change":"C20261120-1f2e3d4c","type":"suspend",
     "reason":"inquiry 核查期间","iat":1790000000,"certificates":[{"kind":"…","number":"…"},…]}

as `consent+jwt`. The key is one of the body's statement keys in force, and not the one that signed
first. A consent is checked again before anything is sent on it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from credential import canonical, envelope
from credential.certificate import KINDS, NUMBER
from credential.errors import ConflictError, UntrustedError
from credential.filing_file import FilingFile
from credential.members import Members
from credential.said_readers import MAX_BULK, MAX_REASON
from credential.statement import Statement
from issuer import desk_token
from issuer.act import Act, Change
from issuer.ledger import Ledger

BULK: Final = "revoke_bulk"


def sought(filing: FilingFile, change: Change, acts: Sequence[Act]) -> tuple[str, bytes]:
    """Give typ and payload of what the second person signs."""
    if acts[0].type == BULK:
        return envelope.STATEMENT, acts[0].payload
    return desk_token.CONSENT, _payload(filing, change, acts)


def find(ledger: Ledger, name: str) -> tuple[Change, list[Act]]:
    """Find a change that waits for a second person.

    Raises:
        ConflictError: `consent.nothing`.
    """
    change, acts = ledger.change_named(name), ledger.acts_of_change(name)
    if change is None or not is_awaited(change, acts):
        message = f"no change {name} waits for a second person"
        raise ConflictError("consent.nothing", message)
    return change, acts


def is_awaited(change: Change, acts: Sequence[Act]) -> bool:
    """Tell whether a second person is still to sign; nothing of such a change was ever sent."""
    if not change.needs_second or not all(each.is_open for each in acts):
        return False
    return len(acts[0].signatures) < 2 if acts[0].type == BULK else change.consent is None


def accept(
    ledger: Ledger, filing: FilingFile, change: Change, acts: Sequence[Act], token: str, at: int
) -> None:
    """Store what the second person signed, after checking it.

    Raises:
        UntrustedError: `consent.mismatch`, `signature.invalid`.
        ConflictError: `key.not_registered`, `consent.same_person`.
        MalformedError: `malformed.token` or `malformed.profile`.
    """
    _check(filing, change, acts, token, at)
    # A crash before the next line: the second person is asked again.
    if acts[0].type == BULK:
        first = acts[0].signatures[0]
        ledger.sign_again(replace(acts[0], signatures=(first, token)))
    else:
        ledger.keep_consent(change.change, token)


def demand(filing: FilingFile, change: Change, acts: Sequence[Act], at: int) -> None:
    """Return if a change may be sent.

    Raises:
        ConflictError: `consent.missing`.
        SealError: As `accept`, for a ledger that was changed or a key that lost its standing.
    """
    if not change.needs_second:
        return
    if is_awaited(change, acts):
        message = f"a second person must run `skillseal issuer consent {change.change}` first"
        raise ConflictError("consent.missing", message)
    if acts[0].type != BULK:
        _check(filing, change, acts, change.consent or "", at, is_kept=True)


def read(payload: bytes) -> None:
    """Return if a payload is of the form of a consent, for whoever is asked to sign it.

    Raises:
        MalformedError: `malformed.token` or `malformed.profile`.
    """
    names = "iss change type reason iat certificates"
    members = Members.of(canonical.parse(payload), "consent", names)
    for name in ("iss", "change"):
        members.text(name, 200)
    members.choice("type", ("suspend", "reinstate"))
    members.text("reason", MAX_REASON)
    members.time("iat")
    for n, one in enumerate(members.items("certificates", 1, MAX_BULK)):
        entry = Members.of(one, f"consent.certificates[{n}]", "kind number")
        entry.choice("kind", KINDS)
        entry.match("number", NUMBER)


def _check(
    filing: FilingFile,
    change: Change,
    acts: Sequence[Act],
    token: str,
    at: int,
    *,
    is_kept: bool = False,
) -> None:
    typ, payload = sought(filing, change, acts)
    if typ == envelope.STATEMENT:
        unverified = envelope.read(token, typ)
        record = filing.body.key(unverified.kid, desk_token.ROLE)
        if record is None:
            message = "the second signature is by no statement key of this body"
            raise ConflictError("key.not_registered", message)
        unverified.verify(record.key)
        signed = unverified.payload
    else:
        record, signed = desk_token.read(token, typ, filing.body.keys)
    if not record.holds(at):
        message = "the second person's key is not in force"
        raise ConflictError("key.not_registered", message)
    first = {envelope.read(each.signatures[0], envelope.STATEMENT).kid for each in acts}
    if record.kid in first:
        message = "whoever ordered the change cannot consent to it: ask a second person"
        raise ConflictError("consent.same_person", message)
    if is_kept:  # a statement that was made again since is younger than what was agreed to
        payload = _payload(filing, change, acts, _said_at(signed))
    if signed != payload:
        raise UntrustedError("consent.mismatch", "what was signed is not this change")


def _said_at(signed: bytes) -> int | None:
    """Read when a consent says that the change was ordered."""
    members = canonical.parse(signed)
    iat = members.get("iat") if isinstance(members, dict) else None
    return iat if type(iat) is int else None


def _payload(
    filing: FilingFile, change: Change, acts: Sequence[Act], said_at: int | None = None
) -> bytes:
    if said_at is None:
        said_at = Statement.from_bytes(acts[0].payload).iat
    return canonical.encode(
        {
            "iss": filing.body.id,
            "change": change.change,
            "type": change.type,
            "reason": change.reason,
            "iat": said_at,
            "certificates": [
                {"kind": kind, "number": number}
                for each in acts
                for kind, number in each.certificates
            ],
        }
    )
