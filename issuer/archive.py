# SPDX-License-Identifier: Apache-2.0
"""The parts of a zipped workbook, unpacked under a bound: whatever a directory claims is checked.

A part unpacks to what the directory says of it, all of them to at most 512 MiB, none stands twice
and none is encrypted; an XML part has no document type.
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from xml.parsers import expat

from issuer.sheet import unreadable

MAX_UNPACKED: Final = 512 << 20  # bytes over all parts
MAX_PARTS: Final = 2_000
MAX_INDEX_PART: Final = 4 << 20  # bytes of the parts that only name other parts
_CHUNK: Final = 1 << 20

Start = Callable[[str, dict[str, str]], None]
"""Told of an element that begins: its name and attributes."""


class Archive:
    """The parts of one file."""

    def __init__(self, path: Path, content: bytes) -> None:
        self.path = path
        self._content = content
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
        self.parts = {part.filename: part for part in parts}
        # The reading library takes names without regard to case.
        names = {part.filename.replace("\\", "/").casefold() for part in parts}
        if len(parts) > MAX_PARTS or len(names) != len(parts):
            raise unreadable(path, "too many parts, or one part twice: save it again")
        if any(part.flag_bits & 1 for part in parts):
            raise unreadable(path, "protected by a password: save it without one")

    def is_only(self, other: tuple[str, ...]) -> None:
        """Return if no part makes it another kind of workbook, which nobody has looked at.

        Raises:
            MalformedError: `roster.unreadable`.
        """
        if any(part.casefold() in other for part in self.parts):
            raise unreadable(self.path, "two kinds of workbook in one: save it again as .xlsx")

    def small(self, name: str) -> bytes:
        """Unpack a part that only names other parts."""
        part = self.parts[name]
        if part.file_size > MAX_INDEX_PART:
            raise self._too_big()
        return b"".join(self._unpack(part))

    def feed(self, readers: dict[str, "XmlReader"]) -> None:
        """Unpack every part once, and let readers see those that they are named for."""
        unpacked = 0
        for name, part in self.parts.items():
            reader = readers.get(name)
            for chunk in self._unpack(part):
                unpacked += len(chunk)
                if unpacked > MAX_UNPACKED:
                    raise self._too_big()
                if reader:
                    reader.feed(chunk)
        for reader in readers.values():
            reader.feed(b"", final=True)

    def _too_big(self) -> Exception:
        what = f"unpacks to more than {MAX_UNPACKED >> 20} MiB: split the roster"
        return unreadable(self.path, what)

    def _unpack(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        """Unpack a part without trusting what the directory says of its length."""
        start, content = part.header_offset, self._content
        if content[start : start + 4] != b"PK\x03\x04":
            raise zipfile.BadZipFile
        name, extra = (
            int.from_bytes(content[start + at : start + at + 2], "little") for at in (26, 28)
        )
        packed = memoryview(content)[start + 30 + name + extra :][: part.compress_size]
        left = part.file_size
        if part.compress_type == zipfile.ZIP_STORED:
            chunks: Iterator[bytes] = iter([bytes(packed)])
        elif part.compress_type == zipfile.ZIP_DEFLATED:
            chunks = _inflate(packed)
        else:
            raise NotImplementedError
        for chunk in chunks:
            left -= len(chunk)
            if left < 0:
                what = "a part is longer than its directory says: save it again"
                raise unreadable(self.path, what)
            yield chunk
        if left:
            raise zipfile.BadZipFile


class XmlReader:
    """Runs XML through expat; a document type, in which entities could stand, ends it."""

    def __init__(
        self,
        path: Path,
        start: Start,
        end: Callable[[str], None] | None = None,
        *,
        prefixed: bool = False,
    ) -> None:
        """Begin.

        Args:
            path: For what is said.
            start: Told of elements that begin.
            end: Told of elements that end.
            prefixed: Names come as written, `table:table`, which is how calamine takes them;
                otherwise with the namespace, a space between.
        """
        self._path = path
        self._parser = expat.ParserCreate(namespace_separator=None if prefixed else " ")
        self._parser.StartElementHandler = start
        self._parser.EndElementHandler = end
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        """Read on."""
        try:
            self._parser.Parse(chunk, final)
        except (expat.ExpatError, LookupError, ValueError):  # the latter two by its encoding
            raise unreadable(self._path, "the sheet is not well-formed: save it again") from None

    def _doctype(self, *_: object) -> None:
        raise unreadable(self._path, "the sheet has a document type, which no workbook needs")


@contextmanager
def opened(path: Path, content: bytes) -> Iterator[Archive]:
    """Open a file; what goes wrong inside with its parts is said as `roster.unreadable`."""
    try:
        yield Archive(path, content)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, NotImplementedError):
        raise unreadable(path, "not a whole workbook: save it again as .xlsx") from None


def parse(path: Path, data: bytes, start: Start) -> None:
    """Read a small part whole."""
    XmlReader(path, start).feed(data, final=True)


def _inflate(packed: memoryview) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-15)
    chunk = inflate.decompress(packed, _CHUNK)
    while chunk:
        yield chunk
        chunk = inflate.decompress(inflate.unconsumed_tail, _CHUNK)
