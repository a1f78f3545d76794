# SPDX-License-Identifier: Apache-2.0
"""The outermost layer: which names are answered under, and the headers of every answer.

A page loads nothing from elsewhere and runs no script but our files. One page may speak to the
signing agent on the person's own machine: it says so with `allow_agent`.
"""

import logging
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG: Final = logging.getLogger("console.http")
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src {};"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
POLICY: Final = _POLICY.format("'self'")
AGENT_POLICY: Final = _POLICY.format("'self' http://127.0.0.1:*")
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
YEAR: Final = "max-age=31536000"


class Edge:
    """ASGI middleware; one for each application."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens inside."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def headed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", YEAR)
            await send(message)

        if not self._is_known(scope):
            refusal = PlainTextResponse("no such host here [request.host]", 421)
            await refusal(scope, receive, headed)
            return
        try:
            await self._app(scope, receive, headed)
        except Exception:  # the edge: what it was stands in the log, never in the answer
            _LOG.exception("unexpected")
            if started:
                raise
            await PlainTextResponse(FAULT, 500)(scope, receive, headed)

    def _is_known(self, scope: Scope) -> bool:
        given = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        return len(given) == 1 and _without_port(given[0]) in self._hosts


FAULT: Final = "内部错误，已记入日志。 / An internal fault; it has been logged. [console.internal]"


def _without_port(host: str) -> str:
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdecimal() else host.lower()


def allow_agent(response: Response) -> Response:
    """Let this one page speak to the signing agent."""
    response.headers["Content-Security-Policy"] = AGENT_POLICY
    return response
