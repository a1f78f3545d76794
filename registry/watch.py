# SPDX-License-Identifier: Apache-2.0
"""What is known of a request afterwards: its name, one log line, and its time.

The outermost layer of the service and of the console. Each request gets an identifier, which its
log lines carry and its answer tells in X-Request-Id; it is drawn here. Log lines carry method, path
pattern, status, code and milliseconds, never a path.

The layers inside leave the code of a refusal in the scope (`problems.CODE`).
"""

import logging
import secrets
import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from registry import metrics, problems
from registry.log_lines import request_id
from registry.metrics import Metrics


class Watch:
    """ASGI middleware; one for each application."""

    def __init__(self, app: ASGIApp, counts: Metrics, logger: str) -> None:
        """Take what it watches.

        Args:
            app: The layers inside.
            counts: What counts.
            logger: Name of the logger.
        """
        self._app = app
        self._counts = counts
        self._log: Final = logging.getLogger(logger)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or pass on what is not one."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 0
        named = secrets.token_hex(8)
        token = request_id.set(named)

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", named.encode())]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            self._report(scope, status, time.perf_counter() - started)
            request_id.reset(token)

    def _report(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "")
        method = metrics.method_of(scope["method"])
        extra = {"method": method, "route": route, "status": status}
        extra |= {"code": scope.get(problems.CODE), "ms": round(seconds * 1000)}
        self._log.info("request", extra=extra)
        self._counts.request(route, method, status, seconds)
