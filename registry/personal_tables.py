# SPDX-License-Identifier: Apache-2.0
"""The tables that hold what names a person, kept apart so that lawful erasure can empty them.

- `tokens`: certificates exactly as signed. A trigger refuses every UPDATE, and every DELETE but
  that of a certificate whose erasure has been stated.
- `holder_numbers`: document numbers that were submitted beside certificates, encrypted, each with a
  keyed blind index by which it is found (`registry.holder_keys`).
- `erasures`: which certificates are erased, and by which statement: a view that `registry fsck`
  rebuilds.

Salts stand in `registry.tables`. No foreign key leads here: a row is written in the transaction
that writes its leaf, `fsck` finds strays, and a table that is spread over several machines can do
without.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, LargeBinary, SmallInteger, Table, Text

from registry.columns import Place, key_text, metadata, spread

PENDING: Final = 0  # the tag of a number has not been computed yet
AGREES: Final = 1
DIFFERS: Final = 2  # the certificate bears the tag of another person
UNTAGGED: Final = 3  # the certificate has no tag to compare with

tokens = Table(
    "tokens",
    metadata,
    Column("log_index", Place, primary_key=True, autoincrement=False),
    Column("token", Text, nullable=False),  # the compact JWS as received first
    **spread("log_index"),
)

holder_numbers = Table(
    "holder_numbers",
    metadata,
    Column("log_index", Place, primary_key=True, autoincrement=False),
    Column("key", key_text(11), nullable=False, index=True),  # under which it is encrypted
    Column("sealed", LargeBinary, nullable=False),  # nonce ‖ ciphertext ‖ tag
    Column("blind", LargeBinary(32), nullable=False, index=True),
    Column("checked", SmallInteger, nullable=False, index=True),
    **spread("log_index"),
)

erasures = Table(
    "erasures",
    metadata,
    Column("log_index", Place, primary_key=True, autoincrement=False),  # of the certificate
    Column("statement", BigInteger, nullable=False),  # log index of what ordered it
    **spread("log_index"),
)
