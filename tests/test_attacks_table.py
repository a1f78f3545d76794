# SPDX-License-Identifier: Apache-2.0
"""Every test that docs/attacks.md names is there."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
TABLE = TESTS.parent / "docs" / "attacks.md"
_NAMED = re.compile(r"`([a-z_/]+/test_[a-z_0-9]+\.py)(?:::(test_[a-z_0-9]+))?`")


def test_every_row_names_tests_that_are_there() -> None:
    missing = []
    rows = 0
    for line in TABLE.read_text("utf-8").splitlines():
        if not line.startswith("| ") or line.startswith(("| threat", "| fault |")):
            continue
        named = _NAMED.findall(line.rpartition(" | ")[2])
        rows += 1
        assert named, line
        for file, name in named:
            path = TESTS / file
            text = path.read_text("utf-8") if path.exists() else ""
            if not text or (name and f"\ndef {name}(" not in text):
                missing.append(f"{file}::{name}")
    assert missing == []
    assert rows > 70
