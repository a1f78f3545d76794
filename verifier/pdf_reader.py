# SPDX-License-Identifier: Apache-2.0
r"""A process that reads one PDF from standard input and says what is in it (`verifier.pdf`).

    {"attached":["eyJ…~\neyJ…\n"],"shown":["https://HOST/v#0123…"]}
    {"code":"pdf.too_long","message":"…"}

It runs under limits that the kernel keeps, since the library that it uses is written in C++ and the
file by a stranger: memory, computing time, no file may grow, few may be opened. Whatever goes
wrong in it ends this process and not the one that asked.
"""

import json
import resource
import sys
from contextlib import suppress
from typing import Any, Final

ATTACHMENT: Final = "certificate.skillseal.txt"
MAX_ATTACHED: Final = 16_384  # bytes, of a text form
MAX_ATTACHMENTS: Final = 64
MAX_PAGES: Final = 20
MAX_SHOWN: Final = 64
DOTS: Final = (200, 300)  # an inch; the second where the first shows nothing
MAX_SIDE: Final = 5_000  # pixels of a page's longer side
_LIMITS: Final = (
    (resource.RLIMIT_AS, 2 << 30),
    (resource.RLIMIT_CPU, 60),
    (resource.RLIMIT_FSIZE, 0),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NOFILE, 64),
)


class _RefusedError(Exception):
    """The file is not read on: code, message."""


def limit() -> None:
    """Have the kernel hold this process within its bounds."""
    for what, most in _LIMITS:
        with suppress(OSError, ValueError):  # macOS knows no bound of the memory
            resource.setrlimit(what, (most, most))


def look(data: bytes) -> dict[str, object]:
    """Tell what is in a file."""
    import pypdfium2  # noqa: PLC0415 # once the limits hold

    try:
        document = pypdfium2.PdfDocument(data)
        if len(document) > MAX_PAGES:
            message = f"more than {MAX_PAGES} pages: take the certificate's own file"
            raise _RefusedError("pdf.too_long", message)
        return {"attached": _attached(document), "shown": _shown(document)}
    except (pypdfium2.PdfiumError, MemoryError, UnicodeDecodeError):
        message = "not a whole PDF that opens without a password"
        return {"code": "pdf.malformed", "message": message}
    except _RefusedError as refused:
        return {"code": refused.args[0], "message": refused.args[1]}


def _attached(document: Any) -> list[str]:  # noqa: ANN401 # the library has no types
    count = document.count_attachments()
    if count > MAX_ATTACHMENTS:
        raise _RefusedError("pdf.malformed", f"more than {MAX_ATTACHMENTS} attachments")
    texts = []
    for at in range(count):
        attachment = document.get_attachment(at)
        if attachment.get_name() == ATTACHMENT:
            content = bytes(attachment.get_data())
            if len(content) > MAX_ATTACHED:
                raise _RefusedError("pdf.malformed", "the certificate attached is too large")
            texts.append(content.decode("utf-8", "replace"))
    return list(dict.fromkeys(texts))


def _shown(document: Any) -> list[str]:  # noqa: ANN401
    texts: list[str] = []
    for page in document:
        found: list[str] = []
        for dots in DOTS:
            found = found or _codes(page, dots)
        texts += found
        if len(texts) > MAX_SHOWN:
            raise _RefusedError("pdf.malformed", f"more than {MAX_SHOWN} codes")
    return list(dict.fromkeys(texts))


def _codes(page: Any, dots: int) -> list[str]:  # noqa: ANN401
    import zxingcpp  # noqa: PLC0415

    longest = max(*page.get_size(), 1)
    bitmap = page.render(scale=min(dots / 72, MAX_SIDE / longest), grayscale=True)
    flat = memoryview(bitmap.buffer).cast("B")
    pixels: Any = flat[: bitmap.stride * bitmap.height].cast("B", (bitmap.height, bitmap.stride))
    qr_codes = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
    found = zxingcpp.read_barcodes(pixels, formats=qr_codes)
    return [each.bytes.decode("utf-8", "replace") for each in found]


def main() -> None:
    """Read, look, say."""
    limit()
    json.dump(look(sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
