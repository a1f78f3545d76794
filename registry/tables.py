# SPDX-License-Identifier: Apache-2.0
"""The registry's tables. Every invariant that two requests could break stands here as a constraint.

Signed, append-only (triggers refuse UPDATE and DELETE):

- `leaves`: one row for each admitted content, in the order of the log;
- `statements`: the content itself, exactly as signed; `certificates`: what a certificate is known
  by, while its text stands in `tokens` (`registry.personal_tables`);
- `receipts`: the registry's signature for a leaf, written once, after the leaf is durable.

Beside them: `salts` and `attachments`, which lawful erasure may empty; `log_tail`, the one row that
every writer moves by compare-and-swap; `submissions`, the request identifiers not yet expired;
`signed_lists`, `publications`, `peers`, what was published.

Views, rebuilt by `registry fsck` from what was signed: `heads` `kids` `bodies` `cells` `batches`
`seats` `persons` `statuses` `successors`, and the guards of `registry.guards`.

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
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from registry.columns import Place, key_text, leaf_column, metadata, spread
from registry.guards import GUARDS
from registry.machine_tables import access_tokens
from registry.personal_tables import erasures, holder_numbers, tokens

__all__ = ["access_tokens", "erasures", "holder_numbers", "metadata", "tokens"]

leaves = Table(
    "leaves",
    metadata,
    Column("log_index", Place, primary_key=True, autoincrement=False),
    Column("type", SmallInteger, nullable=False),  # 1 certificate, 2 statement
    Column("t", BigInteger, nullable=False),
    Column("epoch", SmallInteger, nullable=False),
    Column("host", key_text(100), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("commitment", LargeBinary(32), nullable=False),  # SHA-256(salt ‖ receipt payload)
    CheckConstraint("type in (1, 2)", name="type"),
    CheckConstraint("epoch between 1 and 255", name="epoch"),
    CheckConstraint("log_index >= 0", name="log_index"),
    **spread("log_index"),
)

salts = Table(
    "salts",
    metadata,
    leaf_column(),
    Column("salt", LargeBinary(16), nullable=False),
    **spread("log_index"),
)

receipts = Table(
    "receipts",
    metadata,
    leaf_column(),
    Column("signature", LargeBinary(64), nullable=False),
    **spread("log_index"),
)

log_tail = Table(
    "log_tail",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),  # number of leaves
    Column("t", BigInteger, nullable=False),  # time of the last leaf
    Column("directory", BigInteger, nullable=False),  # leaves up to the last directory statement
    Column("moving", SmallInteger, nullable=False, server_default="0"),  # one of `store_log`'s
    Column("move", LargeBinary(16), nullable=True),  # which move, while it lasts and where it began
    CheckConstraint("id = 1", name="single"),
)

certificates = Table(
    "certificates",
    metadata,
    leaf_column(),
    Column("host", key_text(100), nullable=False),
    Column("kind", key_text(32), nullable=False),
    Column("number", key_text(40), nullable=False),
    Column("body", key_text(18), nullable=False),
    Column("kid", key_text(11), nullable=False),
    Column("nonce", LargeBinary(32), nullable=False),  # r of the signature
    Column("list", key_text(32), nullable=False),
    Column("idx", BigInteger, nullable=False),
    Column("batch", BigInteger, ForeignKey("statements.log_index"), nullable=False),
    Index(None, "body", "log_index"),
    **spread("log_index"),
)

statements = Table(
    "statements",
    metadata,
    leaf_column(),
    Column("iss", key_text(150), nullable=False),
    Column("jti", key_text(64), nullable=False),
    Column("type", key_text(32), nullable=False),
    Column("subject", key_text(250), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("signatures", Text, nullable=False),  # the compact JWS, one a line
    UniqueConstraint("iss", "jti"),
    Index(None, "type"),
)

attachments = Table("attachments", metadata, leaf_column(), Column("content", Text, nullable=False))

submissions = Table(
    "submissions",
    metadata,
    Column("iss", key_text(150), primary_key=True),
    Column("jti", key_text(64), primary_key=True),
    Column("exp", BigInteger, nullable=False, index=True),
)

# Views ------------------------------------------------------------------------------------------

heads = Table(
    "heads",
    metadata,
    Column("subject", key_text(250), primary_key=True),
    Column("digest", LargeBinary(32), nullable=False),
)

kids = Table(
    "kids",
    metadata,
    Column("kid", key_text(11), primary_key=True),
    Column("thumbprint", LargeBinary(32), nullable=False, unique=True),
    Column("owner", key_text(150), nullable=False),
    Column("role", key_text(16), nullable=False),
)

bodies = Table(
    "bodies",
    metadata,
    Column("code", key_text(18), primary_key=True),
    Column("prefix", key_text(20), nullable=True, unique=True),  # NULL where the body has none
)

cells = Table(  # a block is cut into cells of 1,024 entries, so that two blocks cannot overlap
    "cells",
    metadata,
    Column("list", key_text(32), primary_key=True),
    Column("cell", Integer, primary_key=True, autoincrement=False),
    Column("body", key_text(18), nullable=False),
)

batches = Table(
    "batches",
    metadata,
    leaf_column(),  # of the statement that files it
    Column("body", key_text(18), nullable=False),
    Column("number", key_text(64), nullable=False),
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
    **spread("batch"),
)

persons = Table(  # one standing certificate for each person, kind, occupation and level
    "persons",
    metadata,
    Column("slot", LargeBinary(32), primary_key=True),
    Column(  # whose slot follows from it: no certificate can hold two
        "holder", BigInteger, ForeignKey("certificates.log_index"), nullable=False, index=True
    ),
    Column("until", BigInteger, nullable=True),  # from when it may be renewed; NULL: never
    sqlite_with_rowid=False,
    **spread("slot"),
)

statuses = Table(  # certificates whose status is not 0
    "statuses",
    metadata,
    leaf_column(name="certificate", of="certificates"),
    Column("status", SmallInteger, nullable=False),
    Column("actor", key_text(150), nullable=False),  # who set it
    CheckConstraint("status between 1 and 3", name="status"),
    **spread("certificate"),
)

successors = Table(  # numbers that a supersede statement reserved for a re-issue
    "successors",
    metadata,
    Column("host", key_text(100), primary_key=True),
    Column("kind", key_text(32), primary_key=True),
    Column("number", key_text(40), primary_key=True),
    Column("certificate", BigInteger, ForeignKey("certificates.log_index"), nullable=False),
)

# Published ---------------------------------------------------------------------------------------

signed_lists = Table(
    "signed_lists",
    metadata,
    Column(
        "name", key_text(80), primary_key=True
    ),  # trust_list, catalogues/<scheme>, status_lists/<uri>
    Column("version", BigInteger, nullable=False),
    Column("iat", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),  # leaves that it takes account of
    Column("token", Text, nullable=False),
)

publications = Table(
    "publications",
    metadata,
    Column("sequence", Place, primary_key=True, autoincrement=False),
    Column("iat", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("frontier", Text, nullable=False),  # hashes of the tree's complete subtrees at that size
    Column("manifest", Text, nullable=False),
    Column("checkpoint", Text, nullable=False),
)

peers = Table(
    "peers",
    metadata,
    Column("region", key_text(6), primary_key=True),
    Column("t", BigInteger, nullable=False),
    Column("bag", LargeBinary, nullable=False),
)

APPEND_ONLY: Final = ("leaves", "certificates", "statements", "receipts")
VIEWS: Final = (
    *GUARDS,
    heads,
    kids,
    bodies,
    cells,
    batches,
    seats,
    persons,
    statuses,
    successors,
    erasures,
)
