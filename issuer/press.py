# SPDX-License-Identifier: Apache-2.0
"""The press: faces set by typst under a template, as PDF/A-3b.

    press = Press.of(Typeface.of(), Layout.of("card"), template, seal=None)
    press.one(face)        a page (a card has two), with the certificate and its receipt attached
    press.volume(faces)    up to 500 of them, in their order, on pages or on sheets
    press.test_page()      a ruler, and every field's box in its place

PDF/A-3 (ISO 19005-3) is PDF for keeping that may carry other files: `certificate.skillseal.txt`
is the text form (docs/format.md §4.5), so the file can be verified without a camera. A volume is
for the printer and carries only `volume.txt`, a digest of what is in it, so that a later run knows
whether it is the same.

What the template sees are `faces.json`, `code-N.svg`, `photo-N.svg`, `seal.svg`, `attached.txt`,
`skillseal.typ`, and the `.typ` and `.svg` files that lie beside it: the compiler takes texts only,
so that a picture comes inside a drawing. Other files are out of its reach, and packages are
refused: printing opens no connection.
The date of a file is that of its certificate: printed again, it is the same file.
"""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

import typst

from credential.errors import MalformedError, UnavailableError
from issuer import face as faces_of
from issuer.face import Face
from issuer.layout import Layout
from issuer.photo import SEAL_SIDE, SIZE
from issuer.typeface import Typeface

ATTACHMENT: Final = "certificate.skillseal.txt"
CONTENTS: Final = "volume.txt"
MAX_PAGES: Final = 500  # of a volume
MAX_TEMPLATE: Final = 1 << 20  # bytes
MAX_BESIDE: Final = 50  # files beside a template
TEMPLATES: Final = Path(__file__).parent / "templates"
SHARED: Final = "skillseal.typ"
_PACKAGE: Final = re.compile(rb"@[a-z0-9-]+/[a-z0-9-]+:")
_NO_ROOM: Final = "panicked with: print.no_room: "  # what templates/skillseal.typ says


@dataclass(frozen=True, slots=True)
class Press:
    """A template, and the compiler with its fonts."""

    compiler: Any
    """typst's."""
    files: dict[str, bytes]
    """The template as `main`, and what it may read."""
    layout: Layout
    families: tuple[str, ...]
    seal: bytes | None
    """PNG."""

    @classmethod
    def of(
        cls,
        typeface: Typeface,
        layout: Layout,
        template: Path | None = None,
        seal: bytes | None = None,
    ) -> Self:
        """Set up the press.

        Args:
            typeface: Its fonts.
            layout: The format, and what is done with its pages.
            template: Of the institution's own; None for ours of that format.
            seal: PNG.

        Raises:
            UnavailableError: `template.unreadable`.
            MalformedError: `template.malformed`, for too much beside it.
        """
        files = _template(template or TEMPLATES / f"{layout.format}.typ")
        new: Any = typst.Compiler  # takes a dict of files, which its types do not say
        compiler = new(
            input={"main": b""},
            # Else it is the working directory, where rosters and keys may lie.
            root=TEMPLATES,
            font_paths=list(typeface.folders),
            ignore_system_fonts=True,
        )
        return cls(compiler, files, layout, typeface.families, seal)

    def one(self, face: Face) -> bytes:
        """Set one certificate.

        Raises:
            MalformedError: `template.malformed`, `print.no_room`.
        """
        title = f"{_title(face)} {face.number}"
        alone = replace(self.layout, grid=None)
        return self._set([face], alone, (ATTACHMENT, face.text_form), title)

    def volume(self, faces: Sequence[Face]) -> bytes:
        """Set a volume.

        Raises:
            MalformedError: `template.malformed`, `print.no_room`.
        """
        title = f"{_title(faces[0])} {faces[0].number} – {faces[-1].number}"
        attached = (CONTENTS, contents(faces, self.layout))
        return self._set(faces, self.layout, attached, title)

    def test_page(self) -> bytes:
        """Set a page with a ruler and the boxes of the fields; nobody's certificate is on it.

        Raises:
            MalformedError: `template.malformed`.
        """
        places = 1 if self.layout.grid is None else self.layout.grid.places
        sample = faces_of.sample(self.layout)
        attached = ("test-page.txt", "test page\n")
        return self._set([sample] * places, self.layout, attached, "测试页", is_test=True)

    def _set(
        self,
        faces: Sequence[Face],
        layout: Layout,
        attached: tuple[str, str],
        title: str,
        *,
        is_test: bool = False,
    ) -> bytes:
        given = {
            "layout": layout.to_members(),
            "test": is_test,
            "families": self.families,
            "has_seal": self.seal is not None,
            "title": title,
            "attached": attached[0],
            "faces": [face.members for face in faces],
        }
        files = self.files | {
            "faces.json": json.dumps(given, ensure_ascii=False).encode(),
            "attached.txt": attached[1].encode("ascii"),
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
            _, found, field = str(error).partition(_NO_ROOM)
            if found:
                message = f"{faces[0].number}: {field.split()[0]} does not fit in its place"
                raise MalformedError("print.no_room", message) from None
            message = f"the template does not set: {error}"
            raise MalformedError("template.malformed", message) from None
        if not isinstance(made, bytes):
            raise MalformedError("template.malformed", "the template gives no document")
        return made


def contents(faces: Sequence[Face], layout: Layout) -> str:
    """Describe what is in a volume: how many, SHA-256 of all that is printed and of where."""
    digest = hashlib.sha256(json.dumps(layout.to_members(), sort_keys=True).encode())
    for face in faces:
        shown = json.dumps(face.members, ensure_ascii=False, sort_keys=True)
        for part in (face.text_form.encode(), shown.encode(), face.photo or b""):
            digest.update(hashlib.sha256(part).digest())
    return f"{len(faces)} {digest.hexdigest()}\n"


def _template(path: Path) -> dict[str, bytes]:
    """Read a template and what lies beside it; the shared file is ours unless there is another."""
    files = {SHARED: TEMPLATES / SHARED}
    try:
        beside = sorted(each for each in path.parent.iterdir() if each.suffix in {".typ", ".svg"})
        if len(beside) > MAX_BESIDE:
            message = f"more than {MAX_BESIDE} files beside the template {path.name}"
            raise MalformedError("template.malformed", message)
        files |= {each.name: each for each in beside} | {"main": path}
        read: dict[str, bytes] = {}
        for name, each in files.items():
            with each.open("rb") as file:
                read[name] = file.read(MAX_TEMPLATE + 1)
    except OSError as error:
        message = f"cannot read the template {path.name}: {error.strerror}"
        raise UnavailableError("template.unreadable", message) from None
    for name, content in read.items():
        if len(content) > MAX_TEMPLATE:
            raise MalformedError("template.malformed", f"{name} is larger than 1 MiB")
        if _PACKAGE.search(content):
            message = f"{name} imports a package, which typst would fetch from the network"
            raise MalformedError("template.malformed", f"{message}: put its files beside")
    return read


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
