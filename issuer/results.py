# SPDX-License-Identifier: Apache-2.0
"""What became of every row, as a table; and files that appear whole or not at all.

    行号,结果,证书编号,列,代码,说明,建议,文件

A cell that a spreadsheet would take for a formula (`=`, `+`, `-`, `@`, a control character, their
full-width forms) begins with an apostrophe (CWE-1236), so that opening the table runs nothing.
"""

import contextlib
import csv
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from credential.errors import UnavailableError

HEADINGS: Final = ("行号", "结果", "证书编号", "列", "代码", "说明", "建议", "文件")
_DANGEROUS: Final = "=+-@|%\t\r\n\0＝＋－＠\uff5c"


def safe(cell: str) -> str:
    """Make a text one that no spreadsheet calculates."""
    shown = cell.replace("\0", "")
    return f"'{shown}" if cell[:1] in _DANGEROUS and cell else shown


def table(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows under the headings, in UTF-8 with the mark that Excel looks for."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(HEADINGS)
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def write(path: Path, content: bytes) -> None:
    """Write a file so that whoever looks sees the old one or the whole new one.

    Only its owner may read it: it names people. A crash leaves at most a file ending in `.part`,
    which the next run replaces. A link that somebody has laid in its place is not followed.

    Raises:
        UnavailableError: `output.unwritable`.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        message = f"cannot write {path.name}: {error.strerror}; make room and run the command again"
        raise UnavailableError("output.unwritable", message) from None
