# SPDX-License-Identifier: Apache-2.0
"""What all rows of a table come to, in whatever order they are read.

The sum of SHA-256 over the rows, modulo 2^256, and how many there are. It finds what was lost,
doubled or changed on the way from one database to another; it is no protection from somebody who
can choose rows, and needs to be none: what counts is signed, and `fsck` reads that.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

_ALL: Final = 1 << 256


@dataclass(slots=True)
class Sum:
    """Rows so far."""

    rows: int = 0
    digest: int = 0

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Take rows in: integers, texts, bytes, truth values and None."""
        for row in rows:
            said = hashlib.sha256(repr(row).encode("utf-8", "surrogatepass")).digest()
            self.digest = (self.digest + int.from_bytes(said)) % _ALL
            self.rows += 1
