# SPDX-License-Identifier: Apache-2.0
"""What names a person gets tables of its own, which lawful erasure may empty."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PARTITIONS: Final = 8
_PLACE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Move the texts; let nothing be changed, and nothing deleted but what is stated as erased."""
    _table("erasures", sa.Column("statement", sa.BigInteger(), nullable=False))
    _table("tokens", sa.Column("token", sa.Text(), nullable=False))
    _table(
        "holder_numbers",
        sa.Column(
            "key",
            sa.String(11).with_variant(sa.String(11, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("blind", sa.LargeBinary(length=32), nullable=False),
        sa.Column("checked", sa.SmallInteger(), nullable=False),
    )
    for name in ("key", "blind", "checked"):
        op.create_index(op.f(f"ix_holder_numbers_{name}"), "holder_numbers", [name])
    op.execute("insert into tokens (log_index, token) select log_index, token from certificates")
    op.execute("alter table certificates drop column token")
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgresql_triggers()


def _table(name: str, *columns: sa.Column[int] | sa.Column[str] | sa.Column[bytes]) -> None:
    op.create_table(
        name,
        sa.Column("log_index", _PLACE, autoincrement=False, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("log_index", name=op.f(f"pk_{name}")),
        postgresql_partition_by="HASH (log_index)",
    )
    if op.get_bind().dialect.name == "postgresql":
        for part in range(PARTITIONS):
            op.execute(
                f"create table {name}_p{part} partition of {name} "
                f"for values with (modulus {PARTITIONS}, remainder {part})"
            )


def _sqlite_triggers() -> None:
    op.execute(
        "create trigger tokens_no_update before update on tokens "
        "begin select raise(abort, 'tokens is append-only'); end"
    )
    op.execute(
        "create trigger tokens_no_delete before delete on tokens when not exists "
        "(select 1 from erasures where log_index = old.log_index) "
        "begin select raise(abort, 'tokens is append-only'); end"
    )


def _postgresql_triggers() -> None:
    op.execute(
        "create function erased_only() returns trigger language plpgsql as $$ begin "
        "if tg_op = 'DELETE' and exists "
        "(select 1 from erasures where log_index = old.log_index) then return old; end if; "
        "raise exception '% is append-only', tg_table_name "
        "using errcode = 'integrity_constraint_violation'; end $$"
    )
    op.execute(
        "create trigger append_only before update or delete on tokens "
        "for each row execute function erased_only()"
    )
    for each in ("tokens", *(f"tokens_p{part}" for part in range(PARTITIONS))):
        op.execute(
            f"create trigger never_truncated before truncate on {each} "
            "for each statement execute function append_only()"
        )
