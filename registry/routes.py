# SPDX-License-Identifier: Apache-2.0
"""What the HTTP process answers: parse, one call, respond.

Signed artefacts are read from the published folder and sent as the bytes that were stored. Nothing
here can sign anything but receipts.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any, Final, TypeVar

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool

from credential import base64url
from credential.errors import ConflictError, MalformedError, SealError
from keys import private_material
from registry import admission, database, log, problems, statements, store_log, submissions
from registry.log import Acknowledged
from registry.models import Accepted, Admitted, Problem, Stated, Submitted
from registry.service import Registry

T = TypeVar("T", bound=BaseModel)

_SHA256: Final = re.compile("[0-9a-f]{64}")
_LIST: Final = re.compile("[a-z0-9-]{1,32}")
_MONTH: Final = "public, max-age=2592000, immutable"
_RECHECK: Final = "no-cache"

_PROBLEM: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"model": Problem, "description": "Refused: `code` says why"},
    "503": {"model": Problem, "description": "Nothing was stored: try again after Retry-After"},
}


def _takes(model: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def router(registry: Registry, *, anchor: bool) -> APIRouter:
    """Bind the routes to a registry.

    Args:
        registry: What they work with.
        anchor: Whether to tell the region's anchor, for pages that this registry serves itself.
    """
    routes = APIRouter()
    folder = registry.settings.published

    @routes.post(
        "/certificates",
        responses={200: {"model": Admitted}, **_PROBLEM},
        openapi_extra={**_takes(Submitted), "security": [{"submission": []}]},
        summary="Admit certificates; each item is judged on its own",
    )
    async def post_certificates(request: Request) -> Response:
        raw = await request.body()
        header = request.headers.get("authorization")
        return _json(await run_in_threadpool(_admit, registry, header, raw))

    @routes.post(
        "/statements",
        responses={200: {"model": Accepted}, **_PROBLEM},
        openapi_extra=_takes(Stated),
        summary="Accept a signed statement; the same one again gets the same answer",
    )
    async def post_statements(request: Request) -> Response:
        return _json(await run_in_threadpool(_state, registry, await request.body()))

    @routes.get("/snapshot.json", responses=_PROBLEM, summary="The signed offline snapshot")
    async def get_snapshot(request: Request) -> Response:
        file = folder / "snapshot.json"
        return await run_in_threadpool(_file, request, file, "application/json", _RECHECK)

    @routes.get("/head.json", responses=_PROBLEM, summary="Its roots and manifests alone")
    async def get_head(request: Request) -> Response:
        file = folder / "head.json"
        return await run_in_threadpool(_file, request, file, "application/json", _RECHECK)

    @routes.get("/parts/{sha256}", responses=_PROBLEM, summary="One part of it, by its digest")
    async def get_part(request: Request, sha256: str) -> Response:
        if not _SHA256.fullmatch(sha256):
            raise _absent()
        file = folder / "parts" / sha256
        return await run_in_threadpool(_file, request, file, "application/jwt", _MONTH)

    @routes.get("/status/{name}", responses=_PROBLEM, summary="One status list")
    async def get_status(request: Request, name: str) -> Response:
        if not _LIST.fullmatch(name):
            raise _absent()
        file = folder / "status" / name
        return await run_in_threadpool(
            _file, request, file, "application/statuslist+jwt", _RECHECK, packed=True
        )

    @routes.get("/healthz", responses=_PROBLEM, summary="Whether the registry can store")
    async def get_health() -> Response:
        return _json(await run_in_threadpool(_health, registry))

    if anchor:

        @routes.get("/anchor.json", summary="The anchor of this registry's region")
        async def get_anchor() -> Response:
            return _json({"anchor": registry.settings.anchor})

    return routes


def _admit(registry: Registry, header: str | None, raw: bytes) -> dict[str, object]:
    asked = submissions.read(header, aud=registry.settings.url, body=raw, at=registry.clock())
    items = _parsed(Submitted, raw).items
    limits = registry.settings.limits
    if len(items) > limits.items:
        message = f"a request has at most {limits.items} certificates"
        raise MalformedError("request.too_large", message)
    refused = MalformedError(
        "holder.not_asked", "this region does not ask for document numbers: send none"
    )
    wanted = [item.certificate for item in items if item.holder is None]
    outcomes = iter(admission.admit(registry, wanted, asked.said.iss, asked))
    results = [_result(next(outcomes) if item.holder is None else refused) for item in items]
    return {"results": results}


def _result(outcome: Acknowledged | SealError) -> dict[str, object]:
    if isinstance(outcome, SealError):
        return {"problem": problems.of(outcome)}
    return {"receipt": outcome.receipt, "salt": outcome.salt}


def _state(registry: Registry, raw: bytes) -> dict[str, object]:
    private_material.refuse(raw)
    stated = _parsed(Stated, raw)
    for token in stated.signatures:
        private_material.refuse(token.encode())
    attachment = None if stated.attachment is None else stated.attachment.model_dump()
    accepted = statements.accept(registry, stated.signatures, attachment)
    return {
        "digest": base64url.encode(accepted.digest),
        "receipt": accepted.receipt,
        "salt": accepted.salt,
    }


def _parsed(model: type[T], raw: bytes) -> T:
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        # Where, but never what: the value could be a document number.
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        message = f"the request is not of the form described in /openapi.json: {where or 'body'}"
        raise MalformedError("request.malformed", message) from None


def _health(registry: Registry) -> dict[str, object]:
    with database.write(registry.engine) as connection:
        tail = store_log.tail(connection)
    # A command on this machine may have stored a statement, whose receipt only we can sign.
    log.complete(registry.engine, registry.signers)
    return {"status": "ok", "size": tail.size}


def _file(
    request: Request, file: Path, media_type: str, cache: str, *, packed: bool = False
) -> Response:
    """Send a published file as it is; one that is being replaced is the old or the new, whole."""
    headers = {"Cache-Control": cache, "Vary": "Accept-Encoding"}
    if packed and "gzip" in request.headers.get("accept-encoding", ""):
        file = file.with_name(file.name + ".gz")
        headers["Content-Encoding"] = "gzip"
    try:
        content = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise _absent() from None
    headers["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def _absent() -> ConflictError:
    return ConflictError("request.not_found", "there is nothing here")


def _json(value: dict[str, object]) -> Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})
