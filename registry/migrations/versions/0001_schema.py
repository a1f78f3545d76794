# SPDX-License-Identifier: Apache-2.0
"""The first schema: log, certificates, statements, their views, and what was published."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY: Final = ("leaves", "certificates", "statements", "receipts")


def upgrade() -> None:
    """Create every table, the one row of the log's tail, and the triggers that keep history."""
    _tables()
    op.execute("insert into log_tail (id, size, t, directory) values (1, 0, 0, 0)")
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgresql_triggers()


def _sqlite_triggers() -> None:
    for table in APPEND_ONLY:
        for act in ("update", "delete"):
            op.execute(
                f"create trigger {table}_no_{act} before {act} on {table} "
                f"begin select raise(abort, '{table} is append-only'); end"
            )


def _postgresql_triggers() -> None:
    op.execute(
        "create function append_only() returns trigger language plpgsql as "
        "$$ begin raise exception 'append-only table'; end $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger {table}_append_only before update or delete on {table} "
            "for each statement execute function append_only()"
        )


def _tables() -> None:
    op.create_table(
        "bodies",
        sa.Column("code", sa.String(length=18), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_bodies")),
        sa.UniqueConstraint("prefix", name=op.f("uq_bodies_prefix")),
    )
    op.create_table(
        "cells",
        sa.Column("list", sa.String(length=32), nullable=False),
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.String(length=18), nullable=False),
        sa.PrimaryKeyConstraint("list", "cell", name=op.f("pk_cells")),
    )
    op.create_table(
        "heads",
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_heads")),
    )
    op.create_table(
        "kids",
        sa.Column("kid", sa.String(length=11), nullable=False),
        sa.Column("thumbprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("owner", sa.String(length=150), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_kids")),
        sa.UniqueConstraint("thumbprint", name=op.f("uq_kids_thumbprint")),
    )
    op.create_table(
        "leaves",
        sa.Column(
            "log_index",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("type", sa.SmallInteger(), nullable=False),
        sa.Column("t", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.SmallInteger(), nullable=False),
        sa.Column("host", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint("epoch between 1 and 255", name=op.f("ck_leaves_epoch")),
        sa.CheckConstraint("log_index >= 0", name=op.f("ck_leaves_log_index")),
        sa.CheckConstraint("type in (1, 2)", name=op.f("ck_leaves_type")),
        sa.PrimaryKeyConstraint("log_index", name=op.f("pk_leaves")),
        sa.UniqueConstraint("digest", name=op.f("uq_leaves_digest")),
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
        sa.Column("region", sa.String(length=6), nullable=False),
        sa.Column("t", sa.BigInteger(), nullable=False),
        sa.Column("bag", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("region", name=op.f("pk_peers")),
    )
    op.create_table(
        "publications",
        sa.Column(
            "sequence",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("iat", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("frontier", sa.Text(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_publications")),
    )
    op.create_table(
        "signed_lists",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("iat", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_signed_lists")),
    )
    op.create_table(
        "submissions",
        sa.Column("iss", sa.String(length=150), nullable=False),
        sa.Column("jti", sa.String(length=64), nullable=False),
        sa.Column("exp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("iss", "jti", name=op.f("pk_submissions")),
    )
    op.create_index(op.f("ix_submissions_exp"), "submissions", ["exp"], unique=False)
    op.create_table(
        "attachments",
        sa.Column(
            "log_index",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["log_index"], ["leaves.log_index"], name=op.f("fk_attachments_log_index")
        ),
        sa.PrimaryKeyConstraint("log_index", name=op.f("pk_attachments")),
    )
    op.create_table(
        "batches",
        sa.Column(
            "log_index",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("body", sa.String(length=18), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
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
        sa.Column(
            "log_index",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["log_index"], ["leaves.log_index"], name=op.f("fk_receipts_log_index")
        ),
        sa.PrimaryKeyConstraint("log_index", name=op.f("pk_receipts")),
    )
    op.create_table(
        "salts",
        sa.Column(
            "log_index",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["log_index"], ["leaves.log_index"], name=op.f("fk_salts_log_index")
        ),
        sa.PrimaryKeyConstraint("log_index", name=op.f("pk_salts")),
    )
    op.create_table(
        "statements",
        sa.Column(
            "log_index",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("iss", sa.String(length=150), nullable=False),
        sa.Column("jti", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=250), nullable=False),
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
        sa.Column(
            "log_index",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("host", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("body", sa.String(length=18), nullable=False),
        sa.Column("kid", sa.String(length=11), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=32), nullable=False),
        sa.Column("list", sa.String(length=32), nullable=False),
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
        sa.UniqueConstraint(
            "host", "kind", "number", name=op.f("uq_certificates_host_kind_number")
        ),
        sa.UniqueConstraint("kid", "nonce", name=op.f("uq_certificates_kid_nonce")),
        sa.UniqueConstraint("list", "idx", name=op.f("uq_certificates_list_idx")),
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
        sa.UniqueConstraint("holder", name=op.f("uq_persons_holder")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "statuses",
        sa.Column(
            "certificate",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("actor", sa.String(length=150), nullable=False),
        sa.CheckConstraint("status between 1 and 3", name=op.f("ck_statuses_status")),
        sa.ForeignKeyConstraint(
            ["certificate"], ["certificates.log_index"], name=op.f("fk_statuses_certificate")
        ),
        sa.PrimaryKeyConstraint("certificate", name=op.f("pk_statuses")),
    )
    op.create_table(
        "successors",
        sa.Column("host", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("certificate", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate"], ["certificates.log_index"], name=op.f("fk_successors_certificate")
        ),
        sa.PrimaryKeyConstraint("host", "kind", "number", name=op.f("pk_successors")),
    )
