# SPDX-License-Identifier: Apache-2.0
"""What machines ask that signed in by private_key_jwt (docs/format.md §7.3).

POST /token                          an assertion for an access token
GET  /certificates/{kind}/{number}   what is known of a certificate
POST /heads                          the last statement about each of some subjects
"""

from typing import Any, Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from credential.client_assertion import CERTIFICATES, STATEMENTS, TYPE
from credential.errors import ConflictError, MalformedError, SealError
from registry import answers, concern, machines, problems
from registry.models_machine import Heads, HeadsAsked, Known, NotSignedIn, SignedIn
from registry.service import Registry

FORM: Final = "application/x-www-form-urlencoded"
MAX_FORM: Final = 16 << 10  # bytes
MAX_FIELDS: Final = 16
_ERRORS: Final = {
    "client.invalid": "invalid_client",
    "client.grant": "unsupported_grant_type",
    "client.scopes": "invalid_scope",
    "client.form": "invalid_request",
    "client.busy": "temporarily_unavailable",
}
"""Our codes in the words of RFC 6749 §5.2."""
SECURITY: Final[dict[str, Any]] = {
    "type": "oauth2",
    "description": "private_key_jwt (RFC 7523 §2.2) with a registered key",
    "flows": {
        "clientCredentials": {
            "tokenUrl": "/token",
            "scopes": {
                CERTIFICATES: "Certificates that concern the machine's owner",
                STATEMENTS: "Which statement about a subject was the last",
            },
        }
    },
}
_FIELDS: Final = ("grant_type", "client_assertion_type", "client_assertion")
_FORM_SCHEMA: Final = {
    "type": "object",
    "required": list(_FIELDS),
    "properties": {
        "grant_type": {"type": "string", "enum": ["client_credentials"]},
        "client_assertion_type": {"type": "string", "enum": [TYPE]},
        "client_assertion": {"type": "string"},
        "scope": {"type": "string"},
    },
}


def router(registry: Registry) -> APIRouter:
    """Bind the routes to a registry."""
    routes = APIRouter()

    @routes.post(
        "/token",
        responses={
            200: {"model": SignedIn},
            "4XX": {
                "model": NotSignedIn,
                "description": "Refused, as in RFC 6749; a problem where it is no request at all",
                "content": {
                    problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}
                },
            },
            "503": answers.PROBLEM["503"],
        },
        openapi_extra={
            "requestBody": {"required": True, "content": {FORM: {"schema": _FORM_SCHEMA}}}
        },
        summary="Sign a machine in by private_key_jwt; ten minutes",
    )
    async def post_token(request: Request) -> Response:
        raw = await request.body()
        try:
            return await run_in_threadpool(_sign_in, registry, request.headers, raw)
        except SealError as error:
            if error.code not in _ERRORS:
                raise
            request.scope[problems.CODE] = error.code
            return _refusal(error)

    @routes.get(
        "/certificates/{kind}/{number}",
        responses={200: {"model": Known}, **answers.PROBLEM},
        openapi_extra={"security": [{"machine": [CERTIFICATES]}]},
        summary="One certificate, for its body and the authorities over it",
    )
    async def get_certificate(request: Request, kind: str, number: str) -> Response:
        header = request.headers.get("authorization")
        return await run_in_threadpool(_certificate, registry, header, kind, number)

    @routes.post(
        "/heads",
        responses={200: {"model": Heads}, **answers.PROBLEM},
        openapi_extra={
            **answers.takes(HeadsAsked),
            "security": [{"machine": [STATEMENTS]}],
        },
        summary="The last statement about each subject, to be named in `after`",
    )
    async def post_heads(request: Request) -> Response:
        header, raw = request.headers.get("authorization"), await request.body()
        return await run_in_threadpool(_heads, registry, header, raw)

    return routes


def _sign_in(registry: Registry, headers: Any, raw: bytes) -> Response:  # noqa: ANN401  # Starlette's
    fields = _form(headers.get("content-type", ""), raw)
    if fields.get("grant_type", "client_credentials") != "client_credentials":
        raise MalformedError("client.grant", "grant_type is client_credentials")
    if not set(_FIELDS) <= fields.keys() or fields["client_assertion_type"] != TYPE:
        message = f"send {', '.join(_FIELDS)}; the type is {TYPE}"
        raise MalformedError("client.form", message)
    granted = machines.sign_in(registry, fields["client_assertion"], fields.get("scope"))
    return answers.json_of(
        {
            "access_token": granted.token,
            "token_type": "Bearer",
            "expires_in": machines.LIFETIME,
            "scope": " ".join(granted.scopes),
        }
    )


def _form(media_type: str, raw: bytes) -> dict[str, str]:
    """Read a form in which every field stands once.

    Raises:
        MalformedError: `client.form`.
    """
    message = f"send one {FORM} with each field once"
    if media_type.partition(";")[0].strip().lower() != FORM or len(raw) > MAX_FORM:
        raise MalformedError("client.form", message)
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError:
        raise MalformedError("client.form", message) from None
    if len(dict(pairs)) != len(pairs):
        raise MalformedError("client.form", message)
    return dict(pairs)


def _refusal(error: SealError) -> Response:
    answer = answers.json_of(
        {
            "error": _ERRORS[error.code],
            "error_description": str(error),
            "code": error.code,
            "detail": str(error),
        }
    )
    answer.status_code = problems.status_of(error.code)
    answer.headers.update(problems.headers(error.code))
    return answer


def _certificate(registry: Registry, header: str | None, kind: str, number: str) -> Response:
    machine = machines.recognise(registry, header, CERTIFICATES)
    known = concern.certificate_of(registry, machine.id, kind, number)
    if known is None:
        message = "there is no such certificate, or it is no concern of yours"
        raise ConflictError("certificate.unknown", message)
    return answers.json_of(known)


def _heads(registry: Registry, header: str | None, raw: bytes) -> Response:
    machine = machines.recognise(registry, header, STATEMENTS)
    subjects = answers.parsed(HeadsAsked, raw).subjects
    return answers.json_of({"heads": concern.heads_of(registry, machine.id, subjects)})
