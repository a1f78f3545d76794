# SPDX-License-Identifier: Apache-2.0
"""Every code of this room stands in docs/errors.md, with the status that HTTP gives it."""

import ast
import re
from pathlib import Path

import pytest

from registry import problems

ROOT = Path(__file__).parents[2]
SOURCES = [
    *(ROOT / "registry").rglob("*.py"),
    *(ROOT / "credential" / name for name in ("admission.py", "statement_bodies.py")),
    ROOT / "skillseal" / "commands" / "registry.py",
]
ERRORS = {
    *("MalformedError", "UntrustedError", "ConflictError", "UnavailableError", "RefusedError"),
}


def codes() -> set[str]:
    """Find the code of every error that is made anywhere in these modules."""
    found = set()
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                first = node.args[0] if node.args else None
                if node.func.id in ERRORS and isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found


def section() -> str:
    text = (ROOT / "docs" / "errors.md").read_text("utf-8")
    return text.partition("## Registry (HTTP)")[2].partition("\n## ")[0]


def documented() -> dict[str, int]:
    """Read code and status out of the tables that have a status."""
    found: dict[str, int] = {}
    for line in section().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        named = re.findall(r"`([a-z_]+\.[a-z_]+)`", cells[0])
        if len(cells) >= 4 and named:
            statuses = [int(status) for status in cells[1].split(",")]
            statuses = statuses * len(named) if len(statuses) == 1 else statuses
            found.update(zip(named, statuses, strict=True))
    return found


def test_every_code_is_documented() -> None:
    shared = {"snapshot.anchor", "file.unreadable"}  # explained with the snapshot and the command
    assert {code for code in codes() if f"`{code}`" not in section()} - shared == set()


@pytest.mark.parametrize(("code", "status"), documented().items())
def test_every_documented_status_is_what_http_gives(code: str, status: int) -> None:
    assert problems.status_of(code) == status
    document = problems.document(code, "why")
    assert list(document) == ["type", "title", "status", "code", "detail"]


def test_only_what_may_be_tried_again_says_when() -> None:
    for code, status in documented().items():
        assert ("Retry-After" in problems.headers(code)) == (status in {429, 503})
