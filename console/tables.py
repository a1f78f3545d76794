# SPDX-License-Identifier: Apache-2.0
"""The tables of this room, in the database that the application gives.

- `console_accounts`: who may sign in, and with what roles;
- `console_sessions`: who has; a token is stored as its hash, so that a copy of the database lets
  nobody in;
- `console_failures`, `console_limits`: what was tried, under hashes of names and addresses;
- `console_proposals`, `console_signatures`: what waits for the signatures of several people.

All state stands here, so that several workers serve one application. The types are those that
SQLite and PostgreSQL share; times are seconds since 1970.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

NAME: Final = 40  # characters of an account's name

accounts: Final = Table(
    "console_accounts",
    metadata,
    Column("name", String(NAME), primary_key=True),
    Column("display", String(50), nullable=False),
    Column("roles", String(400), nullable=False),  # sorted, with spaces between
    Column("jurisdiction", String(12)),
    Column("industry", String(40)),
    Column("until", BigInteger),
    Column("disabled", Boolean, nullable=False),
    Column("password", String(200), nullable=False),  # argon2id, in its own notation
    Column("temporary", Boolean, nullable=False),  # to be changed at the first sign-in
    Column("totp", LargeBinary(20)),
    Column("totp_pending", LargeBinary(20)),  # shown, but not yet confirmed by a code
    Column("totp_step", BigInteger, nullable=False),  # the last one used
    Column("made_at", BigInteger, nullable=False),
)

sessions: Final = Table(
    "console_sessions",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),
    Column("account", ForeignKey(accounts.c.name, ondelete="CASCADE"), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("flash", String(1000)),
    Index(None, "account"),
    Index(None, "seen_at"),
)

failures: Final = Table(
    "console_failures",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),  # of a name, whether there is one or not
    Column("count", Integer, nullable=False),
    Column("until", BigInteger, nullable=False),
    Index(None, "until"),
)

limits: Final = Table(
    "console_limits",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),  # of what is limited, and whom
    Column("window", BigInteger, primary_key=True, autoincrement=False),  # its end
    Column("count", Integer, nullable=False),
    Index(None, "window"),
)

proposals: Final = Table(
    "console_proposals",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("typ", String(40), nullable=False),
    Column("about", String(200), nullable=False),
    Column("payload", LargeBinary, nullable=False),  # exactly what is signed
    Column("extra", LargeBinary),  # what the act needs beside it, not signed
    Column("needed", Integer, nullable=False),
    Column("made_by", String(NAME), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),  # open, complete, withdrawn
    Column("ended_by", String(NAME)),
    Column("ended_at", BigInteger),
    Index(None, "state", "made_at", "id"),
)

signatures: Final = Table(
    "console_signatures",
    metadata,
    Column("proposal", ForeignKey(proposals.c.id), primary_key=True),
    Column("signer", String(200), primary_key=True),  # as the application names the key
    Column("token", LargeBinary, nullable=False),  # compact JWS
    Column("given_by", String(NAME), nullable=False),
    Column("given_at", BigInteger, nullable=False),
)
