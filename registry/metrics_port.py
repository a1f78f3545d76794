# SPDX-License-Identifier: Apache-2.0
"""Where Prometheus asks: `GET /metrics` on a port of its own, on this machine alone.

The public origin has no such path. Every process of a server listens on the one socket, and
whichever takes the connection answers for all (`registry.metrics`).
"""

import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar, Final

from prometheus_client import CONTENT_TYPE_LATEST

HOST: Final = "127.0.0.1"
SECONDS: Final = 10  # for a request to arrive

Page = Callable[[], bytes]


def listen(port: int) -> socket.socket:
    """Bind to loopback; 0 chooses a port.

    Raises:
        OSError: The port is taken.
    """
    listener = socket.create_server((HOST, port))
    listener.setblocking(False)  # noqa: FBT003  # another process may take what this one was woken for
    return listener


def answer(listener: socket.socket, page: Page) -> None:
    """Answer from a thread of this process for as long as it runs."""
    kind = type("Handler", (_Handler,), {"pages": (page,)})
    server = HTTPServer(listener.getsockname(), kind, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    """HTTP around one page."""

    timeout = SECONDS
    pages: ClassVar[tuple[Page, ...]]

    def do_GET(self) -> None:
        """Answer with the page, or that there is none."""
        asked = self.path == "/metrics"
        content = self.pages[0]() if asked else b""
        self.send_response(200 if asked else 404)
        self.send_header("Content-Type", CONTENT_TYPE_LATEST)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Log nothing: a scraper asks every few seconds."""
