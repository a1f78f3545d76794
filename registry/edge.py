# SPDX-License-Identifier: Apache-2.0
"""The edge of the HTTP service: bounds, and problem documents.

- a request that announces more than the limit, or sends more, ends with 413 before it is read;
- compressed requests are refused (415), slow ones end with 408, too many at once get 429;
- an error with a code becomes its problem document; any other becomes an opaque 500 and is logged
  whole, but for what the request said.

Around it is what watches every request (`registry.watch`).
"""

import asyncio
import json
import logging
import time
from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from credential.errors import MalformedError, SealError, UnavailableError
from registry import problems
from registry.metrics import Metrics
from registry.settings import Limits

_LOG: Final = logging.getLogger("registry.http")


class Edge:
    """ASGI middleware; one for each application."""

    def __init__(self, app: ASGIApp, limits: Limits, metrics: Metrics) -> None:
        self._app = app
        self._limits = limits
        self._metrics = metrics
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or pass on what is not one."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_answered = False

        async def noted(message: Message) -> None:
            nonlocal is_answered
            is_answered = True
            await send(message)

        self._running += 1
        try:
            self._check(scope)
            await self._app(scope, _Bounded(receive, self._limits), noted)
        except Exception as error:  # the edge: whatever it is becomes a problem
            if is_answered:
                raise
            known = _known(error)
            scope[problems.CODE] = known.code
            self._metrics.refusal(known.code)
            await _answer(send, known)
        finally:
            self._running -= 1

    def _check(self, scope: Scope) -> None:
        if self._running > self._limits.requests:
            raise UnavailableError("request.busy", "too many requests at once: come back later")
        headers = {name.lower(): value for name, value in scope["headers"]}
        if headers.get(b"content-encoding", b"identity").strip().lower() != b"identity":
            raise MalformedError("request.encoding", "requests are not compressed here")
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > 12 or int(length) > self._limits.body_bytes:
            raise too_large(self._limits)


class _Bounded:
    """Receives no more than the limit, and not for ever."""

    def __init__(self, receive: Receive, limits: Limits) -> None:
        self._receive = receive
        self._limits = limits
        self._left = limits.body_bytes
        self._whole = False
        self._deadline = time.monotonic() + limits.receive_seconds

    async def __call__(self) -> Message:
        """Receive the next piece."""
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout(self._deadline - time.monotonic()):
                message = await self._receive()
        except TimeoutError:
            message_text = "the request did not arrive in time: send it again"
            raise UnavailableError("request.slow", message_text) from None
        self._left -= len(message.get("body", b""))
        self._whole = message["type"] != "http.request" or not message.get("more_body", False)
        if self._left < 0:
            raise too_large(self._limits)
        return message


def too_large(limits: Limits) -> MalformedError:
    """Make the refusal of a request that is longer than the limit."""
    message = f"a request is at most {limits.body_bytes} bytes"
    return MalformedError("request.too_large", message)


def _known(error: Exception) -> SealError:
    if isinstance(error, SealError):
        return error
    _LOG.error("unexpected", exc_info=error)
    return UnavailableError("registry.internal", "the registry has a fault: it has been logged")


async def _answer(send: Send, error: SealError) -> None:
    document = problems.of(error)
    body = json.dumps(document, ensure_ascii=False).encode()
    headers = {
        "content-type": problems.MEDIA_TYPE,
        "content-length": str(len(body)),
        "cache-control": "no-store",
        **problems.headers(error.code),
    }
    if isinstance(error, problems.MethodError):
        headers["allow"] = error.allow
    if document["status"] in {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.REQUEST_TIMEOUT}:
        headers["connection"] = "close"  # the rest of the body is not waited for
    await send(
        {
            "type": "http.response.start",
            "status": document["status"],
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})
