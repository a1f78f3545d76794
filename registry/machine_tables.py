# SPDX-License-Identifier: Apache-2.0
"""The table of what machines are signed in with.

A token itself is never stored: what is looked for is its hash. Rows go when their time is over.
"""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table

from registry.columns import key_text, metadata

access_tokens = Table(
    "access_tokens",
    metadata,
    Column("hash", LargeBinary(32), primary_key=True),  # SHA-256 of the token
    Column("client", key_text(150), nullable=False, index=True),
    Column("kid", key_text(11), nullable=False),  # of the key that signed in
    Column("scopes", key_text(100), nullable=False),
    Column("exp", BigInteger, nullable=False),
    Column("uses", Integer, nullable=False),
)
