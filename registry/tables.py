# SPDX-License-Identifier: Apache-2.0
"""The registry's tables. Every invariant that two requests could break stands here as a constraint.

Signed, append-only (triggers refuse UPDATE and DELETE):

- `leaves`: one row for each admitted content, in the order of the log;
- `certificates`, `statements`: the content itself, exactly as signed;
- `receipts`: the registry's signature for a leaf, written once, after the leaf is durable.

Beside them: `salts` and `attachments`, which lawful erasure may empty; `log_tail`, the one row that
every writer moves by compare-and-swap; `submissions`, the request identifiers not yet expired;
`signed_lists`, `publications`, `peers`, what was published.

Views, rebuilt by `registry fsck` from what was signed: `heads` `kids` `bodies` `cells` `batches`
`seats` `persons` `statuses` `successors`.

The types are those that SQLite and PostgreSQL share. Digests are raw bytes.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


# In SQLite the name of the row itself, hence without an index of its own.
_Index = BigInteger().with_variant(Integer(), "sqlite")


def _leaf(*, primary_key: bool = True) -> Column[int]:
    return Column(
        "log_index",
        _Index,
        ForeignKey("leaves.log_index"),
        primary_key=primary_key,
        autoincrement=False,
        nullable=False,
    )


leaves = Table(
    "leaves",
    metadata,
    Column("log_index", _Index, primary_key=True, autoincrement=False),
    Column("type", SmallInteger, nullable=False),  # 1 certificate, 2 statement
    Column("t", BigInteger, nullable=False),
    Column("epoch", SmallInteger, nullable=False),
    Column("host", String(100), nullable=False),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("commitment", LargeBinary(32), nullable=False),  # SHA-256(salt ‖ receipt payload)
    CheckConstraint("type in (1, 2)", name="type"),
    CheckConstraint("epoch between 1 and 255", name="epoch"),
    CheckConstraint("log_index >= 0", name="log_index"),
)

salts = Table("salts", metadata, _leaf(), Column("salt", LargeBinary(16), nullable=False))

receipts = Table(
    "receipts", metadata, _leaf(), Column("signature", LargeBinary(64), nullable=False)
)

log_tail = Table(
    "log_tail",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),  # number of leaves
    Column("t", BigInteger, nullable=False),  # time of the last leaf
    Column("directory", BigInteger, nullable=False),  # leaves up to the last directory statement
    CheckConstraint("id = 1", name="single"),
)

certificates = Table(
    "certificates",
    metadata,
    _leaf(),
    Column("host", String(100), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("number", String(40), nullable=False),
    Column("body", String(18), nullable=False),
    Column("kid", String(11), nullable=False),
    Column("nonce", LargeBinary(32), nullable=False),  # r of the signature
    Column("list", String(32), nullable=False),
    Column("idx", BigInteger, nullable=False),
    Column("batch", BigInteger, ForeignKey("statements.log_index"), nullable=False),
    Column("token", Text, nullable=False),
    UniqueConstraint("host", "kind", "number"),
    UniqueConstraint("list", "idx"),
    UniqueConstraint("kid", "nonce"),
)

statements = Table(
    "statements",
    metadata,
    _leaf(),
    Column("iss", String(150), nullable=False),
    Column("jti", String(64), nullable=False),
    Column("type", String(32), nullable=False),
    Column("subject", String(250), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("signatures", Text, nullable=False),  # the compact JWS, one a line
    UniqueConstraint("iss", "jti"),
    Index(None, "type"),
)

attachments = Table("attachments", metadata, _leaf(), Column("content", Text, nullable=False))

submissions = Table(
    "submissions",
    metadata,
    Column("iss", String(150), primary_key=True),
    Column("jti", String(64), primary_key=True),
    Column("exp", BigInteger, nullable=False, index=True),
)

# Views ------------------------------------------------------------------------------------------

heads = Table(
    "heads",
    metadata,
    Column("subject", String(250), primary_key=True),
    Column("digest", LargeBinary(32), nullable=False),
)

kids = Table(
    "kids",
    metadata,
    Column("kid", String(11), primary_key=True),
    Column("thumbprint", LargeBinary(32), nullable=False, unique=True),
    Column("owner", String(150), nullable=False),
    Column("role", String(16), nullable=False),
)

bodies = Table(
    "bodies",
    metadata,
    Column("code", String(18), primary_key=True),
    Column("prefix", String(20), nullable=True, unique=True),  # NULL where the body has none
)

cells = Table(  # a block is cut into cells of 1,024 entries, so that two blocks cannot overlap
    "cells",
    metadata,
    Column("list", String(32), primary_key=True),
    Column("cell", Integer, primary_key=True, autoincrement=False),
    Column("body", String(18), nullable=False),
)

batches = Table(
    "batches",
    metadata,
    _leaf(),  # of the statement that files it
    Column("body", String(18), nullable=False),
    Column("number", String(64), nullable=False),
    Column("headcount", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("salt", LargeBinary(16), nullable=False),
    UniqueConstraint("body", "number"),
    CheckConstraint("taken between 0 and headcount", name="taken"),
)

seats = Table(  # the committed roster: one row for each distinct hash
    "seats",
    metadata,
    Column(
        "batch", BigInteger, ForeignKey("batches.log_index"), primary_key=True, autoincrement=False
    ),
    Column("hash", LargeBinary(32), primary_key=True),
    Column("places", Integer, nullable=False),  # how often the hash stands in the roster
    Column("taken", Integer, nullable=False),
    CheckConstraint("taken between 0 and places", name="taken"),
    sqlite_with_rowid=False,
)

persons = (
    Table(  # who holds what: one standing certificate for each person, kind, occupation and level
        "persons",
        metadata,
        Column("slot", LargeBinary(32), primary_key=True),
        Column(
            "holder", BigInteger, ForeignKey("certificates.log_index"), nullable=False, unique=True
        ),
        Column(
            "until", BigInteger, nullable=True
        ),  # from when a renewal may be issued; NULL: never
        sqlite_with_rowid=False,
    )
)

statuses = Table(  # certificates whose status is not 0
    "statuses",
    metadata,
    Column(
        "certificate",
        _Index,
        ForeignKey("certificates.log_index"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("status", SmallInteger, nullable=False),
    Column("actor", String(150), nullable=False),  # who set it
    CheckConstraint("status between 1 and 3", name="status"),
)

successors = Table(  # numbers that a supersede statement reserved for a re-issue
    "successors",
    metadata,
    Column("host", String(100), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("number", String(40), primary_key=True),
    Column("certificate", BigInteger, ForeignKey("certificates.log_index"), nullable=False),
)

# Published ---------------------------------------------------------------------------------------

signed_lists = Table(
    "signed_lists",
    metadata,
    Column(
        "name", String(80), primary_key=True
    ),  # trust_list, catalogues/<scheme>, status_lists/<uri>
    Column("version", BigInteger, nullable=False),
    Column("iat", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),  # leaves that it takes account of
    Column("token", Text, nullable=False),
)

publications = Table(
    "publications",
    metadata,
    Column("sequence", _Index, primary_key=True, autoincrement=False),
    Column("iat", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("frontier", Text, nullable=False),  # hashes of the tree's complete subtrees at that size
    Column("manifest", Text, nullable=False),
    Column("checkpoint", Text, nullable=False),
)

peers = Table(
    "peers",
    metadata,
    Column("region", String(6), primary_key=True),
    Column("t", BigInteger, nullable=False),
    Column("bag", LargeBinary, nullable=False),
)

APPEND_ONLY: Final = ("leaves", "certificates", "statements", "receipts")
VIEWS: Final = (heads, kids, bodies, cells, batches, seats, persons, statuses, successors)
