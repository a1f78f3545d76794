# SPDX-License-Identifier: Apache-2.0
"""The guards: what must be unique and is not what its table is partitioned by. A body's list.

A database of SQLite that was made before them also keeps the unique keys of its tables: they say
the same once more.
"""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PARTITIONS: Final = 8
SPREAD: Final = {"digests": "digest", "numbers": "number", "places": "idx", "nonces": "nonce"}


def upgrade() -> None:
    """Create the guards and fill them from the rows that they guard."""
    _guard(
        "digests",
        [sa.Column("digest", sa.LargeBinary(length=32), nullable=False)],
        "select digest, log_index from leaves",
    )
    _guard(
        "numbers",
        [
            sa.Column("number", _text(40), nullable=False),
            sa.Column("kind", _text(32), nullable=False),
            sa.Column("host", _text(100), nullable=False),
        ],
        "select number, kind, host, log_index from certificates",
    )
    _guard(
        "places",
        [
            sa.Column("list", _text(32), nullable=False),
            sa.Column("idx", sa.BigInteger(), autoincrement=False, nullable=False),
        ],
        "select list, idx, log_index from certificates",
    )
    _guard(
        "nonces",
        [
            sa.Column("kid", _text(11), nullable=False),
            sa.Column("nonce", sa.LargeBinary(length=32), nullable=False),
        ],
        "select kid, nonce, log_index from certificates",
    )
    op.create_index(
        op.f("ix_certificates_body_log_index"), "certificates", ["body", "log_index"], unique=False
    )


def _guard(
    name: str, key: list[sa.Column[str] | sa.Column[bytes] | sa.Column[int]], rows: str
) -> None:
    op.create_table(
        name,
        *key,
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*(column.name for column in key), name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
        postgresql_partition_by=f"HASH ({SPREAD[name]})",
    )
    if op.get_bind().dialect.name == "postgresql":
        for part in range(PARTITIONS):
            op.execute(
                f"create table {name}_p{part} partition of {name} "
                f"for values with (modulus {PARTITIONS}, remainder {part})"
            )
    op.execute(f"insert into {name} {rows}")


def _text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")
