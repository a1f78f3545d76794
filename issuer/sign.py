# SPDX-License-Identifier: Apache-2.0
"""From a result to a signed certificate.

`claims` says what the certificate will say, `token` signs it: 1 µs of text, 2 µs of base64url and
one signature. A key in a token signs differently each time: what was signed is stored before it is
sent, and the registry knows a certificate by what it says.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from credential import envelope
from credential.certificate import EXPIRY_REQUIRED, Claims
from credential.filing_file import FilingFile
from issuer.roster import Candidate
from keys.signer import Signer

VALID_YEARS: Final = 2  # of the kinds that expire
_CHINA: Final = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Mark:
    """What the desk adds to a result."""

    number: str
    """Certificate number."""
    list: str
    """Name of the status list."""
    index: int
    iat: int
    """Seconds since 1970."""


def claims(
    candidate: Candidate,
    tag: str | None,
    mark: Mark,
    *,
    filing: FilingFile,
    kind: str,
    region: str,
    batch: str,
) -> Claims:
    """Put together what a certificate says.

    Args:
        candidate: The result.
        tag: The holder tag, if the certificate is to carry one.
        mark: Number, index and time.
        filing: The body's.
        kind: Of certificate.
        region: Where the evaluation took place.
        batch: The filed batch.
    """
    host = filing.host
    return Claims(
        iss=filing.body.id,
        host=host,
        body_code=filing.body.code,
        iat=mark.iat,
        exp=expiry(mark.iat) if kind in EXPIRY_REQUIRED else None,
        status_index=mark.index,
        status_uri=f"https://{host}/status/{mark.list}",
        certificate_number=mark.number,
        kind=kind,
        name=candidate.name,
        holder_tag=tag,
        occupation_code=candidate.occupation,
        occupation_name=candidate.occupation_name,
        trade=candidate.trade,
        level=candidate.level,
        route=candidate.route,
        region=region,
        evaluated_on=candidate.evaluated_on,
        batch=batch,
        detail=candidate.detail,
    )


def expiry(iat: int) -> int:
    """Give the end of a certificate that expires: two years on, at midnight in China."""
    day = (datetime.fromtimestamp(iat, UTC) + _CHINA).date()
    try:
        last = day.replace(year=day.year + VALID_YEARS)
    except ValueError:  # 29 February
        last = day.replace(year=day.year + VALID_YEARS, day=28)
    midnight = datetime(last.year, last.month, last.day, tzinfo=UTC) - _CHINA
    return int(midnight.timestamp())


def token(key: Signer, payload: bytes) -> str:
    """Sign a certificate's payload.

    Args:
        key: The body's key of role `certificate`.
        payload: `Claims.to_bytes()`.

    Returns:
        The compact JWS.
    """
    return envelope.sign(key, envelope.CERTIFICATE, payload)
