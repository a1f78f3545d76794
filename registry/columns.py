# SPDX-License-Identifier: Apache-2.0
"""What columns are made of on both databases, and how tables are spread over partitions.

Texts that are keys compare as code points on both: SQLite does so by itself, and PostgreSQL with
the collation "C", whose order no upgrade of the system's C library changes under an index.

On PostgreSQL a table that grows with certificates is cut into `PARTITIONS` parts by the hash of one
column. Every unique key on it contains that column; what else has to be unique has a table of its
own, partitioned by it (`registry.guards`). A distributed database asks for nothing else.
"""

from typing import Any, Final

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, String

PARTITIONS: Final = 8  # of each table; what stands in migration 0001

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
Place: Final = BigInteger().with_variant(Integer(), "sqlite")


def key_text(length: int) -> String:
    """Give the type of a text that is compared: by code points."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def leaf_column(*, name: str = "log_index", of: str = "leaves") -> Column[int]:
    """Make the primary key of a table that has one row for some leaves."""
    return Column(
        name,
        Place,
        ForeignKey(f"{of}.log_index"),
        primary_key=True,
        autoincrement=False,
        nullable=False,
    )


def spread(column: str) -> dict[str, Any]:
    """Partition a table by the hash of a column; SQLite keeps it whole."""
    return {"postgresql_partition_by": f"HASH ({column})"}
