# SPDX-License-Identifier: Apache-2.0
"""Who searched the certificates by a document number."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NAME = "console_searches"


def upgrade() -> None:
    """Create the table of `registry.console.tables` for searches."""
    region = sa.String(6).with_variant(sa.String(6, collation="C"), "postgresql")
    op.create_table(
        _NAME,
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("region", region, nullable=False),
        sa.Column("fields", sa.String(200), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_NAME}")),
    )
    op.create_index(op.f(f"ix_{_NAME}_at"), _NAME, ["at"])
