# SPDX-License-Identifier: Apache-2.0
"""PDF files with attachments and codes, as anybody could make them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typst

from issuer import symbol

NAME = "certificate.skillseal.txt"


def pdf(
    path: Path,
    *pages: Sequence[str],
    attached: Sequence[tuple[str, bytes]] = (),
    size: str = "210mm",
) -> Path:
    """Write a PDF.

    Args:
        path: Where.
        pages: The texts of the codes on each.
        attached: Name and content.
        size: Of a page's two sides.
    """
    files: dict[str, bytes] = {}
    lines = [f"#set page(width: {size}, height: {size}, margin: 5mm)"]
    for at, (name, content) in enumerate(attached):
        files[f"a{at}"] = content
        lines.append(f'#pdf.attach("{name}", read("a{at}", encoding: none), mime-type: "a/b")')
    for number, texts in enumerate(pages):
        lines.append("#pagebreak()" if number else "")
        lines.append(f"page {number}")
        for which, text in enumerate(texts):
            files[f"{number}-{which}.svg"] = symbol.draw(text).svg()
            lines.append(f'#box(inset: 4mm, image("{number}-{which}.svg"))')
    compiled: Any = typst.compile
    files = {"main": "\n".join(lines).encode()} | files
    path.write_bytes(compiled(files, ignore_system_fonts=True, pdf_standards="1.7"))
    return path
