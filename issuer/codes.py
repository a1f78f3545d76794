# SPDX-License-Identifier: Apache-2.0
"""The files of each registered certificate: its code as text and as QR in SVG and PNG.

    DIR/Y000031000101263000001.txt .svg .png

Each is written only after the code was decoded again and gave back the very tokens, and after its
drawing was read back as its text; each appears whole or not at all, the text last. They follow from
the ledger, so a run that was killed writes what is missing and leaves the rest.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from credential import carrier
from credential.errors import UntrustedError
from issuer import results, symbol, workers
from issuer.progress import unseen
from issuer.records import Item

FEW: Final = 300  # codes of three milliseconds each


@dataclass(frozen=True, slots=True)
class _Task:
    line: int
    folder: str
    name: str
    token: str
    receipt: str


def write(
    folder: Path,
    items: Iterable[Item],
    count: int,
    *,
    cores: int | None = None,
    step: Callable[[int, int], None] = unseen,
) -> dict[int, str]:
    """Write the files of every item that has its receipt.

    Args:
        folder: Exists.
        items: Of one batch; drawn as they are needed.
        count: How many they are.
        cores: How many to use; all of them if None.
        step: Told how many are done, and of how many.

    Returns:
        The sheet's row to the name of the text file.

    Raises:
        UntrustedError: `code.unread`; nothing is written for that certificate.
        UnavailableError: `output.unwritable`.
    """
    tasks = (
        _Task(item.line, str(folder), item.number, item.token, item.receipt)
        for item in items
        if item.number and item.token and item.receipt
    )
    written: dict[int, str] = {}
    for line, name in workers.each(_write, tasks, cores=cores, few=FEW):
        written[line] = name
        step(len(written), count)
    return written


def _write(task: _Task) -> tuple[int, str]:
    try:
        # Decodes what it wrote, and compares both tokens.
        text = carrier.encode(task.token, task.receipt)
    except ValueError:
        raise UntrustedError("code.unread", "a code does not give its tokens back") from None
    drawn = symbol.draw(text)
    base = Path(task.folder) / task.name
    for suffix, content in (
        (".svg", drawn.svg()),
        (".png", drawn.png()),
        (".txt", text.encode("ascii")),
    ):
        results.write(base.with_name(base.name + suffix), content)
    return task.line, f"{task.name}.txt"
