# SPDX-License-Identifier: Apache-2.0
"""Pictures of codes, for tests."""

from pathlib import Path

import zxingcpp
from PIL import Image


def symbol(text: str, scale: int = 4) -> Image.Image:
    """Draw one QR code with a quiet zone."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCodeModel2)
    image = code.to_image(scale=scale)
    height, width = image.shape
    pixels = memoryview(image)  # type: ignore[arg-type] # it is a buffer, but does not say so
    return Image.frombuffer("L", (width, height), pixels.tobytes())


def page(path: Path, *texts: str) -> Path:
    """Save a picture with codes one below the other."""
    symbols = [symbol(text) for text in texts]
    width = max(one.width for one in symbols) + 80
    sheet = Image.new("L", (width, sum(one.height + 80 for one in symbols)), 255)
    top = 40
    for one in symbols:
        sheet.paste(one, (40, top))
        top += one.height + 80
    sheet.save(path)
    return path
