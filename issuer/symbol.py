# SPDX-License-Identifier: Apache-2.0
"""The QR symbol of a code (ISO/IEC 18004): level M, quiet zone of four modules, as SVG and PNG.

zxing-cpp draws the symbols of a batch: it cuts the text into a byte segment for the URL and a
numeric one for the digits by itself, and is about fifteen times faster than qrcode, which draws a
single code for a terminal (`issuer.terminal_code`). A test compares the two: same version, same
text.

One module is 8 pixels and, where a program honours the file's resolution, 0.4 mm. Every symbol is
read back from its modules and compared before it counts as drawn.
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Any, Final

import zxingcpp

from credential.errors import UntrustedError

QUIET_ZONE: Final = 4  # modules on each side
PIXELS: Final = 8  # of the PNG, a side of a module: one byte of one-bit pixels
MODULE: Final = 0.4  # mm, a side of a module
_PIXELS_A_METRE: Final = round(PIXELS / MODULE * 1000)
_QR_CODES: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_BIT_TO_BLACK: Final = b"\xff\x00" + bytes(254)
_BLACK_TO_BIT: Final = bytes(1 if value < 128 else 0 for value in range(256))


@dataclass(frozen=True, slots=True)
class Symbol:
    """The modules of one code."""

    text: str
    """What it says."""
    rows: tuple[bytes, ...]
    """One byte a module, 1 is dark; without the quiet zone."""

    @property
    def version(self) -> int:
        """The symbol's version, 1 to 40."""
        return (len(self.rows) - 17) // 4

    def png(self) -> bytes:
        """Write a picture of one bit a pixel."""
        # Eight pixels of one bit: a module is one byte of a line, 1 is white.
        side = (len(self.rows) + 2 * QUIET_ZONE) * PIXELS
        margin = b"\xff" * QUIET_ZONE
        blank = (b"\0" + b"\xff" * (side // PIXELS)) * (QUIET_ZONE * PIXELS)
        lines = (
            (b"\0" + margin + row.translate(_BIT_TO_BLACK) + margin) * PIXELS for row in self.rows
        )
        pixels = blank + b"".join(lines) + blank
        header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
        scale = struct.pack(">IIB", _PIXELS_A_METRE, _PIXELS_A_METRE, 1)
        chunks = (
            (b"IHDR", header),
            (b"pHYs", scale),
            (b"IDAT", zlib.compress(pixels, 4)),
            (b"IEND", b""),
        )
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)

    def svg(self) -> bytes:
        """Write a drawing: one path of horizontal runs, in modules, sized in millimetres."""
        side = len(self.rows) + 2 * QUIET_ZONE
        runs: list[str] = []
        for y, row in enumerate(self.rows, start=QUIET_ZONE):
            end = 0
            while (start := row.find(1, end)) >= 0:
                end = row.find(0, start)
                if end < 0:
                    end = len(row)
                runs.append(f"M{start + QUIET_ZONE} {y}h{end - start}v1h{start - end}z")
        size = f"{side * MODULE:g}mm"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" '
            f'viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
            f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/>'
            f'<path d="{"".join(runs)}"/></svg>\n'
        ).encode("ascii")


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def draw(text: str) -> Symbol:
    """Draw a code's symbol and read it back.

    Raises:
        UntrustedError: `code.unread`, when the drawing does not say the text.
    """
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image: Any = barcode.to_image(scale=1, add_quiet_zones=False)
    side = int(image.shape[0])
    pixels = bytes(memoryview(image)).translate(_BLACK_TO_BIT)
    symbol = Symbol(text, tuple(pixels[at : at + side] for at in range(0, side * side, side)))
    if read(symbol) != text:
        raise UntrustedError("code.unread", "a drawn code does not read as its text: not written")
    return symbol


def read(symbol: Symbol) -> str | None:
    """Read the modules back as a scanner would, quiet zone included."""
    margin = b"\xff" * QUIET_ZONE
    side = len(symbol.rows) + 2 * QUIET_ZONE
    lines = [margin + row.translate(_BIT_TO_BLACK) + margin for row in symbol.rows]
    blank = b"\xff" * (side * QUIET_ZONE)
    pixels = memoryview(blank + b"".join(lines) + blank).cast("B", (side, side))
    found = zxingcpp.read_barcodes(pixels, formats=_QR_CODES, is_pure=True)
    return found[0].text if len(found) == 1 and found[0].valid else None
