# SPDX-License-Identifier: Apache-2.0
"""What the registry's console keeps beside `console.tables`, in the registry's own database.

- `console_parties`: for which authority or body an account acts;
- `console_unmaskings`: who asked for which document number, when and why; nothing deletes a row;
- `console_searches`: who searched by a document number, when and why, and which certificates were
  shown; not the number. Nothing deletes a row.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, MetaData, String, Table, Text

from console.tables import NAME
from registry.columns import key_text
from registry.columns import metadata as registry_metadata

metadata: Final = MetaData(naming_convention=registry_metadata.naming_convention)

REASON: Final = 200  # characters

parties: Final = Table(
    "console_parties",
    metadata,
    Column("account", String(NAME), primary_key=True),
    Column("party", key_text(150), nullable=False),
)

unmaskings: Final = Table(
    "console_unmaskings",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("account", String(NAME), nullable=False),
    Column("certificate", BigInteger, nullable=False),  # log index
    Column("reason", String(REASON), nullable=False),
    Index(None, "at"),
    Index(None, "certificate"),
)

searches: Final = Table(
    "console_searches",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("account", String(NAME), nullable=False),
    Column("region", key_text(6), nullable=False),  # how far the account saw; 000000: everything
    Column("fields", String(200), nullable=False),  # with spaces between; none: all
    Column("found", Text, nullable=False),  # log indexes, with spaces between
    Column("reason", String(REASON), nullable=False),
    Index(None, "at"),
)
