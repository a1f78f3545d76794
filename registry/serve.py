# SPDX-License-Identifier: Apache-2.0
"""Run the HTTP server of one registry: bounds of the connection, several processes, shutdown.

Beside the application each process has a thread that signs receipts which nobody waits for
(`registry.countersigner`), and, where a port was named, one that tells Prometheus how it goes.
"""

import gc
import logging
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn
from fastapi import FastAPI

from registry import app as applications
from registry import database, metrics, metrics_port, schema
from registry.countersigner import Countersigner
from registry.gauges import Gauges
from registry.log_lines import JsonLines, configure
from registry.metrics import Metrics
from registry.processes import Processes
from registry.service import Registry
from registry.settings import Settings

__all__ = ["JsonLines", "Site", "measured", "serve", "serve_many"]

KEEP_ALIVE: Final = 15  # seconds
HEADER_BYTES: Final = 16 << 10  # of one request
NOT_STARTED: Final = 3  # exit code: the port is taken, say


@dataclass(frozen=True, slots=True)
class Site:
    """Where to serve, and what beside the API."""

    host: str
    """Address to listen on."""
    port: int
    """0 chooses one, which the log names."""
    anchor: bool = False
    """Whether `/anchor.json` is served."""
    pages: Path | None = None
    """A folder of static pages."""
    tls: tuple[Path, Path] | None = None
    """Files of the certificate and of its key, for one process; None behind a proxy."""
    metrics: int | None = None
    """Port of the metrics, on this machine alone; 0 chooses one."""

    def application(self, registry: Registry, counts: Metrics | None = None) -> FastAPI:
        """Build the application of a registry."""
        return applications.build(registry, anchor=self.anchor, pages=self.pages, metrics=counts)


def serve(registry: Registry, site: Site) -> None:
    """Serve from this process until it is told to stop."""
    configure()
    with measured(site.metrics, None) as measure, _beside(registry):
        app = site.application(registry, measure(registry))
        _settle()
        _run(uvicorn.Server(_configured(app, site)))


def serve_many(settings: Settings, make: Callable[[], Registry], site: Site, workers: int) -> None:
    """Serve from several processes until this one is told to stop.

    Args:
        settings: Of the registry, whose schema is brought up to date before the first fork.
        make: Opens the registry; called in each process.
        site: Where.
        workers: How many processes.

    Raises:
        SealError: `registry.…`, the database cannot be used.
    """
    configure()
    engine = database.connect(settings.database)
    schema.upgrade(engine)
    engine.dispose()  # nothing that is open may be shared by two processes
    with (
        tempfile.TemporaryDirectory(prefix="skillseal-metrics-") as folder,
        measured(site.metrics, Path(folder)) as measure,
        socket.create_server((site.host, site.port), backlog=2_048) as listener,
    ):
        where = {"host": site.host, "port": listener.getsockname()[1], "workers": workers}
        logging.getLogger("registry.http").info("listening", extra=where)

        def work() -> None:
            registry = make()
            with _beside(registry):
                app = site.application(registry, measure(registry))
                _settle()
                _run(uvicorn.Server(_configured(app, site)), listener)

        Processes(work, workers).run()


@contextmanager
def measured(port: int | None, folder: Path | None) -> Iterator[Callable[[Registry], Metrics]]:
    """Open the port of the metrics, if there is to be one; give what each process measures with.

    Args:
        port: On this machine alone; 0 chooses one; None: nobody asks.
        folder: Where several processes count; None for one.
    """
    if port is None:
        yield lambda _: Metrics()
        return
    if folder is not None:
        metrics.shared(folder)
    with metrics_port.listen(port) as listener:
        where = {"host": metrics_port.HOST, "port": listener.getsockname()[1]}
        logging.getLogger("registry.metrics").info("metrics", extra=where)

        def measure(registry: Registry) -> Metrics:
            counts, gauges = Metrics(folder), Gauges(registry)
            metrics_port.answer(listener, lambda: counts.page(gauges))
            return counts

        yield measure


@contextmanager
def _beside(registry: Registry) -> Iterator[None]:
    """Let receipts be signed that nobody waits for."""
    stop = threading.Event()
    run = Countersigner(registry).run
    thread = threading.Thread(target=run, args=(stop,), name="countersigner", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _settle() -> None:
    """Tell the collector that what has been loaded stays: it need not look at it again."""
    gc.collect()
    gc.freeze()


def _run(server: uvicorn.Server, listener: socket.socket | None = None) -> None:
    with suppress(KeyboardInterrupt):
        server.run(sockets=None if listener is None else [listener])
    if not server.started:
        sys.exit(NOT_STARTED)


def _configured(app: FastAPI, site: Site) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=site.host,
        port=site.port,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        h11_max_incomplete_event_size=HEADER_BYTES,
        timeout_graceful_shutdown=10,
        ssl_certfile=None if site.tls is None else site.tls[0],
        ssl_keyfile=None if site.tls is None else site.tls[1],
        lifespan="off",
    )
