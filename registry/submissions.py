# SPDX-License-Identifier: Apache-2.0
"""Who asks: the authorisation of one request (docs/format.md §7).

A submission token is signed by a body's key of role `submit`, for this registry, for exactly the
bytes of this request, for five minutes, once. Its `jti` is used up in the transaction that admits,
so a request that was not stored may be repeated as it is.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from credential import submission
from credential.body import Body
from credential.envelope import Unverified
from credential.errors import UntrustedError
from credential.submission import Submission
from registry import store_statements
from registry.directory import Directory

SCHEME: Final = "Submission "


@dataclass(frozen=True, slots=True)
class Asked:
    """An authorisation that is for this request, but whose key has not been looked up."""

    unverified: Unverified
    said: Submission


def read(header: str | None, *, aud: str, body: bytes, at: int) -> Asked:
    """Read the header `Authorization` of a request.

    Raises:
        UntrustedError: `submission.missing`, `submission.audience`, `submission.body` or
            `submission.expired`.
        MalformedError: `malformed.token` or `malformed.profile`.
    """
    if header is None or not header.startswith(SCHEME):
        message = "send Authorization: Submission <token> signed with a key of role submit"
        raise UntrustedError("submission.missing", message)
    unverified, said = submission.read(header.removeprefix(SCHEME))
    submission.check(said, aud=aud, body=body, at=at)
    return Asked(unverified, said)


def authenticate(directory: Directory, asked: Asked, t: int) -> Body:
    """Find the body that asks.

    Raises:
        UntrustedError: `submission.key`, or `signature.…` as `submission.signature`.
    """
    body = directory.body_of(asked.said.iss)
    record = None if body is None else body.key(asked.unverified.kid, "submit")
    if (
        body is None
        or record is None
        or not record.holds(t)
        or _is_distrusted(record.distrusted_after, t)
    ):
        message = "no key of role submit with this kid is in force for this body"
        raise UntrustedError("submission.key", message)
    try:
        asked.unverified.verify(record.key)
    except UntrustedError:
        message = "the signature of the authorisation does not hold"
        raise UntrustedError("submission.signature", message) from None
    return body


def use_up(connection: Connection, asked: Asked, now: int) -> None:
    """Use up the request's identifier.

    Raises:
        UntrustedError: `submission.replayed`.
    """
    said = asked.said
    if not store_statements.remember_submission(connection, said.iss, said.jti, said.exp, now=now):
        message = "this authorisation has been used: sign a new one over the same request"
        raise UntrustedError("submission.replayed", message)


def _is_distrusted(after: int | None, t: int) -> bool:
    return after is not None and t >= after
