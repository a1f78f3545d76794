# SPDX-License-Identifier: Apache-2.0
"""bench/results.md: what was measured, beside the limit or peer and the goal."""

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

_PARTS = ("cryptography", "PyJWT", "zxing-cpp", "SQLAlchemy", "fastapi", "qrcode")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    figure: str
    """What was measured, with its unit."""
    beside: str
    """The limit or peer, measured in the same run."""
    goal: str = "–"
    met: bool | None = None
    """None where there is no goal."""


def write(path: Path, rows: Iterable[Row], taken: str) -> None:
    """Write the page.

    Args:
        path: The file.
        rows: In the order of reading.
        taken: When and how, one line.
    """
    lines = [
        "# Measurements",
        "",
        f"Written by `make bench`; {taken}.",
        f"Machine: {_machine()}. Parts: {_parts()}.",
        "",
        "Each figure stands beside the limit or peer measured in turns with it in the same run;",
        "ratios are rates, 1.00 is the limit. Absolute times are of this machine only.",
        "",
        "| what | figure | beside | goal | |",
        "|---|---|---|---|---|",
    ]
    marks = {None: "", True: "met", False: "**missed**"}
    lines += [f"| {r.what} | {r.figure} | {r.beside} | {r.goal} | {marks[r.met]} |" for r in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _machine() -> str:
    models = [line.partition(":")[2].strip() for line in _cpu_lines() if "model name" in line]
    model = models[0] if models else platform.machine()
    python = platform.python_version()
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {python}"


def _cpu_lines() -> list[str]:
    file = Path("/proc/cpuinfo")
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _parts() -> str:
    return ", ".join(f"{part} {metadata.version(part)}" for part in _PARTS)
