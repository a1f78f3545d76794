# SPDX-License-Identifier: Apache-2.0
"""Photos and seals: pictures that somebody put into a folder, bounded and written anew.

    photos/31019919900101000X.jpg      the document number is the name of the file

What goes to print is a fresh JPEG of 300 dots an inch without anything that the camera wrote beside
the picture: place, time, device.
"""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from PIL import Image, ImageOps

from credential.errors import MalformedError, UnavailableError

SUFFIXES: Final = (".jpeg", ".jpg", ".png")
MAX_FILE: Final = 8 << 20  # bytes
MAX_PIXELS: Final = 40_000_000
MAX_FILES: Final = 200_000
SIZE: Final = (295, 413)  # pixels: one inch, 25 × 35 mm, at 300 dots an inch
SEAL_SIDE: Final = 600  # pixels, of at most 45 mm
_FORMATS: Final = ("PNG", "JPEG")


@dataclass(frozen=True, slots=True)
class Photos:
    """A folder of photos."""

    files: dict[str, Path]
    """Document number, in capitals, to file."""

    @classmethod
    def of(cls, folder: Path | None) -> Self:
        """List a folder; None is the empty one.

        Raises:
            UnavailableError: `photo.unreadable`.
            MalformedError: `photo.malformed`, when it holds too many files.
        """
        files: dict[str, Path] = {}
        if folder is not None:
            try:
                for path in sorted(folder.iterdir()):
                    if path.suffix.lower() in SUFFIXES:
                        files.setdefault(path.stem.upper(), path)
            except OSError as error:
                message = f"cannot read the folder of photos: {error.strerror}"
                raise UnavailableError("photo.unreadable", message) from None
            if len(files) > MAX_FILES:
                raise MalformedError("photo.malformed", f"more than {MAX_FILES:,} photos")
        return cls(files)

    def find(self, document: str) -> Path | None:
        """Find the photo of whoever bears a document number, with or without its country."""
        return self.files.get(document) or self.files.get(document.rpartition(":")[2])


def photo(path: Path) -> bytes:
    """Give a photo as it is printed: JPEG, the middle of the picture in the shape of the frame.

    Raises:
        UnavailableError: `photo.unreadable`.
        MalformedError: `photo.malformed`.
    """
    image = ImageOps.fit(_over_white(_open(path)), SIZE, Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90, dpi=(300, 300))
    return out.getvalue()


def seal(path: Path) -> bytes:
    """Give the picture of a seal as it is printed: PNG, white taken for the paper's.

    Raises:
        UnavailableError: `photo.unreadable`.
        MalformedError: `photo.malformed`.
    """
    image = _open(path).convert("RGBA")
    image.thumbnail((SEAL_SIDE, SEAL_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _open(path: Path) -> Image.Image:
    """Read a picture, turned as its camera was held."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        message = f"cannot read a picture: {error.strerror}"
        raise UnavailableError("photo.unreadable", message) from None
    if len(data) > MAX_FILE:
        raise MalformedError("photo.malformed", f"a picture larger than {MAX_FILE >> 20} MiB")
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                message = f"a picture of more than {MAX_PIXELS:,} pixels"
                raise MalformedError("photo.malformed", message)
            image.load()
            return ImageOps.exif_transpose(image)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise MalformedError("photo.malformed", "not a whole PNG or JPEG picture") from None


def _over_white(image: Image.Image) -> Image.Image:
    whole = image.convert("RGBA")
    paper = Image.new("RGBA", whole.size, "white")
    return Image.alpha_composite(paper, whole).convert("RGB")
