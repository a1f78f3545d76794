# SPDX-License-Identifier: Apache-2.0
"""Run the HTTP server of one registry: logging, bounds of the connection, shutdown.

Logs are one JSON object a line on standard error. They carry codes, counts, paths and times; never
what a request said. What is logged whole, an unexpected error, carries its traceback, in which
statements of SQL stand without their values.
"""

import gc
import json
import logging
import sys
from pathlib import Path
from typing import Final

import uvicorn
from fastapi import FastAPI

KEEP_ALIVE: Final = 15  # seconds
HEADER_BYTES: Final = 16 << 10  # of one request
_STANDARD: Final = frozenset(
    (*vars(logging.makeLogRecord({})), "message", "asctime", "color_message")
)


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, event, and what the record carries besides."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        line: dict[str, object] = {
            "t": round(record.created, 3),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line.update({k: v for k, v in vars(record).items() if k not in _STANDARD})
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure_logging(level: int = logging.INFO) -> None:
    """Send every log line of this process to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)


def serve(app: FastAPI, host: str, port: int, *, tls: tuple[Path, Path] | None = None) -> None:
    """Serve until the process is told to stop.

    Args:
        app: From `registry.app`.
        host: Address to listen on.
        port: Port to listen on; 0 chooses one, which the log names.
        tls: Files of the certificate and of its key; None behind a proxy that has them.
    """
    configure_logging()
    # What has been loaded stays: the collector need not look at it again under every request.
    gc.collect()
    gc.freeze()
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        h11_max_incomplete_event_size=HEADER_BYTES,
        timeout_graceful_shutdown=10,
        ssl_certfile=None if tls is None else tls[0],
        ssl_keyfile=None if tls is None else tls[1],
        lifespan="off",
    )
