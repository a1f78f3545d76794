# SPDX-License-Identifier: Apache-2.0
"""What is PostgreSQL's own: how to connect, how to read, and which failures are worth repeating.

    postgresql:///skillseal?host=/run/postgresql        over the socket, as the system's user
    postgresql://registry@db.example/skillseal?sslmode=verify-full&sslrootcert=/etc/…
    postgresql:///?service=skillseal                    from ~/.pg_service.conf

A password stands in no URL, which ends up in process lists and shell histories: libpq takes it from
its password file (`?passfile=…`, PGPASSFILE, ~/.pgpass), or the registry from the file that
SKILLSEAL_DATABASE_PASSWORD_FILE names.
"""

import os
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from credential.errors import MalformedError, UnavailableError

PASSWORD_VARIABLE: Final = "SKILLSEAL_DATABASE_PASSWORD_FILE"  # noqa: S105  # a file's, not the word
OLDEST: Final = 15
CONNECT_SECONDS: Final = 5

READING: Final[dict[str, Any]] = {
    "isolation_level": "REPEATABLE READ",
    "postgresql_readonly": True,
}
_CONTENTION: Final = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected


def with_driver(url: URL) -> URL:
    """Name the driver, and refuse a password.

    Raises:
        MalformedError: `registry.settings`.
        UnavailableError: `registry.settings`, the driver is not installed.
    """
    if url.password is not None or "password" in url.query:
        message = (
            "no password in the database's URL: use passfile=… or the variable " + PASSWORD_VARIABLE
        )
        raise MalformedError("registry.settings", message)
    try:
        import psycopg  # noqa: F401, PLC0415  # an extra, which SQLite does without
    except ImportError:
        message = "PostgreSQL needs the extra: pip install 'skillseal[postgresql]'"
        raise UnavailableError("registry.settings", message) from None
    return url.set(drivername="postgresql+psycopg")


def arguments(busy_seconds: int) -> dict[str, Any]:
    """Give what every connection is opened with.

    Args:
        busy_seconds: How long a writer waits for another.

    Raises:
        UnavailableError: `registry.settings`, the password's file cannot be read.
    """
    settings = {
        "lock_timeout": f"{busy_seconds}s",
        # A worker that stops in the middle holds the log's tail: the server lets go of it.
        "idle_in_transaction_session_timeout": "60s",
        "client_encoding": "UTF8",
    }
    given = {
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "skillseal-registry",
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
    }
    named = os.environ.get(PASSWORD_VARIABLE)
    if named:
        try:
            given["password"] = Path(named).read_text("utf-8").rstrip("\r\n")
        except (OSError, ValueError):
            message = f"cannot read the file that {PASSWORD_VARIABLE} names"
            raise UnavailableError("registry.settings", message) from None
    return given


def is_contention(error: Exception) -> bool:
    """Tell whether the database gave a transaction up only because of another."""
    original = error.orig if isinstance(error, DBAPIError) else None
    return getattr(original, "sqlstate", None) in _CONTENTION
