# SPDX-License-Identifier: Apache-2.0
"""The press: faces set by typst under a template, as PDF/A-3b.

    press = Press.of(Typeface.of(), template, seal=None)
    press.one(face)        one page, with the certificate and its receipt attached
    press.volume(faces)    up to 500 pages, in their order

PDF/A-3 (ISO 19005-3) is PDF for keeping that may carry other files: `certificate.skillseal.txt`
is the text form (docs/format.md §4.5), so the file can be verified without a camera. A volume is
for the printer and carries only `volume.txt`, a digest of what is in it, so that a later run knows
whether it is the same.

What the template sees are `faces.json`, `code-N.svg`, `photo-N.svg`, `seal.svg`, `attached.txt`:
the compiler takes texts only, so that a picture comes inside a drawing.
The date of a file is that of its certificate: printed again, it is the same file.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import typst

from credential.errors import MalformedError, UnavailableError
from issuer.face import Face
from issuer.photo import SEAL_SIDE, SIZE
from issuer.typeface import Typeface

ATTACHMENT: Final = "certificate.skillseal.txt"
CONTENTS: Final = "volume.txt"
MAX_PAGES: Final = 500  # of a volume
MAX_TEMPLATE: Final = 1 << 20  # bytes
A4: Final = Path(__file__).parent / "templates" / "a4.typ"


@dataclass(frozen=True, slots=True)
class Press:
    """A template, and the compiler with its fonts."""

    compiler: Any
    """typst's."""
    template: bytes
    families: tuple[str, ...]
    seal: bytes | None
    """PNG."""

    @classmethod
    def of(cls, typeface: Typeface, template: Path = A4, seal: bytes | None = None) -> Self:
        """Set up the press.

        Raises:
            UnavailableError: `template.unreadable`.
        """
        try:
            with template.open("rb") as file:
                text = file.read(MAX_TEMPLATE)
        except OSError as error:
            message = f"cannot read the template {template.name}: {error.strerror}"
            raise UnavailableError("template.unreadable", message) from None
        new: Any = typst.Compiler  # takes a dict of files, which its types do not say
        compiler = new(
            input={"main": b""},
            font_paths=list(typeface.folders),
            ignore_system_fonts=True,
        )
        return cls(compiler, text, typeface.families, seal)

    def one(self, face: Face) -> bytes:
        """Set one certificate.

        Raises:
            MalformedError: `template.malformed`.
        """
        title = f"{_title(face)} {face.number}"
        return self._set([face], ATTACHMENT, face.text_form, title)

    def volume(self, faces: Sequence[Face]) -> bytes:
        """Set a volume.

        Raises:
            MalformedError: `template.malformed`.
        """
        title = f"{_title(faces[0])} {faces[0].number} – {faces[-1].number}"
        return self._set(faces, CONTENTS, contents(faces), title)

    def _set(self, faces: Sequence[Face], attached: str, text: str, title: str) -> bytes:
        given = {
            "families": self.families,
            "has_seal": self.seal is not None,
            "title": title,
            "attached": attached,
            "faces": [face.members for face in faces],
        }
        files = {
            "main": self.template,
            "faces.json": json.dumps(given, ensure_ascii=False).encode(),
            "attached.txt": text.encode("ascii"),
        }
        for at, face in enumerate(faces):
            files[f"code-{at}.svg"] = face.symbol
            if face.photo is not None:
                files[f"photo-{at}.svg"] = _drawing("jpeg", face.photo, SIZE)
        if self.seal is not None:
            files["seal.svg"] = _drawing("png", self.seal, (SEAL_SIDE, SEAL_SIDE))
        try:
            made = self.compiler.compile(
                input=files,
                format="pdf",
                pdf_standards="a-3b",
                timestamp=max(face.at for face in faces),
            )
        except RuntimeError as error:
            message = f"the template does not set: {error}"
            raise MalformedError("template.malformed", message) from None
        if not isinstance(made, bytes):
            raise MalformedError("template.malformed", "the template gives no document")
        return made


def contents(faces: Sequence[Face]) -> str:
    """Describe what is in a volume: number of pages, SHA-256 of all that is printed on them."""
    digest = hashlib.sha256()
    for face in faces:
        shown = json.dumps(face.members, ensure_ascii=False, sort_keys=True)
        for part in (face.text_form.encode(), shown.encode(), face.photo or b""):
            digest.update(hashlib.sha256(part).digest())
    return f"{len(faces)} {digest.hexdigest()}\n"


def _drawing(kind: str, data: bytes, size: tuple[int, int]) -> bytes:
    """Put a picture into a drawing of its size in pixels, in the middle of it."""
    width, height = size
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" '
        f'xlink:href="data:image/{kind};base64,{base64.b64encode(data).decode()}"/></svg>'
    ).encode()


def _title(face: Face) -> str:
    titles = face.members["title"]
    return str(titles[0]) if isinstance(titles, tuple) else str(titles)
