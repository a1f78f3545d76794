# SPDX-License-Identifier: Apache-2.0
"""The first schema: log, certificates, statements, their views, and what was published."""

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY: Final = ("leaves", "certificates", "statements", "receipts")
PARTITIONS: Final = 8
SPREAD: Final = {  # by the hash of which column
    "leaves": "log_index",
    "salts": "log_index",
    "receipts": "log_index",
    "certificates": "log_index",
    "seats": "batch",
    "persons": "slot",
    "statuses": "certificate",
}
_PLACE: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _text(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _spread(table: str) -> dict[str, Any]:
    return {"postgresql_partition_by": f"HASH ({SPREAD[table]})"}


def upgrade() -> None:
    """Create every table, the one row of the log's tail, and the triggers that keep history."""
    _tables()
    op.execute("insert into log_tail values (1, 0, 0, 0)")
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
        return
    _partitions()
    _postgresql_triggers()


def _sqlite_triggers() -> None:
    for table in APPEND_ONLY:
        for act in ("update", "delete"):
            op.execute(
                f"create trigger {table}_no_{act} before {act} on {table} "
                f"begin select raise(abort, '{table} is append-only'); end"
            )


def _partitions() -> None:
    for table in SPREAD:
        for part in range(PARTITIONS):
            which = f"(modulus {PARTITIONS}, remainder {part})"
            op.execute(f"create table {table}_p{part} partition of {table} for values with {which}")


def _postgresql_triggers() -> None:
    op.execute(
        "create function append_only() returns trigger language plpgsql as $$ begin "
        "raise exception '% is append-only', tg_table_name "
        "using errcode = 'integrity_constraint_violation'; end $$"
    )
    for table in APPEND_ONLY:
        # A row's trigger is handed down to the partitions, that of a TRUNCATE is not.
        op.execute(
            f"create trigger append_only before update or delete on {table} "
            "for each row execute function append_only()"
        )
        parts = PARTITIONS if table in SPREAD else 0
        for each in (table, *(f"{table}_p{part}" for part in range(parts))):
            op.execute(
                f"create trigger never_truncated before truncate on {each} "
                "for each statement execute function append_only()"
            )


def _tables() -> None:
    op.create_table(
        "bodies",
        sa.Column("code", _text(18), nullable=False),
        sa.Column("prefix", _text(20), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_bodies")),
        sa.UniqueConstraint("prefix", name=op.f("uq_bodies_prefix")),
    )
    op.create_table(
        "cells",
        sa.Column("list", _text(32), nullable=False),
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", _text(18), nullable=False),
        sa.PrimaryKeyConstraint("list", "cell", name=op.f("pk_cells")),
    )
    op.create_table(
        "heads",
        sa.Column("subject", _text(250), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_heads")),
    )
    op.create_table(
        "kids",
        sa.Column("kid", _text(11), nullable=False),
        sa.Column("thumbprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("owner", _text(150), nullable=False),
        sa.Column("role", _text(16), nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_kids")),
        sa.UniqueConstraint("thumbprint", name=op.f("uq_kids_thumbprint")),
    )
    op.create_table(
        "leaves",
        sa.Column("log_index", _PLACE, autoincrement=False, nullable=False),
        sa.Column("type", sa.SmallInteger(), nullable=False),
        sa.Column("t", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.SmallInteger(), nullable=False),
        sa.Column("host", _text(100), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("epoch between 1 and 255", name=op.f("ck_leaves_epoch")),
        sa.CheckConstraint("log_index >= 0", name=op.f("ck_leaves_log_index")),
        sa.CheckConstraint("type in (1, 2)", name=op.f("ck_leaves_type")),
        sa.PrimaryKeyConstraint("log_index", name=op.f("pk_leaves")),
        **_spread("leaves"),
    )
    op.create_table(
        "log_tail",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("t", sa.BigInteger(), nullable=False),
        sa.Column("directory", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_tail_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_tail")),
    )
    op.create_table(
        "peers",
        sa.Column("region", _text(6), nullable=False),
        sa.Column("t", sa.BigInteger(), nullable=False),
        sa.Column("bag", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("region", name=op.f("pk_peers")),
    )
    op.create_table(
        "publications",
        sa.Column("sequence", _PLACE, autoincrement=False, nullable=False),
        sa.Column("iat", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frontier", sa.Text(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_publications")),
    )
    op.create_table(
        "signed_lists",
        sa.Column("name", _text(80), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("iat", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_signed_lists")),
    )
    op.create_table(
        "submissions",
        sa.Column("iss", _text(150), nullable=False),
        sa.Column("jti", _text(64), nullable=False),
        sa.Column("exp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("iss", "jti", name=op.f("pk_submissions")),
    )
    op.create_index(op.f("ix_submissions_exp"), "submissions", ["exp"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("log_index", _PLACE, autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["log_index"], ["leaves.log_index"], name=op.f("fk_attachments_log_index")
        ),
        sa.PrimaryKeyConstraint("log_index", name=op.f("pk_attachments")),
    )
    op.create_table(
        "batches",
        sa.Column("log_index", _PLACE, autoincrement=False, nullable=False),
        sa.Column("body", _text(18), nullable=False),
        sa.Column("number", _text(64), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.CheckConstraint("taken between 0 and headcount", name=op.f("ck_batches_taken")),
        sa.ForeignKeyConstraint(
            ["log_index"], ["leaves.log_index"], name=op.f("fk_batches_log_index")
        ),
        sa.PrimaryKeyConstraint("log_index", name=op.f("pk_batches")),
        sa.UniqueConstraint("body", "number", name=op.f("uq_batches_body_number")),
    )
    op.create_table(
        "receipts",
        sa.Column("log_index", _PLACE, autoincrement=False, nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["log_index"], ["leaves.log_index"], name=op.f("fk_receipts_log_index")
        ),
        sa.PrimaryKeyConstraint("log_index", name=op.f("pk_receipts")),
        **_spread("receipts"),
    )
    op.create_table(
        "salts",
        sa.Column("log_index", _PLACE, autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["log_index"], ["leaves.log_index"], name=op.f("fk_salts_log_index")
        ),
        sa.PrimaryKeyConstraint("log_index", name=op.f("pk_salts")),
        **_spread("salts"),
    )
    op.create_table(
        "statements",
        sa.Column("log_index", _PLACE, autoincrement=False, nullable=False),
        sa.Column("iss", _text(150), nullable=False),
        sa.Column("jti", _text(64), nullable=False),
        sa.Column("type", _text(32), nullable=False),
        sa.Column("subject", _text(250), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("signatures", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["log_index"], ["leaves.log_index"], name=op.f("fk_statements_log_index")
        ),
        sa.PrimaryKeyConstraint("log_index", name=op.f("pk_statements")),
        sa.UniqueConstraint("iss", "jti", name=op.f("uq_statements_iss_jti")),
    )
    op.create_index(op.f("ix_statements_type"), "statements", ["type"], unique=False)
    op.create_table(
        "certificates",
        sa.Column("log_index", _PLACE, autoincrement=False, nullable=False),
        sa.Column("host", _text(100), nullable=False),
        sa.Column("kind", _text(32), nullable=False),
        sa.Column("number", _text(40), nullable=False),
        sa.Column("body", _text(18), nullable=False),
        sa.Column("kid", _text(11), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=32), nullable=False),
        sa.Column("list", _text(32), nullable=False),
        sa.Column("idx", sa.BigInteger(), nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch"], ["statements.log_index"], name=op.f("fk_certificates_batch")
        ),
        sa.ForeignKeyConstraint(
            ["log_index"], ["leaves.log_index"], name=op.f("fk_certificates_log_index")
        ),
        sa.PrimaryKeyConstraint("log_index", name=op.f("pk_certificates")),
        **_spread("certificates"),
    )
    op.create_table(
        "seats",
        sa.Column("batch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken between 0 and places", name=op.f("ck_seats_taken")),
        sa.ForeignKeyConstraint(["batch"], ["batches.log_index"], name=op.f("fk_seats_batch")),
        sa.PrimaryKeyConstraint("batch", "hash", name=op.f("pk_seats")),
        sqlite_with_rowid=False,
        **_spread("seats"),
    )
    op.create_table(
        "persons",
        sa.Column("slot", sa.LargeBinary(length=32), nullable=False),
        sa.Column("holder", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["holder"], ["certificates.log_index"], name=op.f("fk_persons_holder")
        ),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_persons")),
        sqlite_with_rowid=False,
        **_spread("persons"),
    )
    op.create_index(op.f("ix_persons_holder"), "persons", ["holder"], unique=False)
    op.create_table(
        "statuses",
        sa.Column("certificate", _PLACE, autoincrement=False, nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("actor", _text(150), nullable=False),
        sa.CheckConstraint("status between 1 and 3", name=op.f("ck_statuses_status")),
        sa.ForeignKeyConstraint(
            ["certificate"], ["certificates.log_index"], name=op.f("fk_statuses_certificate")
        ),
        sa.PrimaryKeyConstraint("certificate", name=op.f("pk_statuses")),
        **_spread("statuses"),
    )
    op.create_table(
        "successors",
        sa.Column("host", _text(100), nullable=False),
        sa.Column("kind", _text(32), nullable=False),
        sa.Column("number", _text(40), nullable=False),
        sa.Column("certificate", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate"], ["certificates.log_index"], name=op.f("fk_successors_certificate")
        ),
        sa.PrimaryKeyConstraint("host", "kind", "number", name=op.f("pk_successors")),
    )
