# SPDX-License-Identifier: Apache-2.0
"""Whether this process may be sent requests (`GET /readyz`), and why not.

    database    it can be read
    schema      it is this program's version
    marks       it is no old copy: it has all that was acknowledged
    clock       it is not behind the log
    receipt     a key of the root in force is loaded that may sign now

Nothing is locked and nothing is written, so a balancer may ask as often as it likes.
"""

from alembic.migration import MigrationContext

from credential.errors import UnavailableError
from registry import database, log, schema, store_log
from registry.service import Registry


def demand_ready(registry: Registry) -> int:
    """Give the size of the log, if the registry can admit.

    Raises:
        UnavailableError: `registry.unavailable`, `registry.schema`, `registry.restored`,
            `registry.diverged`, `registry.marks`, `registry.clock` or `registry.receipt_key`.
    """
    with database.read(registry.engine) as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision != schema.head():
            message = "the database is of another version than this program: restart the server"
            raise UnavailableError("registry.schema", message)
        tail = store_log.tail(connection)
    registry.marks.demand_of(registry.engine)
    t = log.next_time(tail, registry.clock())
    registry.epoch(t)
    if not registry.signers:
        raise UnavailableError("registry.receipt_key", "no receipt key is loaded")
    return tail.size
