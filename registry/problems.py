# SPDX-License-Identifier: Apache-2.0
"""Refusals as problem documents (RFC 9457): the one table from code to HTTP status.

    {"type":"urn:skillseal:problem:status.taken","title":"Conflict","status":409,"code":"status.taken","detail":"…"}

`code` is the stable name (docs/errors.md), `detail` one line for people; `statement.after` also has
`head`, the digest of the subject's last statement or null. No problem says anything
about the inside of the registry, and none contains a document number.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from credential.errors import AfterError, ConflictError, SealError

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 10
CODE: Final = "skillseal.code"
"""Under which name an answer of another form leaves its code in the scope, for the log."""


class MethodError(ConflictError):
    """There is something here, but not with this method (RFC 9110 §15.5.6)."""

    def __init__(self, allow: str) -> None:
        super().__init__("request.method", "not with this method")
        self.allow = allow
        """The methods that there are, as the header of that name has them."""


_STATUS_OF_CODE: Final = {
    "application.applicant": 409,
    "application.required": 409,
    "application.state": 409,
    "authority.known": 409,
    "batch.closed": 409,
    "batch.full": 409,
    "batch.known": 409,
    "batch.results": 409,
    "blocks.taken": 409,
    "body.known": 409,
    "certificate.erased": 410,
    "client.busy": 429,
    "client.form": 400,
    "client.grant": 400,
    "client.scope": 403,
    "client.scopes": 400,
    "competition.begun": 409,
    "holder.key": 503,
    "key.known": 409,
    "key.nonce": 403,
    "key.not_valid_then": 403,
    "key.distrusted": 403,
    "key.unknown": 403,
    "number.reserved": 409,
    "number.taken": 409,
    "person.duplicate": 409,
    "plan.received": 409,
    "plan.recipient": 403,
    "request.encoding": 415,
    "request.malformed": 422,
    "request.method": 405,
    "request.busy": 429,
    "request.not_found": 404,
    "request.slow": 408,
    "request.too_large": 413,
    "recheck.none": 409,
    "registry.internal": 500,
    "roster.taken": 409,
    "selection.required": 409,
    "signature.invalid": 403,
    "standard.actor": 403,
    "standard.known": 409,
    "standard.state": 409,
    "standard.version": 409,
    "standing.recheck": 409,
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
    "client": 401,
    "registry": 503,
    "standing": 403,
    "submission": 401,
}
_NOT_FOUND: Final = ("unknown",)
_UNKNOWN_404: Final = (
    *("application", "authority", "body", "certificate", "entry", "filing"),
    *("plan", "standard"),
)


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


def of(error: SealError) -> dict[str, str | int | None]:
    """Write the problem document of an error."""
    written: dict[str, str | int | None] = {**document(error.code, str(error))}
    if isinstance(error, AfterError):
        written["head"] = error.head
    return written


def headers(code: str) -> Mapping[str, str]:
    """Give the headers that belong to a problem."""
    status = status_of(code)
    if status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        return {"Retry-After": str(RETRY_SECONDS)}
    if status == HTTPStatus.UNAUTHORIZED:
        family = code.partition(".")[0]
        return {"WWW-Authenticate": "Bearer" if family == "client" else "Submission"}
    return {}
