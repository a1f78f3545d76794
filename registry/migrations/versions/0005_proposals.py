# SPDX-License-Identifier: Apache-2.0
"""What waits in the console for the signatures of several people."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of `console.tables` for proposals."""
    op.create_table(
        "console_proposals",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("typ", sa.String(40), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("extra", sa.LargeBinary()),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(40), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("ended_by", sa.String(40)),
        sa.Column("ended_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_console_proposals")),
    )
    name = op.f("ix_console_proposals_state_made_at_id")
    op.create_index(name, "console_proposals", ["state", "made_at", "id"])
    op.create_table(
        "console_signatures",
        sa.Column("proposal", sa.String(22), nullable=False),
        sa.Column("signer", sa.String(200), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("given_by", sa.String(40), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("proposal", "signer", name=op.f("pk_console_signatures")),
        sa.ForeignKeyConstraint(
            ["proposal"], ["console_proposals.id"], name=op.f("fk_console_signatures_proposal")
        ),
    )
