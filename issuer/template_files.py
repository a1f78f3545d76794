# SPDX-License-Identifier: Apache-2.0
"""Our own templates, written out for an institution that wants another face.

    DIR/a4.typ  DIR/card.typ  DIR/sticker.typ  DIR/skillseal.typ

`--template DIR/card.typ` then takes the changed one; every `.typ` and `.svg` file beside it can be
read by it, `skillseal.typ` too. Nothing that is there already is overwritten.
"""

from pathlib import Path

from credential.errors import ConflictError, UnavailableError
from issuer.press import TEMPLATES


def write(folder: Path) -> list[Path]:
    """Write every template of ours; gives the files.

    Raises:
        ConflictError: `template.exists`; nothing was written.
        UnavailableError: `output.unwritable`.
    """
    sources = sorted(TEMPLATES.glob("*.typ"))
    files = [folder / source.name for source in sources]
    there = [file.name for file in files if file.exists()]
    if there:
        message = f"{', '.join(there)} is there already, perhaps changed: name another folder"
        raise ConflictError("template.exists", message)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source, file in zip(sources, files, strict=True):
            with file.open("xb") as out:
                out.write(source.read_bytes())
    except OSError as error:
        message = f"cannot write the templates: {error.strerror}"
        raise UnavailableError("output.unwritable", message) from None
    return files
