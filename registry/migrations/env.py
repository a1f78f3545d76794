# SPDX-License-Identifier: Apache-2.0
"""What Alembic runs, on the connection that `registry.schema.upgrade` holds under its lock."""

from alembic import context

from registry.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
