# SPDX-License-Identifier: Apache-2.0
"""Refusals as problem documents (RFC 9457): the one table from code to HTTP status.

    {"type":"urn:skillseal:problem:status.taken","title":"Conflict","status":409,"code":"status.taken","detail":"…"}

`code` is the stable name (docs/errors.md), `detail` one line for people. No problem says anything
about the inside of the registry, and none contains a document number.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from keys.errors import SealError

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 10

_STATUS_OF_CODE: Final = {
    "authority.known": 409,
    "batch.full": 409,
    "batch.known": 409,
    "blocks.taken": 409,
    "body.known": 409,
    "key.known": 409,
    "key.nonce": 403,
    "key.not_valid_then": 403,
    "key.distrusted": 403,
    "key.unknown": 403,
    "number.reserved": 409,
    "number.taken": 409,
    "person.duplicate": 409,
    "request.encoding": 415,
    "request.malformed": 422,
    "request.method": 405,
    "request.busy": 429,
    "request.not_found": 404,
    "request.slow": 408,
    "request.too_large": 413,
    "registry.internal": 500,
    "roster.taken": 409,
    "signature.invalid": 403,
    "statement.actor": 403,
    "statement.after": 409,
    "statement.replayed": 409,
    "status.final": 409,
    "status.move": 409,
    "status.not_yours": 422,
    "status.taken": 409,
    "submission.other_body": 403,
}
_STATUS_OF_FAMILY: Final = {
    "registry": 503,
    "standing": 403,
    "submission": 401,
}
_NOT_FOUND: Final = ("unknown",)
_UNKNOWN_404: Final = ("authority", "body", "certificate", "filing")


def status_of(code: str) -> int:
    """Give the HTTP status of a code."""
    family, _, what = code.partition(".")
    if code in _STATUS_OF_CODE:
        return _STATUS_OF_CODE[code]
    if what in _NOT_FOUND and family in _UNKNOWN_404:
        return HTTPStatus.NOT_FOUND
    return _STATUS_OF_FAMILY.get(family, HTTPStatus.UNPROCESSABLE_ENTITY)


def document(code: str, detail: str) -> dict[str, str | int]:
    """Write a problem document."""
    status = status_of(code)
    return {
        "type": f"urn:skillseal:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }


def of(error: SealError) -> dict[str, str | int]:
    """Write the problem document of an error."""
    return document(error.code, str(error))


def headers(code: str) -> Mapping[str, str]:
    """Give the headers that belong to a problem."""
    status = status_of(code)
    if status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        return {"Retry-After": str(RETRY_SECONDS)}
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Submission"}
    return {}
