# SPDX-License-Identifier: Apache-2.0
"""What a measured desk works with: a roster of any length, tags ready, a registry with room enough.

    with served(folder, 1_000) as url: …

The registry is a process of its own, over HTTP. The tags in the ledger are made up: a tag takes
17 ms on purpose and is measured on its own line.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import xlsxwriter

from credential.identity_number import check_digit
from credential.name import fold
from issuer.ledger import Ledger
from keys.signing_key import SigningKey
from registry import lists, office
from tests.issuer.sheets import HEADINGS
from tests.registry.world import CODES, World, key

ROSTER, LEDGER, FILING = "r.xlsx", "ledger.sqlite", "filing.json"
BLOCK: Final = 2**18  # indexes
_SURNAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"
_GIVEN: Final = "青禾望舒知远思齐若谷明轩子衿一诺云帆星河临川景行怀瑾凌霄书言泽宇俊杰"


def name(serial: int) -> str:
    """Make a name; a million in a row differ."""
    first, rest = serial % len(_SURNAMES), serial // len(_SURNAMES)
    size = len(_GIVEN)
    made = _SURNAMES[first] + _GIVEN[rest % size] + _GIVEN[rest // size % size]
    return made + (_GIVEN[rest // size**2] if rest >= size**2 else "")


def number(serial: int) -> str:
    """Make an ID number of a county that was never assigned."""
    year, rest = 1950 + serial // 336_000, serial % 336_000
    digits = f"310199{year}{rest // 28_000 + 1:02}{rest // 1000 % 28 + 1:02}{serial % 1000:03}"
    return digits + check_digit(digits)


def row(serial: int) -> tuple[str, ...]:
    """Make a row that passes."""
    return (name(serial), number(serial), "砌筑工", "三级/高级工", "80", "85", "2026-09-12")


def workbook(path: Path, count: int) -> Path:
    """Write a roster, in little memory."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    page = book.add_worksheet()
    page.write_row(0, 0, HEADINGS)
    for serial in range(count):
        page.write_row(serial + 1, 0, row(serial))
    book.close()
    return path


def keys() -> tuple[SigningKey, SigningKey, SigningKey]:
    """Give the body's keys: statement, certificate and submit."""
    return key("statement", CODES[0]), key("certificate", CODES[0]), key("submit", CODES[0])


def prepare(folder: Path, count: int, *, tags: str = "required") -> None:
    """Put roster, filing file, tags and the registry's database into a folder."""
    workbook(folder / ROSTER, count)
    world = World(folder).found()
    world.state("blocks", world.first.id, {"list": "2", "first": 0, "count": BLOCK})
    lists.sign_lists(world.registry, world.list, world.status)
    made = office.filing_file(world.registry, world.first.id, tags)
    (folder / FILING).write_bytes(made.to_bytes())
    with Ledger.open(folder / LEDGER, world.first.id, os.urandom) as ledger:
        if tags != "none":
            made_up = {
                (ledger.person(f"1:{number(serial)}"), fold(name(serial))): "Ab3_"
                for serial in range(count)
            }
            ledger.keep_tags(made_up)


@contextmanager
def served(folder: Path, count: int, *, tags: str = "required") -> Iterator[str]:
    """Serve the registry of a folder that was just prepared.

    Yields:
        Its address.
    """
    prepare(folder, count, tags=tags)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.registry.server", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            if process.stdout is None:
                raise AssertionError("it has a pipe")
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()
