# SPDX-License-Identifier: Apache-2.0
"""What the HTTP process answers: parse, one call, respond.

Signed artefacts are read from the published folder and sent as the bytes that were stored. Nothing
here can sign anything but receipts.
"""

import hashlib
import re
import time
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from credential import base64url
from credential.errors import MalformedError, SealError
from credential.identity_number import IdentityNumber
from keys import private_material
from registry import (
    admission,
    answers,
    holders,
    problems,
    statements,
    submissions,
)
from registry.log import Acknowledged
from registry.metrics import ACCEPTED, ADMITTED, Metrics
from registry.models import Accepted, Admitted, Item, Stated, Submitted
from registry.service import Registry

_SHA256: Final = re.compile("[0-9a-f]{64}")
_LIST: Final = re.compile("[a-z0-9-]{1,32}")
_MONTH: Final = "public, max-age=2592000, immutable"
_RECHECK: Final = "no-cache"


def router(registry: Registry, metrics: Metrics) -> APIRouter:
    """Bind the routes to a registry.

    Args:
        registry: What they work with.
        metrics: Counts what became of certificates and statements.
    """
    routes = APIRouter()
    folder = registry.settings.published

    @routes.post(
        "/certificates",
        responses={200: {"model": Admitted}, **answers.PROBLEM},
        openapi_extra={**answers.takes(Submitted), "security": [{"submission": []}]},
        summary="Admit certificates; each item is judged on its own",
    )
    async def post_certificates(request: Request) -> Response:
        raw = await request.body()
        header = request.headers.get("authorization")
        return answers.json_of(await run_in_threadpool(_admit, registry, metrics, header, raw))

    @routes.post(
        "/statements",
        responses={200: {"model": Accepted}, **answers.PROBLEM},
        openapi_extra=answers.takes(Stated),
        summary="Accept a signed statement; the same one again gets the same answer",
    )
    async def post_statements(request: Request) -> Response:
        raw = await request.body()
        return answers.json_of(await run_in_threadpool(_state, registry, metrics, raw))

    @routes.get("/snapshot.json", responses=answers.PROBLEM, summary="The signed offline snapshot")
    async def get_snapshot(request: Request) -> Response:
        file = folder / "snapshot.json"
        return await run_in_threadpool(_file, request, file, "application/json", _RECHECK)

    @routes.get("/head.json", responses=answers.PROBLEM, summary="Its roots and manifests alone")
    async def get_head(request: Request) -> Response:
        file = folder / "head.json"
        return await run_in_threadpool(_file, request, file, "application/json", _RECHECK)

    @routes.get(
        "/parts/{sha256}",
        **answers.sends("application/jwt"),
        summary="One part of it, by its digest",
    )
    async def get_part(request: Request, sha256: str) -> Response:
        if not _SHA256.fullmatch(sha256):
            raise answers.absent()
        file = folder / "parts" / sha256
        return await run_in_threadpool(_file, request, file, "application/jwt", _MONTH)

    @routes.get(
        "/status/{name}",
        **answers.sends("application/statuslist+jwt"),
        summary="One status list",
    )
    async def get_status(request: Request, name: str) -> Response:
        if not _LIST.fullmatch(name):
            raise answers.absent()
        file = folder / "status" / name
        return await run_in_threadpool(
            _file, request, file, "application/statuslist+jwt", _RECHECK, packed=True
        )

    return routes


def _admit(
    registry: Registry, metrics: Metrics, header: str | None, raw: bytes
) -> dict[str, object]:
    started = time.perf_counter()
    asked = submissions.read(header, aud=registry.settings.url, body=raw, at=registry.clock())
    items = answers.parsed(Submitted, raw).items
    limits = registry.settings.limits
    if len(items) > limits.items:
        message = f"a request has at most {limits.items} certificates"
        raise MalformedError("request.too_large", message)
    people = [_person(registry, item) for item in items]
    wanted = [
        (item.certificate, person)
        for item, person in zip(items, people, strict=True)
        if not isinstance(person, SealError)
    ]
    texts, numbers = [text for text, _ in wanted], [person for _, person in wanted]
    outcomes = iter(admission.admit(registry, texts, asked.said.iss, asked, numbers))
    results = [person if isinstance(person, SealError) else next(outcomes) for person in people]
    for one in results:
        metrics.certificate(one.code if isinstance(one, SealError) else ADMITTED)
    metrics.admission(time.perf_counter() - started)
    return {"results": [_result(one) for one in results]}


def _person(registry: Registry, item: Item) -> IdentityNumber | SealError | None:
    """Read the number beside one certificate, or say why that certificate is refused."""
    given = None if item.holder is None else (item.holder.type, item.holder.number)
    try:
        return holders.read(registry.settings.holder_numbers, given)
    except MalformedError as error:
        return error


def _result(outcome: Acknowledged | SealError) -> dict[str, object]:
    if isinstance(outcome, SealError):
        return {"problem": problems.of(outcome)}
    return {"receipt": outcome.receipt, "salt": outcome.salt}


def _state(registry: Registry, metrics: Metrics, raw: bytes) -> dict[str, object]:
    try:
        answer = _accept(registry, raw)
    except SealError as error:
        metrics.statement(error.code)
        raise
    metrics.statement(ACCEPTED)
    return answer


def _accept(registry: Registry, raw: bytes) -> dict[str, object]:
    private_material.refuse(raw)
    stated = answers.parsed(Stated, raw)
    for token in stated.signatures:
        private_material.refuse(token.encode())
    attachment = None if stated.attachment is None else stated.attachment.model_dump()
    accepted = statements.accept(registry, stated.signatures, attachment)
    return {
        "digest": base64url.encode(accepted.digest),
        "receipt": accepted.receipt,
        "salt": accepted.salt,
    }


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
        raise answers.absent() from None
    headers["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
