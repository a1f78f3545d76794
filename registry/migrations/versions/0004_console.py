# SPDX-License-Identifier: Apache-2.0
"""The console's accounts and sessions, and what is kept of acts that need no signature."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of `console.tables` and `registry.console.tables`."""
    op.create_table(
        "console_accounts",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("display", sa.String(50), nullable=False),
        sa.Column("roles", sa.String(400), nullable=False),
        sa.Column("jurisdiction", sa.String(12)),
        sa.Column("industry", sa.String(40)),
        sa.Column("until", sa.BigInteger()),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("temporary", sa.Boolean(), nullable=False),
        sa.Column("totp", sa.LargeBinary(20)),
        sa.Column("totp_pending", sa.LargeBinary(20)),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_console_accounts")),
    )
    op.create_table(
        "console_sessions",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("flash", sa.String(1000)),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_console_sessions")),
        sa.ForeignKeyConstraint(
            ["account"],
            ["console_accounts.name"],
            ondelete="CASCADE",
            name=op.f("fk_console_sessions_account"),
        ),
    )
    op.create_table(
        "console_failures",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_console_failures")),
    )
    op.create_table(
        "console_limits",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("window", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hash", "window", name=op.f("pk_console_limits")),
    )
    _own()
    for table, column in (
        ("sessions", "account"),
        ("sessions", "seen_at"),
        ("failures", "until"),
        ("limits", "window"),
        ("unmaskings", "at"),
        ("unmaskings", "certificate"),
    ):
        op.create_index(op.f(f"ix_console_{table}_{column}"), f"console_{table}", [column])


def _own() -> None:
    party = sa.String(150).with_variant(sa.String(150, collation="C"), "postgresql")
    op.create_table(
        "console_parties",
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("party", party, nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_console_parties")),
    )
    op.create_table(
        "console_unmaskings",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(40), nullable=False),
        sa.Column("certificate", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_console_unmaskings")),
    )
