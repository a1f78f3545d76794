# SPDX-License-Identifier: Apache-2.0
"""What machines are signed in with."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NAME: Final = "access_tokens"


def upgrade() -> None:
    """Create the table of `registry.machine_tables`."""
    op.create_table(
        _NAME,
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("client", _text(150), nullable=False),
        sa.Column("kid", _text(11), nullable=False),
        sa.Column("scopes", _text(100), nullable=False),
        sa.Column("exp", sa.BigInteger(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f(f"pk_{_NAME}")),
    )
    op.create_index(op.f(f"ix_{_NAME}_client"), _NAME, ["client"])


def _text(length: int) -> sa.String:
    collated = sa.String(length, collation="C")
    return sa.String(length).with_variant(collated, "postgresql")
