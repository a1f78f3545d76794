# SPDX-License-Identifier: Apache-2.0
"""What must be unique in the whole registry and is not what its table is partitioned by.

A partitioned table can keep a key unique only if the key contains the column that chooses the
partition. Leaves and certificates are spread by their place in the log; so each other thing that is
given away once stands in a table of its own, spread by itself, with the place that has it:

- `digests`: a content is admitted once;
- `numbers`: a certificate number belongs to one certificate of its host and kind;
- `places`: a status index belongs to one certificate;
- `nonces`: a key signs with a nonce once.

A row here is written in the transaction that writes the row it guards. They are views: `registry
fsck` rebuilds them. They are also how a certificate is found by its number.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, LargeBinary, Table

from registry.columns import key_text, metadata, spread

digests = Table(
    "digests",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("log_index", BigInteger, nullable=False),
    sqlite_with_rowid=False,
    **spread("digest"),
)

numbers = Table(  # the number first: it is what people ask for
    "numbers",
    metadata,
    Column("number", key_text(40), primary_key=True),
    Column("kind", key_text(32), primary_key=True),
    Column("host", key_text(100), primary_key=True),
    Column("log_index", BigInteger, nullable=False),
    sqlite_with_rowid=False,
    **spread("number"),
)

places = Table(
    "places",
    metadata,
    Column("list", key_text(32), primary_key=True),
    Column("idx", BigInteger, primary_key=True, autoincrement=False),
    Column("log_index", BigInteger, nullable=False),
    sqlite_with_rowid=False,
    **spread("idx"),
)

nonces = Table(
    "nonces",
    metadata,
    Column("kid", key_text(11), primary_key=True),
    Column("nonce", LargeBinary(32), primary_key=True),
    Column("log_index", BigInteger, nullable=False),
    sqlite_with_rowid=False,
    **spread("nonce"),
)

GUARDS: Final = (digests, numbers, places, nonces)
