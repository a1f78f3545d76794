# SPDX-License-Identifier: Apache-2.0
"""Whether the registry still is in this database, or has been moved to another."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add to the log's tail what `registry.move` writes there."""
    moving = sa.Column("moving", sa.SmallInteger(), nullable=False, server_default="0")
    op.add_column("log_tail", moving)
    op.add_column("log_tail", sa.Column("move", sa.LargeBinary(16), nullable=True))
