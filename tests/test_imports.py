# SPDX-License-Identifier: Apache-2.0
"""Imports run one way, the core does no input or output, and verifying loads no server.

    keys ← credential ← { issuer | registry | verifier } ← skillseal
           credential ← console ← { issuer | registry }

The three rooms meet as bytes that credential/ defines, so none of them imports another.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MAY_IMPORT: dict[str, set[str]] = {
    "keys": set(),
    "credential": {"keys"},
    "console": {"keys", "credential"},
    "issuer": {"keys", "credential", "console"},
    "registry": {"keys", "credential", "console"},
    "verifier": {"keys", "credential"},
    "skillseal": {"keys", "credential", "console", "issuer", "registry", "verifier"},
}

# The rooms and modules that take bytes, values and the time, and return or raise.
PURE = ("credential/", "verifier/verify.py", "verifier/verdict.py", "verifier/trusted.py")
IMPURE_MODULES = {
    *("asyncio", "ftplib", "glob", "http", "io", "multiprocessing", "os", "pathlib", "random"),
    *("secrets", "shutil", "smtplib", "socket", "sqlite3", "ssl", "subprocess", "tempfile"),
    *("threading", "time", "urllib.request", "uuid"),
}
IMPURE_FUNCTIONS = {"input", "open", "print"}
IMPURE_METHODS = {"now", "today", "urandom", "utcnow"}


def imported(tree: ast.AST, package: str) -> Iterator[str]:
    """Yield the dotted name of everything that a module imports, wherever it does so.

    Args:
        tree: The parsed module.
        package: The dotted package that the module lies in, for relative imports.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            above = parents[: len(parents) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and called(node) in {"import_module", "__import__"}:
            yield from (
                argument.value
                for argument in node.args
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            )


def called(node: ast.Call) -> str:
    """Return the last part of the name that a call goes to."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def wrong_arrows(path: str, source: str) -> list[str]:
    """Return one line for each import of this module that its room is not allowed.

    Args:
        path: Relative to the root, such as `verifier/verify.py`.
        source: The text of the module.
    """
    package = path.rpartition("/")[0].replace("/", ".")
    room = package.split(".")[0]
    rooms = {name.split(".")[0] for name in imported(ast.parse(source), package)}
    foreign = (rooms & MAY_IMPORT.keys()) - MAY_IMPORT[room] - {room}
    return [f"{path} imports {other}" for other in sorted(foreign)]


def impurities(path: str, source: str) -> list[str]:
    """Return one line for each way in which this pure module could reach the world."""
    tree = ast.parse(source)
    package = path.rpartition("/")[0].replace("/", ".")
    names = set(imported(tree, package))
    modules = {".".join(name.split(".")[:n]) for name in names for n in (1, 2)} & IMPURE_MODULES
    calls = {
        called(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and called(node)
        in (IMPURE_METHODS if isinstance(node.func, ast.Attribute) else IMPURE_FUNCTIONS)
    }
    return [f"{path} imports {name}" for name in sorted(modules)] + [
        f"{path} calls {name}" for name in sorted(calls)
    ]


def modules_of(room: str) -> Iterator[tuple[str, str]]:
    """Yield path and text of each module of a room, as far as the room exists yet."""
    for file in sorted((ROOT / room).rglob("*.py")):
        if not file.relative_to(ROOT).as_posix().startswith("verifier/web/"):
            yield file.relative_to(ROOT).as_posix(), file.read_text("utf-8")


def test_every_arrow_between_the_rooms_points_the_right_way() -> None:
    modules = [module for room in MAY_IMPORT for module in modules_of(room)]
    assert {path.split("/")[0] for path, _ in modules} >= MAY_IMPORT.keys() - {"console"}
    assert [line for path, source in modules for line in wrong_arrows(path, source)] == []


def test_the_core_reaches_no_clock_disk_socket_or_randomness() -> None:
    modules = [
        (path, source)
        for room in ("credential", "verifier")
        for path, source in modules_of(room)
        if path.startswith(PURE)
    ]
    assert modules
    assert [line for path, source in modules for line in impurities(path, source)] == []


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("keys/jwk.py", "import credential", ["keys/jwk.py imports credential"]),
        ("credential/a.py", "from verifier import verify", ["credential/a.py imports verifier"]),
        ("issuer/a.py", "import registry.app as app", ["issuer/a.py imports registry"]),
        ("registry/a.py", "from verifier.verify import x", ["registry/a.py imports verifier"]),
        ("verifier/a.py", "def f():\n    import issuer", ["verifier/a.py imports issuer"]),
        ("verifier/a.py", "import skillseal.main", ["verifier/a.py imports skillseal"]),
        ("verifier/a.py", "import console", ["verifier/a.py imports console"]),
        ("console/a.py", "import issuer", ["console/a.py imports issuer"]),
        (
            "registry/a.py",
            "from importlib import import_module\nimport_module('issuer.ledger')",
            ["registry/a.py imports issuer"],
        ),
        ("registry/sub/a.py", "from .. import issuer", []),  # registry.issuer, not issuer
        ("verifier/a.py", "from keys import jwk\nfrom credential import carrier\nimport json", []),
        ("skillseal/main.py", "import verifier, issuer, registry, console", []),
        ("issuer/a.py", "from console import page\nfrom . import ledger", []),
    ],
)
def test_a_wrong_arrow_is_seen(path: str, source: str, expected: list[str]) -> None:
    assert wrong_arrows(path, source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import os", ["credential/a.py imports os"]),
        ("from os import path", ["credential/a.py imports os"]),
        ("import urllib.request", ["credential/a.py imports urllib.request"]),
        ("from urllib import request", ["credential/a.py imports urllib.request"]),
        (
            "import time, secrets",
            ["credential/a.py imports secrets", "credential/a.py imports time"],
        ),
        ("def f():\n    from pathlib import Path", ["credential/a.py imports pathlib"]),
        ("from datetime import datetime\ndatetime.now()", ["credential/a.py calls now"]),
        ("open('x')", ["credential/a.py calls open"]),
        ("from datetime import UTC, datetime\nfrom urllib.parse import urlsplit\nimport json", []),
    ],
)
def test_an_impure_core_is_seen(source: str, expected: list[str]) -> None:
    assert impurities("credential/a.py", source) == expected


HEAVY = ("alembic", "fastapi", "pydantic", "pypdf", "pypdfium2", "reportlab", "sqlalchemy", "typst")


def test_verifying_loads_neither_a_server_nor_a_database_nor_a_pdf_library() -> None:
    program = (
        "import sys, verifier, skillseal.main, skillseal.commands.verify\n"
        f"print(*sorted(sys.modules.keys() & {HEAVY}))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, cwd=ROOT
    )
    assert answer.stderr == ""
    assert answer.stdout.split() == []
