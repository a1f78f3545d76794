# SPDX-License-Identifier: Apache-2.0
"""The wheel carries the built page, whole, and nothing that it was built from."""

import subprocess
import sys
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from tools import web

_PLACE: Final = "verifier/web/"


def test_the_wheel_carries_the_built_page(tmp_path: Path) -> None:
    page = web.build()
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=web.ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        packed = {
            name.removeprefix(_PLACE): archive.read(name)
            for name in archive.namelist()
            if name.startswith(_PLACE)
        }
    built = {
        f"dist/{file.relative_to(page).as_posix()}": file.read_bytes()
        for file in page.rglob("*")
        if file.is_file()
    }
    assert packed == built
    assert packed.keys() >= {"dist/index.html", "dist/v/index.html", "dist/sw.js"}
    assert [name for name in packed if name.endswith(".wasm")]
