# SPDX-License-Identifier: Apache-2.0
"""Finished pages, read back as a scanner would before they count as printed.

Every page is rendered to pixels, its one code decoded, and certificate and receipt compared with
those of the ledger; the attachment likewise. The lower left quarter, where the desk's own template
has its code, is looked at first, since rendering is what takes the time; then the whole page.
"""

from collections.abc import Sequence
from typing import Any, Final

import pypdfium2
import zxingcpp

from credential import carrier
from credential.errors import MalformedError, UntrustedError
from issuer.face import Face

DOTS: Final = 200  # an inch: a module of 0.33 mm has two and a half
MANY_DOTS: Final = 300
_SCALE: Final = 72  # points of a PDF in an inch
_QR_CODES: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_QUARTER: Final = (0, 0, 0.55, 0.6)  # left, bottom, right, top: what is cut away


def check(pdf: bytes, faces: Sequence[Face], attached: tuple[str, str]) -> None:
    """Return if a file shows these certificates, one a page, in this order.

    Args:
        pdf: As set.
        faces: What it is of.
        attached: Name and text of its attachment.

    Raises:
        UntrustedError: `print.unread`, naming the first certificate that does not read back.
    """
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        raise _unread(faces[0], "is no PDF") from None
    try:
        if len(document) != len(faces):
            raise _unread(faces[0], f"takes {len(document)} pages for {len(faces)}")
        if attachments(document) != [attached]:
            raise _unread(faces[0], "does not carry its attachment")
        for page, face in zip(document, faces, strict=True):
            _check_page(page, face)
    finally:
        document.close()


def attachment_of(pdf: bytes) -> tuple[str, str] | None:
    """Give name and text of a file's only attachment; None where it is none of ours."""
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        return None
    try:
        found = attachments(document)
    except (pypdfium2.PdfiumError, UnicodeDecodeError):
        return None
    finally:
        document.close()
    return found[0] if len(found) == 1 else None


def attachments(document: pypdfium2.PdfDocument) -> list[tuple[str, str]]:
    """Read name and text of each attachment of the desk's own file."""
    every = (document.get_attachment(at) for at in range(document.count_attachments()))
    return [(each.get_name(), bytes(each.get_data()).decode("ascii")) for each in every]


def _check_page(page: pypdfium2.PdfPage, face: Face) -> None:
    width, height = page.get_size()
    left, bottom, right, top = _QUARTER
    quarter = (width * left, height * bottom, width * right, height * top)
    texts = (
        _codes(page, DOTS, quarter) or _codes(page, DOTS, (0, 0, 0, 0)) or _codes(page, MANY_DOTS)
    )
    if len(texts) != 1:
        raise _unread(face, f"shows {len(texts)} codes that read, not one")
    try:
        found = carrier.decode(texts[0])
    except MalformedError:
        raise _unread(face, "shows a code that is none of a certificate") from None
    wanted = carrier.decode(face.text_form)
    if (found.certificate, found.receipt) != (wanted.certificate, wanted.receipt):
        raise _unread(face, "shows the code of another certificate")


def _codes(
    page: pypdfium2.PdfPage, dots: int, crop: tuple[float, float, float, float] = (0, 0, 0, 0)
) -> list[str]:
    bitmap: Any = page.render(scale=dots / _SCALE, crop=crop, grayscale=True)
    flat = memoryview(bitmap.buffer).cast("B")
    pixels = flat[: bitmap.stride * bitmap.height].cast("B", (bitmap.height, bitmap.stride))
    found = zxingcpp.read_barcodes(pixels, formats=_QR_CODES)
    bitmap.close()
    return list(dict.fromkeys(each.text for each in found))


def _unread(face: Face, what: str) -> UntrustedError:
    message = f"the page of {face.number} {what}: it is not written"
    return UntrustedError("print.unread", message)
