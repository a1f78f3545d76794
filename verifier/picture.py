# SPDX-License-Identifier: Apache-2.0
"""Read the QR codes in a photograph or scan.

A picture comes from a stranger: its bytes and its pixels are bounded before it is decoded, only PNG
and JPEG are opened, and nothing in it is followed. Every code that is found is returned: choosing
between two would be choosing a verdict.
"""

from pathlib import Path
from typing import Final

from credential.errors import MalformedError, UnavailableError

SUFFIXES: Final = (".jpeg", ".jpg", ".png")
MAX_FILE: Final = 32 << 20  # bytes
MAX_PIXELS: Final = 64_000_000  # a phone's largest, 4 bytes each while decoding
MAX_CODES: Final = 64
_FORMATS: Final = ("PNG", "JPEG")


def read_codes(path: Path) -> list[str]:
    """Return the text of every distinct QR code, from top to bottom, then left to right.

    Raises:
        UnavailableError: `picture.unreadable` where the file cannot be read or is too large.
        MalformedError: `picture.malformed` where it is no PNG or JPEG, `picture.no_code` where no
        code is in it.
    """
    data = _read(path)
    from io import BytesIO  # noqa: PLC0415 # a text is verified without loading any of this

    import zxingcpp  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise MalformedError("picture.malformed", f"more than {MAX_PIXELS:,} pixels")
            grey = image.convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise MalformedError("picture.malformed", "not a whole PNG or JPEG picture") from None
    qr_codes = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
    found = zxingcpp.read_barcodes(grey, formats=qr_codes)
    found = sorted(found, key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    texts = list(dict.fromkeys(code.bytes.decode("utf-8", "replace") for code in found))
    if not texts:
        raise MalformedError("picture.no_code", "no QR code was found in the picture")
    if len(texts) > MAX_CODES:
        raise MalformedError("picture.malformed", f"more than {MAX_CODES} codes in one picture")
    return texts


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise UnavailableError("picture.unreadable", error.strerror or "cannot be read") from None
    if len(data) > MAX_FILE:
        raise UnavailableError("picture.unreadable", f"larger than {MAX_FILE >> 20} MiB")
    return data
