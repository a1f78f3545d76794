# SPDX-License-Identifier: Apache-2.0
"""A ZIP file that has one form: stored parts in a fixed order, and not a byte besides.

    local header, content   for each part        (PKWARE APPNOTE, §4.3.7, §4.3.12, §4.3.16)
    central header          for each part
    end of central directory

Nothing is compressed, so no part is larger than what was read and nothing can swell. Times are
1980-01-01, modes 0644, no comments. A reader takes the parts out, writes the file again and
compares: so every byte of it is accounted for, and the same parts always give the same file.
"""

import struct
import zlib
from collections.abc import Sequence
from typing import Final

from credential.errors import MalformedError

MAX_BYTES: Final = 1 << 30
MAX_PARTS: Final = 16

_LOCAL: Final = struct.Struct("<IHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<IHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<IHHHHIIH")
_LOCAL_MARK: Final = 0x04034B50
_CENTRAL_MARK: Final = 0x02014B50
_END_MARK: Final = 0x06054B50
_VERSION: Final = 20
_UNIX: Final = 3 << 8
_FIRST_DAY: Final = 0x0021  # 1980-01-01
_MODE: Final = 0o100644 << 16

Parts = Sequence[tuple[str, bytes]]
"""Name, ASCII, and content."""


def pack(parts: Parts) -> bytes:
    """Write the file.

    Raises:
        MalformedError: `evidence.too_large`.
    """
    body, directory = [], []
    offset = 0
    for name, content in parts:
        written = name.encode("ascii")
        common = (0, 0, 0, _FIRST_DAY, zlib.crc32(content), len(content), len(content))
        head = _LOCAL.pack(_LOCAL_MARK, _VERSION, *common, len(written), 0) + written
        entry = (_CENTRAL_MARK, _VERSION | _UNIX, _VERSION, *common, len(written), 0, 0, 0, 0)
        directory.append(_CENTRAL.pack(*entry, _MODE, offset) + written)
        body += [head, content]
        offset += len(head) + len(content)
        if offset > MAX_BYTES:
            raise _too_large()
    listed = b"".join(directory)
    count = len(directory)
    end = _END.pack(_END_MARK, 0, 0, count, count, len(listed), offset, 0)
    return b"".join([*body, listed, end])


def unpack(data: bytes) -> list[tuple[str, bytes]]:
    """Take the parts out of a file that has this form.

    Raises:
        MalformedError: `evidence.zip`, `evidence.too_large`.
    """
    if len(data) > MAX_BYTES:
        raise _too_large()
    parts: list[tuple[str, bytes]] = []
    at = 0
    while len(data) - at >= _LOCAL.size and len(parts) <= MAX_PARTS:
        mark, *_, length, named, _extra = _LOCAL.unpack_from(data, at)
        if mark != _LOCAL_MARK:
            break
        start = at + _LOCAL.size
        name = data[start : start + named].decode("ascii", "replace")
        at = start + named + length
        parts.append((name, data[start + named : at]))
    if not 0 < len(parts) <= MAX_PARTS or not all(name.isascii() for name, _ in parts):
        raise _not_one()
    if pack(parts) != data:
        raise _not_one()
    return parts


def _not_one() -> MalformedError:
    message = "not a pack of evidence as it was written: damaged, or changed afterwards"
    return MalformedError("evidence.zip", message)


def _too_large() -> MalformedError:
    return MalformedError("evidence.too_large", f"a pack has at most {MAX_BYTES >> 20} MiB")
