# SPDX-License-Identifier: Apache-2.0
"""One stream of a compound file (MS-CFB), and a compound file that holds nothing else.

An old .xls workbook is a small file system. Whoever follows its chains of sectors must not trust
them: they can run in circles and claim any length. Here each sector of a chain is taken once, and
the reading library is given the one stream it needs in a new file without anything from outside
around it.
"""

import struct
from typing import Final

_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE, _END, _FAT, _DIFAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
_SECTOR: Final = 512
_MINI: Final = 64
_CUTOFF: Final = 4096  # shorter streams lie in the small sectors
_ENTRY: Final = 128
_NO_TIME: Final = bytes(36)


def stream(content: bytes, names: tuple[str, ...]) -> bytes:
    """Take a stream out of a compound file.

    Args:
        content: The file.
        names: Of the stream; the first that is there is taken.

    Raises:
        ValueError: Not a whole compound file; or it has no such stream.
    """
    if len(content) < _SECTOR or not content.startswith(_MAGIC):
        raise ValueError
    shift = struct.unpack_from("<H", content, 30)[0]
    if shift not in (9, 12):
        raise ValueError
    directory, small_first = (struct.unpack_from("<I", content, at)[0] for at in (48, 60))
    size = 1 << shift
    table = _table(content, size)
    entries = _chain(content, table, directory, size)
    found: dict[str, tuple[int, int]] = {}
    root = (_END, 0)
    for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        length, kind = struct.unpack_from("<HB", entries, at + 64)
        start, long = struct.unpack_from("<II", entries, at + 116)
        if kind == 5:
            root = (start, long)
        elif kind == 2 and 2 <= length <= 64:
            name = entries[at : at + length - 2].decode("utf-16-le", "replace")
            found.setdefault(name.casefold(), (start, long))
    for name in names:
        if name.casefold() in found:
            start, long = found[name.casefold()]
            if long >= _CUTOFF:
                data = _chain(content, table, start, size)
            else:
                inner = _chain(content, table, root[0], size)
                small = _numbers(_chain(content, table, small_first, size))
                data = _chain(inner, small, start, _MINI, first=0)
            if len(data) < long:
                raise ValueError
            return data[:long]
    raise ValueError


def around(name: str, data: bytes) -> bytes:
    """Make a compound file that holds one stream."""
    data = data.ljust(_CUTOFF, b"\0")  # the small sectors are not needed then
    sectors = -(-len(data) // _SECTOR)
    tables = 1
    while tables * 128 < sectors + 1 + tables:
        tables += 1
    lists = max(0, -(-(tables - 109) // 127))
    while tables * 128 < sectors + 1 + tables + lists:
        tables += 1
        lists = max(0, -(-(tables - 109) // 127))
    first_table = sectors + 1
    first_list = first_table + tables
    places = list(range(first_table, first_table + tables))
    links = [*range(1, sectors), _END, _END, *([_FAT] * tables), *([_DIFAT] * lists)]
    links += [_FREE] * (tables * 128 - len(links))
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        _MAGIC, 0x3E, 3, 0xFFFE, 9, 6,
        0, tables, sectors, 0, _CUTOFF, _END, 0, first_list if lists else _END, lists,
    )  # fmt: skip
    inline = places[:109] + [_FREE] * (109 - len(places[:109]))
    header += struct.pack("<109I", *inline)
    body = data.ljust(sectors * _SECTOR, b"\0")
    body += _entry("Root Entry", 5, _END, 0, child=1) + _entry(name, 2, 0, len(data))
    body += bytes(2 * _ENTRY)
    body += struct.pack(f"<{len(links)}I", *links)
    for at in range(lists):
        part = places[109 + at * 127 : 109 + (at + 1) * 127]
        following = first_list + at + 1 if at + 1 < lists else _END
        body += struct.pack("<128I", *part, *([_FREE] * (127 - len(part))), following)
    return header + body


def _entry(name: str, kind: int, start: int, length: int, child: int = _FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    return (
        head
        + struct.pack("<III", _FREE, _FREE, child)
        + _NO_TIME
        + struct.pack("<IQ", start, length)
    )


def _table(content: bytes, size: int) -> tuple[int, ...]:
    """Put together the table of sectors, from the header and the lists that go on from it."""
    places = list(struct.unpack_from("<109I", content, 76))
    following = struct.unpack_from("<I", content, 68)[0]
    seen: set[int] = set()
    while following < _DIFAT and following not in seen:
        seen.add(following)
        numbers = _numbers(_sector(content, following, size, 1))
        places.extend(numbers[:-1])
        following = numbers[-1]
    sectors = [place for place in places if place < _DIFAT]
    if len(sectors) != len(set(sectors)):
        raise ValueError
    return tuple(
        number for place in sectors for number in _numbers(_sector(content, place, size, 1))
    )


def _chain(content: bytes, table: tuple[int, ...], start: int, size: int, first: int = 1) -> bytes:
    found: list[bytes] = []
    seen: set[int] = set()
    while start != _END:
        if start in seen or start >= len(table):
            raise ValueError
        seen.add(start)
        found.append(_sector(content, start, size, first))
        start = table[start]
    return b"".join(found)


def _sector(content: bytes, number: int, size: int, first: int) -> bytes:
    """Give a sector; the header takes the place of the first one of a file."""
    at = (number + first) * size
    if at >= len(content):
        raise ValueError
    return content[at : at + size]


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])
