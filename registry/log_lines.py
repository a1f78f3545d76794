# SPDX-License-Identifier: Apache-2.0
"""Log lines: one JSON object each, on standard error, without anything that a request said.

    {"time":"2026-11-20T08:30:00.123Z","level":"info","logger":"registry.http","event":"request",
     "worker":4711,"request":"5f0c…","method":"GET","route":"/certificates/{kind}/{number}",
     "status":404,"code":"certificate.unknown","ms":3}

`route` is the template, never the path. `request` is drawn for each request, is answered in the
header X-Request-Id, and stands in every line that the request caused; what a client sends under
that name is ignored. An unexpected error is logged with the places in the source that it went
through and the names of its types, without their messages: a value could stand in one.
"""

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final

request_id: Final[ContextVar[str | None]] = ContextVar("request_id", default=None)
"""Of the request that is being answered."""

_STANDARD: Final = frozenset(
    (*vars(logging.makeLogRecord({})), "message", "asctime", "color_message")
)
_MAX_CHAIN: Final = 8  # errors that were raised over one another


class JsonLines(logging.Formatter):
    """One object a line: the common members, then what the record carries besides."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            "worker": record.process,
        }
        request = request_id.get()
        if request is not None:
            line["request"] = request
        line.update({k: v for k, v in vars(record).items() if k not in _STANDARD})
        if record.exc_info and record.exc_info[1] is not None:
            line["trace"] = _places(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def configure(level: int = logging.INFO) -> None:
    """Send every log line of this process to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # It tells about itself whenever somebody asks for the schema's version, as `/readyz` does.
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _places(error: BaseException) -> list[str]:
    """Name the errors, the last first, and the places of each."""
    found: list[str] = []
    each: BaseException | None = error
    for _ in range(_MAX_CHAIN):
        if each is None:
            break
        found.append(type(each).__qualname__)
        frames = traceback.extract_tb(each.__traceback__)
        found.extend(f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
        each = each.__cause__ or each.__context__
    return found
