# SPDX-License-Identifier: Apache-2.0
"""A registry's real HTTP server, on a free port of the loopback address, in a thread."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from registry import app
from registry.service import Registry


class _Announced(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config, started: threading.Event) -> None:
        super().__init__(config)
        self._listening = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening.set()


@contextmanager
def served(registry: Registry) -> Iterator[str]:
    """Serve a registry while the block runs.

    Yields:
        Its address, `http://127.0.0.1:PORT`.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app.build(registry), log_level="critical", access_log=False)
    started = threading.Event()

    server = _Announced(config, started)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        if not started.wait(30):
            raise RuntimeError("the demonstration's server did not start")
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()
