# SPDX-License-Identifier: Apache-2.0
"""Finished pages, read back as a scanner would before they count as printed.

Every piece is rendered to pixels, its one code decoded, and certificate and receipt compared with
those of the ledger; the attachment likewise. On a sheet each place is looked at by itself, on a
card both sides. The lower left quarter of an A4 page, where the desk's own template has its code,
is looked at first, since rendering is what takes the time; then the whole page.
"""

from collections.abc import Sequence
from typing import Any, Final

import pypdfium2
import zxingcpp

from credential import carrier
from credential.errors import MalformedError, UntrustedError
from issuer.face import Face
from issuer.layout import Layout

DOTS: Final = 200  # an inch: a module of 0.33 mm has two and a half
MORE_DOTS: Final = (300, 240)
"""Tried after it: a reader fails at one density now and then. With more, small codes would read."""
_SCALE: Final = 72  # points of a PDF in an inch
_QR_CODES: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)
_QUARTER: Final = (0, 0, 0.55, 0.6)  # left, bottom, right, top: what is cut away
_WHOLE: Final = (0.0, 0.0, 0.0, 0.0)
_POINTS: Final = 72 / 25.4  # in a mm
_SIDES: Final = {"a4": (1,), "card": (1, 2), "sticker": (1,)}

Crop = tuple[float, float, float, float]


def check(pdf: bytes, faces: Sequence[Face], attached: tuple[str, str], layout: Layout) -> None:
    """Return if a file shows these certificates, each in its place, in this order.

    Args:
        pdf: As set.
        faces: What it is of.
        attached: Name and text of its attachment.
        layout: Of its pages.

    Raises:
        UntrustedError: `print.unread`, naming the first certificate that does not read back.
    """
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        raise _unread(faces[0], "is no PDF") from None
    try:
        places = 1 if layout.grid is None else layout.grid.places
        groups = -(-len(faces) // places)
        sides, rest = divmod(len(document), groups)
        if rest or sides not in _SIDES[layout.format]:
            raise _unread(faces[0], f"takes {len(document)} pages for {len(faces)}")
        if attachments(document) != [attached]:
            raise _unread(faces[0], "does not carry its attachment")
        for group in range(groups):
            pages = [document[group * sides + side] for side in range(sides)]
            for place, face in enumerate(faces[group * places : (group + 1) * places]):
                _check_piece(pages, face, layout, place)
            for page in pages:
                page.close()
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


def _check_piece(
    pages: Sequence[pypdfium2.PdfPage], face: Face, layout: Layout, place: int
) -> None:
    if layout.format == "a4" and layout.grid is None:
        (page,) = pages
        width, height = page.get_size()
        left, bottom, right, top = _QUARTER
        quarter = (width * left, height * bottom, width * right, height * top)
        texts = codes(page, DOTS, quarter, is_plain=True) or patient([(page, _WHOLE)])
    else:
        texts = patient(
            [(page, _crop(page, layout, place, side)) for side, page in enumerate(pages)]
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


def _crop(page: pypdfium2.PdfPage, layout: Layout, place: int, side: int) -> Crop:
    """Tell what is to be cut away around a piece, in points: left, bottom, right, top."""
    if layout.grid is None:
        return _WHOLE
    x, y = layout.grid.at(place, layout.size, is_back=side > 0)
    x, y = max(0.0, x + layout.offset[0]), max(0.0, y + layout.offset[1])
    width, height = page.get_size()
    right, bottom = ((x + layout.size[0]) * _POINTS, (y + layout.size[1]) * _POINTS)
    return (x * _POINTS, max(0.0, height - bottom), max(0.0, width - right), y * _POINTS)


def patient(parts: Sequence[tuple[pypdfium2.PdfPage, Crop]]) -> list[str]:
    """Read the codes of some parts of pages, at the first density at which there are any."""
    for dots in (DOTS, *MORE_DOTS):
        texts = [text for page, crop in parts for text in codes(page, dots, crop)]
        if texts:
            return texts
    return []


def codes(
    page: pypdfium2.PdfPage, dots: int, crop: Crop = _WHOLE, *, is_plain: bool = False
) -> list[str]:
    """Read the codes of a page, or of what is left of it when some is cut away, in points.

    A plain one stands upright, black on white and large enough: nothing else is looked for, which
    takes half the time.
    """
    bitmap: Any = page.render(scale=dots / _SCALE, crop=crop, grayscale=True)
    flat = memoryview(bitmap.buffer).cast("B")
    pixels = flat[: bitmap.stride * bitmap.height].cast("B", (bitmap.height, bitmap.stride))
    found = zxingcpp.read_barcodes(
        pixels,
        formats=_QR_CODES,
        try_rotate=not is_plain,
        try_downscale=not is_plain,
        try_invert=not is_plain,
    )
    bitmap.close()
    return list(dict.fromkeys(each.text for each in found))


def _unread(face: Face, what: str) -> UntrustedError:
    message = f"the page of {face.number} {what}: it is not written"
    return UntrustedError("print.unread", message)
