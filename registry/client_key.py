# SPDX-License-Identifier: Apache-2.0
"""Which machine asks: an assertion signed by a registered key (docs/format.md §7.3).

RFC 7523 §2.2 and §3, with the care of RFC 8725:

- the algorithm is that of the registered key; the header must name the same, and nothing in it
  steers the reader: `alg`, `kid`, `typ` and no more;
- `typ` is `JWT` or `client-authentication+jwt`, so nothing else that the key signs passes;
- `iss` and `sub` are the key's owner, `aud` is this token endpoint alone, five minutes at most,
  each `jti` once;
- a body signs in with a key of role `submit`, an authority with one of role `statement`, which
  holds now and is not distrusted.

Whatever is wrong, the refusal is the same.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

import jwt

from credential.client_assertion import MAX_LIFETIME, TYP
from credential.errors import UntrustedError
from credential.key_record import KeyRecord
from registry.directory import Directory

MAX_CHARACTERS: Final = 4_096
SKEW: Final = 60  # seconds by which the two clocks may differ
_JTI: Final = re.compile("[A-Za-z0-9_.~-]{16,64}")
_TYPES: Final = frozenset({"JWT", TYP})
_CLAIMS: Final = ["iss", "sub", "aud", "iat", "exp", "jti"]
_OPTIONS: Final[Any] = {
    "require": _CLAIMS,
    "verify_signature": True,
    "verify_aud": False,  # compared below: a list would be taken
    "verify_exp": False,  # compared below with the registry's own clock
    "verify_iat": False,
    "verify_nbf": False,
}


@dataclass(frozen=True, slots=True)
class Machine:
    """Who asks, and with which key."""

    id: str
    """Identifier of the body or authority; `https://HOST` of the lead authority."""
    kid: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """An assertion whose signature holds."""

    machine: Machine
    jti: str
    exp: int


def refused() -> UntrustedError:
    """Make the one refusal of all assertions."""
    message = "sign in again: key, audience, time or signature of the assertion is not right"
    return UntrustedError("client.invalid", message)


def read(directory: Directory, token: str, *, aud: str, at: int) -> Assertion:
    """Verify an assertion.

    Args:
        directory: What is in force.
        token: As it was sent.
        aud: URL of the token endpoint.
        at: Now, seconds since 1970.

    Raises:
        UntrustedError: `client.invalid`.
    """
    if len(token) > MAX_CHARACTERS:
        raise refused()
    try:
        header = jwt.get_unverified_header(token)
        kid = str(header.get("kid"))
        record = key_of(directory, kid, at)
        if (
            record is None
            or header != {"alg": record.key.alg, "kid": kid, "typ": header.get("typ")}
            or header["typ"] not in _TYPES
        ):
            raise refused()
        claims = jwt.decode(
            token, key=record.key.public, algorithms=[record.key.alg], options=_OPTIONS
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise refused() from None
    return _assertion(claims, Machine(directory.owners[kid].id, kid), aud, at)


def key_of(directory: Directory, kid: str, at: int) -> KeyRecord | None:
    """Find the key of that name by which a machine may be signed in at a time."""
    owner = directory.owners.get(kid)
    if owner is None:
        return None
    record = owner.record
    role = "submit" if directory.body_of(owner.id) is not None else "statement"
    untrusted = record.distrusted or (
        record.distrusted_after is not None and at >= record.distrusted_after
    )
    return record if record.role == role and record.holds(at) and not untrusted else None


def _assertion(claims: dict[str, Any], machine: Machine, aud: str, at: int) -> Assertion:
    iat, exp, nbf = claims["iat"], claims["exp"], claims.get("nbf", 0)
    jti = claims["jti"]
    if (
        claims["iss"] != machine.id
        or claims["sub"] != machine.id
        or claims["aud"] != aud
        or not all(type(time) is int for time in (iat, exp, nbf))
        or not iat - SKEW <= at < exp
        or not 0 < exp - iat <= MAX_LIFETIME
        or nbf - SKEW > at
        or not isinstance(jti, str)
        or not _JTI.fullmatch(jti)
    ):
        raise refused()
    return Assertion(machine, jti, exp)
