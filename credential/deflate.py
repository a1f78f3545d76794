# SPDX-License-Identifier: Apache-2.0
"""Raw DEFLATE with the frozen dictionary of the carrier (RFC 1951; docs/format.md §4.3).

The dictionary is the file of the carrier's version followed by the token's host. It is frozen with
the version: a change of a catalogue never touches it. Only `expand` decides anything; what
`compress` gives may differ between builds of zlib.
"""

import pkgutil
import zlib
from functools import lru_cache
from typing import Final

from credential.errors import MalformedError

MAX_PLAIN: Final = 4096  # bytes
DICTIONARY: Final = pkgutil.get_data("credential", "dictionaries/1.bin") or b""
DICTIONARY_SHA256: Final = "1773c7cb6a3460c18f8ad36cb0e458d35a0aa57060b8baa6b6b55b3b9c6b0b5c"

_RAW: Final = -15  # zlib's name for raw DEFLATE with a window of 32 KiB
_STRATEGIES: Final = (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FIXED)


@lru_cache(maxsize=64)
def _dictionary(host: str) -> bytes:
    return DICTIONARY + host.encode()


def compress(plain: bytes, host: str) -> bytes:
    """Write the shortest stream that this machine's zlib finds."""
    streams = []
    for strategy in _STRATEGIES:
        engine = zlib.compressobj(9, zlib.DEFLATED, _RAW, 9, strategy, _dictionary(host))
        streams.append(engine.compress(plain) + engine.flush())
    return min(streams, key=len)


def expand(stream: bytes, host: str) -> bytes:
    """Read one stream that ends exactly at its last byte and is not longer than it may be.

    Raises:
        MalformedError: `malformed.carrier`.
    """
    engine = zlib.decompressobj(_RAW, zdict=_dictionary(host))
    try:
        plain = engine.decompress(stream, MAX_PLAIN + 1)
    except zlib.error:
        raise MalformedError("malformed.carrier", "the compressed part is damaged") from None
    if len(plain) > MAX_PLAIN or not engine.eof or engine.unused_data:
        raise MalformedError("malformed.carrier", "the compressed part does not end where it must")
    return plain
